//! Whether a signature is by the key behind an address.

use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
use sha2::{Digest, Sha256};
use supercloud_client::address;

/// Every public key that could have made the signature is tried; one of them must hash to the account. A signature with
/// a high `s` is refused, as the chain does.
pub(super) fn is_by(account: &[u8], document: &[u8], signature: &[u8]) -> bool {
    let Ok(signature) = Signature::from_slice(signature) else {
        return false;
    };
    if signature.normalize_s().is_some() {
        return false;
    }
    let digest = Sha256::digest(document);
    (0..4).filter_map(RecoveryId::from_byte).any(|id| {
        VerifyingKey::recover_from_prehash(&digest, &signature, id).is_ok_and(|key| {
            let point = key.to_encoded_point(true);
            <[u8; 33]>::try_from(point.as_bytes()).is_ok_and(|key| address::account_id(&key) == account)
        })
    })
}
