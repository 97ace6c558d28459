//! One message in amino JSON, by reflection over the descriptors: names and exceptions stand there as options.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use prost_reflect::{DynamicMessage, FieldDescriptor, MessageDescriptor, ReflectMessage, Value};
use supercloud_proto::prost_types::Any;
use time::OffsetDateTime;

use crate::descriptor::pool;

use super::AminoError;
use super::json::{canonicalize, object, quote};

/// Digits behind the point of a decimal; on the wire decimals are integers.
const DECIMALS: usize = 18;

/// A packed message with its name around it.
pub(super) fn encode_any(any: &Any) -> Result<String, AminoError> {
    let unnamed = || AminoError::Unnamed {
        type_url: any.type_url.clone(),
    };
    let name = any.type_url.strip_prefix('/').ok_or_else(unnamed)?;
    let descriptor = pool().get_message_by_name(name).ok_or_else(unnamed)?;
    let amino_name = option_text(&descriptor.options(), "amino.name").ok_or_else(unnamed)?;
    let message = DynamicMessage::decode(descriptor, &*any.value).map_err(|error| AminoError::Decode {
        type_url: any.type_url.clone(),
        reason: error.to_string(),
    })?;
    let fields = BTreeMap::from([("type", quote(&amino_name)), ("value", encode_message(&message)?)]);
    Ok(object(&fields))
}

fn encode_message(message: &DynamicMessage) -> Result<String, AminoError> {
    let mut fields = BTreeMap::new();
    for field in message.descriptor().fields() {
        let options = field.options();
        if !message.has_field(&field) && !option_bool(&options, "amino.dont_omitempty") {
            continue;
        }
        let encoding = option_text(&options, "amino.encoding").unwrap_or_default();
        let value = message.get_field(&field);
        fields.insert(field.name().to_owned(), encode_value(&field, &value, &encoding)?);
    }
    Ok(object(&fields))
}

fn encode_value(field: &FieldDescriptor, value: &Value, encoding: &str) -> Result<String, AminoError> {
    Ok(match value {
        Value::List(elements) if elements.is_empty() && encoding != "legacy_coins" => "null".to_owned(),
        Value::List(elements) => {
            let elements = elements.iter().map(|element| encode_value(field, element, encoding));
            format!("[{}]", elements.collect::<Result<Vec<_>, _>>()?.join(","))
        }
        Value::Bool(value) => value.to_string(),
        Value::I32(value) => value.to_string(),
        Value::U32(value) => value.to_string(),
        // JSON readers lose digits of larger numbers.
        Value::I64(value) => quote(&value.to_string()),
        Value::U64(value) => quote(&value.to_string()),
        Value::String(text) if encoding == "decimal" => quote(&to_decimal(text)),
        Value::String(text) => quote(text),
        Value::Bytes(bytes) if encoding == "inline_json" => canonicalize(bytes).map_err(|reason| AminoError::Json {
            field: field.full_name().to_owned(),
            reason,
        })?,
        Value::Bytes(bytes) => quote(&BASE64_STANDARD.encode(bytes)),
        Value::EnumNumber(number) if encoding == "access_type" => quote(access_type(*number)),
        Value::EnumNumber(number) => number.to_string(),
        Value::Message(message) => encode_nested(field, message)?,
        Value::F32(_) | Value::F64(_) | Value::Map(_) => {
            return Err(AminoError::Kind {
                field: field.full_name().to_owned(),
            });
        }
    })
}

fn encode_nested(field: &FieldDescriptor, message: &DynamicMessage) -> Result<String, AminoError> {
    let descriptor: MessageDescriptor = message.descriptor();
    match descriptor.full_name() {
        "google.protobuf.Any" => {
            let any = Any {
                type_url: text_field(message, "type_url"),
                value: message
                    .get_field_by_name("value")
                    .and_then(|value| value.as_bytes().map(|bytes| bytes.to_vec()))
                    .unwrap_or_default(),
            };
            encode_any(&any)
        }
        "google.protobuf.Timestamp" => {
            let (seconds, nanos) = time_fields(message);
            encode_time(field.full_name(), seconds, nanos)
        }
        "google.protobuf.Duration" => {
            let (seconds, nanos) = time_fields(message);
            let all = i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
            Ok(quote(&all.to_string()))
        }
        _ => encode_message(message),
    }
}

/// RFC 3339 in UTC with as many digits behind the seconds as it takes.
pub(super) fn encode_time(field: &str, seconds: i64, nanos: i32) -> Result<String, AminoError> {
    let refused = || AminoError::Time {
        field: field.to_owned(),
        seconds,
    };
    let time = OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| refused())?;
    if !(1..=9_999).contains(&time.year()) || !(0..1_000_000_000).contains(&nanos) {
        return Err(refused());
    }
    let fraction = format!("{nanos:09}");
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    Ok(format!(
        "\"{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{point}{fraction}Z\"",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    ))
}

fn time_fields(message: &DynamicMessage) -> (i64, i32) {
    let seconds = message.get_field_by_name("seconds").and_then(|value| value.as_i64());
    let nanos = message.get_field_by_name("nanos").and_then(|value| value.as_i32());
    (seconds.unwrap_or_default(), nanos.unwrap_or_default())
}

fn text_field(message: &DynamicMessage, name: &str) -> String {
    let value = message.get_field_by_name(name);
    value
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// wasmd writes these by name.
fn access_type(number: i32) -> &'static str {
    match number {
        1 => "Nobody",
        3 => "Everybody",
        4 => "AnyOfAddresses",
        _ => "Unspecified",
    }
}

fn to_decimal(integer: &str) -> String {
    let padded = format!("{integer:0>width$}", width = DECIMALS + 1);
    match padded.split_at_checked(padded.len() - DECIMALS) {
        Some((whole, fraction)) => format!("{whole}.{fraction}"),
        None => padded,
    }
}

fn option_text(options: &DynamicMessage, name: &str) -> Option<String> {
    let extension = pool().get_extension_by_name(name)?;
    if !options.has_extension(&extension) {
        return None;
    }
    options.get_extension(&extension).as_str().map(str::to_owned)
}

fn option_bool(options: &DynamicMessage, name: &str) -> bool {
    let extension = pool().get_extension_by_name(name);
    extension.is_some_and(|extension| options.get_extension(&extension).as_bool() == Some(true))
}
