//! Conversion between AKT and ACT: what a mint or a redeem pays, and how well ACT is backed.
//!
//! Every rounding favours the vault: what goes out is rounded down, spreads are rounded up. A mint is priced at the low
//! side of the price and a redeem at the high side, so that a round trip never gains AKT while the price does not fall.
//! Products are taken in 256 bits.

use cosmwasm_std::{Uint64, Uint128, Uint256, Uint512};
use supercloud_schema::bme::Status;
use supercloud_schema::money::{Uact, Uakt, UsdPrice};
use thiserror::Error;

/// Basis points of a whole.
pub const WHOLE_BPS: u16 = 10_000;

/// 10^18: a price of one.
const ONE: Uint128 = Uint128::new(1_000_000_000_000_000_000);

/// Why a conversion has no result.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ConversionError {
    /// Nothing is worth zero.
    #[error("price is zero")]
    ZeroPrice,
    /// A spread takes at most everything.
    #[error("spread of {bps} basis points exceeds {WHOLE_BPS}")]
    SpreadTooWide {
        /// The spread.
        bps: u16,
    },
    /// The result does not fit 128 bits.
    #[error("{amount} at {price} overflows 128 bits")]
    Overflow {
        /// Amount converted.
        amount: Uint128,
        /// At this price.
        price: UsdPrice,
    },
}

/// What a conversion gives: `paid + spread = gross`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote<T> {
    /// Worth of what came in, rounded down.
    pub gross: T,
    /// Part of it that the vault keeps, rounded up.
    pub spread: T,
    /// The rest.
    pub paid: T,
}

/// ACT for AKT: `gross = floor(amount * low)`.
pub fn compute_mint(amount: Uakt, low: UsdPrice, spread_bps: u16) -> Result<Quote<Uact>, ConversionError> {
    let price = assert_positive(low)?;
    let gross = Uint128::try_from(amount.0.full_mul(price) / Uint256::from(ONE));
    let gross = gross.map_err(|_| ConversionError::Overflow {
        amount: amount.0,
        price: low,
    })?;
    split(gross, spread_bps, Uact)
}

/// AKT for ACT: `gross = floor(amount / high)`.
pub fn compute_redeem(amount: Uact, high: UsdPrice, spread_bps: u16) -> Result<Quote<Uakt>, ConversionError> {
    let price = assert_positive(high)?;
    let gross = Uint128::try_from(amount.0.full_mul(ONE) / Uint256::from(price));
    let gross = gross.map_err(|_| ConversionError::Overflow {
        amount: amount.0,
        price: high,
    })?;
    split(gross, spread_bps, Uakt)
}

/// AKT in the vault at `price` over the supply of ACT, in basis points, rounded down; at most `u64::MAX`. Absent when
/// there is no ACT to back.
pub fn compute_collateral_ratio(vault: Uakt, price: UsdPrice, supply: Uact) -> Option<Uint64> {
    if supply.is_zero() {
        return None;
    }
    let backing = vault.0.full_mul(price.0.atomics()).full_mul(WHOLE_BPS);
    let ratio = backing / Uint512::from(supply.0.full_mul(ONE));
    let ratio = Uint256::try_from(ratio)
        .ok()
        .and_then(|ratio| Uint128::try_from(ratio).ok());
    Some(
        ratio
            .and_then(|ratio| Uint64::try_from(ratio).ok())
            .unwrap_or(Uint64::MAX),
    )
}

/// Health of the peg at a ratio, given that there is a price. Without ACT nothing can be short.
pub fn compute_status(ratio: Option<Uint64>, warn_bps: u16, halt_bps: u16) -> Status {
    match ratio {
        Some(ratio) if ratio <= Uint64::from(halt_bps) => Status::HaltRatio {},
        Some(ratio) if ratio <= Uint64::from(warn_bps) => Status::Warning {},
        _ => Status::Healthy {},
    }
}

fn assert_positive(price: UsdPrice) -> Result<Uint128, ConversionError> {
    match price.0.atomics() {
        atomics if atomics.is_zero() => Err(ConversionError::ZeroPrice),
        atomics => Ok(atomics),
    }
}

fn split<T>(gross: Uint128, bps: u16, unit: fn(Uint128) -> T) -> Result<Quote<T>, ConversionError> {
    if bps > WHOLE_BPS {
        return Err(ConversionError::SpreadTooWide { bps });
    }
    let spread = gross.mul_ceil((Uint128::from(bps), Uint128::from(WHOLE_BPS)));
    Ok(Quote {
        gross: unit(gross),
        spread: unit(spread),
        paid: unit(gross - spread),
    })
}

#[cfg(test)]
mod tests;
