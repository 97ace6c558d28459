//! A secret under a passphrase.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::KeyringError;

/// Shortest passphrase, in characters.
pub(super) const MIN_PASSPHRASE_LEN: usize = 8;

/// RFC 9106's second choice: 64 MiB, three passes.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// Most memory that a file may ask for, so that a stranger's file cannot take it all: 1 GiB.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;
const MAX_PASSES: u32 = 16;

/// An encrypted secret with all that opening needs besides the passphrase.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sealed {
    kdf: String,
    memory_kib: u32,
    passes: u32,
    salt: String,
    cipher: String,
    nonce: String,
    ciphertext: String,
}

const KDF: &str = "argon2id";
const CIPHER: &str = "xchacha20-poly1305";

impl Sealed {
    /// Encrypts; `bound` must be the same when it is opened.
    pub(super) fn seal(secret: &[u8; 32], passphrase: &str, bound: &[u8]) -> Result<Self, KeyringError> {
        let got = passphrase.chars().count();
        if got < MIN_PASSPHRASE_LEN {
            return Err(KeyringError::ShortPassphrase { got });
        }
        let broken = |reason: String| KeyringError::Cipher { reason };
        let (mut salt, mut nonce) = ([0; 16], [0; 24]);
        getrandom::fill(&mut salt).map_err(|error| broken(error.to_string()))?;
        getrandom::fill(&mut nonce).map_err(|error| broken(error.to_string()))?;
        let key = derive(passphrase, &salt, MEMORY_KIB, PASSES).ok_or_else(|| broken("argon2".into()))?;
        let payload = Payload {
            msg: secret,
            aad: bound,
        };
        let ciphertext = XChaCha20Poly1305::new(&(*key).into())
            .encrypt(&nonce.into(), payload)
            .map_err(|error| broken(error.to_string()))?;
        Ok(Self {
            kdf: KDF.into(),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            salt: STANDARD.encode(salt),
            cipher: CIPHER.into(),
            nonce: STANDARD.encode(nonce),
            ciphertext: STANDARD.encode(ciphertext),
        })
    }

    /// The secret; `None` with a wrong passphrase or other bound data.
    pub(super) fn open(&self, passphrase: &str, bound: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
        if self.kdf != KDF || self.cipher != CIPHER || self.memory_kib > MAX_MEMORY_KIB || self.passes > MAX_PASSES {
            return None;
        }
        let salt = STANDARD.decode(&self.salt).ok()?;
        let nonce: [u8; 24] = STANDARD.decode(&self.nonce).ok()?.try_into().ok()?;
        let ciphertext = STANDARD.decode(&self.ciphertext).ok()?;
        let key = derive(passphrase, &salt, self.memory_kib, self.passes)?;
        let payload = Payload {
            msg: &ciphertext,
            aad: bound,
        };
        let secret = XChaCha20Poly1305::new(&(*key).into())
            .decrypt(&nonce.into(), payload)
            .ok()?;
        let secret = Zeroizing::new(secret);
        Some(Zeroizing::new(secret.as_slice().try_into().ok()?))
    }
}

fn derive(passphrase: &str, salt: &[u8], memory_kib: u32, passes: u32) -> Option<Zeroizing<[u8; 32]>> {
    let params = Params::new(memory_kib, passes, 1, Some(32)).ok()?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, key.as_mut_slice())
        .ok()?;
    Some(key)
}
