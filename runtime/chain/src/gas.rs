//! Gas in SDK units. Failure gas is consensus: consumption counts also what broke the limit.

use thiserror::Error;

/// Price list of the key-value store; the Cosmos SDK's defaults.
pub(crate) mod kv {
    pub(crate) const HAS: u64 = 1_000;
    pub(crate) const DELETE: u64 = 1_000;
    pub(crate) const READ_FLAT: u64 = 1_000;
    pub(crate) const READ_PER_BYTE: u64 = 3;
    pub(crate) const WRITE_FLAT: u64 = 2_000;
    pub(crate) const WRITE_PER_BYTE: u64 = 30;
    pub(crate) const ITERATOR_STEP: u64 = 30;
    /// Ours: a step over an entry that was deleted since the block began, and one more per so many bytes of the hidden
    /// value. About what it takes.
    pub(crate) const SKIP: u64 = 5;
    pub(crate) const SKIPPED_BYTES_PER_GAS: u64 = 128;
    /// So much of it is free per range, as all of it is in the Cosmos SDK: contracts that delete a few keys pay the same.
    pub(crate) const FREE_SKIPS: u64 = 50;

    pub(crate) fn compute_read(key_len: usize, value_len: usize) -> u64 {
        READ_FLAT + READ_PER_BYTE * (key_len + value_len) as u64
    }

    pub(crate) fn compute_write(key_len: usize, value_len: usize) -> u64 {
        WRITE_FLAT + WRITE_PER_BYTE * (key_len + value_len) as u64
    }

    pub(crate) fn compute_skip(hidden_len: usize) -> u64 {
        SKIP + hidden_len as u64 / SKIPPED_BYTES_PER_GAS
    }

    pub(crate) fn compute_step(key_len: usize, value_len: usize) -> u64 {
        ITERATOR_STEP + READ_PER_BYTE * (key_len + value_len) as u64
    }
}

/// The limit was passed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("out of gas in location: {location}; gasWanted: {wanted}, gasUsed: {used}")]
pub struct OutOfGas {
    /// What was being paid for.
    pub location: String,
    /// The limit.
    pub wanted: u64,
    /// Consumption, the failing one included.
    pub used: u64,
}

/// Counts gas up to a limit.
#[derive(Clone, Debug)]
pub(crate) struct GasMeter {
    limit: u64,
    used: u64,
}

impl GasMeter {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, used: 0 }
    }

    /// For work that nobody pays for, such as genesis and queries of lists.
    pub(crate) fn infinite() -> Self {
        Self::new(u64::MAX)
    }

    pub(crate) fn used(&self) -> u64 {
        self.used
    }

    pub(crate) fn remaining(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }

    pub(crate) fn consume(&mut self, amount: u64, location: &str) -> Result<(), OutOfGas> {
        self.used = self.used.saturating_add(amount);
        if self.used > self.limit {
            Err(self.out_of_gas(location))
        } else {
            Ok(())
        }
    }

    /// Contract engines report exhaustion only as such: everything is gone then.
    pub(crate) fn exhaust(&mut self, location: &str) -> OutOfGas {
        self.used = self.used.max(self.limit);
        self.out_of_gas(location)
    }

    pub(crate) fn out_of_gas(&self, location: &str) -> OutOfGas {
        OutOfGas {
            location: location.to_owned(),
            wanted: self.limit,
            used: self.used,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_limit_is_allowed_and_one_more_is_not() {
        let mut meter = GasMeter::new(10);
        assert_eq!(meter.consume(10, "a"), Ok(()));
        let error = meter.consume(1, "b").unwrap_err();
        assert_eq!(
            error,
            OutOfGas {
                location: "b".into(),
                wanted: 10,
                used: 11
            }
        );
        assert_eq!(
            error.to_string(),
            "out of gas in location: b; gasWanted: 10, gasUsed: 11"
        );
    }
}
