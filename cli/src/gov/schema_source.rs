//! Where the schemas of a running code and of a new artifact come from. Wasm does not carry its schema, so a schema is known
//! only for the code that it was built with, or from a file.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::Value;

use super::schema_diff;
use crate::artifacts::{MARKET_NEXT, SUITE};
use crate::json_arg;

/// A schema and what speaks for it.
pub(super) struct Schema {
    pub(super) value: Value,
    pub(super) source: String,
}

/// The schema of the code with this hash, when this program is built with both.
pub(super) fn of_known_code(contract: &str, checksum: &[u8; 32]) -> Result<Option<Schema>> {
    let is_known = SUITE
        .iter()
        .chain([&MARKET_NEXT])
        .any(|artifact| artifact.name == contract && artifact.checksum() == *checksum);
    if !is_known {
        return Ok(None);
    }
    let value = schema_diff::built_in(contract)?;
    let source = format!("built in, version {}", version_of(&value));
    Ok(Some(Schema { value, source }))
}

/// The schema of an artifact: the file that was named, else that of a known code, else the first of
/// `<artifact without .wasm>.json`, `schema/<contract>.json` and `schema/json/<contract>.json` beside the artifact or in a folder
/// above it.
pub(super) fn of_artifact(
    contract: &str,
    artifact: &Path,
    checksum: &[u8; 32],
    named: Option<&str>,
) -> Result<Option<Schema>> {
    if let Some(file) = named {
        return read(Path::new(file)).map(Some);
    }
    if let Some(known) = of_known_code(contract, checksum)? {
        return Ok(Some(known));
    }
    match candidates(contract, artifact).into_iter().find(|path| path.is_file()) {
        Some(path) => read(&path).map(Some),
        None => Ok(None),
    }
}

fn candidates(contract: &str, artifact: &Path) -> Vec<PathBuf> {
    let mut paths = vec![artifact.with_extension("json")];
    let absolute = std::path::absolute(artifact).unwrap_or_else(|_| artifact.to_owned());
    for folder in absolute.ancestors().skip(1) {
        for schemas in ["schema", "schema/json"] {
            paths.push(folder.join(schemas).join(format!("{contract}.json")));
        }
    }
    paths
}

fn read(path: &Path) -> Result<Schema> {
    let value = json_arg::read_file(&path.display().to_string())?;
    let source = format!("{}, version {}", path.display(), version_of(&value));
    Ok(Schema { value, source })
}

fn version_of(schema: &Value) -> &str {
    schema["contract_version"].as_str().unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_known_code_brings_its_schema_and_another_is_looked_for_beside_the_artifact() {
        let market = SUITE.iter().find(|artifact| artifact.name == "market").unwrap();
        let known = of_known_code("market", &market.checksum()).unwrap().unwrap();
        assert!(known.source.starts_with("built in, version "), "{}", known.source);
        assert!(of_known_code("bme", &market.checksum()).unwrap().is_none());

        let folder = tempfile::tempdir().unwrap();
        let artifact = folder.path().join("target/market.wasm");
        let found = |named: Option<&str>| of_artifact("market", &artifact, &[1; 32], named).unwrap();
        assert!(found(None).is_none());
        let write = |path: &str, version: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, json!({ "contract_version": version }).to_string()).unwrap();
            path
        };
        write("schema/json/market.json", "2");
        assert!(
            found(None)
                .unwrap()
                .source
                .ends_with("schema/json/market.json, version 2")
        );
        write("target/market.json", "3");
        assert!(found(None).unwrap().source.ends_with("target/market.json, version 3"));
        let named = write("elsewhere.json", "4");
        assert!(found(named.to_str()).unwrap().source.ends_with("version 4"));
        assert!(of_artifact("market", &artifact, &[1; 32], Some("/nothing.json")).is_err());
    }
}
