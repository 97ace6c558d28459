//! Account addresses: bytes inside, bech32 with the chain's prefix outside.

use std::fmt;

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};
use ripemd::Ripemd160;
use sha2::{Digest, Sha256};
use thiserror::Error;

/// Longest address in bytes, as in the Cosmos SDK: its length must fit one byte of a key.
pub(crate) const MAX_ADDRESS_LEN: usize = 255;

/// An address: 20 bytes for keys and modules, 32 for contracts. Never empty.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address(Vec<u8>);

/// Why text is no address of this chain.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AddressError {
    /// No text at all.
    #[error("empty address string is not allowed")]
    Empty,
    /// Not bech32 in its normal (lower case) form.
    #[error("decoding bech32 failed: {reason}")]
    NotBech32 {
        /// What the decoder said.
        reason: String,
    },
    /// Another chain's address.
    #[error("invalid Bech32 prefix; expected {expected}, got {got}")]
    WrongPrefix {
        /// This chain's prefix.
        expected: String,
        /// The prefix seen.
        got: String,
    },
    /// No bytes or too many.
    #[error("address length must be between 1 and {MAX_ADDRESS_LEN} bytes, got {len}")]
    WrongLength {
        /// The length seen.
        len: usize,
    },
}

impl Address {
    /// Takes 1 to 255 bytes.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self, AddressError> {
        let bytes = bytes.into();
        if bytes.is_empty() || bytes.len() > MAX_ADDRESS_LEN {
            return Err(AddressError::WrongLength { len: bytes.len() });
        }
        Ok(Self(bytes))
    }

    /// Address of a compressed secp256k1 key: RIPEMD160(SHA256(key)).
    pub fn from_secp256k1(key: &[u8]) -> Self {
        Self(Ripemd160::digest(Sha256::digest(key)).to_vec())
    }

    /// Address of a module account: the first 20 bytes of SHA256(name).
    pub fn from_module(name: &str) -> Self {
        Self(Sha256::digest(name)[..20].to_vec())
    }

    /// Address of a threshold key: the first 20 bytes of the hash of its amino form.
    pub(crate) fn from_hash_start(hash: &[u8; 32]) -> Self {
        Self(hash[..20].to_vec())
    }

    /// Address derived from a key inside the wasm module: SHA256(SHA256("module") ‖ key), 32 bytes.
    pub(crate) fn from_module_key(key: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(Sha256::digest("module"));
        hash.update(key);
        Self(hash.finalize().to_vec())
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes with one length byte before them, as keys hold them.
    pub(crate) fn length_prefixed(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.0.len() + 1);
        out.push(self.0.len() as u8);
        out.extend_from_slice(&self.0);
        out
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Address({})", hex::encode(&self.0))
    }
}

/// Turns addresses to text and back with one chain's prefix.
#[derive(Clone, Debug)]
pub struct AddressCodec {
    hrp: Hrp,
}

impl AddressCodec {
    /// A codec for lower-case prefix `prefix`.
    pub fn new(prefix: &str) -> Result<Self, AddressError> {
        let not_bech32 = |reason: String| AddressError::NotBech32 { reason };
        let hrp = Hrp::parse(prefix).map_err(|error| not_bech32(error.to_string()))?;
        if prefix.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(not_bech32(format!("prefix {prefix} is not lower case")));
        }
        Ok(Self { hrp })
    }

    /// The prefix.
    pub fn prefix(&self) -> &str {
        self.hrp.as_str()
    }

    /// Bech32 text.
    pub fn to_text(&self, address: &Address) -> String {
        bech32::encode::<Bech32>(self.hrp, address.as_bytes())
            .expect("255 bytes fit the bech32 limit of 1023 characters")
    }

    /// Parses bech32 text in its normal form.
    pub fn parse(&self, text: &str) -> Result<Address, AddressError> {
        if text.trim().is_empty() {
            return Err(AddressError::Empty);
        }
        let checked = CheckedHrpstring::new::<Bech32>(text).map_err(|error| AddressError::NotBech32 {
            reason: error.to_string(),
        })?;
        let hrp = checked.hrp();
        if hrp != self.hrp {
            return Err(AddressError::WrongPrefix {
                expected: self.prefix().to_owned(),
                got: hrp.to_string(),
            });
        }
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(AddressError::NotBech32 {
                reason: "text is not in lower case".to_owned(),
            });
        }
        Address::from_bytes(checked.byte_iter().collect::<Vec<u8>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_a_round_trip_for_keys_and_contracts() {
        let codec = AddressCodec::new("akash").unwrap();
        for len in [20, 32, 255] {
            let address = Address::from_bytes(vec![7u8; len]).unwrap();
            assert_eq!(codec.parse(&codec.to_text(&address)).unwrap(), address);
        }
    }

    #[test]
    fn foreign_upper_case_and_empty_text_is_refused() {
        let codec = AddressCodec::new("akash").unwrap();
        let address = Address::from_module("gov");
        let foreign = AddressCodec::new("osmo").unwrap().to_text(&address);
        assert!(matches!(codec.parse(&foreign), Err(AddressError::WrongPrefix { .. })));
        let upper = codec.to_text(&address).to_uppercase();
        assert!(codec.parse(&upper).is_err());
        assert_eq!(codec.parse(" "), Err(AddressError::Empty));
        assert!(AddressCodec::new("Akash").is_err());
    }

    #[test]
    fn module_address_is_the_one_of_every_cosmos_chain() {
        let codec = AddressCodec::new("cosmos").unwrap();
        assert_eq!(
            codec.to_text(&Address::from_module("gov")),
            "cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn"
        );
    }
}
