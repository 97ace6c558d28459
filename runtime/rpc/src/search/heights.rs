//! Which heights a query can match at all, so that an index need not look at others.

use std::ops::RangeInclusive;

use super::{Operand, Operation, Query};

impl Query {
    /// The part of `within` whose heights meet all conditions on `tx.height` and `block.height`; may be empty.
    pub fn heights(&self, within: RangeInclusive<u64>) -> RangeInclusive<u64> {
        let (mut low, mut high) = within.into_inner();
        for condition in &self.conditions {
            if !["tx.height", "block.height"].contains(&condition.key.as_str()) {
                continue;
            }
            let (least, most) = match &condition.operation {
                Operation::Equal(Operand::Text(text)) => (text.parse().ok(), text.parse().ok()),
                Operation::Equal(operand) => (to_height(operand), to_height(operand)),
                // One too many at an end is sorted out by matching.
                Operation::Less(operand) | Operation::LessOrEqual(operand) => (None, to_height(operand)),
                Operation::Greater(operand) | Operation::GreaterOrEqual(operand) => (to_height(operand), None),
                Operation::Exists | Operation::Contains(_) => (None, None),
            };
            low = low.max(least.unwrap_or(low));
            high = high.min(most.unwrap_or(high));
        }
        low..=high
    }
}

/// The height that a bare number names. Text is compared as text, so only an equality can use it.
fn to_height(operand: &Operand) -> Option<u64> {
    match operand {
        Operand::Number(number) => number.to_u64(),
        Operand::Text(_) | Operand::Time(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights_are_bounded_by_every_condition_on_them() {
        let heights = |text: &str| Query::parse(text).unwrap().heights(1..=100);
        assert_eq!(heights("tx.height=7"), 7..=7);
        assert_eq!(heights("tx.height='7'"), 7..=7);
        assert_eq!(heights("tx.height>=7 AND tx.height<9"), 7..=9);
        assert_eq!(heights("block.height>7"), 7..=100);
        assert!(heights("tx.height>200 AND a.b='1'").is_empty());
        assert_eq!(heights("tx.height>7.5"), 1..=100);
        assert_eq!(heights("tx.height EXISTS AND a.b=5 AND tx.height>'3'"), 1..=100);
    }
}
