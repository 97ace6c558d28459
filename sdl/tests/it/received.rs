//! Manifests as they arrive over the network.

use proptest::prelude::*;
use serde_json::{Value, json};
use supercloud_sdl::{ManifestError, UncheckedManifest};

use crate::corpus::{parse, read};

fn golden() -> Value {
    serde_json::from_str(&read("fixtures-valid/v2.0__simple.manifest.json")).unwrap()
}

fn receive(value: &Value) -> Result<UncheckedManifest, ManifestError> {
    UncheckedManifest::from_json(value.to_string().as_bytes())
}

#[test]
fn what_was_sent_is_what_is_checked() {
    let sent = parse("fixtures-valid/v2.0__simple.yaml").unwrap().manifest();
    let received = UncheckedManifest::from_json(sent.to_json().as_bytes()).unwrap();
    assert_eq!(received.hash(), sent.hash());
    assert_eq!(received.check().unwrap(), sent);
    // White space and the order of keys do not matter.
    let pretty = read("fixtures-valid/v2.0__simple.manifest.json");
    assert_eq!(
        UncheckedManifest::from_json(pretty.as_bytes()).unwrap().hash(),
        sent.hash()
    );
}

#[test]
fn the_hash_covers_fields_that_we_do_not_know() {
    let plain = receive(&golden()).unwrap();
    let mut more = golden();
    more[0]["services"][0]["future"] = json!(true);
    let more = receive(&more).unwrap();
    assert_ne!(more.hash(), plain.hash());
    assert_ne!(more.clone().check().unwrap().hash(), plain.hash());
}

#[test]
fn manifests_that_break_a_rule_are_refused() {
    let with = |pointer: &str, value: Value| {
        let mut manifest = golden();
        *manifest.pointer_mut(pointer).unwrap() = value;
        receive(&manifest).unwrap().check().unwrap_err().to_string()
    };
    let exposes = golden()[0]["services"][0]["expose"].as_array().unwrap().len();
    let last_port = format!("/0/services/0/expose/{}/port", exposes - 1);
    let service = golden()[0]["services"][0]["name"].as_str().unwrap().to_owned();
    assert_eq!(
        with("/0/services/0/image", json!("")),
        format!("service {service:?}: the image name is empty")
    );
    assert_eq!(
        with("/0/services/0/resources/id", json!(0)),
        format!("service {service:?}: resources have no id")
    );
    assert_eq!(
        with("/0/services/0/expose/0/proto", json!("HTTP")),
        format!("service {service:?}: protocol \"HTTP\" is neither TCP nor UDP")
    );
    assert_eq!(
        with(&last_port, json!(65_536)),
        format!("service {service:?}: port 65536 is outside 1..=65535")
    );
    assert_eq!(
        with("/0/services/0/env", json!(["1X=2"])),
        format!("service {service:?}: environment variable name \"1X\" is not valid")
    );
    assert_eq!(
        with("/0/services", json!([])),
        format!("group {:?} is empty", golden()[0]["name"].as_str().unwrap())
    );
    assert_eq!(
        receive(&json!([])).unwrap().check().unwrap_err(),
        ManifestError::Empty("manifest".into())
    );
}

#[test]
fn other_json_is_not_a_manifest() {
    for text in [
        "",
        "{}",
        "[1]",
        "[{\"name\":\"a\"}]",
        "[{\"name\":\"a\",\"name\":\"b\",\"services\":[]}]",
    ] {
        assert!(
            matches!(
                UncheckedManifest::from_json(text.as_bytes()),
                Err(ManifestError::Json(_))
            ),
            "{text}"
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = UncheckedManifest::from_json(&bytes).map(UncheckedManifest::check);
        let _ = supercloud_sdl::Sdl::parse(&String::from_utf8_lossy(&bytes));
    }
}
