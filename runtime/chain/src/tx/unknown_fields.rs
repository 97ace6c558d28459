//! Refuses protobuf fields that this chain does not know: a signer must never sign what the chain would ignore.
//!
//! Walks the wire bytes along the crate's own descriptors, into nested messages and into packed messages of known types.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use supercloud_proto::FILE_DESCRIPTOR_SET;
use supercloud_proto::prost::Message;
use supercloud_proto::prost::bytes::Buf;
use supercloud_proto::prost::encoding::{WireType, decode_key, decode_varint};
use supercloud_proto::prost_types::field_descriptor_proto::{Label, Type};
use supercloud_proto::prost_types::{Any, DescriptorProto, FileDescriptorSet};

/// Deepest nesting; deeper bytes are an attack on the stack.
const MAX_DEPTH: usize = 64;
const ANY: &str = "google.protobuf.Any";

/// Whether fields that a message declares non-critical (bit 11 of the number) may be unknown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NonCritical {
    Allowed,
    Refused,
}

struct Field {
    wire: WireType,
    /// Repeated numbers may also come packed.
    packable: bool,
    message: Option<String>,
}

type Schema = BTreeMap<String, BTreeMap<u32, Field>>;

/// Checks `bytes` as a message named `name` (without a leading slash).
pub(super) fn assert_fields_known(bytes: &[u8], name: &str, non_critical: NonCritical) -> Result<(), String> {
    walk(bytes, name, non_critical, 0)
}

fn walk(mut bytes: &[u8], name: &str, non_critical: NonCritical, depth: usize) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err(format!("messages are nested deeper than {MAX_DEPTH}"));
    }
    let fields = schema()
        .get(name)
        .ok_or_else(|| format!("unknown message type {name}"))?;
    while bytes.has_remaining() {
        let (number, wire) = decode_key(&mut bytes).map_err(|error| format!("{name}: {error}"))?;
        let value = take_value(&mut bytes, wire).map_err(|error| format!("{name} field {number}: {error}"))?;
        let Some(field) = fields.get(&number) else {
            if non_critical == NonCritical::Allowed && (number >> 10) & 1 == 1 {
                continue;
            }
            return Err(format!("{name} has unknown field {number}"));
        };
        if wire != field.wire && !(field.packable && wire == WireType::LengthDelimited) {
            return Err(format!(
                "{name} field {number} has wire type {wire:?} instead of {:?}",
                field.wire
            ));
        }
        match field.message.as_deref() {
            Some(ANY) => walk_any(value, depth)?,
            Some(message) => walk(value, message, NonCritical::Refused, depth + 1)?,
            None => {}
        }
    }
    Ok(())
}

/// Types that the chain does not know are refused where they are used, with a better text.
fn walk_any(value: &[u8], depth: usize) -> Result<(), String> {
    walk(value, ANY, NonCritical::Refused, depth + 1)?;
    let any = Any::decode(value).map_err(|error| error.to_string())?;
    match any.type_url.strip_prefix('/') {
        Some(name) if schema().contains_key(name) => walk(&any.value, name, NonCritical::Refused, depth + 1),
        _ => Ok(()),
    }
}

/// Cuts one value off; the slice is its content for length-delimited fields.
fn take_value<'a>(bytes: &mut &'a [u8], wire: WireType) -> Result<&'a [u8], String> {
    let len = match wire {
        WireType::Varint => {
            decode_varint(bytes).map_err(|error| error.to_string())?;
            0
        }
        WireType::ThirtyTwoBit => 4,
        WireType::SixtyFourBit => 8,
        WireType::LengthDelimited => decode_varint(bytes).map_err(|error| error.to_string())?,
        WireType::StartGroup | WireType::EndGroup => return Err("groups are not allowed".to_owned()),
    };
    let len = usize::try_from(len)
        .ok()
        .filter(|len| *len <= bytes.len())
        .ok_or("value is cut off")?;
    let (value, rest) = bytes.split_at(len);
    *bytes = rest;
    Ok(value)
}

fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).expect("the crate's own descriptors decode");
        let mut schema = Schema::new();
        for file in &set.file {
            for message in &file.message_type {
                add_message(&mut schema, file.package(), message);
            }
        }
        schema
    })
}

fn add_message(schema: &mut Schema, parent: &str, message: &DescriptorProto) {
    let name = format!("{parent}.{}", message.name());
    for nested in &message.nested_type {
        add_message(schema, &name, nested);
    }
    let mut fields = BTreeMap::new();
    for field in &message.field {
        let wire = match field.r#type() {
            Type::Double | Type::Fixed64 | Type::Sfixed64 => WireType::SixtyFourBit,
            Type::Float | Type::Fixed32 | Type::Sfixed32 => WireType::ThirtyTwoBit,
            Type::String | Type::Bytes | Type::Message => WireType::LengthDelimited,
            Type::Group => WireType::StartGroup,
            _ => WireType::Varint,
        };
        let packable = field.label() == Label::Repeated && wire != WireType::LengthDelimited;
        let message = (field.r#type() == Type::Message).then(|| field.type_name().trim_start_matches('.').to_owned());
        fields.insert(
            field.number() as u32,
            Field {
                wire,
                packable,
                message,
            },
        );
    }
    schema.insert(name, fields);
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "cosmos.tx.v1beta1.TxBody";

    #[test]
    fn unknown_field_is_named() {
        // Field 6 (varint 1) of TxBody does not exist.
        let refused = assert_fields_known(&[0x30, 1], BODY, NonCritical::Allowed);
        assert_eq!(refused.unwrap_err(), "cosmos.tx.v1beta1.TxBody has unknown field 6");
    }

    #[test]
    fn non_critical_field_passes_only_where_allowed() {
        // Field 1024, varint 1.
        let bytes = [0x80, 0x40, 1];
        assert_eq!(assert_fields_known(&bytes, BODY, NonCritical::Allowed), Ok(()));
        assert!(assert_fields_known(&bytes, BODY, NonCritical::Refused).is_err());
    }

    #[test]
    fn unknown_field_inside_a_packed_message_is_found() {
        let send = Any {
            type_url: "/cosmos.bank.v1beta1.MsgSend".into(),
            value: vec![0x20, 1],
        };
        let body = [vec![0x0a], vec![send.encoded_len() as u8], send.encode_to_vec()].concat();
        let refused = assert_fields_known(&body, BODY, NonCritical::Allowed);
        assert_eq!(refused.unwrap_err(), "cosmos.bank.v1beta1.MsgSend has unknown field 4");
    }

    #[test]
    fn known_field_of_the_wrong_wire_type_is_refused() {
        assert!(assert_fields_known(&[0x18, 5], BODY, NonCritical::Allowed).is_ok());
        assert!(
            assert_fields_known(&[0x10, 5], BODY, NonCritical::Refused)
                .unwrap_err()
                .contains("wire type")
        );
        assert!(
            assert_fields_known(&[0x12, 9, b'a'], BODY, NonCritical::Refused)
                .unwrap_err()
                .contains("cut off")
        );
    }
}
