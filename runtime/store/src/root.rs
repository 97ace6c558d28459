//! The root of a version: `sha256(domain ‖ previous root ‖ height ‖ changes in key order)`.
//!
//! Every part has a fixed or stated length, so different changes never give the same bytes.

use sha2::{Digest, Sha256};
use supercloud_chain::store::{Changes, RootHash};

const DOMAIN: &[u8] = b"supercloud/memory-store/1";

pub(crate) fn compute_root(previous: &RootHash, height: u64, changes: &Changes) -> RootHash {
    let mut hash = Sha256::new();
    hash.update(DOMAIN);
    hash.update(previous);
    hash.update(height.to_be_bytes());
    for (key, value) in changes {
        put_bytes(&mut hash, key);
        match value {
            Some(value) => {
                hash.update([1]);
                put_bytes(&mut hash, value);
            }
            None => hash.update([0]),
        }
    }
    hash.finalize().into()
}

fn put_bytes(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}
