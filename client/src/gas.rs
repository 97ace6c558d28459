//! Gas prices and the fee they make, in integers; a fee is rounded up, so that it is never below what the node asks.

use std::fmt;
use std::str::FromStr;

use cosmwasm_std::{Coin, Uint256};
use thiserror::Error;

/// Digits after the point in a gas price.
const SCALE_DIGITS: usize = 9;
const SCALE: u128 = 1_000_000_000;

/// Price of one unit of gas, such as `0.025uakt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GasPrice {
    /// Price in 10^-9 units of `denom`.
    nanos: u64,
    denom: String,
}

/// Why a gas price cannot be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "{text:?} is no gas price: expected a number with at most {SCALE_DIGITS} decimals and a denom, such as 0.025uakt"
)]
pub struct GasPriceError {
    /// The text.
    pub text: String,
}

impl GasPrice {
    /// No fee at all, for chains without a minimum gas price.
    pub const fn free() -> Self {
        Self {
            nanos: 0,
            denom: String::new(),
        }
    }

    /// The fee for `gas`, rounded up; no coins when the price is zero.
    pub fn fee(&self, gas: u64) -> Vec<Coin> {
        if self.nanos == 0 {
            return Vec::new();
        }
        let amount = (u128::from(gas) * u128::from(self.nanos)).div_ceil(SCALE);
        vec![Coin {
            denom: self.denom.clone(),
            amount: Uint256::from(amount),
        }]
    }
}

impl FromStr for GasPrice {
    type Err = GasPriceError;

    fn from_str(text: &str) -> Result<Self, GasPriceError> {
        let refuse = || GasPriceError { text: text.to_owned() };
        let split = text.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(refuse)?;
        let (number, denom) = text.split_at(split);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if fraction.len() > SCALE_DIGITS || whole.is_empty() {
            return Err(refuse());
        }
        let digits = format!("{whole}{fraction:0<SCALE_DIGITS$}");
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(refuse());
        }
        Ok(Self {
            nanos: digits.parse().map_err(|_| refuse())?,
            denom: denom.to_owned(),
        })
    }
}

impl fmt::Display for GasPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (u128::from(self.nanos) / SCALE, u128::from(self.nanos) % SCALE);
        write!(f, "{whole}.{fraction:0SCALE_DIGITS$}{}", self.denom)
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::coin;

    use super::*;

    #[test]
    fn fees_round_up() {
        let price: GasPrice = "0.025uakt".parse().unwrap();
        assert_eq!(price.fee(100_000), [coin(2_500, "uakt")]);
        assert_eq!(price.fee(100_001), [coin(2_501, "uakt")]);
        assert_eq!(price.to_string(), "0.025000000uakt");
    }

    #[test]
    fn a_price_of_zero_takes_no_coins() {
        assert_eq!(GasPrice::free().fee(u64::MAX), []);
        assert_eq!("0uakt".parse::<GasPrice>().unwrap().fee(7), []);
    }

    #[test]
    fn texts_that_are_no_price_are_refused() {
        for text in ["", "uakt", "0.1", ".5uakt", "1.2.3uakt", "-1uakt", "0.0000000001uakt"] {
            assert_eq!(
                text.parse::<GasPrice>(),
                Err(GasPriceError { text: text.into() }),
                "{text}"
            );
        }
        assert_eq!("0.000000001uakt".parse::<GasPrice>().unwrap().fee(1), [coin(1, "uakt")]);
    }
}
