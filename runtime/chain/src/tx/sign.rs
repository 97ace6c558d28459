//! Whether a signature is the signer's: what was signed, in each mode, by one key or by some keys of a threshold key.

use std::cell::OnceCell;

use supercloud_proto::cosmos::crypto::multisig::v1beta1::{CompactBitArray, MultiSignature};
use supercloud_proto::cosmos::tx::signing::v1beta1::SignMode;
use supercloud_proto::cosmos::tx::v1beta1::{ModeInfo, SignDoc, SignerInfo, mode_info};
use supercloud_proto::prost::Message;

use crate::auth::key::{MultiKey, PublicKey, SingleKey};
use crate::error::{SdkError, TxError};
use crate::machine::Environment;

use super::DecodedTx;
use super::amino;
use super::verified::VerifiedSignatures;

/// What one signer signs, made when first asked for.
pub(super) struct Documents<'a> {
    verified: &'a VerifiedSignatures,
    tx: &'a DecodedTx,
    chain_id: &'a str,
    account_number: u64,
    sequence: u64,
    direct: OnceCell<Vec<u8>>,
    amino: OnceCell<Option<Vec<u8>>>,
}

impl<'a> Documents<'a> {
    pub(super) fn new(env: &'a Environment, tx: &'a DecodedTx, account_number: u64, sequence: u64) -> Self {
        Self {
            verified: &env.signatures,
            tx,
            chain_id: &env.config.chain_id,
            account_number,
            sequence,
            direct: OnceCell::new(),
            amino: OnceCell::new(),
        }
    }

    fn direct(&self) -> &[u8] {
        self.direct.get_or_init(|| {
            SignDoc {
                body_bytes: self.tx.raw.body_bytes.clone(),
                auth_info_bytes: self.tx.raw.auth_info_bytes.clone(),
                chain_id: self.chain_id.to_owned(),
                account_number: self.account_number,
            }
            .encode_to_vec()
        })
    }

    /// None where this mode has no form for the transaction.
    fn amino(&self) -> Option<&[u8]> {
        let document = self
            .amino
            .get_or_init(|| amino::compute_sign_bytes(self.tx, self.chain_id, self.account_number, self.sequence).ok());
        document.as_deref()
    }

    /// Why amino JSON cannot be signed for this transaction, for the one who tried.
    pub(super) fn assert_amino(&self) -> Result<(), TxError> {
        let document = amino::compute_sign_bytes(self.tx, self.chain_id, self.account_number, self.sequence);
        match document {
            Ok(_) => Ok(()),
            Err(error) => Err(SdkError::InvalidRequest(error.to_string()).into()),
        }
    }
}

/// Refuses modes that this chain does not know.
pub(super) fn assert_mode(info: &SignerInfo) -> Result<(), TxError> {
    match info.mode_info.as_ref().and_then(|info| info.sum.as_ref()) {
        Some(mode_info::Sum::Single(single)) => assert_single(single),
        Some(mode_info::Sum::Multi(multi)) => {
            for part in &multi.mode_infos {
                match &part.sum {
                    Some(mode_info::Sum::Single(single)) => assert_single(single)?,
                    Some(mode_info::Sum::Multi(_)) => return Err(refused("multi within multi")),
                    None => return Err(refused("(none)")),
                }
            }
            Ok(())
        }
        None => Err(refused("(none)")),
    }
}

fn assert_single(single: &mode_info::Single) -> Result<(), TxError> {
    match SignMode::try_from(single.mode) {
        Ok(SignMode::Direct | SignMode::LegacyAminoJson) => Ok(()),
        Ok(mode) => Err(refused(mode.as_str_name())),
        Err(_) => Err(refused(&single.mode.to_string())),
    }
}

fn refused(mode: &str) -> TxError {
    SdkError::NotSupported(format!(
        "sign mode {mode} is not supported by this chain, only SIGN_MODE_DIRECT and SIGN_MODE_LEGACY_AMINO_JSON"
    ))
    .into()
}

/// Whether amino JSON is among the modes of a signer.
pub(super) fn uses_amino(info: &SignerInfo) -> bool {
    let is_amino = |single: &mode_info::Single| single.mode() == SignMode::LegacyAminoJson;
    match info.mode_info.as_ref().and_then(|info| info.sum.as_ref()) {
        Some(mode_info::Sum::Single(single)) => is_amino(single),
        Some(mode_info::Sum::Multi(multi)) => multi.mode_infos.iter().any(|part| match &part.sum {
            Some(mode_info::Sum::Single(single)) => is_amino(single),
            _ => false,
        }),
        None => false,
    }
}

pub(super) fn is_signed(key: &PublicKey, info: &SignerInfo, signature: &[u8], documents: &Documents<'_>) -> bool {
    let mode = info.mode_info.as_ref().and_then(|info| info.sum.as_ref());
    match (key, mode) {
        (PublicKey::Single(key), Some(mode_info::Sum::Single(single))) => {
            is_signed_by_one(key, single.mode(), signature, documents)
        }
        (PublicKey::Multi(key), Some(mode_info::Sum::Multi(multi))) => {
            is_signed_by_some(key, multi, signature, documents).unwrap_or(false)
        }
        _ => false,
    }
}

fn is_signed_by_one(key: &SingleKey, mode: SignMode, signature: &[u8], documents: &Documents<'_>) -> bool {
    let document = match mode {
        SignMode::Direct => Some(documents.direct()),
        SignMode::LegacyAminoJson => documents.amino(),
        _ => None,
    };
    document.is_some_and(|document| {
        let verify = || key.is_signed(document, signature);
        documents.verified.check(key.as_bytes(), document, signature, verify)
    })
}

/// One bit per key, and one signature and mode per set bit, in the order of the keys.
fn is_signed_by_some(
    key: &MultiKey,
    multi: &mode_info::Multi,
    signature: &[u8],
    documents: &Documents<'_>,
) -> Option<bool> {
    let signers = list_signers(multi.bitarray.as_ref()?, key.keys.len())?;
    let MultiSignature { signatures } = MultiSignature::decode(signature).ok()?;
    let counts_fit = signatures.len() == signers.len() && multi.mode_infos.len() == signers.len();
    // The bytes must be the only encoding of these signatures, or the transaction would have a second hash.
    let is_canonical = MultiSignature {
        signatures: signatures.clone(),
    }
    .encode_to_vec()
        == signature;
    if signers.len() < key.threshold || !counts_fit || !is_canonical {
        return Some(false);
    }
    let parts = signers.iter().zip(&multi.mode_infos).zip(&signatures);
    let mut all_signed = true;
    for ((index, ModeInfo { sum }), signature) in parts {
        let Some(mode_info::Sum::Single(single)) = sum else {
            return Some(false);
        };
        all_signed &= is_signed_by_one(&key.keys[*index], single.mode(), signature, documents);
    }
    Some(all_signed)
}

/// Positions of the keys that signed; none when there is not exactly one bit per key.
pub(super) fn list_signers(bits: &CompactBitArray, keys: usize) -> Option<Vec<usize>> {
    let bytes = bits.elems.len();
    let len = match bits.extra_bits_stored as usize {
        0 => bytes * 8,
        extra if extra < 8 && bytes > 0 => (bytes - 1) * 8 + extra,
        _ => return None,
    };
    if len != keys {
        return None;
    }
    let is_set = |index: &usize| bits.elems[index / 8] & (0x80 >> (index % 8)) != 0;
    Some((0..keys).filter(is_set).collect())
}
