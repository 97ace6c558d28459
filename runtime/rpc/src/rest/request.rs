//! From path, query string and body to a method's request message, by grpc-gateway's rules.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use prost_reflect::{
    DeserializeOptions, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage, Value,
};
use serde_json::Value as Json;

use super::quirk::{Quirk, quirk};
use super::routes::{Found, Verb};
use crate::status::Status;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// The request message. Parameters that no field has are ignored, as the gateway does.
pub(super) fn build(found: &Found, pairs: &[(String, String)], body: &[u8]) -> Result<DynamicMessage, Status> {
    let input = found.method.input();
    let mut request = match found.verb {
        Verb::Post if !body.is_empty() => from_body(input, body)?,
        _ => DynamicMessage::new(input),
    };
    if found.verb == Verb::Get {
        for (name, text) in pairs {
            set(&mut request, name, text)?;
        }
    }
    // Last: what the path says holds.
    for (name, text) in &found.fields {
        set(&mut request, name, text)?;
    }
    Ok(request)
}

fn from_body(input: MessageDescriptor, body: &[u8]) -> Result<DynamicMessage, Status> {
    let unreadable = |error: serde_json::Error| Status::invalid(error.to_string());
    let mut json: Json = serde_json::from_slice(body).map_err(unreadable)?;
    straighten(&input, &mut json);
    DynamicMessage::deserialize_with_options(input, json, &DeserializeOptions::new()).map_err(unreadable)
}

/// Turns what the SDK writes unlike protobuf's JSON (see [`Quirk`]) into protobuf's.
fn straighten(message: &MessageDescriptor, json: &mut Json) {
    let Some(members) = json.as_object_mut() else {
        return;
    };
    let packed = (message.full_name() == "google.protobuf.Any")
        .then(|| members.get("@type").and_then(Json::as_str))
        .flatten()
        .and_then(|url| message.parent_pool().get_message_by_name(url.rsplit('/').next()?));
    let message = packed.as_ref().unwrap_or(message);
    for field in message.fields() {
        let name = if members.contains_key(field.name()) {
            field.name()
        } else {
            field.json_name()
        };
        let Some(value) = members.get_mut(name) else {
            continue;
        };
        match (quirk(message.full_name(), field.name()), field.kind()) {
            (Some(Quirk::InlineJson), _) if !value.is_null() => *value = BASE64.encode(value.to_string()).into(),
            (Some(Quirk::Hex), _) => {
                if let Some(bytes) = value.as_str().and_then(|text| hex::decode(text).ok()) {
                    *value = BASE64.encode(bytes).into();
                }
            }
            (None, Kind::Message(inner)) => match value {
                Json::Array(entries) => entries.iter_mut().for_each(|entry| straighten(&inner, entry)),
                value => straighten(&inner, value),
            },
            _ => {}
        }
    }
}

/// Sets the field at a dotted path; repeated fields grow.
fn set(message: &mut DynamicMessage, name: &str, text: &str) -> Result<(), Status> {
    let (first, later) = name
        .split_once('.')
        .map_or((name, None), |(first, later)| (first, Some(later)));
    let descriptor = message.descriptor();
    let field = descriptor
        .get_field_by_name(first)
        .or_else(|| descriptor.get_field_by_json_name(first));
    let Some(field) = field else {
        return Ok(());
    };
    match (field.kind(), later) {
        (Kind::Message(_), Some(later)) if !field.is_list() && !field.is_map() => {
            match message.get_field_mut(&field).as_message_mut() {
                Some(inner) => set(inner, later, text),
                None => Ok(()),
            }
        }
        (Kind::Message(_), None) => Err(Status::invalid(format!("{name} is a message: name one of its fields"))),
        (_, Some(_)) => Ok(()),
        (_, None) if field.is_map() => Ok(()),
        (_, None) => {
            let value = parse(&field, text).ok_or_else(|| mismatch(&field, text))?;
            match message.get_field_mut(&field) {
                Value::List(entries) => entries.push(value),
                slot => *slot = value,
            }
            Ok(())
        }
    }
}

fn mismatch(field: &FieldDescriptor, text: &str) -> Status {
    let expected = match field.kind() {
        Kind::Bool => "true or false".to_owned(),
        Kind::Bytes => "base64".to_owned(),
        Kind::Enum(kind) => format!("a name or number of {}", kind.full_name()),
        kind => format!("{kind:?}").to_lowercase(),
    };
    let shown: String = text.chars().take(80).collect();
    Status::invalid(format!(
        "type mismatch, parameter: {}, error: parsing {shown:?}: expected {expected}",
        field.name()
    ))
}

fn parse(field: &FieldDescriptor, text: &str) -> Option<Value> {
    Some(match field.kind() {
        Kind::String => Value::String(text.to_owned()),
        Kind::Bytes => Value::Bytes(base64(text)?.into()),
        Kind::Bool => Value::Bool(match text {
            "true" | "True" | "TRUE" | "t" | "T" | "1" => true,
            "false" | "False" | "FALSE" | "f" | "F" | "0" => false,
            _ => return None,
        }),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(text.parse().ok()?),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(text.parse().ok()?),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(text.parse().ok()?),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(text.parse().ok()?),
        Kind::Double => Value::F64(text.parse().ok()?),
        Kind::Float => Value::F32(text.parse().ok()?),
        Kind::Enum(kind) => match kind.get_value_by_name(text) {
            Some(value) => Value::EnumNumber(value.number()),
            None => Value::EnumNumber(text.parse().ok()?),
        },
        Kind::Message(_) => return None,
    })
}

/// Standard or URL alphabet, padded or not. A `+` that a client forgot to encode arrives as a space.
fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text.replace(' ', "+");
    BASE64.decode(&text).or_else(|_| BASE64_URL.decode(&text)).ok()
}
