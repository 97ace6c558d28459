//! The gas schedule in CosmWasm gas: wasmd's numbers, aimed at 10^12 gas a second.
//!
//! Every number is consensus. The operator costs are used by [`crate::inject`], the fees by [`crate::imports`] and
//! [`crate::guest`].

/// Each operator.
pub(crate) const OPERATOR: u64 = 115;

/// Each *accounting* operator (branches, calls, loop heads, block ends): 14 operators, because the charge itself is
/// executed before it.
pub(crate) const ACCOUNTING_OPERATOR: u64 = 14 * OPERATOR;

/// So many declared locals of a function are free; each further one costs an operator on entry.
pub(crate) const FREE_LOCALS: u64 = 29;

/// Each byte that `memory.copy`, `memory.fill` or `memory.init` touches: as reading a Region. wasmd refuses these operators.
pub(crate) const BULK_BYTE: u64 = 115;

/// Each call of a host function.
pub(crate) const HOST_CALL: u64 = 18_000;

/// 10^6 gas are one microsecond.
const MICROSECOND: u64 = 1_000_000;

/// A fee with a fixed part and a part for each item.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LinearFee {
    base: u64,
    per_item: u64,
}

impl LinearFee {
    const fn new(base: u64, per_item: u64) -> Self {
        Self { base, per_item }
    }

    /// The fee for `items`. Saturates: a fee of `u64::MAX` exhausts any limit.
    pub(crate) const fn cost(self, items: usize) -> u64 {
        self.base.saturating_add(self.per_item.saturating_mul(items as u64))
    }
}

/// Writing bytes into a Region.
pub(crate) const WRITE_REGION: LinearFee = LinearFee::new(230_000, 570);
/// Checking that bytes are UTF-8.
pub(crate) const UTF8: LinearFee = LinearFee::new(28_700, 1_400);

const READ_REGION_SMALL: LinearFee = LinearFee::new(200_000, 115);
const READ_REGION_LARGE: LinearFee = LinearFee::new(0, 520);
/// Up to this many bytes the small fee applies.
const READ_REGION_SMALL_MAX: usize = 8_000_000;

/// Reading a Region of `length` bytes.
pub(crate) const fn read_region(length: usize) -> u64 {
    if length <= READ_REGION_SMALL_MAX {
        READ_REGION_SMALL.cost(length)
    } else {
        READ_REGION_LARGE.cost(length)
    }
}

pub(crate) const SECP256K1_VERIFY: u64 = 96 * MICROSECOND;
pub(crate) const SECP256K1_RECOVER: u64 = 194 * MICROSECOND;
pub(crate) const SECP256R1_VERIFY: u64 = 279 * MICROSECOND;
pub(crate) const SECP256R1_RECOVER: u64 = 592 * MICROSECOND;
pub(crate) const ED25519_VERIFY: u64 = 35 * MICROSECOND;
/// Per signature.
pub(crate) const ED25519_BATCH: LinearFee = LinearFee::new(24 * MICROSECOND, 21 * MICROSECOND);
/// Per signature, when all are by one key.
pub(crate) const ED25519_BATCH_ONE_KEY: LinearFee = LinearFee::new(36 * MICROSECOND, 10 * MICROSECOND);
/// Per point.
pub(crate) const BLS_AGGREGATE_G1: LinearFee = LinearFee::new(68 * MICROSECOND, 12 * MICROSECOND);
/// Per point; half microseconds on purpose.
pub(crate) const BLS_AGGREGATE_G2: LinearFee = LinearFee::new(103_500_000, 24_500_000);
pub(crate) const BLS_HASH_TO_G1: u64 = 563 * MICROSECOND;
pub(crate) const BLS_HASH_TO_G2: u64 = 871 * MICROSECOND;
/// Per pairing, the one on the right hand side included.
pub(crate) const BLS_PAIRING: LinearFee = LinearFee::new(2_112 * MICROSECOND, 163 * MICROSECOND);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_fees_change_above_eight_million_bytes() {
        assert_eq!(read_region(0), 200_000);
        assert_eq!(read_region(8_000_000), 920_200_000);
        assert_eq!(read_region(8_000_001), 4_160_000_520);
        assert_eq!(WRITE_REGION.cost(10), 235_700);
        assert_eq!(UTF8.cost(10), 42_700);
    }

    #[test]
    fn fees_saturate_instead_of_wrapping() {
        assert_eq!(LinearFee::new(1, u64::MAX).cost(2), u64::MAX);
    }
}
