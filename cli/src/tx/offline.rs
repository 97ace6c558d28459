//! Signing and sending in two steps: a transaction goes through files between them.

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use supercloud_proto::cosmos::tx::v1beta1::{AuthInfo, TxBody, TxRaw};
use supercloud_proto::prost::{Message, Name};

use super::document;
use super::send::{self, Sender, TxArgs};
use crate::codec;
use crate::json_arg;
use crate::output;
use crate::query::tx_json;

/// Signs a transaction document and prints it with its signature.
pub(super) async fn sign(args: &TxArgs, file: &str) -> Result<()> {
    let unsigned = document::read(&json_arg::read_file(file)?)?;
    let sender = Sender::open(args, None).await?;
    let raw = unsigned.sign(&sender.key()?, &sender.state().await?);
    Ok(output::line(tx_json(&raw)?)?)
}

/// Sends a signed transaction document.
pub(super) async fn broadcast(args: &TxArgs, file: &str) -> Result<()> {
    let raw = raw_of(&json_arg::read_file(file)?)?;
    send::broadcast(&args.node.connect().await?, args, &raw).await
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
    if signatures.is_empty() {
        bail!("the transaction has no signature; sign it with `supercloud tx sign`");
    }
    Ok(TxRaw {
        body_bytes: part("body", TxBody::full_name())?,
        auth_info_bytes: part("auth_info", AuthInfo::full_name())?,
        signatures,
    }
    .encode_to_vec())
}
