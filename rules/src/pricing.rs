//! Prices: the rate of a group, from the prices of its units.
//!
//! Nothing here rounds: rates are sums of whole multiples of 10^-18 uact per second, and a sum that does not fit is
//! refused.

use std::cmp::Ordering;

use cosmwasm_std::Uint128;
use supercloud_schema::money::UnitPrice;
use supercloud_schema::resource::GroupSpec;
use thiserror::Error;

/// Why a price was refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PricingError {
    /// The group's rate does not fit.
    #[error("price of group {group} does not fit 128 bits")]
    Overflow {
        /// Group name.
        group: String,
    },
    /// A bid must cost something.
    #[error("price is zero")]
    Zero,
    /// The bid asks for more than the order pays.
    #[error("price {price} is above the order's {max}")]
    AboveOrder {
        /// What the bid asks.
        price: UnitPrice,
        /// What the order pays at most.
        max: UnitPrice,
    },
}

/// The highest rate that a tenant pays for a whole group: the sum of price times count over its units. Exact.
pub fn compute_max_price(spec: &GroupSpec) -> Result<UnitPrice, PricingError> {
    let mut sum = Uint128::zero();
    for unit in &spec.resources {
        let part = Uint128::new(unit.price.atomics()).checked_mul(Uint128::from(unit.count));
        sum = part
            .and_then(|part| sum.checked_add(part))
            .map_err(|_| PricingError::Overflow {
                group: spec.name.clone(),
            })?;
    }
    Ok(UnitPrice::from_atomics(sum.u128()))
}

/// Refuses a bid price that is zero or above the order's highest rate; equal is allowed.
pub fn assert_bid_price(price: UnitPrice, max: UnitPrice) -> Result<(), PricingError> {
    if price.is_zero() {
        return Err(PricingError::Zero);
    }
    if price > max {
        return Err(PricingError::AboveOrder { price, max });
    }
    Ok(())
}

/// Orders offers as a tenant would: cheaper first, and of two equal ones the one that came first.
pub fn compare_offers(left: (UnitPrice, u64), right: (UnitPrice, u64)) -> Ordering {
    left.cmp(&right)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::validation::fixtures::{group, unit};

    fn priced(units: &[(u128, u32)]) -> GroupSpec {
        let mut spec = group("g");
        spec.resources = (1..)
            .zip(units)
            .map(|(id, (atomics, count))| {
                let mut unit = unit(id);
                unit.price = UnitPrice::from_atomics(*atomics);
                unit.count = *count;
                unit
            })
            .collect();
        spec
    }

    #[test]
    fn order_price_is_the_sum_of_price_times_count() {
        assert_eq!(
            compute_max_price(&priced(&[(3, 2), (5, 4)])).unwrap(),
            UnitPrice::from_atomics(26)
        );
    }

    #[test]
    fn price_that_does_not_fit_is_refused() {
        let refused = PricingError::Overflow { group: "g".to_string() };
        assert_eq!(compute_max_price(&priced(&[(u128::MAX, 2)])), Err(refused.clone()));
        assert_eq!(compute_max_price(&priced(&[(u128::MAX, 1), (1, 1)])), Err(refused));
        assert_eq!(
            compute_max_price(&priced(&[(u128::MAX - 1, 1), (1, 1)]))
                .unwrap()
                .atomics(),
            u128::MAX
        );
    }

    #[test]
    fn bid_may_equal_the_order_price_but_not_exceed_it_nor_be_zero() {
        let at = UnitPrice::from_atomics;
        assert_eq!(assert_bid_price(at(10), at(10)), Ok(()));
        assert_eq!(
            assert_bid_price(at(11), at(10)),
            Err(PricingError::AboveOrder {
                price: at(11),
                max: at(10)
            })
        );
        assert_eq!(assert_bid_price(at(0), at(10)), Err(PricingError::Zero));
    }

    #[test]
    fn cheaper_comes_first_and_then_the_earlier() {
        let at = UnitPrice::from_atomics;
        assert_eq!(compare_offers((at(1), 9), (at(2), 1)), Ordering::Less);
        assert_eq!(compare_offers((at(2), 9), (at(2), 1)), Ordering::Greater);
    }

    proptest! {
        #[test]
        fn order_price_does_not_depend_on_the_order_of_units(
            mut units in proptest::collection::vec((0u128..1 << 90, 1u32..=50), 1..20)
        ) {
            let price = compute_max_price(&priced(&units)).unwrap();
            units.reverse();
            prop_assert_eq!(compute_max_price(&priced(&units)).unwrap(), price);
        }
    }
}
