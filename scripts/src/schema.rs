//! JSON Schema of every contract, in the IDL format that client generators read: `schema/json/<contract>.json`.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use cosmwasm_schema::{Api, generate_api};
use serde_json::Value;

use crate::workspace::Workspace;

/// The folder of generated schemas.
const FOLDER: &str = "schema/json";

/// The generated description of one contract.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Schema {
    path: PathBuf,
    text: String,
}

/// Builds the description of a contract from the messages in its module of `supercloud-schema`.
macro_rules! api {
    ($module:ident) => {
        generate_api! {
            name: "set by the caller",
            version: "0.0.0",
            instantiate: supercloud_schema::$module::InstantiateMsg,
            execute: supercloud_schema::$module::ExecuteMsg,
            query: supercloud_schema::$module::QueryMsg,
            migrate: supercloud_schema::$module::MigrateMsg,
        }
    };
}

/// Writes every schema, and removes files of contracts that are gone.
pub fn write_all(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root.join(FOLDER);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let schemas = generate(workspace)?;
    for path in find_superfluous(workspace, &schemas)? {
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    for schema in &schemas {
        fs::write(&schema.path, &schema.text).with_context(|| format!("cannot write {}", schema.path.display()))?;
    }
    Ok(())
}

/// Every way in which the files differ from what [`write_all`] would write; empty when they do not.
pub fn find_differences(workspace: &Workspace) -> Result<Vec<String>> {
    let schemas = generate(workspace)?;
    let mut differences = Vec::new();
    for schema in &schemas {
        let name = schema.path.display();
        match fs::read_to_string(&schema.path) {
            Err(error) => differences.push(format!("{name}: {error}")),
            Ok(text) if text == schema.text => {}
            Ok(text) => differences.push(format!("{name}: {}", describe_first_difference(&text, &schema.text))),
        }
    }
    let superfluous = find_superfluous(workspace, &schemas)?;
    differences.extend(
        superfluous
            .iter()
            .map(|path| format!("{}: no contract makes it", path.display())),
    );
    Ok(differences)
}

fn generate(workspace: &Workspace) -> Result<Vec<Schema>> {
    let apis = [
        ("attestation", api!(attestation)),
        ("bme", api!(bme)),
        ("escrow", api!(escrow)),
        ("market", api!(market)),
        ("oracle", api!(oracle)),
        ("pyth", api!(pyth)),
        ("registry", api!(registry)),
    ];
    let known: BTreeSet<&str> = apis.iter().map(|(name, _)| *name).collect();
    let present: BTreeSet<&str> = workspace.contracts().map(|contract| contract.short_name()).collect();
    if known != present {
        bail!("contracts/ holds {present:?}, but schemas are generated for {known:?}");
    }
    apis.into_iter()
        .map(|(name, api)| render(workspace, name, api))
        .collect()
}

fn render(workspace: &Workspace, name: &str, mut api: Api) -> Result<Schema> {
    let contract = workspace.contracts().find(|contract| contract.short_name() == name);
    let contract = contract.with_context(|| format!("no contract is called {name}"))?;
    api.contract_name = contract.name.clone();
    api.contract_version = contract.version.clone();
    let value = serde_json::to_value(api.render()).context("schema does not serialise")?;
    let text = serde_json::to_string_pretty(&sort_keys(value)).context("schema does not serialise")?;
    Ok(Schema {
        path: workspace.root.join(FOLDER).join(format!("{name}.json")),
        text: format!("{text}\n"),
    })
}

/// Sorts the keys of objects at every level, whatever map type serde_json was built with.
fn sort_keys(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(
                entries
                    .into_iter()
                    .map(|(key, value)| (key, sort_keys(value)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sort_keys).collect()),
        other => other,
    }
}

fn find_superfluous(workspace: &Workspace, schemas: &[Schema]) -> Result<Vec<PathBuf>> {
    let folder = workspace.root.join(FOLDER);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut superfluous = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        if is_json && !schemas.iter().any(|schema| schema.path == path) {
            superfluous.push(path);
        }
    }
    superfluous.sort();
    Ok(superfluous)
}

fn describe_first_difference(old: &str, new: &str) -> String {
    for (index, (old, new)) in old.lines().zip(new.lines()).enumerate() {
        if old != new {
            return format!("line {}: {:?}, generated {:?}", index + 1, old.trim(), new.trim());
        }
    }
    format!("{} lines, generated {}", old.lines().count(), new.lines().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_inside_lists_too() {
        let value: Value = serde_json::from_str(r#"{"b":[{"d":1,"c":2}],"a":null}"#).unwrap();
        assert_eq!(sort_keys(value).to_string(), r#"{"a":null,"b":[{"c":2,"d":1}]}"#);
    }

    #[test]
    fn first_differing_line_is_shown_with_its_number() {
        assert_eq!(
            describe_first_difference("a\nb\n", "a\n c\n"),
            r#"line 2: "b", generated "c""#
        );
        assert_eq!(describe_first_difference("a\n", "a\nb\n"), "1 lines, generated 2");
    }
}
