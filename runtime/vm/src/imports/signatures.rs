//! Signature checks. 0 says valid, 1 invalid, codes from 3 on are the errors of `cosmwasm-crypto`. Every fee is taken
//! before the work, the inputs' shapes are checked by the work.

use cosmwasm_crypto::{
    CryptoError, CryptoResult, ECDSA_PUBKEY_MAX_LEN, ECDSA_SIGNATURE_LEN, EDDSA_PUBKEY_LEN, MESSAGE_HASH_MAX_LEN,
};
use rand_core::OsRng;
use supercloud_chain::vm::VmError;

use crate::gas;
use crate::guest::Guest;
use crate::sections;

const ED25519_SIGNATURE: usize = 64;
/// 128 KiB.
const MAX_ED25519_MESSAGE: usize = 128 * 1024;
/// Elements of each list in a batch.
const MAX_BATCH: usize = 256;
/// Bytes of a section's length.
const SECTION_LENGTH: usize = 4;

type Verify = fn(&[u8], &[u8], &[u8]) -> CryptoResult<bool>;
type Recover = fn(&[u8], &[u8], u8) -> CryptoResult<Vec<u8>>;

pub(super) fn secp256k1_verify(guest: &mut Guest<'_>, hash: u32, signature: u32, key: u32) -> Result<u32, VmError> {
    ecdsa_verify(
        guest,
        [hash, signature, key],
        gas::SECP256K1_VERIFY,
        cosmwasm_crypto::secp256k1_verify,
    )
}

pub(super) fn secp256r1_verify(guest: &mut Guest<'_>, hash: u32, signature: u32, key: u32) -> Result<u32, VmError> {
    ecdsa_verify(
        guest,
        [hash, signature, key],
        gas::SECP256R1_VERIFY,
        cosmwasm_crypto::secp256r1_verify,
    )
}

pub(super) fn secp256k1_recover(guest: &mut Guest<'_>, hash: u32, signature: u32, parity: u32) -> Result<u64, VmError> {
    let recover = cosmwasm_crypto::secp256k1_recover_pubkey;
    ecdsa_recover(guest, [hash, signature, parity], gas::SECP256K1_RECOVER, recover)
}

pub(super) fn secp256r1_recover(guest: &mut Guest<'_>, hash: u32, signature: u32, parity: u32) -> Result<u64, VmError> {
    let recover = cosmwasm_crypto::secp256r1_recover_pubkey;
    ecdsa_recover(guest, [hash, signature, parity], gas::SECP256R1_RECOVER, recover)
}

pub(super) fn ed25519_verify(guest: &mut Guest<'_>, message: u32, signature: u32, key: u32) -> Result<u32, VmError> {
    let message = guest.read(message, MAX_ED25519_MESSAGE)?;
    let signature = guest.read(signature, ED25519_SIGNATURE)?;
    let key = guest.read(key, EDDSA_PUBKEY_LEN)?;
    guest.charge(gas::ED25519_VERIFY)?;
    Ok(verdict(cosmwasm_crypto::ed25519_verify(&message, &signature, &key)))
}

pub(super) fn ed25519_batch_verify(
    guest: &mut Guest<'_>,
    messages: u32,
    signatures: u32,
    keys: u32,
) -> Result<u32, VmError> {
    let messages = guest.read(messages, (MAX_ED25519_MESSAGE + SECTION_LENGTH) * MAX_BATCH)?;
    let signatures = guest.read(signatures, (ED25519_SIGNATURE + SECTION_LENGTH) * MAX_BATCH)?;
    let keys = guest.read(keys, (EDDSA_PUBKEY_LEN + SECTION_LENGTH) * MAX_BATCH)?;
    let messages = sections::decode(&messages)?;
    let signatures = sections::decode(&signatures)?;
    let keys = sections::decode(&keys)?;

    let fee = if keys.len() == 1 {
        gas::ED25519_BATCH_ONE_KEY
    } else {
        gas::ED25519_BATCH
    };
    guest.charge(fee.cost(signatures.len()))?;
    // The random numbers only weigh the equations against each other. They cannot change the verdict of honest or
    // crafted input, except with probability 2^-128, because single and batch checks both multiply by the cofactor.
    Ok(verdict(cosmwasm_crypto::ed25519_batch_verify(
        &mut OsRng,
        &messages,
        &signatures,
        &keys,
    )))
}

fn ecdsa_verify(guest: &mut Guest<'_>, pointers: [u32; 3], fee: u64, verify: Verify) -> Result<u32, VmError> {
    let [hash, signature, key] = pointers;
    let hash = guest.read(hash, MESSAGE_HASH_MAX_LEN)?;
    let signature = guest.read(signature, ECDSA_SIGNATURE_LEN)?;
    let key = guest.read(key, ECDSA_PUBKEY_MAX_LEN)?;
    guest.charge(fee)?;
    Ok(verdict(verify(&hash, &signature, &key)))
}

/// Low half: pointer to the key; high half: error code.
fn ecdsa_recover(guest: &mut Guest<'_>, arguments: [u32; 3], fee: u64, recover: Recover) -> Result<u64, VmError> {
    let [hash, signature, parity] = arguments;
    let hash = guest.read(hash, MESSAGE_HASH_MAX_LEN)?;
    let signature = guest.read(signature, ECDSA_SIGNATURE_LEN)?;
    let Ok(parity) = u8::try_from(parity) else {
        // Free of the fee, as wasmd has it.
        return Ok(high_half(CryptoError::invalid_recovery_param().code()));
    };
    guest.charge(fee)?;
    match recover(&hash, &signature, parity) {
        Ok(key) => guest.hand_over(&key).map(u64::from),
        Err(error) => Ok(high_half(error.code())),
    }
}

fn high_half(code: u32) -> u64 {
    u64::from(code) << 32
}

fn verdict(result: CryptoResult<bool>) -> u32 {
    match result {
        Ok(valid) => u32::from(!valid),
        Err(error) => error.code(),
    }
}
