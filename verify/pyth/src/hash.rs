//! Keccak-256, the hash of Ethereum.

use sha3::{Digest, Keccak256};

/// Keccak-256 of the parts, one after the other.
pub(crate) fn keccak256_of(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Keccak256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Keccak-256 of `bytes`.
pub fn keccak256(bytes: &[u8]) -> [u8; 32] {
    keccak256_of(&[bytes])
}
