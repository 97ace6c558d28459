//! Addresses: bech32 text over 20 bytes (accounts, modules) or 32 bytes (contracts).

use bech32::{Bech32, Hrp};
use ripemd::Ripemd160;
use sha2::{Digest, Sha256};
use thiserror::Error;

/// Human-readable part of the network's addresses.
pub const DEFAULT_HRP: &str = "akash";

/// Why an address cannot be read or written.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AddressError {
    /// The prefix is not allowed in bech32.
    #[error("{hrp:?} is no bech32 prefix: {reason}")]
    Prefix {
        /// The prefix.
        hrp: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Not bech32, or a broken checksum.
    #[error("{address:?} is no address: {reason}")]
    Malformed {
        /// The text.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An address of another network.
    #[error("{address} has the prefix {got}, expected {expected}")]
    OtherNetwork {
        /// The address.
        address: String,
        /// Its prefix.
        got: String,
        /// The prefix of this network.
        expected: String,
    },
    /// A salt outside 1 to 64 bytes.
    #[error("a salt has 1 to 64 bytes, got {got}")]
    SaltLength {
        /// Bytes of the salt.
        got: usize,
    },
}

/// Writes bytes as an address.
pub fn encode(hrp: &str, bytes: &[u8]) -> Result<String, AddressError> {
    let prefix = |reason: String| AddressError::Prefix {
        hrp: hrp.to_owned(),
        reason,
    };
    let parsed = Hrp::parse(hrp).map_err(|error| prefix(error.to_string()))?;
    bech32::encode::<Bech32>(parsed, bytes).map_err(|error| prefix(error.to_string()))
}

/// Reads an address of any network: its prefix and bytes.
pub fn decode_any(address: &str) -> Result<(String, Vec<u8>), AddressError> {
    let malformed = |reason: String| AddressError::Malformed {
        address: address.to_owned(),
        reason,
    };
    let checked = bech32::primitives::decode::CheckedHrpstring::new::<Bech32>(address)
        .map_err(|error| malformed(error.to_string()))?;
    let bytes: Vec<u8> = checked.byte_iter().collect();
    if bytes.is_empty() || bytes.len() > 255 {
        return Err(malformed(format!("an address has 1 to 255 bytes, got {}", bytes.len())));
    }
    Ok((checked.hrp().to_lowercase(), bytes))
}

/// Reads an address of the network with prefix `hrp`.
pub fn decode(hrp: &str, address: &str) -> Result<Vec<u8>, AddressError> {
    let (got, bytes) = decode_any(address)?;
    if got != hrp {
        return Err(AddressError::OtherNetwork {
            address: address.to_owned(),
            got,
            expected: hrp.to_owned(),
        });
    }
    Ok(bytes)
}

/// Account bytes of a compressed secp256k1 key.
pub fn account_id(public_key: &[u8; 33]) -> [u8; 20] {
    Ripemd160::digest(Sha256::digest(public_key)).into()
}

/// Address of a module account, such as `gov`.
pub fn module(hrp: &str, name: &str) -> Result<String, AddressError> {
    encode(hrp, &Sha256::digest(name)[..20])
}

/// The address that instantiate2 (with `fix_msg: false`) will give a contract of this code, creator and salt. The
/// creator's prefix is the network's.
pub fn predict_instantiate2(checksum: &[u8; 32], creator: &str, salt: &[u8]) -> Result<String, AddressError> {
    if !(1..=64).contains(&salt.len()) {
        return Err(AddressError::SaltLength { got: salt.len() });
    }
    let (hrp, creator) = decode_any(creator)?;
    let mut key = b"wasm\0".to_vec();
    for part in [checksum.as_slice(), &creator, salt, &[]] {
        key.extend_from_slice(&(part.len() as u64).to_be_bytes());
        key.extend_from_slice(part);
    }
    let digest = Sha256::new()
        .chain_update(Sha256::digest("module"))
        .chain_update(key)
        .finalize();
    encode(&hrp, &digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_survives_a_round_trip_and_a_typo_does_not() {
        let address = encode("akash", &[7; 20]).unwrap();
        assert_eq!(decode("akash", &address).unwrap(), [7; 20]);
        let typo = address.replace('q', "p");
        assert!(matches!(decode("akash", &typo), Err(AddressError::Malformed { .. })));
        assert_eq!(
            decode("cosmos", &address),
            Err(AddressError::OtherNetwork {
                address: address.clone(),
                got: "akash".into(),
                expected: "cosmos".into()
            })
        );
    }

    #[test]
    fn the_gov_module_has_its_well_known_address() {
        assert_eq!(
            module("cosmos", "gov").unwrap(),
            "cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn"
        );
    }

    #[test]
    fn instantiate2_agrees_with_cosmwasm_std() {
        let (checksum, salt) = ([9u8; 32], b"market");
        let creator = encode("akash", &[3; 20]).unwrap();
        let expected = cosmwasm_std::instantiate2_address(&checksum, &[3; 20].into(), salt).unwrap();
        let predicted = predict_instantiate2(&checksum, &creator, salt).unwrap();
        assert_eq!(decode("akash", &predicted).unwrap(), expected.as_slice());
    }

    #[test]
    fn salts_are_1_to_64_bytes() {
        let creator = encode("akash", &[3; 20]).unwrap();
        for (len, accepted) in [(0, false), (1, true), (64, true), (65, false)] {
            assert_eq!(
                predict_instantiate2(&[0; 32], &creator, &vec![1; len]).is_ok(),
                accepted,
                "{len}"
            );
        }
    }
}
