//! Which fields of a message nobody knows, found by reflection: another way than the chain's own walk over the bytes.

use prost_reflect::{DynamicMessage, MessageDescriptor, ReflectMessage, Value};
use supercloud_proto::prost::Message;

use crate::generators::messages::POOL;

/// What reflection says of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fields {
    /// All are known, but for packed messages of unknown types.
    Known,
    /// Some are unknown.
    Unknown,
    /// The bytes are no such message.
    Unreadable,
}

/// Looks into a message and all that is packed in it. At the top, `lenient` lets fields with bit 11 pass, as bodies do.
pub fn look_into(bytes: &[u8], name: &str, lenient: bool) -> Fields {
    match POOL.get_message_by_name(name) {
        Some(descriptor) => look(bytes, descriptor, lenient),
        None => Fields::Known,
    }
}

fn look(bytes: &[u8], descriptor: MessageDescriptor, lenient: bool) -> Fields {
    match DynamicMessage::decode(descriptor, bytes) {
        Ok(message) => look_at(&message, lenient),
        Err(_) => Fields::Unreadable,
    }
}

fn look_at(message: &DynamicMessage, lenient: bool) -> Fields {
    let passes = |number: u32| lenient && (number >> 10) & 1 == 1;
    if message.unknown_fields().any(|field| !passes(field.number())) {
        return Fields::Unknown;
    }
    if message.descriptor().full_name() == "google.protobuf.Any" {
        return look_into_any(message);
    }
    let worst = message.fields().map(|(_, value)| look_at_value(value));
    worst.fold(Fields::Known, worse)
}

fn look_at_value(value: &Value) -> Fields {
    match value {
        Value::Message(message) => look_at(message, false),
        Value::List(values) => values.iter().map(look_at_value).fold(Fields::Known, worse),
        Value::Map(map) => map.values().map(look_at_value).fold(Fields::Known, worse),
        _ => Fields::Known,
    }
}

fn look_into_any(message: &DynamicMessage) -> Fields {
    let Ok(any) = message.transcode_to::<supercloud_proto::prost_types::Any>() else {
        return Fields::Unreadable;
    };
    match any.type_url.strip_prefix('/') {
        Some(name) => look_into(&any.value, name, false),
        None => Fields::Known,
    }
}

fn worse(left: Fields, right: Fields) -> Fields {
    match (left, right) {
        (Fields::Unknown, _) | (_, Fields::Unknown) => Fields::Unknown,
        (Fields::Unreadable, _) | (_, Fields::Unreadable) => Fields::Unreadable,
        _ => Fields::Known,
    }
}

/// Bytes of `message`, encoded anew.
pub fn encode_again<M: Message + Default>(bytes: &[u8]) -> Option<Vec<u8>> {
    M::decode(bytes).ok().map(|message| message.encode_to_vec())
}
