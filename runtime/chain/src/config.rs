//! What genesis fixed for the whole life of the chain. Kept in the state, so that a store alone is enough to go on.

use serde::{Deserialize, Serialize};

use crate::genesis::Genesis;

/// Gas prices have this many decimals.
pub(crate) const PRICE_DECIMALS: u32 = 18;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Config {
    pub(crate) chain_id: String,
    pub(crate) bech32_prefix: String,
}

/// Least price of one gas in one denom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GasPrice {
    pub(crate) denom: String,
    /// 10^-18 of the denom's smallest unit.
    pub(crate) atto_amount: u128,
}

impl Config {
    pub(crate) fn new(genesis: &Genesis) -> Self {
        Self {
            chain_id: genesis.chain_id.clone(),
            bech32_prefix: genesis.bech32_prefix.clone(),
        }
    }
}

impl GasPrice {
    /// The price as people write it.
    pub(crate) fn to_decimal(&self) -> String {
        let digits = format!("{:0>width$}", self.atto_amount, width = PRICE_DECIMALS as usize + 1);
        let (whole, fraction) = digits.split_at(digits.len() - PRICE_DECIMALS as usize);
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() {
            whole.to_owned()
        } else {
            format!("{whole}.{fraction}")
        }
    }

    /// Fee for `gas`, rounded up; `u128::MAX` when it would not fit, which nobody can pay.
    pub(crate) fn compute_fee(&self, gas: u64) -> u128 {
        self.atto_amount
            .checked_mul(u128::from(gas))
            .map_or(u128::MAX, |product| product.div_ceil(10u128.pow(PRICE_DECIMALS)))
    }
}

/// Reads a decimal such as `0.025` exactly, in units of 10^-18.
pub(crate) fn parse_price(text: &str) -> Option<u128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || fraction.len() > PRICE_DECIMALS as usize {
        return None;
    }
    if text.ends_with('.') {
        return None;
    }
    let scale = 10u128.pow(PRICE_DECIMALS);
    let padded = format!("{fraction:0<width$}", width = PRICE_DECIMALS as usize);
    whole
        .parse::<u128>()
        .ok()?
        .checked_mul(scale)?
        .checked_add(padded.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_without_rounding() {
        assert_eq!(parse_price("0.025"), Some(25_000_000_000_000_000));
        assert_eq!(parse_price("3"), Some(3_000_000_000_000_000_000));
        assert_eq!(parse_price("0.0000000000000000001"), None);
        for refused in ["", ".5", "5.", "-1", "1e3", "0,5"] {
            assert_eq!(parse_price(refused), None, "{refused}");
        }
    }

    #[test]
    fn fee_is_rounded_up() {
        let price = GasPrice {
            denom: "uakt".into(),
            atto_amount: parse_price("0.025").unwrap(),
        };
        assert_eq!(price.compute_fee(200_000), 5_000);
        assert_eq!(price.compute_fee(200_001), 5_001);
        assert_eq!(price.to_decimal(), "0.025");
    }
}
