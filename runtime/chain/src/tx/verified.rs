//! Signatures that were found good, so that a transaction's are checked once and not again at each recheck and in its block.
//!
//! Invariant: an entry names key, document and signature together, so what it says holds in every state. Entries only save
//! work: with and without them a transaction has the same result.

use std::collections::BTreeSet;
use std::mem;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// Entries of one generation; the cache holds up to two, 4 MiB or so.
const GENERATION: usize = 32_768;

/// What was found good lately.
#[derive(Debug, Default)]
pub(crate) struct VerifiedSignatures(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    young: BTreeSet<[u8; 32]>,
    old: BTreeSet<[u8; 32]>,
}

impl VerifiedSignatures {
    /// Whether the signature is good, by memory or by `verify`.
    pub(crate) fn check(&self, key: &[u8], document: &[u8], signature: &[u8], verify: impl FnOnce() -> bool) -> bool {
        let entry = compute_entry(key, document, signature);
        if self.0.lock().unwrap_or_else(PoisonError::into_inner).holds(&entry) {
            return true;
        }
        let is_good = verify();
        if is_good {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).add(entry);
        }
        is_good
    }
}

impl Generations {
    fn holds(&self, entry: &[u8; 32]) -> bool {
        self.young.contains(entry) || self.old.contains(entry)
    }

    fn add(&mut self, entry: [u8; 32]) {
        if self.young.len() >= GENERATION {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(entry);
    }
}

/// Lengths first, so that no two different triples give the same bytes.
fn compute_entry(key: &[u8], document: &[u8], signature: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [key, signature, document] {
        hash.update((part.len() as u64).to_be_bytes());
    }
    for part in [key, signature, document] {
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_good_signatures_are_remembered_and_only_as_they_were() {
        let verified = VerifiedSignatures::default();
        assert!(!verified.check(b"key", b"document", b"signature", || false));
        assert!(verified.check(b"key", b"document", b"signature", || true));
        assert!(verified.check(b"key", b"document", b"signature", || false));
        for (key, document, signature) in [
            (&b"kez"[..], &b"document"[..], &b"signature"[..]),
            (b"key", b"documenu", b"signature"),
            (b"key", b"document", b"signaturf"),
            (b"keyd", b"ocument", b"signature"),
        ] {
            assert!(!verified.check(key, document, signature, || false));
        }
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let verified = VerifiedSignatures::default();
        let add = |number: usize| verified.check(b"key", &number.to_be_bytes(), b"signature", || true);
        for number in 0..=2 * GENERATION {
            add(number);
        }
        let holds = |number: usize| verified.check(b"key", &number.to_be_bytes(), b"signature", || false);
        assert!(!holds(0));
        assert!(holds(GENERATION));
        assert!(holds(2 * GENERATION));
    }
}
