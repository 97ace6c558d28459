//! Chain messages as JSON and back, by the descriptors of the `proto` crate: names as in the proto files, 64-bit integers
//! as text, bytes in base64, `Any` with `@type`. Contract messages are written as the JSON that they are.

use std::sync::LazyLock;

use anyhow::{Context, Result, anyhow, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use prost_reflect::{DescriptorPool, DynamicMessage, Kind, MessageDescriptor, MethodDescriptor, SerializeOptions};
use serde_json::{Map, Value};
use supercloud_client::Any;
use supercloud_proto::FILE_DESCRIPTOR_SET;
use supercloud_proto::prost::Message;

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    // Compiled together with this program; a damaged one cannot pass the tests.
    DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the descriptors of this program are sound")
});

/// Deepest nesting of messages that is read.
const MAX_DEPTH: usize = 32;

/// Bytes fields that hold JSON.
fn holds_json(message: &str, field: &str) -> bool {
    let Some((package, name)) = message.rsplit_once('.') else {
        return false;
    };
    package == "cosmwasm.wasm.v1"
        && match field {
            "msg" => name.starts_with("Msg") || name == "ContractCodeHistoryEntry",
            "messages" => name == "AcceptedMessagesFilter",
            "data" => name == "QuerySmartContractStateResponse",
            "query_data" => name == "QuerySmartContractStateRequest",
            _ => false,
        }
}

/// A message by its name, with or without a leading slash.
pub(crate) fn message_named(name: &str) -> Result<MessageDescriptor> {
    let name = name.trim_start_matches('/');
    POOL.get_message_by_name(name)
        .ok_or_else(|| anyhow!("this version does not know the message {name}"))
}

/// A method by its path, such as `/cosmos.bank.v1beta1.Query/Balance`.
pub(crate) fn method_at(path: &str) -> Result<MethodDescriptor> {
    let unknown = || {
        anyhow!("this version does not know the method {path}; a path looks like /cosmos.bank.v1beta1.Query/Balance")
    };
    let (service, method) = path.trim_start_matches('/').split_once('/').ok_or_else(unknown)?;
    let service = POOL.get_service_by_name(service).ok_or_else(unknown)?;
    service
        .methods()
        .find(|known| known.name() == method)
        .ok_or_else(unknown)
}

/// Bytes of a message given as JSON. Unknown fields are refused.
pub(crate) fn encode(descriptor: &MessageDescriptor, json: &Value) -> Result<Vec<u8>> {
    let plain = to_plain(descriptor, json, 0).with_context(|| descriptor.full_name().to_owned())?;
    let message = DynamicMessage::deserialize(descriptor.clone(), plain)
        .with_context(|| format!("{} is not as the chain writes it", descriptor.full_name()))?;
    Ok(message.encode_to_vec())
}

/// Packs JSON with `@type` into an `Any`.
pub(crate) fn encode_any(json: &Value) -> Result<Any> {
    let (type_url, fields) = split_type(json)?;
    Ok(Any {
        value: encode(&message_named(&type_url)?, &fields)?,
        type_url,
    })
}

/// JSON of an encoded message.
pub(crate) fn decode(descriptor: &MessageDescriptor, bytes: &[u8]) -> Result<Value> {
    let message = DynamicMessage::decode(descriptor.clone(), bytes)
        .with_context(|| format!("not a {}", descriptor.full_name()))?;
    let options = SerializeOptions::new()
        .use_proto_field_name(true)
        .skip_default_fields(false)
        .stringify_64_bit_integers(true);
    let plain = message
        .serialize_with_options(serde_json::value::Serializer, &options)
        .with_context(|| format!("a {} that cannot be shown", descriptor.full_name()))?;
    Ok(from_plain(descriptor, plain))
}

/// JSON of an `Any`, with `@type`.
pub(crate) fn decode_any(any: &Any) -> Result<Value> {
    let mut fields = decode(&message_named(&any.type_url)?, &any.value)?;
    if let Some(object) = fields.as_object_mut() {
        object.insert("@type".into(), any.type_url.clone().into());
    }
    Ok(fields)
}

fn split_type(json: &Value) -> Result<(String, Value)> {
    let Some(object) = json.as_object() else {
        bail!("a message is a JSON object with @type, got {json}");
    };
    let type_url = object.get("@type").and_then(Value::as_str);
    let type_url =
        type_url.ok_or_else(|| anyhow!("a message needs its @type, such as /cosmos.bank.v1beta1.MsgSend"))?;
    let mut fields = object.clone();
    fields.remove("@type");
    let slashed = format!("/{}", type_url.trim_start_matches('/'));
    Ok((slashed, Value::Object(fields)))
}

/// From our JSON to protobuf's own: contract messages become base64.
fn to_plain(descriptor: &MessageDescriptor, json: &Value, depth: usize) -> Result<Value> {
    if depth > MAX_DEPTH {
        bail!("messages are nested deeper than {MAX_DEPTH}");
    }
    if descriptor.full_name() == "google.protobuf.Any" {
        let (type_url, fields) = split_type(json)?;
        let mut plain = to_plain(&message_named(&type_url)?, &fields, depth + 1)?;
        if let Some(object) = plain.as_object_mut() {
            object.insert("@type".into(), type_url.into());
        }
        return Ok(plain);
    }
    let Some(object) = json.as_object() else {
        return Ok(json.clone());
    };
    let mut plain = Map::new();
    for (key, value) in object {
        let field = descriptor
            .get_field_by_name(key)
            .or_else(|| descriptor.get_field_by_json_name(key));
        let value = match field.map(|field| (field.kind(), field.name().to_owned(), field.is_map())) {
            Some((Kind::Bytes, name, _)) if holds_json(descriptor.full_name(), &name) => {
                each(value, &mut json_to_base64)?
            }
            Some((Kind::Message(inner), _, false)) => each(value, &mut |value| to_plain(&inner, value, depth + 1))?,
            _ => value.clone(),
        };
        plain.insert(key.clone(), value);
    }
    Ok(Value::Object(plain))
}

/// Applies a change to a value, or to each of a list.
fn each(value: &Value, change: &mut dyn FnMut(&Value) -> Result<Value>) -> Result<Value> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Array(values) => values.iter().map(change).collect::<Result<_>>().map(Value::Array),
        value => change(value),
    }
}

fn json_to_base64(value: &Value) -> Result<Value> {
    // Text is what was base64 already.
    if value.is_string() {
        return Ok(value.clone());
    }
    Ok(STANDARD.encode(serde_json::to_vec(value)?).into())
}

fn base64_to_json(value: Value) -> Value {
    let bytes = value.as_str().and_then(|text| STANDARD.decode(text).ok());
    bytes
        .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
        // A bare text in JSON would read as base64 on the way back.
        .filter(|json| !json.is_string())
        .unwrap_or(value)
}

fn from_plain(descriptor: &MessageDescriptor, plain: Value) -> Value {
    let Value::Object(object) = plain else {
        return plain;
    };
    let inner = (descriptor.full_name() == "google.protobuf.Any")
        .then(|| {
            object
                .get("@type")
                .and_then(Value::as_str)
                .and_then(|url| message_named(url).ok())
        })
        .flatten();
    let descriptor = inner.as_ref().unwrap_or(descriptor);
    let fields = object.into_iter().map(|(key, value)| {
        let field = descriptor.get_field_by_name(&key);
        let value = match field.map(|field| (field.kind(), field.is_map())) {
            Some((Kind::Bytes, _)) if holds_json(descriptor.full_name(), &key) => map_each(value, &base64_to_json),
            Some((Kind::Message(inner), false)) => map_each(value, &|value| from_plain(&inner, value)),
            _ => value,
        };
        (key, value)
    });
    Value::Object(fields.collect())
}

fn map_each(value: Value, change: &dyn Fn(Value) -> Value) -> Value {
    match value {
        Value::Array(values) => Value::Array(values.into_iter().map(change).collect()),
        value => change(value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use supercloud_client::message;

    use super::*;

    #[test]
    fn a_contract_call_is_shown_with_its_json_and_reads_back_to_the_same_bytes() {
        let any = message::execute("a", "c", &json!({ "ping": { "n": 1 } }), Vec::new()).unwrap();
        let shown = decode_any(&any).unwrap();
        assert_eq!(shown["@type"], "/cosmwasm.wasm.v1.MsgExecuteContract");
        assert_eq!(shown["msg"], json!({ "ping": { "n": 1 } }));
        assert_eq!(encode_any(&shown).unwrap(), any);
    }

    #[test]
    fn messages_inside_messages_keep_their_types() {
        let migrate = message::migrate("gov", "c", 2, &json!({})).unwrap();
        let text = message::ProposalText {
            title: "t".into(),
            ..Default::default()
        };
        let any = message::submit_proposal("p", text, vec![migrate]);
        let shown = decode_any(&any).unwrap();
        assert_eq!(shown["messages"][0]["@type"], "/cosmwasm.wasm.v1.MsgMigrateContract");
        assert_eq!(shown["messages"][0]["msg"], json!({}));
        assert_eq!(encode_any(&shown).unwrap(), any);
    }

    #[test]
    fn unknown_messages_fields_and_methods_are_refused_by_name() {
        let unknown = encode_any(&json!({ "@type": "/x.y.Z" })).unwrap_err();
        assert!(format!("{unknown:#}").contains("x.y.Z"));
        let field = encode_any(&json!({ "@type": "/cosmos.bank.v1beta1.MsgSend", "to": "x" })).unwrap_err();
        assert!(format!("{field:#}").contains("to"), "{field:#}");
        assert!(
            encode_any(&json!({ "from_address": "x" }))
                .unwrap_err()
                .to_string()
                .contains("@type")
        );
        assert!(method_at("/cosmos.bank.v1beta1.Query/Nothing").is_err());
        assert!(method_at("/cosmos.bank.v1beta1.Query/Balance").is_ok());
    }

    #[test]
    fn nesting_has_a_limit() {
        let mut json = json!({ "@type": "/cosmos.bank.v1beta1.MsgSend" });
        for _ in 0..MAX_DEPTH + 2 {
            json = json!({ "@type": "/cosmos.gov.v1.MsgSubmitProposal", "messages": [json] });
        }
        assert!(format!("{:#}", encode_any(&json).unwrap_err()).contains("deeper"));
    }
}
