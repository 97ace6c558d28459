//! What a newer contract understands that the older did not, by the files in `schema/json`: messages, fields, answers.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::Value;

macro_rules! schemas {
    ($($name:literal),*) => {
        &[$(($name, include_str!(concat!("../../../schema/json/", $name, ".json")))),*]
    };
}

/// Schemas of the suite that this program is built with.
const SCHEMAS: &[(&str, &str)] = schemas!("attestation", "bme", "escrow", "market", "oracle", "pyth", "registry");

/// The schema of a contract of the suite.
pub(super) fn built_in(name: &str) -> Result<Value> {
    let (_, text) = SCHEMAS
        .iter()
        .find(|(known, _)| *known == name)
        .with_context(|| format!("the suite has no contract {name}"))?;
    Ok(serde_json::from_str(text)?)
}

/// Changes by place, such as `execute.create_lease.bid`.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct SchemaDiff {
    added: Vec<String>,
    removed: Vec<String>,
    changed: Vec<String>,
}

impl SchemaDiff {
    pub(super) fn between(old: &Value, new: &Value) -> Self {
        let (old, new) = (flatten(old), flatten(new));
        let mut diff = Self::default();
        for (place, form) in &new {
            match old.get(place) {
                None => diff.added.push(place.clone()),
                Some(before) if before != form => diff.changed.push(format!("{place}: {before} -> {form}")),
                Some(_) => {}
            }
        }
        diff.removed = old.into_keys().filter(|place| !new.contains_key(place)).collect();
        diff
    }

    /// One line per change.
    pub(super) fn lines(&self) -> Vec<String> {
        let marked = |mark: &str, places: &[String]| -> Vec<String> {
            places.iter().map(|place| format!("{mark} {place}")).collect()
        };
        [
            marked("+", &self.added),
            marked("-", &self.removed),
            marked("~", &self.changed),
        ]
        .concat()
    }
}

/// Every property of every message and definition with its form.
fn flatten(schema: &Value) -> BTreeMap<String, String> {
    let mut places = BTreeMap::new();
    for part in ["instantiate", "execute", "query", "migrate", "sudo"] {
        collect(part, &schema[part], &mut places);
    }
    for (name, response) in schema["responses"].as_object().into_iter().flatten() {
        collect(&format!("responses.{name}"), response, &mut places);
    }
    places
}

fn collect(place: &str, schema: &Value, places: &mut BTreeMap<String, String>) {
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let inner = format!("{place}.{name}");
        let optional = if required.contains(&name.as_str()) { "" } else { "?" };
        places.insert(inner.clone(), format!("{}{optional}", form_of(property)));
        collect(&inner, property, places);
    }
    for variants in ["oneOf", "anyOf", "allOf"] {
        for variant in schema[variants].as_array().into_iter().flatten() {
            for word in variant["enum"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
            {
                places.insert(format!("{place}.{word}"), "word".to_owned());
            }
            collect(place, variant, places);
        }
    }
    for (name, definition) in schema["definitions"].as_object().into_iter().flatten() {
        collect(
            &format!("{}:{name}", place.split('.').next().unwrap_or(place)),
            definition,
            places,
        );
    }
}

fn form_of(property: &Value) -> String {
    if let Some(target) = property["$ref"].as_str() {
        return target.rsplit('/').next().unwrap_or(target).to_owned();
    }
    for variants in ["allOf", "anyOf", "oneOf"] {
        if let Some(list) = property[variants].as_array() {
            return list.iter().map(form_of).collect::<Vec<_>>().join("|");
        }
    }
    let kind = match &property["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("|"),
        kind => kind.as_str().unwrap_or("any").to_owned(),
    };
    match property["format"].as_str() {
        Some(format) => format!("{kind}({format})"),
        None if kind == "array" => format!("array of {}", form_of(&property["items"])),
        None => kind,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_contract_has_a_schema_that_equals_itself() {
        for (name, _) in SCHEMAS {
            let schema = built_in(name).unwrap();
            assert_eq!(SchemaDiff::between(&schema, &schema), SchemaDiff::default());
            assert!(!flatten(&schema).is_empty(), "{name}");
        }
        assert!(built_in("nothing").is_err());
    }

    #[test]
    fn added_removed_and_changed_fields_are_told_by_place() {
        let schema = |fields: Value, required: Value| json!({ "execute": { "oneOf": [{ "properties": { "go": { "properties": fields, "required": required } } }] } });
        let old = schema(
            json!({ "a": { "type": "string" }, "b": { "type": "string" } }),
            json!(["a", "b"]),
        );
        let new = schema(
            json!({ "a": { "type": "integer", "format": "uint64" }, "c": { "type": "string" } }),
            json!(["a"]),
        );
        let expected = [
            "+ execute.go.c",
            "- execute.go.b",
            "~ execute.go.a: string -> integer(uint64)",
        ];
        assert_eq!(SchemaDiff::between(&old, &new).lines(), expected);
    }
}
