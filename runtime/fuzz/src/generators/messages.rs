//! Messages of every type that the chain has a descriptor of, filled with what could mean something.

use std::sync::LazyLock;

use arbitrary::{Arbitrary, Result, Unstructured};
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};
use supercloud_proto::FILE_DESCRIPTOR_SET;
use supercloud_proto::prost::Message;

use crate::world::WORLD;

/// Messages within messages.
const MAX_DEPTH: u32 = 5;

/// All types that the project's descriptors have.
pub static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the descriptors are whole"));

/// The inputs of all methods of services named `Msg`.
static REQUESTS: LazyLock<Vec<MessageDescriptor>> = LazyLock::new(|| {
    let services = POOL.services().filter(|service| service.name() == "Msg");
    let methods = services.flat_map(|service| service.methods().map(|method| method.input()).collect::<Vec<_>>());
    methods.collect()
});

/// What an `Any` may hold besides messages.
const PACKED: &[&str] = &[
    "cosmos.authz.v1beta1.GenericAuthorization",
    "cosmos.bank.v1beta1.SendAuthorization",
    "cosmwasm.wasm.v1.ContractExecutionAuthorization",
    "cosmos.feegrant.v1beta1.BasicAllowance",
    "cosmos.feegrant.v1beta1.PeriodicAllowance",
    "cosmos.feegrant.v1beta1.AllowedMsgAllowance",
    "cosmos.gov.v1beta1.TextProposal",
    "cosmwasm.wasm.v1.MaxCallsLimit",
    "cosmwasm.wasm.v1.MaxFundsLimit",
    "cosmwasm.wasm.v1.CombinedLimit",
    "cosmwasm.wasm.v1.AllowAllMessagesFilter",
    "cosmwasm.wasm.v1.AcceptedMessageKeysFilter",
];

/// Up to four messages of `person`, packed, and what else a body has.
#[derive(Debug)]
pub struct GeneratedBody {
    /// Who signs, from 0 to 2.
    pub person: usize,
    /// Encoded `TxBody`.
    pub bytes: Vec<u8>,
}

impl<'a> Arbitrary<'a> for GeneratedBody {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        let person = input.int_in_range(0..=2)?;
        let count = input.int_in_range(1..=4)?;
        let messages = (0..count)
            .map(|_| any_message(input, &WORLD.people[person].address, 0))
            .collect::<Result<Vec<_>>>()?;
        Ok(Self {
            person,
            bytes: crate::world::body(messages),
        })
    }
}

type Any = supercloud_proto::prost_types::Any;

fn any_message(input: &mut Unstructured<'_>, signer: &str, depth: u32) -> Result<Any> {
    let descriptor = input.choose(&REQUESTS)?.clone();
    pack(input, descriptor, signer, depth)
}

fn pack(input: &mut Unstructured<'_>, descriptor: MessageDescriptor, signer: &str, depth: u32) -> Result<Any> {
    let type_url = format!("/{}", descriptor.full_name());
    let value = message(input, descriptor, signer, depth)?.encode_to_vec();
    Ok(Any { type_url, value })
}

fn message(
    input: &mut Unstructured<'_>,
    descriptor: MessageDescriptor,
    signer: &str,
    depth: u32,
) -> Result<DynamicMessage> {
    let mut message = DynamicMessage::new(descriptor.clone());
    if descriptor.full_name() == "google.protobuf.Any" {
        // Governance's own messages come in proposals.
        let signer = if input.ratio(2, 3)? { WORLD.gov.as_str() } else { signer };
        let packed = match input.ratio(1, 2)? {
            true => any_message(input, signer, depth + 1)?,
            false => {
                let name = input.choose(PACKED)?;
                match POOL.get_message_by_name(name) {
                    Some(descriptor) => pack(input, descriptor, signer, depth + 1)?,
                    None => any_message(input, signer, depth + 1)?,
                }
            }
        };
        message.transcode_from(&packed).expect("an Any is an Any");
        return Ok(message);
    }
    for field in descriptor.fields() {
        if input.ratio(1, 8)? {
            continue;
        }
        if is_signer(&field) && !input.ratio(1, 10)? {
            message.set_field(&field, Value::String(signer.to_owned()));
        } else if field.is_map() {
            message.set_field(
                &field,
                Value::Map([(MapKey::String(text(input)?), Value::String(text(input)?))].into()),
            );
        } else if field.is_list() {
            let count = input.int_in_range(0..=3)?;
            let values = (0..count).filter_map(|_| value(input, &field, signer, depth).transpose());
            message.set_field(&field, Value::List(values.collect::<Result<_>>()?));
        } else if let Some(value) = value(input, &field, signer, depth)? {
            message.set_field(&field, value);
        }
    }
    Ok(message)
}

fn is_signer(field: &FieldDescriptor) -> bool {
    const NAMES: &[&str] = &[
        "sender",
        "from_address",
        "authority",
        "granter",
        "grantee",
        "proposer",
        "voter",
        "depositor",
        "pruner",
    ];
    field.kind() == Kind::String && field.number() <= 2 && NAMES.contains(&field.name())
}

fn value(input: &mut Unstructured<'_>, field: &FieldDescriptor, signer: &str, depth: u32) -> Result<Option<Value>> {
    Ok(Some(match field.kind() {
        Kind::Bool => Value::Bool(input.arbitrary()?),
        Kind::String => Value::String(match field.name() {
            "amount" | "weight" | "quorum" | "threshold" => (*input.choose(AMOUNTS)?).to_owned(),
            "denom" => denom(input)?,
            name if name.contains("address") || name == "contract" || name == "admin" => address(input)?,
            _ => text(input)?,
        }),
        Kind::Bytes => Value::Bytes(bytes(input)?.into()),
        Kind::Enum(descriptor) => Value::EnumNumber(match input.ratio(1, 10)? {
            true => input.arbitrary()?,
            false => input.int_in_range(0..=descriptor.values().len() as i32)?,
        }),
        Kind::Message(descriptor) if depth < MAX_DEPTH => {
            Value::Message(message(input, descriptor, signer, depth + 1)?)
        }
        Kind::Message(_) => return Ok(None),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(number(input)? as i64),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(number(input)? as i32),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(number(input)?),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(number(input)? as u32),
        Kind::Double => Value::F64(input.arbitrary()?),
        Kind::Float => Value::F32(input.arbitrary()?),
    }))
}

fn number(input: &mut Unstructured<'_>) -> Result<u64> {
    match input.ratio(1, 8)? {
        true => input.arbitrary(),
        false => input.int_in_range(0..=3),
    }
}

const AMOUNTS: &[&str] = &[
    "0",
    "1",
    "7",
    "1000",
    "1000000",
    "1000001",
    "-1",
    "+1",
    "01",
    "1.5",
    "0.5",
    "0.334000000000000000",
    "",
    "340282366920938463463374607431768211455",
    "340282366920938463463374607431768211456",
    "115792089237316195423570985008687907853269984665640564039457584007913129639935",
];

fn denom(input: &mut Unstructured<'_>) -> Result<String> {
    let factory = format!("factory/{}/x", WORLD.people[0].address);
    let denoms = ["uakt", "uact", "x", "", "UAKT", "ibc/00", factory.as_str()];
    Ok((*input.choose(&denoms)?).to_owned())
}

fn address(input: &mut Unstructured<'_>) -> Result<String> {
    match input.ratio(1, 12)? {
        true => text(input),
        false => known_address(input),
    }
}

fn known_address(input: &mut Unstructured<'_>) -> Result<String> {
    let people = &WORLD.people;
    let known = [
        &people[0].address,
        &people[1].address,
        &people[2].address,
        &WORLD.gov,
        &WORLD.contract,
    ];
    Ok((*input.choose(&known)?).clone())
}

fn text(input: &mut Unstructured<'_>) -> Result<String> {
    Ok(match input.int_in_range(0..=9)? {
        0 | 1 => known_address(input)?,
        2 => denom(input)?,
        3 => (*input.choose(AMOUNTS)?).to_owned(),
        4 => format!("/{}", input.choose(&REQUESTS)?.full_name()),
        5 => (*input.choose(&["x", "echo", "1", "title", "set"])?).to_owned(),
        _ => {
            let len = input.int_in_range(0..=40)?;
            String::from_utf8_lossy(input.bytes(len)?).into_owned()
        }
    })
}

/// What contracts are sent and codes are made of.
fn bytes(input: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    const BEGINNINGS: &[&str] = &[
        "{}",
        "echo 2",
        "!",
        "=",
        "?{\"bank\":{\"supply\":{\"denom\":\"uakt\"}}}",
        "{\"messages\":[],\"attributes\":[{\"key\":\"a\",\"value\":\"b\"}],\"events\":[],\"data\":\"YQ==\"}",
        "{\"messages\":[],\"attributes\":[],\"events\":[{\"type\":\"ab\",\"attributes\":[]}],\"data\":null}",
        "{\"messages\":[{\"id\":1,\"msg\":{\"bank\":{\"send\":{\"to_address\":\"TO\",\"amount\":[{\"denom\":\"uakt\",\
         \"amount\":\"1\"}]}}},\"gas_limit\":null,\"reply_on\":\"always\"}],\"attributes\":[],\"events\":[],\"data\":null}",
        "{\"messages\":[{\"id\":1,\"msg\":{\"wasm\":{\"execute\":{\"contract_addr\":\"TO\",\"msg\":\"e30=\",\
         \"funds\":[]}}},\"gas_limit\":900000,\"reply_on\":\"error\"}],\"attributes\":[],\"events\":[],\"data\":null}",
    ];
    let beginning = input.choose(BEGINNINGS)?.replace("TO", &address(input)?);
    let len = if input.ratio(1, 4)? {
        input.int_in_range(0..=60)?
    } else {
        0
    };
    Ok([beginning.as_bytes(), input.bytes(len)?].concat())
}
