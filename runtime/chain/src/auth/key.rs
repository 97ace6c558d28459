//! Public keys that can sign for an account: one secp256k1 key, or some of several (a threshold key).

use k256::ecdsa::signature::Verifier;
use k256::ecdsa::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};
use supercloud_proto::cosmos::crypto::multisig::LegacyAminoPubKey;
use supercloud_proto::cosmos::crypto::secp256k1::PubKey;
use supercloud_proto::pack;
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::Any;

use crate::address::Address;
use crate::auth::holds;
use crate::error::SdkError;

/// Bytes of a compressed public key.
const KEY_LEN: usize = 33;
/// What amino writes before a threshold key, before one of its keys, and the length of the latter with its prefix.
const MULTISIG_PREFIX: [u8; 4] = [0x22, 0xc1, 0xf7, 0xe2];
const SECP256K1_PREFIX: [u8; 5] = [0xeb, 0x5a, 0xe9, 0x87, 0x21];
const AMINO_KEY_LEN: u8 = (SECP256K1_PREFIX.len() + KEY_LEN) as u8;

/// A key in a form that can be checked against signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PublicKey {
    Single(SingleKey),
    Multi(MultiKey),
}

/// A compressed secp256k1 key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SingleKey([u8; KEY_LEN]);

/// `threshold` signatures out of one per key are needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MultiKey {
    pub(crate) threshold: usize,
    pub(crate) keys: Vec<SingleKey>,
}

impl PublicKey {
    pub(crate) fn decode(any: &Any) -> Result<Self, SdkError> {
        if holds::<PubKey>(any) {
            return SingleKey::decode(any).map(Self::Single);
        }
        if holds::<LegacyAminoPubKey>(any) {
            return MultiKey::decode(any).map(Self::Multi);
        }
        Err(unsupported(any))
    }

    /// The one form in which keys are stored, however they were sent.
    pub(crate) fn to_any(&self) -> Any {
        match self {
            Self::Single(key) => key.to_any(),
            Self::Multi(key) => pack(&LegacyAminoPubKey {
                threshold: key.threshold as u32,
                public_keys: key.keys.iter().map(SingleKey::to_any).collect(),
            }),
        }
    }

    pub(crate) fn address(&self) -> Address {
        match self {
            Self::Single(key) => Address::from_secp256k1(&key.0),
            Self::Multi(key) => key.address(),
        }
    }

    /// How many signatures it stands for at most.
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Single(_) => 1,
            Self::Multi(key) => key.keys.len(),
        }
    }
}

impl SingleKey {
    fn decode(any: &Any) -> Result<Self, SdkError> {
        if !holds::<PubKey>(any) {
            return Err(unsupported(any));
        }
        let invalid = SdkError::InvalidPubKey;
        let key = PubKey::decode(&*any.value)
            .map_err(|error| invalid(error.to_string()))?
            .key;
        let got = key.len();
        let key = key.try_into();
        key.map(Self)
            .map_err(|_| invalid(format!("key has {got} bytes instead of {KEY_LEN}")))
    }

    fn to_any(&self) -> Any {
        pack(&PubKey { key: self.0.to_vec() })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// 64 bytes, r and low s: the high form of s would give the same transaction a second hash.
    pub(crate) fn is_signed(&self, document: &[u8], signature: &[u8]) -> bool {
        let key = VerifyingKey::from_sec1_bytes(&self.0);
        let (Ok(key), Ok(signature)) = (key, Signature::from_slice(signature)) else {
            return false;
        };
        signature.normalize_s().is_none() && key.verify(document, &signature).is_ok()
    }
}

impl MultiKey {
    fn decode(any: &Any) -> Result<Self, SdkError> {
        let invalid = SdkError::InvalidPubKey;
        let decoded = LegacyAminoPubKey::decode(&*any.value).map_err(|error| invalid(error.to_string()))?;
        let keys = decoded.public_keys.iter().map(SingleKey::decode);
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        let threshold = decoded.threshold as usize;
        if threshold == 0 || threshold > keys.len() {
            let text = format!("threshold {threshold} of a key with {} keys", keys.len());
            return Err(invalid(text));
        }
        Ok(Self { threshold, keys })
    }

    /// The first 20 bytes of the hash of the key in amino's binary form.
    fn address(&self) -> Address {
        let mut hash = Sha256::new();
        hash.update(MULTISIG_PREFIX);
        hash.update([0x08]);
        hash.update(to_varint(self.threshold));
        for key in &self.keys {
            hash.update([0x12, AMINO_KEY_LEN]);
            hash.update(SECP256K1_PREFIX);
            hash.update(key.0);
        }
        Address::from_hash_start(&hash.finalize().into())
    }
}

fn to_varint(number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    prost::encoding::encode_varint(number as u64, &mut bytes);
    bytes
}

fn unsupported(any: &Any) -> SdkError {
    SdkError::InvalidPubKey(format!("keys of type {} are not supported by this chain", any.type_url))
}
