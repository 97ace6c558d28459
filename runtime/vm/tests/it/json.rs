//! Arguments as a chain passes them, to the byte as the peer's mocks write them, and the contract's answers.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use supercloud_chain::vm::{VmError, VmReport};

use crate::backend::{MockBackend, humanize};

const TX_HASH: &str = "E5469DACEC17CEF8A260FD37675ED87E7FB6A2B5AD95193C51308006C7E494B3";
const QUERY_COST: u64 = 100_000;
const QUERY_COST_PER_BYTE: u64 = 100;

/// The address of a name.
pub(crate) fn address(name: &str) -> String {
    humanize(&Sha256::digest(name)).unwrap()
}

/// The contract that is called.
pub(crate) fn own_address() -> String {
    address("cosmos2contract")
}

/// Block, transaction and contract.
pub(crate) fn env() -> Vec<u8> {
    let hash = base64(&hex::decode(TX_HASH).unwrap());
    env_with(&format!(r#"{{"index":3,"hash":"{hash}"}}"#))
}

/// The environment with another transaction, which may be `null`.
pub(crate) fn env_with(transaction: &str) -> Vec<u8> {
    format!(
        r#"{{"block":{{"height":12345,"time":"1571797419879305533","chain_id":"cosmos-testnet-14002"}},"transaction":{transaction},"contract":{{"address":"{}"}}}}"#,
        own_address()
    )
    .into_bytes()
}

/// Sender and funds.
pub(crate) fn info(sender: &str, earth: u64) -> Vec<u8> {
    let funds = match earth {
        0 => String::new(),
        _ => format!(r#"{{"denom":"earth","amount":"{earth}"}}"#),
    };
    format!(r#"{{"sender":"{}","funds":[{funds}]}}"#, address(sender)).into_bytes()
}

/// A backend that answers every query with the same bytes, for the peer's price.
pub(crate) fn answering(answer: &str) -> MockBackend {
    let answer = answer.as_bytes().to_vec();
    let cost = QUERY_COST + QUERY_COST_PER_BYTE * answer.len() as u64;
    MockBackend::with_querier(move |_, _| (Ok(answer.clone()), cost))
}

/// A backend whose chain knows nothing but that a balance is zero.
pub(crate) fn penniless() -> MockBackend {
    let balance = base64(br#"{"amount":{"denom":"earth","amount":"0"}}"#);
    answering(&format!(r#"{{"ok":{{"ok":"{balance}"}}}}"#))
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

pub(crate) fn unbase64(text: &Value) -> Vec<u8> {
    BASE64_STANDARD.decode(text.as_str().unwrap()).unwrap()
}

/// What the contract answered: success or contract error.
pub(crate) fn answer(report: VmReport) -> Result<Result<Value, String>, VmError> {
    let answer: Value = serde_json::from_slice(&report.result?).unwrap();
    let fields = answer.as_object().unwrap();
    assert_eq!(fields.len(), 1, "{answer}");
    Ok(match (fields.get("ok"), fields.get("error")) {
        (Some(ok), _) => Ok(ok.clone()),
        (_, error) => Err(error.unwrap().as_str().unwrap().to_owned()),
    })
}

/// The success of a call that must succeed.
#[track_caller]
pub(crate) fn success(report: VmReport) -> Value {
    answer(report).unwrap().unwrap()
}
