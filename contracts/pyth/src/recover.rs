//! Signature recovery by the host: a host call costs a tenth of doing it in Wasm.

use cosmwasm_std::Api;
use supercloud_verify_pyth::Recover;

pub(crate) struct HostRecover<'a>(pub(crate) &'a dyn Api);

impl Recover for HostRecover<'_> {
    fn recover(&self, digest: &[u8; 32], rs: &[u8; 64], recovery_id: u8) -> Option<[u8; 65]> {
        self.0
            .secp256k1_recover_pubkey(digest, rs, recovery_id)
            .ok()?
            .try_into()
            .ok()
    }
}
