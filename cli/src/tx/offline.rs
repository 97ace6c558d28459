//! Signing and sending in two steps: a transaction goes through files between them, as JSON or as the chain takes it.

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use supercloud_proto::cosmos::tx::v1beta1::{AuthInfo, TxBody, TxRaw};
use supercloud_proto::prost::{Message, Name};

use super::document;
use super::send::{self, TxArgs};
use super::sender::Sender;
use crate::codec;
use crate::json_arg;
use crate::output;
use crate::query::tx_json;

/// Signs a transaction document and prints it with its signature.
pub(super) async fn sign(args: &TxArgs, file: &str) -> Result<()> {
    let unsigned = document::read(&json_arg::read_file(file)?)?;
    let sender = Sender::open(args, None).await?;
    let raw = unsigned.sign(&sender.key()?, sender.state().await?);
    Ok(output::line(tx_json(&raw)?)?)
}

/// Sends a signed transaction document.
pub(super) async fn broadcast(args: &TxArgs, file: &str) -> Result<()> {
    let document = json_arg::read_file(file)?;
    if document["signatures"].as_array().is_none_or(Vec::is_empty) {
        bail!("the transaction has no signature; sign it with `supercloud tx sign`");
    }
    send::broadcast(&args.connect().await?, args, &raw_of(&document)?).await
}

/// Prints a transaction document, signed or not, as the chain takes it, in base64.
pub(super) fn encode(file: &str) -> Result<()> {
    let raw = raw_of(&json_arg::read_file(file)?)?;
    Ok(output::line(STANDARD.encode(raw))?)
}

/// Prints a transaction that the chain takes as a document.
pub(super) fn decode(args: &TxArgs, text: &str, is_hex: bool) -> Result<()> {
    let raw = match is_hex {
        true => hex::decode(text.trim_start_matches("0x")).context("the transaction is no hex")?,
        false => STANDARD
            .decode(text)
            .context("the transaction is no base64; with --hex it is hex")?,
    };
    Ok(output::document(&tx_json(&raw)?, args.form())?)
}

fn raw_of(document: &Value) -> Result<Vec<u8>> {
    let part = |field: &str, name: String| -> Result<Vec<u8>> {
        codec::encode(&codec::message_named(&name)?, &document[field]).with_context(|| field.to_owned())
    };
    let signatures: Vec<Vec<u8>> = document["signatures"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|signature| {
            STANDARD
                .decode(signature.as_str().unwrap_or_default())
                .context("a signature is no base64")
        })
        .collect::<Result<_>>()?;
    Ok(TxRaw {
        body_bytes: part("body", TxBody::full_name())?,
        auth_info_bytes: part("auth_info", AuthInfo::full_name())?,
        signatures,
    }
    .encode_to_vec())
}
