//! Are the committed artifacts made from the present sources? Needs no wasm compiler, so the test suite asks it.

use std::fs;
use std::path::Path;

use anyhow::Result;

use super::record::{ArtifactRecord, BuildRecord, compute_digest};
use super::{Artifact, file_checksum, list_artifacts};
use crate::closure::{Closure, compute_closure};
use crate::workspace::Workspace;

/// Every reason why the artifacts in `folder` do not match the sources at `root`; empty when they do.
pub fn find_stale(root: &Path, folder: &Path) -> Result<Vec<String>> {
    let workspace = Workspace::load(root)?;
    let recorded = BuildRecord::load(folder)?;
    let present = BuildRecord::new(&workspace, recorded.compiler.clone())?;
    let artifacts = list_artifacts(&workspace);
    let mut reasons = compare_lists(&artifacts, &recorded);
    for artifact in &artifacts {
        let Some(entry) = recorded.artifacts.iter().find(|entry| entry.file == artifact.file) else {
            continue;
        };
        let features: Vec<&str> = artifact.features.iter().map(String::as_str).collect();
        let closure = compute_closure(&workspace, &artifact.package, &features)?;
        if compute_digest(artifact, &closure, &present) != entry.digest {
            reasons.push(format!("{}: {}", artifact.file, explain(entry, &closure)));
        }
        reasons.extend(compare_file(folder, entry)?);
    }
    let checksums = fs::read_to_string(folder.join("checksums.txt")).unwrap_or_default();
    if checksums != recorded.checksums_text() {
        reasons.push("checksums.txt: does not say what build.json says".to_owned());
    }
    Ok(reasons)
}

fn compare_lists(artifacts: &[Artifact], recorded: &BuildRecord) -> Vec<String> {
    let missing = artifacts
        .iter()
        .filter(|artifact| !recorded.artifacts.iter().any(|entry| entry.file == artifact.file))
        .map(|artifact| format!("{}: never built", artifact.file));
    let superfluous = recorded
        .artifacts
        .iter()
        .filter(|entry| !artifacts.iter().any(|artifact| artifact.file == entry.file))
        .map(|entry| format!("{}: no contract makes it any more", entry.file));
    missing.chain(superfluous).collect()
}

fn compare_file(folder: &Path, entry: &ArtifactRecord) -> Result<Option<String>> {
    let path = folder.join(&entry.file);
    if !path.exists() {
        return Ok(Some(format!("{}: recorded, but the file is missing", entry.file)));
    }
    let actual = file_checksum(&path)?;
    if actual == entry.sha256 {
        return Ok(None);
    }
    Ok(Some(format!(
        "{}: the file has checksum {actual}, recorded is {}",
        entry.file, entry.sha256
    )))
}

fn explain(entry: &ArtifactRecord, closure: &Closure) -> String {
    let mut changed: Vec<&str> = closure
        .sources
        .iter()
        .filter(|(folder, digest)| entry.sources.get(*folder) != Some(digest))
        .map(|(folder, _)| folder.as_str())
        .collect();
    changed.extend(
        entry
            .sources
            .keys()
            .filter(|folder| !closure.sources.contains_key(*folder))
            .map(String::as_str),
    );
    if entry.registry != closure.registry_digest() {
        changed.push("registry crates");
    }
    if changed.is_empty() {
        changed.push("flags or profile");
    }
    format!("changed since the build: {}", changed.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn closure(sources: &[(&str, &str)], registry: &[&str]) -> Closure {
        Closure {
            sources: sources
                .iter()
                .map(|(folder, digest)| ((*folder).into(), (*digest).into()))
                .collect(),
            registry: registry.iter().map(|line| (*line).into()).collect(),
        }
    }

    fn entry(closure: &Closure) -> ArtifactRecord {
        ArtifactRecord {
            file: "market.wasm".into(),
            package: "supercloud-market".into(),
            features: Vec::new(),
            sha256: String::new(),
            size: 0,
            digest: String::new(),
            registry: closure.registry_digest(),
            sources: closure.sources.clone(),
        }
    }

    #[test]
    fn changed_removed_and_added_crates_are_named() {
        let old = closure(&[("rules", "1"), ("schema", "1"), ("verify/pyth", "1")], &[]);
        let new = closure(&[("rules", "2"), ("schema", "1"), ("contracts/x", "1")], &[]);
        assert_eq!(
            explain(&entry(&old), &new),
            "changed since the build: contracts/x, rules, verify/pyth"
        );
    }

    #[test]
    fn registry_change_is_named() {
        let old = closure(&[("rules", "1")], &["serde 1.0.0 [] abc"]);
        let new = closure(&[("rules", "1")], &["serde 1.0.1 [] abd"]);
        assert_eq!(explain(&entry(&old), &new), "changed since the build: registry crates");
    }

    #[test]
    fn equal_sources_leave_only_the_settings() {
        let same = closure(&[("rules", "1")], &[]);
        assert_eq!(
            explain(&entry(&same), &same),
            "changed since the build: flags or profile"
        );
    }

    #[test]
    fn missing_file_is_a_reason() {
        let folder = tempfile::tempdir().unwrap();
        let entry = entry(&Closure {
            sources: BTreeMap::new(),
            registry: Vec::new(),
        });
        let reason = compare_file(folder.path(), &entry).unwrap();
        assert_eq!(
            reason.as_deref(),
            Some("market.wasm: recorded, but the file is missing")
        );
    }
}
