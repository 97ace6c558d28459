//! Secret keys: from a BIP-39 phrase, from bytes, or random. Signatures are 64 bytes `r ‖ s` with low `s`.
//!
//! Invariant: a [`Key`] shows its secret to [`Key::to_secret`] alone; the bytes are wiped when it is dropped.

use std::fmt;

use bip32::{DerivationPath, XPrv};
use bip39::Mnemonic;
use k256::ecdsa::signature::hazmat::PrehashSigner;
use k256::ecdsa::{Signature, SigningKey};
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::address::{self, AddressError};

/// Why there is no key.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeyError {
    /// Not a BIP-39 phrase of 12 or 24 English words.
    #[error("not a mnemonic: {reason}")]
    Mnemonic {
        /// What is wrong; never contains words of the phrase.
        reason: String,
    },
    /// Zero, or not below the group order.
    #[error("the bytes are no secp256k1 secret key")]
    Secret,
    /// The path is not one, or has no valid key (which has never been seen to happen).
    #[error("no key at {path:?}: expected a path such as m/44'/118'/0'/0/0")]
    Derivation {
        /// The path.
        path: String,
    },
    /// The operating system gave no randomness.
    #[error("no randomness: {reason}")]
    Randomness {
        /// What the system said.
        reason: String,
    },
}

/// Length of a mnemonic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordCount {
    /// 128 bits.
    Twelve,
    /// 256 bits.
    TwentyFour,
}

/// A fresh BIP-39 phrase.
pub fn generate_mnemonic(words: WordCount) -> Result<Zeroizing<String>, KeyError> {
    let mut entropy = Zeroizing::new(match words {
        WordCount::Twelve => vec![0u8; 16],
        WordCount::TwentyFour => vec![0u8; 32],
    });
    fill_random(&mut entropy)?;
    let mnemonic = Mnemonic::from_entropy(&entropy).expect("16 and 32 bytes are BIP-39 lengths");
    Ok(Zeroizing::new(mnemonic.to_string()))
}

fn fill_random(bytes: &mut [u8]) -> Result<(), KeyError> {
    getrandom::fill(bytes).map_err(|error| KeyError::Randomness {
        reason: error.to_string(),
    })
}

/// A secp256k1 key that signs for one account.
#[derive(Clone)]
pub struct Key {
    signing: SigningKey,
}

impl Key {
    /// A fresh key.
    pub fn random() -> Result<Self, KeyError> {
        let mut secret = Zeroizing::new([0u8; 32]);
        fill_random(secret.as_mut_slice())?;
        Self::from_secret(&secret)
    }

    /// The key with these secret bytes.
    pub fn from_secret(secret: &[u8; 32]) -> Result<Self, KeyError> {
        SigningKey::from_slice(secret)
            .map(|signing| Self { signing })
            .map_err(|_| KeyError::Secret)
    }

    /// The first account of a phrase of 12 or 24 words: `m/44'/118'/0'/0/0`.
    pub fn from_mnemonic(phrase: &str) -> Result<Self, KeyError> {
        Self::from_mnemonic_at(phrase, 0)
    }

    /// Account `index` of a phrase: `m/44'/118'/0'/0/{index}`.
    pub fn from_mnemonic_at(phrase: &str, index: u32) -> Result<Self, KeyError> {
        Self::from_mnemonic_path(phrase, &format!("m/44'/118'/0'/0/{index}"))
    }

    /// The key of a phrase at a BIP-32 path, such as `m/44'/118'/0'/0/0`.
    pub fn from_mnemonic_path(phrase: &str, path: &str) -> Result<Self, KeyError> {
        let words = phrase.split_whitespace().count();
        if words != 12 && words != 24 {
            return Err(KeyError::Mnemonic {
                reason: format!("expected 12 or 24 words, got {words}"),
            });
        }
        let mnemonic = Mnemonic::parse(phrase).map_err(|error| KeyError::Mnemonic {
            reason: describe(&error),
        })?;
        let seed = Zeroizing::new(mnemonic.to_seed(""));
        let no_key = || KeyError::Derivation { path: path.to_owned() };
        let derivation: DerivationPath = path.parse().map_err(|_| no_key())?;
        let derived = XPrv::derive_from_path(seed.as_slice(), &derivation).map_err(|_| no_key())?;
        Ok(Self {
            signing: derived.private_key().clone(),
        })
    }

    /// The secret bytes, for whoever keeps keys. They are wiped when dropped.
    pub fn to_secret(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.signing.to_bytes().into())
    }

    /// Compressed public key.
    pub fn public_key(&self) -> [u8; 33] {
        let point = self.signing.verifying_key().to_encoded_point(true);
        point.as_bytes().try_into().expect("a compressed point has 33 bytes")
    }

    /// Account bytes.
    pub fn account_id(&self) -> [u8; 20] {
        address::account_id(&self.public_key())
    }

    /// Address on the network with prefix `hrp`.
    pub fn address(&self, hrp: &str) -> Result<String, AddressError> {
        address::encode(hrp, &self.account_id())
    }

    /// Signs SHA-256 of `message`, as transactions and ES256K tokens want it.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.sign_digest(&Sha256::digest(message).into())
    }

    /// Signs a digest as it is.
    pub fn sign_digest(&self, digest: &[u8; 32]) -> [u8; 64] {
        let signature: Signature = self
            .signing
            .sign_prehash(digest)
            .expect("a 32-byte digest can be signed");
        signature.normalize_s().unwrap_or(signature).to_bytes().into()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("public_key", &hex::encode(self.public_key()))
            .finish_non_exhaustive()
    }
}

/// The reason without the words: an error text may end in a log.
fn describe(error: &bip39::Error) -> String {
    match error {
        bip39::Error::UnknownWord(index) => format!("word {} is not in the list", index + 1),
        bip39::Error::InvalidChecksum => "the checksum does not match".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use k256::ecdsa::VerifyingKey;
    use k256::ecdsa::signature::hazmat::PrehashVerifier;

    use super::*;

    const ABANDON: &str =
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    #[test]
    fn a_phrase_gives_the_address_that_other_wallets_give() {
        let key = Key::from_mnemonic(ABANDON).unwrap();
        assert_eq!(
            key.address("cosmos").unwrap(),
            "cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4"
        );
    }

    #[test]
    fn accounts_of_one_phrase_differ() {
        let first = Key::from_mnemonic_at(ABANDON, 0).unwrap();
        let second = Key::from_mnemonic_at(ABANDON, 1).unwrap();
        assert_eq!(first.account_id(), Key::from_mnemonic(ABANDON).unwrap().account_id());
        assert_ne!(first.account_id(), second.account_id());
    }

    #[test]
    fn a_path_reaches_other_accounts_and_a_bad_one_is_refused() {
        let by_path = |path| Key::from_mnemonic_path(ABANDON, path);
        assert_eq!(
            by_path("m/44'/118'/0'/0/1").unwrap().to_secret(),
            Key::from_mnemonic_at(ABANDON, 1).unwrap().to_secret()
        );
        assert_ne!(
            by_path("m/44'/118'/1'/0/0").unwrap().account_id(),
            by_path("m/44'/118'/0'/0/0").unwrap().account_id()
        );
        for path in ["", "44'/118'", "m/x"] {
            assert_eq!(by_path(path).unwrap_err(), KeyError::Derivation { path: path.into() });
        }
    }

    #[test]
    fn fresh_phrases_have_the_asked_length_and_make_keys() {
        for (count, words) in [(WordCount::Twelve, 12), (WordCount::TwentyFour, 24)] {
            let phrase = generate_mnemonic(count).unwrap();
            assert_eq!(phrase.split(' ').count(), words);
            Key::from_mnemonic(&phrase).unwrap();
        }
    }

    #[test]
    fn bad_phrases_are_refused_without_repeating_them() {
        assert_eq!(
            Key::from_mnemonic("abandon").unwrap_err(),
            KeyError::Mnemonic {
                reason: "expected 12 or 24 words, got 1".into()
            }
        );
        assert_eq!(
            Key::from_mnemonic(&ABANDON.replacen("abandon", "secretword", 1)).unwrap_err(),
            KeyError::Mnemonic {
                reason: "word 1 is not in the list".into()
            }
        );
        assert_eq!(
            Key::from_mnemonic(&ABANDON.replace("about", "abandon")).unwrap_err(),
            KeyError::Mnemonic {
                reason: "the checksum does not match".into()
            }
        );
    }

    #[test]
    fn secrets_outside_the_group_are_refused() {
        assert_eq!(Key::from_secret(&[0; 32]).unwrap_err(), KeyError::Secret);
        assert_eq!(Key::from_secret(&[0xFF; 32]).unwrap_err(), KeyError::Secret);
    }

    #[test]
    fn signatures_verify_and_have_a_low_s() {
        let key = Key::from_secret(&[7; 32]).unwrap();
        let verifying = VerifyingKey::from_sec1_bytes(&key.public_key()).unwrap();
        for round in 0..32u8 {
            let signature = Signature::from_slice(&key.sign(&[round])).unwrap();
            assert!(signature.normalize_s().is_none());
            verifying.verify_prehash(&Sha256::digest([round]), &signature).unwrap();
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let key = Key::from_secret(&[7; 32]).unwrap();
        assert!(!format!("{key:?}").contains("0707"), "{key:?}");
    }
}
