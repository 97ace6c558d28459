//! What a transaction must pass before its messages run, in the order of the Cosmos SDK: clients match on which error
//! comes first.

use std::collections::BTreeSet;

use supercloud_proto::cosmos::tx::v1beta1::{Fee, SignerInfo};

use crate::address::Address;
use crate::auth::key::PublicKey;
use crate::auth::{MAX_MEMO_LEN, MAX_SIGNATURES, TX_SIZE_COST_PER_BYTE};
use crate::error::{SdkError, TxError};
use crate::machine::{Machine, Mode};
use crate::{consensus, fees};

use super::{DecodedTx, fee, signature};

/// Checks everything and takes fee and sequence. Returns who signed, in order.
pub(crate) fn apply_ante(machine: &mut Machine<'_>, tx: &DecodedTx) -> Result<Vec<Address>, TxError> {
    let signers = assert_form(machine, tx)?;
    charge_size(machine, tx)?;
    fee::apply_fee(machine, tx, &signers[0])?;
    signature::apply_signatures(machine, tx, &signers)?;
    Ok(signers)
}

/// What costs little to refuse, up to the price that is offered, and then the signatures, which are remembered as good or
/// not: the check that counts comes later, on a state that knows what waits.
pub(crate) fn prepare(machine: &mut Machine<'_>, tx: &DecodedTx) -> Result<(), TxError> {
    assert_form(machine, tx)?;
    fee::assert_offer(machine, tx)?;
    signature::remember_signatures(machine, tx)
}

/// All that needs no account; returns who must have signed.
fn assert_form(machine: &Machine<'_>, tx: &DecodedTx) -> Result<Vec<Address>, TxError> {
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
    Ok(signers)
}

/// The set-up of the meter comes before all else: nothing may run without a bound. What no block has room for may not wait either.
fn assert_gas_limit(machine: &Machine<'_>, tx: &DecodedTx) -> Result<(), TxError> {
    let block_limit = consensus::load_block_limits(machine)?.max_gas;
    let tx_limit = fees::load(machine)?.max_tx_gas;
    let (limit, got) = (
        block_limit.map_or(tx_limit, |limit| limit.min(tx_limit)),
        tx.gas_limit(),
    );
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
pub(crate) fn assert_basics(machine: &Machine<'_>, tx: &DecodedTx) -> Result<Vec<Address>, TxError> {
    if tx.messages.is_empty() {
        return Err(SdkError::InvalidRequest("must contain at least one message".to_owned()).into());
    }
    let codec = &machine.env.codec;
    // A transaction may name tens of thousands of signers before it is refused for too few signatures.
    let (mut signers, mut seen) = (Vec::new(), BTreeSet::new());
    for message in &tx.messages {
        message.check(codec)?;
        let signer = message.signer(codec)?;
        if seen.insert(signer.clone()) {
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
        if !seen.contains(&payer) {
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

fn charge_size(machine: &mut Machine<'_>, tx: &DecodedTx) -> Result<(), TxError> {
    /// A missing signature will be 64 bytes and two of framing when it is there.
    const SIGNATURE_LEN: usize = 66;
    let mut len = tx.raw_len;
    if machine.mode == Mode::Simulate {
        let pairs = tx.raw.signatures.iter().zip(&tx.auth.signer_infos);
        let missing = pairs.filter(|(signature, _)| signature.is_empty());
        len += missing
            .map(|(_, info)| count_signatures(info) * SIGNATURE_LEN)
            .sum::<usize>();
    }
    Ok(machine.charge(TX_SIZE_COST_PER_BYTE * len as u64, "txSize")?)
}

/// As many signatures as a signer may bring: one per key of a threshold key.
fn count_signatures(info: &SignerInfo) -> usize {
    let key = info.public_key.as_ref().and_then(|any| PublicKey::decode(any).ok());
    key.map_or(1, |key| key.count())
}
