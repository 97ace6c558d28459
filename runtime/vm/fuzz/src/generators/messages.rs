//! JSON that contracts and the host exchange, in all its shapes and right in every one.

use arbitrary::{Arbitrary, Result, Unstructured};
use serde_json::{Value, json};
use supercloud_chain::fuzzing::Message;

/// Base64 of 0 to 4 bytes.
const BINARIES: [&str; 6] = ["", "AA==", "AQI=", "e30=", "////", "3q2+7w=="];

/// A message and what is in it.
#[derive(Debug)]
pub struct MessageCase {
    /// Which one.
    pub message: Message,
    /// Its JSON.
    pub json: Value,
}

impl<'a> Arbitrary<'a> for MessageCase {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let message = *u.choose(&Message::ALL)?;
        let json = match message {
            Message::Response => result(u, response)?,
            Message::QueryResponse => result(u, binary)?,
            Message::QueryRequest => query(u)?,
            Message::SystemResult => system_result(u)?,
            Message::Env => env(u)?,
            Message::MessageInfo => json!({"sender": text(u)?, "funds": list(u, coin)?}),
            Message::MigrateInfo => json!({"sender": text(u)?, "old_migrate_version": option(u, number)?}),
            Message::Reply => reply(u)?,
        };
        Ok(Self { message, json })
    }
}

type Bytes<'a, 'b> = &'a mut Unstructured<'b>;

fn result(u: Bytes<'_, '_>, ok: fn(Bytes<'_, '_>) -> Result<Value>) -> Result<Value> {
    Ok(if u.ratio(1, 8)? {
        json!({"error": text(u)?})
    } else {
        json!({"ok": ok(u)?})
    })
}

fn list(u: Bytes<'_, '_>, item: fn(Bytes<'_, '_>) -> Result<Value>) -> Result<Value> {
    (0..u.int_in_range(0..=3)?).map(|_| item(u)).collect()
}

fn option(u: Bytes<'_, '_>, some: fn(Bytes<'_, '_>) -> Result<Value>) -> Result<Value> {
    if u.arbitrary()? { some(u) } else { Ok(Value::Null) }
}

fn text(u: Bytes<'_, '_>) -> Result<Value> {
    Ok(match u.int_in_range(0..=3)? {
        0 => json!(u.arbitrary::<&str>()?.chars().take(40).collect::<String>()),
        1 => json!("ukt\u{0}\"\\\u{1f980}"),
        2 => json!(""),
        _ => json!("cosmos1fl48vsnmsdzcv85q5d2q4z5ajdha8yu34mf0eh"),
    })
}

fn number(u: Bytes<'_, '_>) -> Result<Value> {
    Ok(match u.int_in_range(0..=3)? {
        0 => json!(0),
        1 => json!(u64::MAX),
        // The first that a double cannot hold.
        2 => json!((1u64 << 53) + 1),
        _ => json!(u.arbitrary::<u64>()?),
    })
}

fn binary(u: Bytes<'_, '_>) -> Result<Value> {
    Ok(json!(*u.choose(&BINARIES)?))
}

fn coin(u: Bytes<'_, '_>) -> Result<Value> {
    let amount: u128 = if u.ratio(1, 4)? {
        u128::MAX
    } else {
        u.arbitrary::<u64>()?.into()
    };
    Ok(json!({"denom": text(u)?, "amount": amount.to_string()}))
}

fn attribute(u: Bytes<'_, '_>) -> Result<Value> {
    Ok(json!({"key": text(u)?, "value": text(u)?}))
}

fn event(u: Bytes<'_, '_>) -> Result<Value> {
    Ok(json!({"type": text(u)?, "attributes": list(u, attribute)?}))
}

fn response(u: Bytes<'_, '_>) -> Result<Value> {
    Ok(json!({
        "messages": list(u, submessage)?,
        "attributes": list(u, attribute)?,
        "events": list(u, event)?,
        "data": option(u, binary)?,
    }))
}

fn submessage(u: Bytes<'_, '_>) -> Result<Value> {
    let mut json = json!({
        "id": number(u)?,
        "msg": message(u)?,
        "gas_limit": option(u, number)?,
        "reply_on": u.choose(&["always", "error", "success", "never"])?,
    });
    // Absent before CosmWasm 2.0.
    if u.arbitrary()? {
        json["payload"] = binary(u)?;
    }
    Ok(json)
}

fn message(u: Bytes<'_, '_>) -> Result<Value> {
    Ok(match u.int_in_range(0..=9)? {
        0 => json!({"bank": {"send": {"to_address": text(u)?, "amount": list(u, coin)?}}}),
        1 => json!({"bank": {"burn": {"amount": list(u, coin)?}}}),
        2 => json!({"wasm": {"execute": {"contract_addr": text(u)?, "msg": binary(u)?, "funds": list(u, coin)?}}}),
        3 => json!({"wasm": {"instantiate": instantiation(u)?}}),
        4 => {
            let mut body = instantiation(u)?;
            body["salt"] = binary(u)?;
            json!({"wasm": {"instantiate2": body}})
        }
        5 => {
            let (contract, code) = (text(u)?, number(u)?);
            json!({"wasm": {"migrate": {"contract_addr": contract, "new_code_id": code, "msg": binary(u)?}}})
        }
        6 => json!({"wasm": {"update_admin": {"contract_addr": text(u)?, "admin": text(u)?}}}),
        7 => json!({"wasm": {"clear_admin": {"contract_addr": text(u)?}}}),
        8 => json!({"any": {"type_url": text(u)?, "value": binary(u)?}}),
        _ => json!({"custom": {}}),
    })
}

fn instantiation(u: Bytes<'_, '_>) -> Result<Value> {
    Ok(json!({
        "admin": option(u, text)?,
        "code_id": number(u)?,
        "msg": binary(u)?,
        "funds": list(u, coin)?,
        "label": text(u)?,
    }))
}

fn query(u: Bytes<'_, '_>) -> Result<Value> {
    Ok(match u.int_in_range(0..=9)? {
        0 => json!({"bank": {"supply": {"denom": text(u)?}}}),
        1 => json!({"bank": {"balance": {"address": text(u)?, "denom": text(u)?}}}),
        2 => json!({"bank": {"denom_metadata": {"denom": text(u)?}}}),
        3 => json!({"wasm": {"smart": {"contract_addr": text(u)?, "msg": binary(u)?}}}),
        4 => json!({"wasm": {"raw": {"contract_addr": text(u)?, "key": binary(u)?}}}),
        5 => json!({"wasm": {"contract_info": {"contract_addr": text(u)?}}}),
        6 => json!({"wasm": {"code_info": {"code_id": number(u)?}}}),
        7 => json!({"wasm": {"raw_range": {
            "contract_addr": text(u)?,
            "start": option(u, binary)?,
            "end": option(u, binary)?,
            "limit": u.arbitrary::<u16>()?,
            "order": u.choose(&["ascending", "descending"])?,
        }}}),
        8 => json!({"grpc": {"path": text(u)?, "data": binary(u)?}}),
        _ => json!({"custom": {}}),
    })
}

fn system_result(u: Bytes<'_, '_>) -> Result<Value> {
    Ok(match u.int_in_range(0..=4)? {
        0 => json!({"error": {"invalid_request": {"error": text(u)?, "request": binary(u)?}}}),
        1 => json!({"error": {"no_such_contract": {"addr": text(u)?}}}),
        2 => json!({"error": {"no_such_code": {"code_id": number(u)?}}}),
        3 => json!({"error": {"unsupported_request": {"kind": text(u)?}}}),
        _ => json!({"ok": result(u, binary)?}),
    })
}

fn env(u: Bytes<'_, '_>) -> Result<Value> {
    let transaction = |u: Bytes<'_, '_>| Ok(json!({"index": u.arbitrary::<u32>()?, "hash": *u.choose(&BINARIES)?}));
    Ok(json!({
        "block": {"height": number(u)?, "time": u.arbitrary::<u64>()?.to_string(), "chain_id": text(u)?},
        "transaction": option(u, transaction)?,
        "contract": {"address": text(u)?},
    }))
}

fn reply(u: Bytes<'_, '_>) -> Result<Value> {
    let result = if u.ratio(1, 3)? {
        json!({"error": text(u)?})
    } else {
        let response = |u: Bytes<'_, '_>| Ok(json!({"type_url": text(u)?, "value": binary(u)?}));
        json!({"ok": {"events": list(u, event)?, "data": option(u, binary)?, "msg_responses": list(u, response)?}})
    };
    Ok(json!({"gas_used": number(u)?, "id": number(u)?, "payload": binary(u)?, "result": result}))
}
