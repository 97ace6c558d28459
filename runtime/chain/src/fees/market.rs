//! The fee market: the floor of gas prices follows the load of blocks.
//!
//! After a block whose transactions used `u` gas with a target of `t`, the multiplier `m` of the floor moves by
//! `m * max_change * (u - t) / t`, at most by `m * max_change`, rounded towards zero but by at least one millionth when
//! `u` is not `t`. It stays between 1 and the parameters' maximum.
//!
//! Invariant: without a market, and with an idle one, nothing is stored and nothing is written.

use supercloud_proto::supercloud::fees::v1::{FeeMarket, Params};

use crate::config::GasPrice;
use crate::error::{SdkError, TxError};
use crate::machine::{Machine, read_u64};
use crate::state_key::fees as key;

/// One, in the unit of the multiplier.
pub(crate) const ONE: u64 = 1_000_000;
/// Least target: less would be one transaction.
const TARGET_RANGE: std::ops::RangeInclusive<u64> = 1_000_000..=i64::MAX as u64;
/// The floor may at most move by half per block.
const CHANGE_RANGE: std::ops::RangeInclusive<u64> = 1..=500;
/// The floor may at most be a thousand times the parameters' prices.
const MULTIPLIER_RANGE: std::ops::RangeInclusive<u64> = 1_001..=1_000_000;
/// Thousandths to millionths.
const PERMILLE: u64 = ONE / 1_000;

/// Refuses what would not move or could not be paid.
pub(crate) fn assert_valid(market: &FeeMarket) -> Result<(), TxError> {
    for (name, got, range) in [
        ("target_block_gas", market.target_block_gas, TARGET_RANGE),
        ("max_change_permille", market.max_change_permille, CHANGE_RANGE),
        (
            "max_multiplier_permille",
            market.max_multiplier_permille,
            MULTIPLIER_RANGE,
        ),
    ] {
        if !range.contains(&got) {
            let (least, most) = (range.start(), range.end());
            let text = format!("market.{name}: {got} is not between {least} and {most}");
            return Err(SdkError::InvalidRequest(text).into());
        }
    }
    Ok(())
}

/// The multiplier that counts now, in millionths.
pub(crate) fn load_multiplier(machine: &Machine<'_>, params: &Params) -> Result<u64, TxError> {
    let Some(market) = &params.market else {
        return Ok(ONE);
    };
    Ok(clamp(load_stored(machine)?, market))
}

fn load_stored(machine: &Machine<'_>) -> Result<u64, TxError> {
    let stored = machine.state.get(key::MULTIPLIER);
    stored.as_deref().map_or(Ok(ONE), read_u64)
}

/// The price under this multiplier, rounded up.
pub(crate) fn apply_multiplier(price: &mut GasPrice, multiplier: u64) {
    let product = price.atto_amount.checked_mul(multiplier.into());
    price.atto_amount = product.map_or(u128::MAX, |product| product.div_ceil(ONE.into()));
}

/// Moves the floor after a block whose transactions used so much gas.
pub(crate) fn apply_end_block(machine: &mut Machine<'_>, gas_used: u64) -> Result<(), TxError> {
    let params = super::load_proto(machine)?;
    let now = load_multiplier(machine, &params)?;
    let next = match &params.market {
        Some(market) => compute_next(now, gas_used, market),
        None => ONE,
    };
    // Also when only the parameters moved: what is stored is what counts.
    if next != load_stored(machine)? {
        apply_stored(machine, next);
    }
    Ok(())
}

/// Stores a multiplier; also used by genesis.
pub(crate) fn apply_stored(machine: &mut Machine<'_>, multiplier: u64) {
    if multiplier == ONE {
        machine.state.remove(key::MULTIPLIER.to_vec());
    } else {
        machine
            .state
            .set(key::MULTIPLIER.to_vec(), multiplier.to_be_bytes().to_vec());
    }
}

fn compute_next(multiplier: u64, gas_used: u64, market: &FeeMarket) -> u64 {
    let target = market.target_block_gas;
    let distance = gas_used.abs_diff(target).min(target);
    let step = u128::from(multiplier) * u128::from(market.max_change_permille) * u128::from(distance)
        / (1_000 * u128::from(target.max(1)));
    // At most half of the multiplier, which fits.
    let step = u64::try_from(step).unwrap_or(u64::MAX).max(1);
    let next = match gas_used.cmp(&target) {
        std::cmp::Ordering::Less => multiplier.saturating_sub(step),
        std::cmp::Ordering::Equal => multiplier,
        std::cmp::Ordering::Greater => multiplier.saturating_add(step),
    };
    clamp(next, market)
}

fn clamp(multiplier: u64, market: &FeeMarket) -> u64 {
    multiplier.clamp(ONE, market.max_multiplier_permille.saturating_mul(PERMILLE).max(ONE))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKET: FeeMarket = FeeMarket {
        target_block_gas: 10_000_000,
        max_change_permille: 125,
        max_multiplier_permille: 2_000,
    };

    #[test]
    fn the_floor_follows_the_load_in_proportion_and_within_its_bounds() {
        for (before, used, after) in [
            (ONE, 10_000_000, ONE),
            (ONE, 20_000_000, 1_125_000),
            (ONE, u64::MAX, 1_125_000),
            (ONE, 12_000_000, 1_025_000),
            (ONE, 10_000_001, 1_000_001),
            (ONE, 0, ONE),
            (1_500_000, 0, 1_312_500),
            (1_500_000, 9_999_999, 1_499_999),
            (1_999_999, 20_000_000, 2_000_000),
            (1_100_000, 0, ONE),
        ] {
            assert_eq!(compute_next(before, used, &MARKET), after, "{before} {used}");
        }
    }

    #[test]
    fn prices_are_rounded_up() {
        let price = |atto_amount| GasPrice {
            denom: "uakt".into(),
            atto_amount,
        };
        for (before, multiplier, after) in [
            (2_500, ONE, 2_500),
            (2_500, 1_500_000, 3_750),
            (1, 1_000_001, 2),
            (u128::MAX, 2 * ONE, u128::MAX),
        ] {
            let mut price = price(before);
            apply_multiplier(&mut price, multiplier);
            assert_eq!(price.atto_amount, after);
        }
    }

    #[test]
    fn limits_hold_on_both_sides() {
        let valid = |change: fn(&mut FeeMarket, u64), value| {
            let mut market = MARKET;
            change(&mut market, value);
            assert_valid(&market).is_ok()
        };
        let target = |market: &mut FeeMarket, value| market.target_block_gas = value;
        assert!(valid(target, 1_000_000) && !valid(target, 999_999));
        let change = |market: &mut FeeMarket, value| market.max_change_permille = value;
        assert!(valid(change, 1) && valid(change, 500) && !valid(change, 0) && !valid(change, 501));
        let most = |market: &mut FeeMarket, value| market.max_multiplier_permille = value;
        assert!(valid(most, 1_001) && valid(most, 1_000_000) && !valid(most, 1_000) && !valid(most, 1_000_001));
    }
}
