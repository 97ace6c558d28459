//! gRPC: every method of every service, as a client with HTTP/2 sees it.

use std::collections::BTreeMap;

use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MethodDescriptor, SerializeOptions, Value};
use serde_json::{Value as Json, json};
use supercloud_proto::prost::Message;
use supercloud_proto::prost::bytes::{Buf, BufMut};
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Request, Status};

use super::assert_golden;
use super::chain::Golden;

/// Messages as they travel.
#[derive(Clone, Copy)]
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let mut item = vec![0; from.remaining()];
        from.copy_to_slice(&mut item);
        Ok(Some(item))
    }
}

fn field_value(golden: &Golden, service: &str, field: &FieldDescriptor) -> Option<Value> {
    if field.name() == "tx_bytes" {
        return Some(Value::Bytes(golden.raw.clone().into()));
    }
    let text = golden.value(service, field.name())?;
    match field.kind() {
        Kind::String => Some(Value::String(text)),
        Kind::Bytes => Some(Value::Bytes(text.into_bytes().into())),
        Kind::Uint64 => text.parse().ok().map(Value::U64),
        Kind::Int64 => text.parse().ok().map(Value::I64),
        _ => None,
    }
    .filter(|_| !field.is_list())
}

fn request(golden: &Golden, service: &str, method: &MethodDescriptor) -> DynamicMessage {
    let mut request = DynamicMessage::new(method.input());
    for field in method.input().fields() {
        if let Some(value) = field_value(golden, service, &field) {
            request.set_field(&field, value);
        }
    }
    if method.name() == "Simulate" {
        request.set_field_by_name("tx_bytes", Value::Bytes(golden.next.clone().into()));
    }
    if method.name() == "BroadcastTx" {
        request.set_field_by_name("tx_bytes", Value::Bytes(b"bad".to_vec().into()));
        request.set_field_by_name("mode", Value::EnumNumber(2));
    }
    if service == "cosmwasm.wasm.v1.Query" && method.name() == "SmartContractState" {
        request.set_field_by_name("query_data", Value::Bytes(b"{}".to_vec().into()));
    }
    request
}

fn shown(message: &DynamicMessage) -> Json {
    let options = SerializeOptions::new()
        .use_proto_field_name(true)
        .skip_default_fields(false);
    match message.serialize_with_options(serde_json::value::Serializer, &options) {
        Ok(json) => json,
        Err(_) => json!({ "hex": hex::encode(message.encode_to_vec()) }),
    }
}

async fn ask(channel: &Channel, golden: &Golden, service: &str, method: &MethodDescriptor) -> Json {
    let request = request(golden, service, method);
    let path = format!("/{service}/{}", method.name());
    let mut client = Grpc::new(channel.clone());
    client.ready().await.unwrap();
    let sent = Request::new(request.encode_to_vec());
    let answer = match client.unary(sent, path.parse().unwrap(), Raw).await {
        Ok(answer) => {
            let height = answer.metadata().get("x-cosmos-block-height").unwrap();
            let height = height.to_str().unwrap().to_owned();
            let message = DynamicMessage::decode(method.output(), answer.into_inner().as_slice()).unwrap();
            json!({ "height": height, "message": shown(&message) })
        }
        Err(status) => json!({ "code": status.code() as i32, "words": status.message() }),
    };
    json!({ "sent": shown(&request), "answer": answer })
}

#[tokio::test]
async fn every_grpc_method_answers_as_the_file_of_its_service_says() {
    let golden = Golden::start().await;
    let pool = DescriptorPool::decode(supercloud_proto::FILE_DESCRIPTOR_SET).unwrap();
    let address = format!("http://{}", golden.served.grpc);
    let channel = Channel::from_shared(address).unwrap().connect().await.unwrap();
    let mut answers = BTreeMap::new();
    for service in pool.services().filter(|service| service.name() != "Msg") {
        let mut methods = serde_json::Map::new();
        // All descriptors at once: a test of its own compares them.
        for method in service.methods().filter(|method| method.name() != "FileDescriptors") {
            let answer = ask(&channel, &golden, service.full_name(), &method).await;
            methods.insert(method.name().to_owned(), answer);
        }
        answers.insert(service.full_name().to_owned(), methods.into());
    }
    assert_golden("grpc", &answers);
}
