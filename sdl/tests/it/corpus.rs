//! Every file of the corpus has the verdict and the hash that the Go parser gives it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;
use supercloud_sdl::{Sdl, SdlError};

pub(crate) fn data() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(data().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn parse(path: &str) -> Result<Sdl, SdlError> {
    Sdl::parse(&read(path))
}

/// Files that Go accepts and we refuse: both name a GPU vendor that Go silently turns into NVIDIA.
const REFUSED_ON_PURPOSE: [(&str, &str); 2] = [
    ("fixtures-schema-only-invalid/invalid-gpu-vendor.yaml", "amd"),
    ("ts-fixtures/gpu_invalid_vendor.sdl.yml", "invalidvendor"),
];

#[test]
fn every_file_has_the_verdict_and_the_hash_of_the_go_parser() {
    let expected: BTreeMap<String, Value> = serde_json::from_str(&read("expected.json")).unwrap();
    let mut wrong = Vec::new();
    let (mut accepted, mut refused) = (0, 0);
    for (path, verdict) in &expected {
        if REFUSED_ON_PURPOSE.iter().any(|(name, _)| name == path) {
            continue;
        }
        match (verdict["go"].as_str().unwrap(), parse(path)) {
            ("accept", Ok(sdl)) => {
                accepted += 1;
                let hash = hex::encode(sdl.manifest().hash());
                if verdict["version_hash"] != hash {
                    wrong.push(format!("{path}: hash {hash}, expected {}", verdict["version_hash"]));
                }
                let groups = sdl.manifest().groups().len();
                let services: usize = sdl.manifest().groups().iter().map(|group| group.services.len()).sum();
                if verdict["groups"] != groups || verdict["services"] != services {
                    wrong.push(format!("{path}: {groups} groups with {services} services"));
                }
            }
            ("reject", Err(_)) => refused += 1,
            (go, Ok(_)) => wrong.push(format!("{path}: go says {go}, we accept")),
            (go, Err(error)) => wrong.push(format!("{path}: go says {go}, we say {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((accepted, refused), (103, 31));
}

#[test]
fn files_with_another_gpu_vendor_are_refused_by_name() {
    for (path, vendor) in REFUSED_ON_PURPOSE {
        match parse(path) {
            Err(SdlError::UnsupportedGpuVendor { vendor: found, .. }) => assert_eq!(found, vendor),
            other => panic!("{path}: {other:?}"),
        }
    }
}
