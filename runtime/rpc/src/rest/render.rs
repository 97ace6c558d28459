//! From a response message to JSON as the SDK's gateway writes it: names as in the proto files, defaults written, unset
//! messages and empty bytes `null`, 64-bit integers as text, bytes in base64, `Any` with `@type`, and the places where
//! the SDK's Go types print themselves ([`Quirk`]).

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, ReflectMessage, Value};
use serde::de::IgnoredAny;
use supercloud_proto::prost_types::{Duration, Timestamp};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::quirk::{Quirk, enum_name, quirk};
use crate::descriptors::POOL;

/// Deepest nesting of `Any` in `Any` that is unpacked: transactions may nest them as deep as they are long.
const MAX_ANY_DEPTH: usize = 16;

/// The JSON text of a message.
pub(super) fn to_json(message: &DynamicMessage) -> String {
    let mut writer = Writer {
        out: String::new(),
        any_depth: 0,
    };
    writer.message(message);
    writer.out
}

struct Writer {
    out: String,
    any_depth: usize,
}

impl Writer {
    fn text(&mut self, text: &str) {
        self.out.push_str(&serde_json::Value::from(text).to_string());
    }

    fn display(&mut self, value: impl std::fmt::Display) {
        // Writing to a String does not fail.
        let _ = write!(self.out, "{value}");
    }

    fn bytes(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            self.out.push_str("null");
        } else {
            self.text(&STANDARD.encode(bytes));
        }
    }

    fn message(&mut self, message: &DynamicMessage) {
        match message.descriptor().full_name() {
            "google.protobuf.Timestamp" => self.timestamp(message),
            "google.protobuf.Duration" => self.duration(message),
            "google.protobuf.Any" => self.any(message),
            _ => {
                self.out.push('{');
                self.fields(message, true);
                self.out.push('}');
            }
        }
    }

    fn fields(&mut self, message: &DynamicMessage, mut first: bool) {
        let descriptor = message.descriptor();
        for field in descriptor.fields() {
            let unset = field.supports_presence() && !message.has_field(&field);
            if unset && field.containing_oneof().is_some() {
                continue;
            }
            if !first {
                self.out.push(',');
            }
            first = false;
            self.text(field.name());
            self.out.push(':');
            if unset {
                self.out.push_str("null");
            } else {
                let quirk = quirk(descriptor.full_name(), field.name());
                self.value(&message.get_field(&field), &field, quirk);
            }
        }
    }

    fn value(&mut self, value: &Value, field: &FieldDescriptor, quirk: Option<Quirk>) {
        match value {
            Value::List(entries) => {
                self.out.push('[');
                for (at, entry) in entries.iter().enumerate() {
                    if at > 0 {
                        self.out.push(',');
                    }
                    self.value(entry, field, quirk);
                }
                self.out.push(']');
            }
            Value::Map(entries) => self.map(entries.iter(), field),
            Value::Bytes(bytes) => match quirk {
                Some(Quirk::InlineJson) => self.inline(bytes),
                Some(Quirk::Hex) => self.text(&hex::encode_upper(bytes)),
                Some(Quirk::Decimal) => self.text(&decimal(&String::from_utf8_lossy(bytes))),
                None => self.bytes(bytes),
            },
            Value::String(text) if quirk == Some(Quirk::Decimal) => self.text(&decimal(text)),
            Value::String(text) => self.text(text),
            Value::Bool(flag) => self.display(flag),
            Value::I32(number) => self.display(number),
            Value::U32(number) => self.display(number),
            Value::I64(number) => self.display(format_args!("\"{number}\"")),
            Value::U64(number) => self.display(format_args!("\"{number}\"")),
            Value::F32(number) => self.out.push_str(&serde_json::Value::from(*number).to_string()),
            Value::F64(number) => self.out.push_str(&serde_json::Value::from(*number).to_string()),
            Value::EnumNumber(number) => match field.kind() {
                Kind::Enum(kind) => match kind.get_value(*number) {
                    Some(value) => self.text(enum_name(kind.full_name(), value.name())),
                    None => self.display(number),
                },
                _ => self.display(number),
            },
            Value::Message(inner) => self.message(inner),
        }
    }

    fn map<'a>(&mut self, entries: impl Iterator<Item = (&'a MapKey, &'a Value)>, field: &FieldDescriptor) {
        let Kind::Message(entry) = field.kind() else {
            self.out.push_str("{}");
            return;
        };
        let mut entries: Vec<(String, &Value)> = entries.map(|(key, value)| (key_text(key), value)).collect();
        entries.sort_by(|(left, _), (right, _)| left.cmp(right));
        self.out.push('{');
        for (at, (key, value)) in entries.into_iter().enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.text(&key);
            self.out.push(':');
            self.value(value, &entry.map_entry_value_field(), None);
        }
        self.out.push('}');
    }

    /// What is not JSON after all is shown in base64.
    fn inline(&mut self, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) if serde_json::from_str::<IgnoredAny>(text).is_ok() => self.out.push_str(text),
            _ => self.bytes(bytes),
        }
    }

    fn any(&mut self, message: &DynamicMessage) {
        let field = |name| message.get_field_by_name(name);
        let url = field("type_url")
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default();
        let bytes = field("value")
            .and_then(|value| value.as_bytes().cloned())
            .unwrap_or_default();
        if url.is_empty() && bytes.is_empty() {
            self.out.push_str("null");
            return;
        }
        let name = url.rsplit('/').next().unwrap_or_default();
        let inner = POOL
            .get_message_by_name(name)
            .filter(|_| self.any_depth < MAX_ANY_DEPTH)
            .and_then(|descriptor| DynamicMessage::decode(descriptor, bytes.clone()).ok());
        self.out.push_str("{\"@type\":");
        self.text(&url);
        match inner {
            Some(inner) => {
                self.any_depth += 1;
                if is_well_known(name) {
                    self.out.push_str(",\"value\":");
                    self.message(&inner);
                } else {
                    self.fields(&inner, false);
                }
                self.any_depth -= 1;
            }
            None => {
                self.out.push_str(",\"value\":");
                self.bytes(&bytes);
            }
        }
        self.out.push('}');
    }

    fn timestamp(&mut self, message: &DynamicMessage) {
        let Timestamp { seconds, nanos } = message.transcode_to().unwrap_or_default();
        let nanos = i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        let text = OffsetDateTime::from_unix_timestamp_nanos(nanos)
            .ok()
            .and_then(|time| time.format(&Rfc3339).ok());
        match text {
            Some(text) => self.text(&text),
            None => self.out.push_str("null"),
        }
    }

    fn duration(&mut self, message: &DynamicMessage) {
        let Duration { seconds, nanos } = message.transcode_to().unwrap_or_default();
        let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
        let mut text = format!("{sign}{}", seconds.unsigned_abs());
        if nanos != 0 {
            let fraction = format!("{:09}", nanos.unsigned_abs());
            text = format!("{text}.{}", fraction.trim_end_matches('0'));
        }
        self.text(&format!("{text}s"));
    }
}

fn is_well_known(name: &str) -> bool {
    matches!(
        name,
        "google.protobuf.Timestamp" | "google.protobuf.Duration" | "google.protobuf.Any"
    )
}

fn key_text(key: &MapKey) -> String {
    match key {
        MapKey::Bool(key) => key.to_string(),
        MapKey::I32(key) => key.to_string(),
        MapKey::I64(key) => key.to_string(),
        MapKey::U32(key) => key.to_string(),
        MapKey::U64(key) => key.to_string(),
        MapKey::String(key) => key.clone(),
    }
}

/// `50000000000000000` is `0.050000000000000000`. What is no integer stays as it is.
fn decimal(text: &str) -> String {
    const PLACES: usize = 18;
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let digits = if digits.is_empty() { "0" } else { digits };
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return text.to_owned();
    }
    let padded = format!("{digits:0>width$}", width = PLACES + 1);
    let (whole, fraction) = padded.split_at(padded.len() - PLACES);
    format!("{sign}{whole}.{fraction}")
}

#[cfg(test)]
mod tests;
