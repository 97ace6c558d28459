//! Signatures of a transaction, in the order of the Cosmos SDK: all keys, their number, their gas, then sequence and
//! signature of each signer, then the counters.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use supercloud_proto::cosmos::auth::v1beta1::{BaseAccount, ModuleAccount};
use supercloud_proto::cosmos::crypto::multisig::v1beta1::MultiSignature;
use supercloud_proto::cosmos::tx::v1beta1::{SignerInfo, mode_info};
use supercloud_proto::prost::Message;

use crate::address::Address;
use crate::auth::key::PublicKey;
use crate::auth::{self, Account, MAX_SIGNATURES, SECP256K1_VERIFY_COST};
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::{Machine, Mode};

use super::DecodedTx;
use super::sign::{Documents, assert_mode, is_signed, list_signers, uses_amino};

/// One signer with what the chain knows of it. No key in simulations that name none.
struct Signer<'t> {
    address: Address,
    account: BaseAccount,
    key: Option<PublicKey>,
    info: &'t SignerInfo,
    signature: &'t [u8],
}

/// Checks every signer's key, sequence and signature; stores new keys and counts the sequences up.
pub(super) fn apply_signatures(machine: &mut Machine<'_>, tx: &DecodedTx, signers: &[Address]) -> Result<(), TxError> {
    let mut loaded = Vec::with_capacity(signers.len());
    for (index, address) in signers.iter().enumerate() {
        loaded.push(load_signer(machine, tx, address, index)?);
    }
    assert_key_count(&loaded)?;
    for signer in &loaded {
        let verifications = count_verifications(signer) as u64;
        machine.charge(SECP256K1_VERIFY_COST * verifications, "ante verify: secp256k1")?;
    }
    for signer in &loaded {
        assert_signed(machine, tx, signer)?;
    }
    for signer in loaded {
        let mut account = signer.account;
        account.sequence += 1;
        apply_account(machine, &signer.address, account)?;
    }
    emit_signatures(machine, tx, signers);
    Ok(())
}

/// Checks the signatures on a state where earlier transactions may be missing, only to remember the good ones: the check
/// that counts comes later and finds them.
pub(crate) fn remember_signatures(machine: &mut Machine<'_>, tx: &DecodedTx) -> Result<(), TxError> {
    let infos = tx.auth.signer_infos.iter().zip(&tx.raw.signatures);
    for (info, signature) in infos.take(MAX_SIGNATURES) {
        let Some(key) = info.public_key.as_ref().and_then(|any| PublicKey::decode(any).ok()) else {
            continue;
        };
        if key.count() > MAX_SIGNATURES {
            continue;
        }
        if let Some(Account::Base(account)) = auth::load(machine, &key.address())? {
            let documents = Documents::new(machine.env, tx, account.account_number, info.sequence);
            is_signed(&key, info, signature, &documents);
        }
    }
    Ok(())
}

/// Development chains let senders pass without their signatures.
fn is_impersonated(machine: &Machine<'_>, address: &Address) -> bool {
    machine.env.impersonated.contains(address)
}

fn apply_account(machine: &mut Machine<'_>, address: &Address, base: BaseAccount) -> Result<(), TxError> {
    // A module's account, which can sign only where it is impersonated, stays one.
    let impersonated = is_impersonated(machine, address);
    let account = match impersonated
        .then(|| auth::load(machine, address))
        .transpose()?
        .flatten()
    {
        Some(Account::Module(module)) => Account::Module(ModuleAccount {
            base_account: Some(base),
            ..module
        }),
        _ => Account::Base(base),
    };
    auth::apply(machine, address, &account)
}

fn load_signer<'t>(
    machine: &mut Machine<'_>,
    tx: &'t DecodedTx,
    address: &Address,
    index: usize,
) -> Result<Signer<'t>, TxError> {
    let info = &tx.auth.signer_infos[index];
    let mut account = load_account(machine, address)?;
    let key = load_key(machine, &account, info, address, index)?;
    if account.pub_key.is_none() {
        account.pub_key = key.as_ref().map(PublicKey::to_any);
    }
    Ok(Signer {
        address: address.clone(),
        account,
        key,
        info,
        signature: &tx.raw.signatures[index],
    })
}

fn load_account(machine: &mut Machine<'_>, address: &Address) -> Result<BaseAccount, TxError> {
    match auth::load(machine, address)? {
        Some(Account::Base(account)) => Ok(account),
        Some(Account::Module(account)) => match (machine.mode, account.base_account) {
            // What governance would do can be tried; nothing of a simulation stays.
            (Mode::Simulate, Some(base)) => Ok(base),
            (Mode::Deliver, Some(base)) if is_impersonated(machine, address) => Ok(base),
            _ => Err(SdkError::Unauthorized(format!("module account {} cannot sign", account.name)).into()),
        },
        None => {
            let text = machine.text(address);
            Err(SdkError::UnknownAddress(format!("account {text} does not exist")).into())
        }
    }
}

/// The key given, or the one the account already has; it must hash to the signer.
fn load_key(
    machine: &Machine<'_>,
    account: &BaseAccount,
    info: &SignerInfo,
    address: &Address,
    index: usize,
) -> Result<Option<PublicKey>, TxError> {
    if is_impersonated(machine, address) {
        return Ok(None);
    }
    let Some(any) = info.public_key.as_ref().or(account.pub_key.as_ref()) else {
        if machine.mode == Mode::Simulate {
            return Ok(None);
        }
        let text = format!(
            "account {} has no public key yet and the transaction names none",
            account.address
        );
        return Err(SdkError::InvalidPubKey(text).into());
    };
    let key = PublicKey::decode(any)?;
    if key.address() != *address {
        let text = machine.text(address);
        let text = format!("pubKey does not match signer address {text} with signer index: {index}");
        return Err(SdkError::InvalidPubKey(text).into());
    }
    Ok(Some(key))
}

/// The keys of a threshold key count one by one.
fn assert_key_count(signers: &[Signer<'_>]) -> Result<(), TxError> {
    let count = |signer: &Signer<'_>| signer.key.as_ref().map_or(1, PublicKey::count);
    let got = signers.iter().map(count).sum();
    if got > MAX_SIGNATURES {
        let limit = MAX_SIGNATURES;
        return Err(SdkError::TooManySignatures { limit, got }.into());
    }
    Ok(())
}

/// Signatures to check; where a simulation does not say who signs, as many as must.
fn count_verifications(signer: &Signer<'_>) -> usize {
    let Some(PublicKey::Multi(key)) = &signer.key else {
        return 1;
    };
    let bits = match signer.info.mode_info.as_ref().and_then(|info| info.sum.as_ref()) {
        Some(mode_info::Sum::Multi(multi)) => multi.bitarray.as_ref(),
        _ => None,
    };
    bits.and_then(|bits| list_signers(bits, key.keys.len()))
        .map_or(key.threshold, |signers| signers.len().max(1))
}

fn assert_signed(machine: &Machine<'_>, tx: &DecodedTx, signer: &Signer<'_>) -> Result<(), TxError> {
    let Signer { account, info, .. } = signer;
    if info.sequence != account.sequence {
        return Err(SdkError::WrongSequence {
            expected: account.sequence,
            got: info.sequence,
        }
        .into());
    }
    if machine.mode == Mode::Simulate || is_impersonated(machine, &signer.address) {
        return Ok(());
    }
    assert_mode(info)?;
    let chain_id = &machine.env.config.chain_id;
    let documents = Documents::new(machine.env, tx, account.account_number, account.sequence);
    let key = signer.key.as_ref();
    if key.is_some_and(|key| is_signed(key, info, signer.signature, &documents)) {
        return Ok(());
    }
    if uses_amino(info) {
        documents.assert_amino()?;
    }
    let text = format!(
        "signature verification failed; please verify account number ({}), sequence ({}) and chain-id ({chain_id})",
        account.account_number, account.sequence
    );
    Err(SdkError::Unauthorized(text).into())
}

/// Of a threshold key each signature and then all together.
fn emit_signatures(machine: &mut Machine<'_>, tx: &DecodedTx, signers: &[Address]) {
    for (signer, info) in signers.iter().zip(&tx.auth.signer_infos) {
        let text = machine.text(signer);
        machine.emit(Event::new("tx").with("acc_seq", format!("{text}/{}", info.sequence)));
    }
    for (signature, info) in tx.raw.signatures.iter().zip(&tx.auth.signer_infos) {
        let mode = info.mode_info.as_ref().and_then(|info| info.sum.as_ref());
        if matches!(mode, Some(mode_info::Sum::Multi(_))) {
            let parts = MultiSignature::decode(&**signature).unwrap_or_default();
            for part in &parts.signatures {
                emit_signature(machine, part);
            }
        }
        emit_signature(machine, signature);
    }
}

fn emit_signature(machine: &mut Machine<'_>, signature: &[u8]) {
    machine.emit(Event::new("tx").with("signature", BASE64_STANDARD.encode(signature)));
}
