use proptest::prelude::*;

use super::*;

fn usd(text: &str) -> UsdPrice {
    UsdPrice(text.parse().unwrap())
}

fn mint(amount: u128, price: &str, bps: u16) -> (u128, u128, u128) {
    let Quote { gross, spread, paid } = compute_mint(Uakt::new(amount), usd(price), bps).unwrap();
    (gross.u128(), spread.u128(), paid.u128())
}

fn redeem(amount: u128, price: &str, bps: u16) -> (u128, u128, u128) {
    let Quote { gross, spread, paid } = compute_redeem(Uact::new(amount), usd(price), bps).unwrap();
    (gross.u128(), spread.u128(), paid.u128())
}

#[test]
fn minting_multiplies_by_the_price_and_takes_the_spread_rounded_up() {
    assert_eq!(mint(100_000_000, "1.14", 25), (114_000_000, 285_000, 113_715_000));
    assert_eq!(mint(1, "3", 25), (3, 1, 2));
    assert_eq!(mint(1, "0.999999999999999999", 0), (0, 0, 0));
    assert_eq!(mint(100_000_000, "0.58590113", 25), (58_590_113, 146_476, 58_443_637));
}

#[test]
fn redeeming_divides_by_the_price_and_takes_the_spread_rounded_up() {
    // market.md 85 to 88 and 91: AKT at three dollars.
    assert_eq!(redeem(1, "3", 0), (0, 0, 0));
    assert_eq!(redeem(3, "3", 0), (1, 0, 1));
    assert_eq!(redeem(4, "3", 0), (1, 0, 1));
    assert_eq!(redeem(1_000_000, "3", 0), (333_333, 0, 333_333));
    assert_eq!(redeem(1_000_000, "3", 100), (333_333, 3_334, 329_999));
    assert_eq!(redeem(4, "3", 1_000), (1, 1, 0));
}

#[test]
fn the_figures_of_aep_76_come_out() {
    assert_eq!(redeem(1_000_000_000, "1.14", 0).0, 877_192_982);
    assert_eq!(redeem(1_000_000_000, "1.5", 0).0, 666_666_666);
    assert_eq!(redeem(1_000_000_000, "0.9", 0).0, 1_111_111_111);
}

#[test]
fn a_zero_price_converts_nothing() {
    assert_eq!(compute_mint(Uakt::new(1), usd("0"), 0), Err(ConversionError::ZeroPrice));
    assert_eq!(
        compute_redeem(Uact::new(1), usd("0"), 0),
        Err(ConversionError::ZeroPrice)
    );
}

#[test]
fn a_spread_takes_at_most_everything() {
    assert_eq!(mint(10, "1", 10_000), (10, 10, 0));
    assert_eq!(
        compute_mint(Uakt::new(10), usd("1"), 10_001),
        Err(ConversionError::SpreadTooWide { bps: 10_001 })
    );
}

#[test]
fn what_does_not_fit_128_bits_is_refused() {
    assert_eq!(mint(u128::MAX, "1", 0).0, u128::MAX);
    let price = usd("1.000000000000000001");
    assert_eq!(
        compute_mint(Uakt::new(u128::MAX), price, 0),
        Err(ConversionError::Overflow {
            amount: Uint128::MAX,
            price
        })
    );
    let price = usd("0.999999999999999999");
    assert_eq!(
        compute_redeem(Uact::new(u128::MAX), price, 0),
        Err(ConversionError::Overflow {
            amount: Uint128::MAX,
            price
        })
    );
}

#[test]
fn the_collateral_ratio_is_rounded_down() {
    let ratio = |vault, price, supply| compute_collateral_ratio(Uakt::new(vault), usd(price), Uact::new(supply));
    assert_eq!(ratio(100, "1", 0), None);
    assert_eq!(ratio(0, "1", 100), Some(Uint64::zero()));
    assert_eq!(ratio(100, "2", 200), Some(Uint64::new(10_000)));
    assert_eq!(ratio(99_999, "1", 100_000), Some(Uint64::new(9_999)));
    assert_eq!(ratio(94_999, "1", 100_000), Some(Uint64::new(9_499)));
    assert_eq!(
        ratio(u128::MAX, "340282366920938463463.374607431768211455", 1),
        Some(Uint64::MAX)
    );
}

#[test]
fn thresholds_belong_to_the_worse_side() {
    let status = |ratio| compute_status(Some(Uint64::new(ratio)), 9_500, 9_000);
    assert_eq!(status(9_501), Status::Healthy {});
    assert_eq!(status(9_500), Status::Warning {});
    assert_eq!(status(9_001), Status::Warning {});
    assert_eq!(status(9_000), Status::HaltRatio {});
    assert_eq!(status(0), Status::HaltRatio {});
    assert_eq!(compute_status(None, 9_500, 9_000), Status::Healthy {});
}

fn price() -> impl Strategy<Value = u128> {
    // From a millionth of a dollar to a million dollars.
    10u128.pow(12)..10u128.pow(24)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn minting_then_redeeming_gains_nothing_while_the_price_does_not_fall(
        amount in 0..10u128.pow(27),
        low in price(),
        width in 0..10u128.pow(18),
        rise in 0..10u128.pow(18),
        mint_bps in 0u16..=1_000,
        redeem_bps in 0u16..=1_000,
    ) {
        let act = compute_mint(Uakt::new(amount), UsdPrice::from_atomics(low), mint_bps).unwrap().paid;
        let high = UsdPrice::from_atomics(low + width + rise);
        let back = compute_redeem(act, high, redeem_bps).unwrap().paid;
        prop_assert!(back.u128() <= amount);
    }

    #[test]
    fn a_quote_never_pays_more_than_the_exact_value(
        amount in 0..10u128.pow(27),
        price in price(),
        bps in 0u16..=1_000,
    ) {
        let value = UsdPrice::from_atomics(price);
        let whole = Uint256::from(WHOLE_BPS);
        let kept = Uint256::from(WHOLE_BPS - bps);
        let minted = compute_mint(Uakt::new(amount), value, bps).unwrap();
        prop_assert_eq!(minted.paid.u128() + minted.spread.u128(), minted.gross.u128());
        let exact = Uint256::from(amount) * Uint256::from(price) * kept;
        prop_assert!(Uint256::from(minted.paid.0) * Uint256::from(ONE) * whole <= exact);
        let redeemed = compute_redeem(Uact::new(amount), value, bps).unwrap();
        prop_assert_eq!(redeemed.paid.u128() + redeemed.spread.u128(), redeemed.gross.u128());
        let exact = Uint256::from(amount) * Uint256::from(ONE) * kept;
        prop_assert!(Uint256::from(redeemed.paid.0) * Uint256::from(price) * whole <= exact);
    }

    #[test]
    fn splitting_a_conversion_pays_no_more(
        first in 0..10u128.pow(20),
        second in 0..10u128.pow(20),
        price in price(),
        bps in 0u16..=1_000,
    ) {
        let value = UsdPrice::from_atomics(price);
        let mint = |amount| compute_mint(Uakt::new(amount), value, bps).unwrap().paid.u128();
        prop_assert!(mint(first) + mint(second) <= mint(first + second));
        let redeem = |amount| compute_redeem(Uact::new(amount), value, bps).unwrap().paid.u128();
        prop_assert!(redeem(first) + redeem(second) <= redeem(first + second));
    }
}
