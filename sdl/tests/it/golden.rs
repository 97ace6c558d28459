//! The golden files: manifest and groups, value by value.

use serde_json::Value;

use crate::corpus::{data, parse, read};

#[test]
fn golden_manifests_and_groups_are_reproduced() {
    let mut seen = 0;
    for entry in std::fs::read_dir(data().join("fixtures-valid")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(stem) = name.strip_suffix(".yaml") else {
            continue;
        };
        let sdl = parse(&format!("fixtures-valid/{name}")).unwrap_or_else(|error| panic!("{name}: {error}"));
        let golden = |kind: &str| -> Value {
            serde_json::from_str(&read(&format!("fixtures-valid/{stem}.{kind}.json"))).unwrap()
        };
        assert_eq!(
            serde_json::to_value(sdl.manifest()).unwrap(),
            golden("manifest"),
            "{name}"
        );
        assert_eq!(
            serde_json::to_value(sdl.akash_groups()).unwrap(),
            golden("group-specs"),
            "{name}"
        );
        seen += 1;
    }
    assert_eq!(seen, 8);
}

#[test]
fn the_hash_named_in_the_notes_is_reproduced() {
    let sdl = parse("fixtures-valid/v2.0__gpu-basic.yaml").unwrap();
    assert_eq!(
        hex::encode(sdl.manifest().hash()),
        "b388e6d97d15c37fc87ba0e9a555250941f7e1a04be768984cfa829a9500be47"
    );
}
