//! What a queue knows of its account, and how it learns it from a refusal.

use crate::tx::SignerState;

/// Account number and next sequence, once known.
#[derive(Debug, Default)]
pub(super) struct AccountState {
    known: Option<(u64, u64)>,
    /// Hash of the last transaction that was accepted.
    last: Option<String>,
}

impl AccountState {
    pub(super) fn is_known(&self) -> bool {
        self.known.is_some()
    }

    pub(super) fn learn(&mut self, account_number: u64, sequence: u64) {
        self.known = Some((account_number, sequence));
    }

    pub(super) fn forget(&mut self) {
        self.known = None;
        self.last = None;
    }

    pub(super) fn signer(&self, chain_id: &str) -> SignerState {
        let (account_number, sequence) = self.known.unwrap_or_default();
        SignerState {
            chain_id: chain_id.to_owned(),
            account_number,
            sequence,
        }
    }

    /// A transaction was accepted: the next has the next sequence.
    pub(super) fn sent(&mut self, hash: &str) {
        if let Some((_, sequence)) = &mut self.known {
            *sequence += 1;
        }
        self.last = Some(hash.to_owned());
    }

    pub(super) fn set_sequence(&mut self, expected: u64) {
        if let Some((_, sequence)) = &mut self.known {
            *sequence = expected;
        }
    }

    pub(super) fn is_ahead_of(&self, expected: u64) -> bool {
        self.known.is_some_and(|(_, sequence)| sequence > expected)
    }

    pub(super) fn pending(&self) -> Option<&str> {
        self.last.as_deref()
    }
}

/// The number in `account sequence mismatch, expected 5, got 3: incorrect account sequence`.
pub(super) fn expected_sequence(log: &str) -> Option<u64> {
    let (_, rest) = log.split_once("account sequence mismatch, expected ")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expected_sequence_is_read_from_the_log() {
        let log = "account sequence mismatch, expected 5, got 3: incorrect account sequence";
        assert_eq!(expected_sequence(log), Some(5));
        let wrapped = format!("rpc error: code = Unknown desc = {log}: unknown request");
        assert_eq!(expected_sequence(&wrapped), Some(5));
        assert_eq!(expected_sequence("out of gas"), None);
    }
}
