//! Signatures: SIGN_MODE_DIRECT with secp256k1. Other modes and keys of other chains are refused by name.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use k256::ecdsa::signature::Verifier;
use k256::ecdsa::{Signature, VerifyingKey};
use supercloud_proto::cosmos::auth::v1beta1::BaseAccount;
use supercloud_proto::cosmos::crypto::secp256k1::PubKey;
use supercloud_proto::cosmos::tx::signing::v1beta1::SignMode;
use supercloud_proto::cosmos::tx::v1beta1::{SignDoc, SignerInfo, mode_info};
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::Any;

use crate::address::Address;
use crate::auth::{self, Account, SECP256K1_VERIFY_COST};
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::{Machine, Mode};

use super::DecodedTx;

/// Bytes of a compressed public key.
const KEY_LEN: usize = 33;

/// Checks every signer's key, sequence and signature; stores new keys and counts the sequences up.
pub(super) fn apply_signatures(machine: &mut Machine<'_>, tx: &DecodedTx, signers: &[Address]) -> Result<(), TxError> {
    for (index, (signer, info)) in signers.iter().zip(&tx.auth.signer_infos).enumerate() {
        let mut account = load_signer(machine, signer)?;
        let key = assert_key(machine, &account, info, signer, index)?;
        machine.charge(SECP256K1_VERIFY_COST, "ante verify: secp256k1")?;
        if info.sequence != account.sequence {
            return Err(SdkError::WrongSequence {
                expected: account.sequence,
                got: info.sequence,
            }
            .into());
        }
        if machine.mode == Mode::Deliver {
            assert_mode(info)?;
            assert_signed(machine, tx, &account, &key, &tx.raw.signatures[index])?;
        }
        account.pub_key = Some(supercloud_proto::pack(&PubKey { key }));
        account.sequence += 1;
        auth::apply(machine, signer, &Account::Base(account))?;
    }
    emit_signatures(machine, tx, signers);
    Ok(())
}

fn load_signer(machine: &mut Machine<'_>, signer: &Address) -> Result<BaseAccount, TxError> {
    match auth::load(machine, signer)? {
        Some(Account::Base(account)) => Ok(account),
        Some(Account::Module(account)) => {
            Err(SdkError::Unauthorized(format!("module account {} cannot sign", account.name)).into())
        }
        None => {
            let text = machine.text(signer);
            Err(SdkError::UnknownAddress(format!("account {text} does not exist")).into())
        }
    }
}

/// The key given, or the one the account already has; it must hash to the signer.
fn assert_key(
    machine: &Machine<'_>,
    account: &BaseAccount,
    info: &SignerInfo,
    signer: &Address,
    index: usize,
) -> Result<Vec<u8>, TxError> {
    let Some(any) = info.public_key.as_ref().or(account.pub_key.as_ref()) else {
        if machine.mode == Mode::Simulate {
            return Ok(vec![0; KEY_LEN]);
        }
        let text = format!(
            "account {} has no public key yet and the transaction names none",
            account.address
        );
        return Err(SdkError::InvalidPubKey(text).into());
    };
    let key = decode_key(any)?;
    if Address::from_secp256k1(&key) != *signer {
        let text = machine.text(signer);
        let text = format!("pubKey does not match signer address {text} with signer index: {index}");
        return Err(SdkError::InvalidPubKey(text).into());
    }
    Ok(key)
}

fn decode_key(any: &Any) -> Result<Vec<u8>, TxError> {
    if !auth::holds::<PubKey>(any) {
        let text = format!("keys of type {} are not supported by this chain", any.type_url);
        return Err(SdkError::InvalidPubKey(text).into());
    }
    let key = PubKey::decode(&*any.value)
        .map_err(|error| SdkError::InvalidPubKey(error.to_string()))?
        .key;
    if key.len() != KEY_LEN {
        return Err(SdkError::InvalidPubKey(format!("key has {} bytes instead of {KEY_LEN}", key.len())).into());
    }
    Ok(key)
}

fn assert_mode(info: &SignerInfo) -> Result<(), TxError> {
    let refused = |mode: String| {
        SdkError::NotSupported(format!(
            "sign mode {mode} is not supported by this chain, only SIGN_MODE_DIRECT"
        ))
    };
    let single = match info.mode_info.as_ref().and_then(|info| info.sum.as_ref()) {
        Some(mode_info::Sum::Single(single)) => single,
        Some(mode_info::Sum::Multi(_)) => return Err(refused("multi".to_owned()).into()),
        None => return Err(refused("(none)".to_owned()).into()),
    };
    match SignMode::try_from(single.mode) {
        Ok(SignMode::Direct) => Ok(()),
        Ok(mode) => Err(refused(mode.as_str_name().to_owned()).into()),
        Err(_) => Err(refused(single.mode.to_string()).into()),
    }
}

fn assert_signed(
    machine: &Machine<'_>,
    tx: &DecodedTx,
    account: &BaseAccount,
    key: &[u8],
    signature: &[u8],
) -> Result<(), TxError> {
    let chain_id = &machine.env.config.chain_id;
    let document = SignDoc {
        body_bytes: tx.raw.body_bytes.clone(),
        auth_info_bytes: tx.raw.auth_info_bytes.clone(),
        chain_id: chain_id.clone(),
        account_number: account.account_number,
    };
    if is_signed(&document.encode_to_vec(), key, signature) {
        return Ok(());
    }
    let text = format!(
        "signature verification failed; please verify account number ({}), sequence ({}) and chain-id ({chain_id})",
        account.account_number, account.sequence
    );
    Err(SdkError::Unauthorized(text).into())
}

/// 64 bytes, r and low s: the high form of s would give the same transaction a second hash.
fn is_signed(document: &[u8], key: &[u8], signature: &[u8]) -> bool {
    let (Ok(key), Ok(signature)) = (VerifyingKey::from_sec1_bytes(key), Signature::from_slice(signature)) else {
        return false;
    };
    signature.normalize_s().is_none() && key.verify(document, &signature).is_ok()
}

fn emit_signatures(machine: &mut Machine<'_>, tx: &DecodedTx, signers: &[Address]) {
    for (signer, info) in signers.iter().zip(&tx.auth.signer_infos) {
        let text = machine.text(signer);
        machine.emit(Event::new("tx").with("acc_seq", format!("{text}/{}", info.sequence)));
    }
    for signature in &tx.raw.signatures {
        machine.emit(Event::new("tx").with("signature", BASE64_STANDARD.encode(signature)));
    }
}
