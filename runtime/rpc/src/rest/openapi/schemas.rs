//! Schemas of messages as the gateway writes and reads them.

use std::collections::BTreeMap;

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Value, json};

use crate::rest::quirk::{Quirk, enum_name, quirk};

/// Schema of a field's text in a path or query string.
pub(super) fn parameter(field: &FieldDescriptor) -> Value {
    match field.kind() {
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Bytes => json!({ "type": "string", "format": "byte" }),
        Kind::Uint64 | Kind::Fixed64 => json!({ "type": "string", "format": "uint64", "pattern": "^[0-9]{1,19}$" }),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
            json!({ "type": "string", "format": "int64", "pattern": "^-?[0-9]{1,18}$" })
        }
        Kind::Uint32 | Kind::Fixed32 => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => json!({ "type": "integer", "format": "int32" }),
        Kind::Double | Kind::Float => json!({ "type": "number" }),
        Kind::Enum(kind) => {
            let names: Vec<String> = kind.values().map(|value| value.name().to_owned()).collect();
            json!({ "type": "string", "enum": names })
        }
        Kind::String | Kind::Message(_) => json!({ "type": "string" }),
    }
}

/// Whether a message is sent or received: an answer has every field, a request may leave any out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Usage {
    Request,
    Response,
}

#[derive(Default)]
pub(super) struct Schemas {
    pub(super) done: BTreeMap<String, Value>,
    waiting: Vec<(MessageDescriptor, Usage)>,
}

impl Schemas {
    /// A reference to the message's schema, which is made later: messages contain themselves.
    pub(super) fn of(&mut self, message: &MessageDescriptor, usage: Usage) -> Value {
        match message.full_name() {
            "google.protobuf.Timestamp" => json!({ "type": "string", "format": "date-time", "nullable": true }),
            "google.protobuf.Duration" => json!({ "type": "string", "example": "3600s", "nullable": true }),
            "google.protobuf.Any" => json!({
                "type": "object", "nullable": true, "required": ["@type"], "additionalProperties": true,
                "properties": { "@type": { "type": "string" } },
            }),
            name => {
                self.waiting.push((message.clone(), usage));
                json!({ "$ref": format!("#/components/schemas/{}", component(name, usage)) })
            }
        }
    }

    /// Makes the schemas that references wait for.
    pub(super) fn close(&mut self) {
        self.done.insert(
            "Error".to_owned(),
            json!({
                "type": "object", "required": ["code", "message", "details"],
                "properties": {
                    "code": { "type": "integer", "description": "gRPC status code." },
                    "message": { "type": "string" },
                    "details": { "type": "array", "items": { "type": "object" } },
                },
            }),
        );
        while let Some((message, usage)) = self.waiting.pop() {
            let name = component(message.full_name(), usage);
            if self.done.contains_key(&name) {
                continue;
            }
            // Against endless loops over a message that contains itself.
            self.done.insert(name.clone(), Value::Null);
            let schema = self.message(&message, usage);
            self.done.insert(name, schema);
        }
    }

    fn message(&mut self, message: &MessageDescriptor, usage: Usage) -> Value {
        let properties: BTreeMap<String, Value> = message
            .fields()
            .map(|field| (field.name().to_owned(), self.field(message, &field, usage)))
            .collect();
        let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
        // Of a choice only the chosen field is written.
        let always: Vec<String> = message
            .fields()
            .filter(|field| field.containing_oneof().is_none())
            .map(|field| field.name().to_owned())
            .collect();
        if usage == Usage::Response && !always.is_empty() {
            schema["required"] = always.into();
        }
        schema
    }

    fn field(&mut self, message: &MessageDescriptor, field: &FieldDescriptor, usage: Usage) -> Value {
        let one = match (quirk(message.full_name(), field.name()), field.kind()) {
            (Some(Quirk::InlineJson), _) => {
                json!({ "description": "JSON as the contract wrote it.", "nullable": true })
            }
            (Some(Quirk::Hex), _) => json!({ "type": "string", "description": "Upper-case hex." }),
            (Some(Quirk::Decimal), _) => json!({ "type": "string", "example": "0.050000000000000000" }),
            (None, Kind::Message(inner)) => match self.of(&inner, usage) {
                reference if reference.get("$ref").is_some() && !field.is_list() => {
                    json!({ "allOf": [reference], "nullable": true })
                }
                schema => schema,
            },
            (None, Kind::Bytes) => json!({ "type": "string", "format": "byte", "nullable": true }),
            (None, Kind::Enum(kind)) => {
                let names: Vec<String> = kind
                    .values()
                    .map(|value| enum_name(kind.full_name(), value.name()).to_owned())
                    .collect();
                json!({ "type": "string", "enum": names })
            }
            (None, _) => parameter(field),
        };
        if field.is_list() {
            json!({ "type": "array", "items": one })
        } else {
            one
        }
    }
}

fn component(name: &str, usage: Usage) -> String {
    match usage {
        Usage::Request => format!("{name}.Request"),
        Usage::Response => name.to_owned(),
    }
}
