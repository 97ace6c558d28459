//! What a transaction must pass before its messages run, in the order of the Cosmos SDK: clients match on which error
//! comes first.

use supercloud_proto::cosmos::tx::v1beta1::Fee;

use crate::address::Address;
use crate::auth::{MAX_MEMO_LEN, MAX_SIGNATURES, TX_SIZE_COST_PER_BYTE};
use crate::error::{SdkError, TxError};
use crate::fees;
use crate::machine::{Machine, Mode};

use super::{DecodedTx, fee, signature};

/// Checks everything and takes fee and sequence.
pub(crate) fn apply_ante(machine: &mut Machine<'_>, tx: &DecodedTx) -> Result<(), TxError> {
    assert_gas_limit(machine, tx)?;
    assert_extensions(tx)?;
    let signers = assert_basics(machine, tx)?;
    assert_timeouts(machine, tx)?;
    let got = tx.body.memo.chars().count();
    if got > MAX_MEMO_LEN {
        return Err(SdkError::MemoTooLarge {
            limit: MAX_MEMO_LEN,
            got,
        }
        .into());
    }
    charge_size(machine, tx, signers.len())?;
    fee::apply_fee(machine, tx, &signers[0])?;
    signature::apply_signatures(machine, tx, &signers)
}

/// The set-up of the meter comes before all else: nothing may run without a bound.
fn assert_gas_limit(machine: &Machine<'_>, tx: &DecodedTx) -> Result<(), TxError> {
    let (limit, got) = (fees::load(machine)?.max_tx_gas, tx.gas_limit());
    if got > limit && machine.mode == Mode::Deliver {
        return Err(SdkError::GasLimit { limit, got }.into());
    }
    Ok(())
}

fn assert_extensions(tx: &DecodedTx) -> Result<(), TxError> {
    match tx.body.extension_options.first() {
        Some(option) => Err(SdkError::UnknownExtension(option.type_url.clone()).into()),
        None => Ok(()),
    }
}

/// Refuses what contradicts itself; returns all who must have signed, in order of first appearance.
fn assert_basics(machine: &Machine<'_>, tx: &DecodedTx) -> Result<Vec<Address>, TxError> {
    if tx.messages.is_empty() {
        return Err(SdkError::InvalidRequest("must contain at least one message".to_owned()).into());
    }
    let codec = &machine.env.codec;
    let mut signers = Vec::new();
    for message in &tx.messages {
        message.check(codec)?;
        let signer = message.signer(codec)?;
        if !signers.contains(&signer) {
            signers.push(signer);
        }
    }
    let Some(Fee { payer, granter, .. }) = &tx.auth.fee else {
        return Err(SdkError::InvalidRequest("transaction has no fee".to_owned()).into());
    };
    if !granter.is_empty() {
        codec.parse(granter)?;
    }
    if !payer.is_empty() {
        let payer = codec.parse(payer)?;
        if !signers.contains(&payer) {
            signers.push(payer);
        }
    }
    assert_signature_count(tx, signers.len())?;
    Ok(signers)
}

fn assert_signature_count(tx: &DecodedTx, signers: usize) -> Result<(), TxError> {
    let got = tx.raw.signatures.len();
    if got == 0 {
        return Err(SdkError::NoSignatures.into());
    }
    if got > MAX_SIGNATURES {
        return Err(SdkError::TooManySignatures {
            limit: MAX_SIGNATURES,
            got,
        }
        .into());
    }
    let infos = tx.auth.signer_infos.len();
    if got != signers || infos != signers {
        let text =
            format!("wrong number of signers; expected {signers}, got {got} signatures and {infos} signer infos");
        return Err(SdkError::Unauthorized(text).into());
    }
    Ok(())
}

fn assert_timeouts(machine: &Machine<'_>, tx: &DecodedTx) -> Result<(), TxError> {
    let (height, timeout) = (machine.block.height, tx.body.timeout_height);
    if timeout > 0 && height > timeout {
        return Err(SdkError::TimeoutHeight { height, timeout }.into());
    }
    if tx.body.unordered {
        return Err(SdkError::NotSupported("unordered transactions do not exist on this chain".to_owned()).into());
    }
    if let Some(time) = &tx.body.timeout_timestamp {
        let nanos = i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanos);
        if i128::from(machine.block.time_nanos) > nanos {
            return Err(SdkError::TimeoutTime.into());
        }
    }
    Ok(())
}

fn charge_size(machine: &mut Machine<'_>, tx: &DecodedTx, signers: usize) -> Result<(), TxError> {
    /// A missing signature will be 64 bytes and two of framing when it is there.
    const SIGNATURE_LEN: usize = 66;
    let mut len = tx.raw_len;
    if machine.mode == Mode::Simulate {
        let missing = tx
            .raw
            .signatures
            .iter()
            .filter(|signature| signature.is_empty())
            .count();
        len += missing.min(signers) * SIGNATURE_LEN;
    }
    Ok(machine.charge(TX_SIZE_COST_PER_BYTE * len as u64, "txSize")?)
}
