//! What the tool says of the workspace it stands in.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use xtask::artifacts::stale::find_stale;
use xtask::deps::find_violations;
use xtask::workspace::{Workspace, own_root};

#[test]
fn committed_artifacts_are_built_from_the_present_sources() {
    let root = own_root();
    let reasons = find_stale(&root, &root.join("artifacts")).unwrap();
    assert!(
        reasons.is_empty(),
        "run `cargo xtask artifacts`:\n{}",
        reasons.join("\n")
    );
}

#[test]
fn dependency_laws_hold() {
    let violations = find_violations(&Workspace::load(&own_root()).unwrap()).unwrap();
    let texts: Vec<String> = violations.iter().map(ToString::to_string).collect();
    assert!(texts.is_empty(), "{}", texts.join("\n"));
}
