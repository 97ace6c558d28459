//! Single rules, each by the smallest file that shows it.

use std::time::Duration;

use supercloud_sdl::{ManifestError, Sdl, SdlError, Warning};

/// A small valid file in which one piece is replaced.
fn file(replacements: &[(&str, &str)]) -> String {
    let mut text = r#"
version: "2.0"
services:
  web:
    image: nginx
    expose:
      - port: 80
        to:
          - global: true
profiles:
  compute:
    web:
      resources:
        cpu: {units: 0.5}
        memory: {size: 512Mi}
        storage: {size: 512Mi}
  placement:
    dc:
      pricing:
        web: {denom: uact, amount: 100}
deployment:
  web:
    dc: {profile: web, count: 1}
"#
    .to_owned();
    for (from, to) in replacements {
        assert!(text.contains(from), "{from:?} is not in the file");
        text = text.replace(from, to);
    }
    text
}

fn parse(replacements: &[(&str, &str)]) -> Result<Sdl, SdlError> {
    Sdl::parse(&file(replacements))
}

#[test]
fn the_base_file_has_no_warnings() {
    assert_eq!(parse(&[]).unwrap().warnings(), []);
}

#[test]
fn keys_without_effect_are_listed_with_their_path() {
    let sdl = parse(&[(
        "image: nginx",
        "image: nginx\n    depends_on: [db]\n    restart: always",
    )])
    .unwrap();
    let paths: Vec<_> = sdl.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        paths,
        [
            "services.web.depends_on has no effect",
            "services.web.restart has no effect"
        ]
    );
}

#[test]
fn an_unknown_key_at_the_top_is_refused_even_with_a_dot() {
    for key in ["networks", "x.y"] {
        assert_eq!(
            parse(&[("services:", &format!("{key}: 1\nservices:"))]).unwrap_err(),
            SdlError::UnknownField(key.into())
        );
    }
}

#[test]
fn unknown_keys_in_gpu_and_attribute_blocks_are_refused() {
    for (block, path, key) in [
        (
            "gpu: {units: 0, count: 1}",
            "profiles.compute.web.resources.gpu",
            "count",
        ),
        (
            "gpu: {units: 1, attributes: {vendor: {nvidia: }, model: x}}",
            "profiles.compute.web.resources.gpu.attributes",
            "model",
        ),
    ] {
        assert_eq!(
            parse(&[("cpu: {units: 0.5}", &format!("cpu: {{units: 0.5}}\n        {block}"))]).unwrap_err(),
            SdlError::UnsupportedKey {
                path: path.into(),
                key: key.into()
            }
        );
    }
    assert_eq!(
        parse(&[("{units: 0.5}", "{units: 0.5, attributes: {cores: 2}}")]).unwrap_err(),
        SdlError::UnsupportedKey {
            path: "profiles.compute.web.resources.cpu.attributes".into(),
            key: "cores".into()
        }
    );
    assert_eq!(
        parse(&[(
            "{size: 512Mi}\n  placement",
            "{size: 512Mi, attributes: {speed: fast}}\n  placement"
        )])
        .unwrap_err(),
        SdlError::UnsupportedKey {
            path: "profiles.compute.web.resources.storage.default.attributes".into(),
            key: "speed".into()
        }
    );
}

#[test]
fn a_single_volume_loses_its_name_with_a_warning() {
    let sdl = parse(&[("storage: {size: 512Mi}", "storage: {name: data, size: 512Mi}")]).unwrap();
    assert_eq!(
        sdl.manifest().groups()[0].services[0].resources.storage[0].name,
        "default"
    );
    assert_eq!(
        sdl.warnings(),
        [Warning::VolumeRenamed {
            profile: "web".into(),
            name: "data".into()
        }]
    );
}

#[test]
fn storage_classes_compare_the_text_as_written() {
    let storage = |attributes: &str| {
        parse(&[(
            "storage: {size: 512Mi}",
            &format!("storage: [{{size: 512Mi, attributes: {attributes}}}]"),
        )])
        .map(|sdl| {
            sdl.manifest().groups()[0].services[0].resources.storage[0]
                .attributes
                .clone()
        })
        .map(|list| {
            list.iter()
                .map(|item| format!("{}={}", item.key, item.value))
                .collect::<Vec<_>>()
                .join(",")
        })
    };
    assert_eq!(storage("{class: ram}").unwrap(), "class=ram,persistent=false");
    assert_eq!(storage("{}").unwrap(), "persistent=false");
    let problem = |found: Result<String, SdlError>| match found.unwrap_err() {
        SdlError::Storage { problem, .. } => problem,
        other => panic!("{other}"),
    };
    assert_eq!(
        problem(storage("{class: ram, persistent: off}")),
        "a ram volume cannot be persistent"
    );
    assert_eq!(problem(storage("{class: beta2}")), "an ephemeral volume has no class");
    assert!(matches!(
        storage("{class: gold, persistent: true}"),
        Err(SdlError::NotAllowed { .. })
    ));
}

#[test]
fn an_unmounted_persistent_volume_is_refused_in_2_0_and_warned_of_in_2_1() {
    let persistent = (
        "storage: {size: 512Mi}",
        "storage: [{name: data, size: 512Mi, attributes: {persistent: true}}]",
    );
    assert_eq!(
        parse(&[persistent]).unwrap_err(),
        SdlError::Service {
            path: "services.web.params.storage.data".into(),
            problem: "a persistent volume needs a mount".into()
        }
    );
    let newer = parse(&[persistent, ("\"2.0\"", "\"2.1\"")]).unwrap();
    assert_eq!(
        newer.warnings(),
        [Warning::UnmountedVolume {
            service: "web".into(),
            volume: "data".into()
        }]
    );
}

#[test]
fn a_file_that_exposes_nothing_to_the_world_is_refused() {
    assert_eq!(
        parse(&[("- global: true", "- service: web")]).unwrap_err(),
        SdlError::Manifest(ManifestError::NoGlobalService)
    );
}

#[test]
fn references_that_dangle_are_named() {
    for (replacement, kind, name) in [
        (("profile: web", "profile: big"), "compute profile", "big"),
        (("    dc: {profile", "    moon: {profile"), "placement profile", "moon"),
        (("web: {denom", "other: {denom"), "price for compute profile", "web"),
        (("deployment:\n  web:", "deployment:\n  api:"), "service", "api"),
    ] {
        match parse(&[replacement]).unwrap_err() {
            SdlError::Dangling {
                kind: found_kind,
                name: found,
                ..
            } => assert_eq!((found_kind, &*found), (kind, name)),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn limits_hold_on_both_sides() {
    for (text, good) in [("10m", true), ("9m", false), ("384", true), ("384001m", false)] {
        assert_eq!(
            parse(&[("units: 0.5", &format!("units: {text}"))]).is_ok(),
            good,
            "{text}"
        );
    }
    for (text, good) in [("1Mi", true), ("1048575", false), ("2Ti", true), ("2.1Ti", false)] {
        assert_eq!(
            parse(&[("memory: {size: 512Mi}", &format!("memory: {{size: {text}}}"))]).is_ok(),
            good,
            "{text}"
        );
    }
    for (text, good) in [("5Mi", true), ("5242879", false), ("32Ti", true), ("33Ti", false)] {
        assert_eq!(
            parse(&[("storage: {size: 512Mi}", &format!("storage: {{size: {text}}}"))]).is_ok(),
            good,
            "{text}"
        );
    }
    for (count, good) in [("24", true), ("25", false)] {
        let gpu = format!("cpu: {{units: 0.5}}\n        gpu: {{units: {count}, attributes: {{vendor: {{nvidia: }}}}}}");
        assert_eq!(parse(&[("cpu: {units: 0.5}", &gpu)]).is_ok(), good, "{count}");
    }
}

#[test]
fn reclamation_is_a_positive_go_duration() {
    let with = |text: &str| parse(&[("services:", &format!("reclamation: {{min_window: {text}}}\nservices:"))]);
    assert_eq!(with("1h30m").unwrap().reclamation(), Some(Duration::from_secs(5_400)));
    for text in ["0s", "-1h", "abc"] {
        assert_eq!(with(text).unwrap_err(), SdlError::Reclamation(text.into()));
    }
    assert_eq!(
        parse(&[("services:", "reclamation:\nservices:")]).unwrap_err(),
        SdlError::Reclamation(String::new())
    );
}

#[test]
fn scalars_keep_their_written_form() {
    let sdl = parse(&[(
        "image: nginx",
        "image: 1.10\n    env:\n      - A=on\n      - 'B=<&>'\n    args: []",
    )])
    .unwrap();
    let manifest = sdl.manifest();
    let service = &manifest.groups()[0].services[0];
    assert_eq!(service.image, "1.10");
    assert_eq!(service.env, Some(vec!["A=on".to_owned(), "B=<&>".to_owned()]));
    assert_eq!((service.args.clone(), service.command.clone()), (Some(vec![]), None));
    assert!(sdl.manifest().to_json().contains("B=\\u003c\\u0026\\u003e"));
}
