//! A transaction as the JSON that Cosmos tools exchange.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use supercloud_client::tx::UnsignedTx;
use supercloud_client::{Any, Coin};

use crate::codec;
use crate::coins;

/// Coins as JSON.
pub(super) fn coins_json(coins: &[Coin]) -> Value {
    coins
        .iter()
        .map(|coin| json!({ "denom": coin.denom, "amount": coin.amount.to_string() }))
        .collect()
}

/// Coins as typed, as JSON.
pub(crate) fn typed_coins(text: &str) -> Result<Value> {
    Ok(coins_json(&coins::parse_coins(text).map_err(anyhow::Error::msg)?))
}

/// What `--generate-only` prints.
pub(super) fn show(unsigned: &UnsignedTx, messages: &[Value]) -> Value {
    json!({
        "body": {
            "messages": messages,
            "memo": unsigned.memo,
            "timeout_height": unsigned.timeout_height.to_string(),
            "extension_options": [],
            "non_critical_extension_options": [],
        },
        "auth_info": {
            "signer_infos": [],
            "fee": {
                "amount": coins_json(&unsigned.fee),
                "gas_limit": unsigned.gas_limit.to_string(),
                "payer": "",
                "granter": unsigned.fee_granter.clone().unwrap_or_default(),
            },
        },
        "signatures": [],
    })
}

/// Reads it back.
pub(super) fn read(document: &Value) -> Result<UnsignedTx> {
    let (body, fee) = (&document["body"], &document["auth_info"]["fee"]);
    let messages = messages_of(body["messages"].clone()).context("body.messages")?;
    let number = |value: &Value, what: &str| -> Result<u64> {
        match value {
            Value::Null => Ok(0),
            Value::String(text) if text.is_empty() => Ok(0),
            Value::String(text) => text.parse().with_context(|| format!("{what} is {text:?}")),
            value => value.as_u64().with_context(|| format!("{what} is {value}")),
        }
    };
    for (field, list) in [
        ("extension_options", &body["extension_options"]),
        ("signer_infos", &document["auth_info"]["signer_infos"]),
    ] {
        if list.as_array().is_some_and(|list| !list.is_empty()) {
            bail!("a transaction with {field} cannot be signed here");
        }
    }
    let coins: Vec<Coin> = fee["amount"]
        .as_array()
        .into_iter()
        .flatten()
        .map(read_coin)
        .collect::<Result<_>>()?;
    Ok(UnsignedTx {
        messages: pack(&messages)?,
        memo: body["memo"].as_str().unwrap_or_default().to_owned(),
        timeout_height: number(&body["timeout_height"], "body.timeout_height")?,
        gas_limit: number(&fee["gas_limit"], "fee.gas_limit")?,
        fee: coins,
        fee_granter: fee["granter"]
            .as_str()
            .filter(|granter| !granter.is_empty())
            .map(str::to_owned),
    })
}

fn read_coin(json: &Value) -> Result<Coin> {
    let text = |field: &str| json[field].as_str().with_context(|| format!("{json} is no coin"));
    coins::parse_coin(&format!("{}{}", text("amount")?, text("denom")?)).map_err(anyhow::Error::msg)
}

/// A list of messages, a single one, or a whole transaction document.
pub(super) fn messages_of(json: Value) -> Result<Vec<Value>> {
    let messages = match json {
        Value::Array(messages) => messages,
        Value::Object(object) if object.contains_key("@type") => vec![Value::Object(object)],
        Value::Object(object) => match object
            .get("body")
            .and_then(|body| body.get("messages"))
            .or_else(|| object.get("messages"))
        {
            Some(Value::Array(messages)) => messages.clone(),
            _ => bail!("expected a list of messages with @type, or a transaction with body.messages"),
        },
        other => bail!("expected a list of messages with @type, got {other}"),
    };
    if messages.is_empty() {
        bail!("there is no message");
    }
    Ok(messages)
}

/// Messages as the chain takes them.
pub(super) fn pack(messages: &[Value]) -> Result<Vec<Any>> {
    messages.iter().map(codec::encode_any).collect()
}

#[cfg(test)]
mod tests {
    use supercloud_client::{coin, message};

    use super::*;

    #[test]
    fn a_shown_transaction_reads_back_as_it_was() {
        let send = message::send("a", "b", vec![coin(5, "uakt")]);
        let unsigned = UnsignedTx {
            messages: vec![send.clone()],
            memo: "hello".into(),
            timeout_height: 7,
            gas_limit: 90_000,
            fee: vec![coin(225, "uakt")],
            fee_granter: Some("g".into()),
        };
        let document = show(&unsigned, &[codec::decode_any(&send).unwrap()]);
        assert_eq!(read(&document).unwrap(), unsigned);
    }

    #[test]
    fn documents_without_messages_are_refused() {
        for json in [json!([]), json!({}), json!(5), json!({ "body": { "messages": [] } })] {
            assert!(messages_of(json).is_err());
        }
    }
}
