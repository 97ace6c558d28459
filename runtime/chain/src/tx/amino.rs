//! What SIGN_MODE_LEGACY_AMINO_JSON signs: the transaction as compact JSON with sorted keys. Ledger devices, older
//! wallets and multisig keys sign this form.

use std::collections::BTreeMap;

use supercloud_proto::cosmos::base::v1beta1::Coin;
use supercloud_proto::cosmos::tx::v1beta1::TxBody;
use supercloud_proto::prost::Name;

use super::DecodedTx;
use super::unknown_fields::{NonCritical, assert_fields_known};

mod json;
mod message;

pub(super) use json::quote;

/// Why there is no such form of a transaction.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub(super) enum AminoError {
    /// A message without a name in this form.
    #[error("{type_url} cannot be signed in SIGN_MODE_LEGACY_AMINO_JSON")]
    Unnamed { type_url: String },
    /// Bytes that are no message of their type.
    #[error("{type_url}: {reason}")]
    Decode { type_url: String, reason: String },
    /// A contract message that is no JSON, or one with too many levels.
    #[error("{field}: {reason}")]
    Json { field: String, reason: String },
    /// A time that this form cannot write.
    #[error("{field}: time {seconds} s is out of range")]
    Time { field: String, seconds: i64 },
    /// A field of a kind that this form has no rule for.
    #[error("{field}: a field of this kind cannot be signed in SIGN_MODE_LEGACY_AMINO_JSON")]
    Kind { field: String },
    /// Bytes that this form leaves out, so that anybody could change them.
    #[error(
        "protobuf transaction contains unknown non-critical fields. This is a transaction malleability issue and \
         SIGN_MODE_LEGACY_AMINO_JSON cannot be used."
    )]
    UnknownFields,
    /// Extensions are not covered by this form.
    #[error("SIGN_MODE_LEGACY_AMINO_JSON does not support extension options")]
    Extensions,
}

/// The bytes that a signer with this account number and sequence signs.
pub(super) fn compute_sign_bytes(
    tx: &DecodedTx,
    chain_id: &str,
    account_number: u64,
    sequence: u64,
) -> Result<Vec<u8>, AminoError> {
    let body = &tx.body;
    if !body.extension_options.is_empty() || !body.non_critical_extension_options.is_empty() {
        return Err(AminoError::Extensions);
    }
    // Decoding let unknown fields pass that call themselves non-critical, for modes that sign all bytes.
    assert_fields_known(&tx.raw.body_bytes, &TxBody::full_name(), NonCritical::Refused)
        .map_err(|_| AminoError::UnknownFields)?;
    let messages = body.messages.iter().map(message::encode_any);
    let messages = messages.collect::<Result<Vec<_>, _>>()?;
    let mut doc = BTreeMap::from([
        ("account_number", quote(&account_number.to_string())),
        ("chain_id", quote(chain_id)),
        ("fee", encode_fee(tx)),
        ("memo", quote(&body.memo)),
        ("msgs", format!("[{}]", messages.join(","))),
        ("sequence", quote(&sequence.to_string())),
    ]);
    if body.timeout_height != 0 {
        doc.insert("timeout_height", quote(&body.timeout_height.to_string()));
    }
    if let Some(time) = &body.timeout_timestamp {
        let text = message::encode_time("timeout_timestamp", time.seconds, time.nanos)?;
        doc.insert("timeout_timestamp", text);
    }
    Ok(json::object(&doc).into_bytes())
}

fn encode_fee(tx: &DecodedTx) -> String {
    let fee = tx.auth.fee.clone().unwrap_or_default();
    let amount: Vec<String> = fee.amount.iter().map(encode_coin).collect();
    let mut fields = BTreeMap::from([
        ("amount", format!("[{}]", amount.join(","))),
        ("gas", quote(&fee.gas_limit.to_string())),
    ]);
    for (name, account) in [("payer", &fee.payer), ("granter", &fee.granter)] {
        if !account.is_empty() {
            fields.insert(name, quote(account));
        }
    }
    json::object(&fields)
}

fn encode_coin(coin: &Coin) -> String {
    json::object(&BTreeMap::from([
        ("amount", quote(&coin.amount)),
        ("denom", quote(&coin.denom)),
    ]))
}
