//! Prices: from "per Akash block", as files are written, to "per second", as our contracts count. Once, here.

use cosmwasm_std::{Decimal, Uint128};
use supercloud_schema::money::{UACT, UAKT};

use crate::error::SdlError;
use crate::group::AkashPrice;

/// Length of an Akash block that file prices are converted with: 6 s, the network's nominal block time. The true average
/// is a little longer, so a converted price is at most that little above what the file would cost there.
pub const AKASH_BLOCK_SECONDS: u32 = 6;

/// Highest price of a unit per Akash block, in base units: the Akash network's own limit.
const UNIT_PRICE_MAX: u128 = 10_000_000;

/// Which denominations a file may price in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DenomRule {
    /// `uact` only: a millionth of a US dollar of compute credit. Anything else is an error.
    #[default]
    UactOnly,
    /// Also accepts `uakt` and reads the number as `uact`, one to one, **without any exchange rate**. For old files whose
    /// author knows that the figure means something else now.
    UaktAsUact,
}

/// How a file's prices become rates. The result is rounded down (to 10^-18 uact per second): the highest price a tenant
/// pays is never above what the file says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PriceConversion {
    /// Which denominations are taken.
    pub denoms: DenomRule,
}

impl PriceConversion {
    /// The rate in `uact` per second.
    pub(crate) fn per_second(&self, group: &str, price: &AkashPrice) -> Result<Decimal, SdlError> {
        let taken = match self.denoms {
            DenomRule::UactOnly => price.denom == UACT,
            DenomRule::UaktAsUact => price.denom == UACT || price.denom == UAKT,
        };
        if !taken {
            return Err(SdlError::Denom {
                group: group.to_owned(),
                denom: price.denom.clone(),
                expected: UACT.to_owned(),
            });
        }
        Ok(Decimal::new(
            price.amount.atomics() / Uint128::from(AKASH_BLOCK_SECONDS),
        ))
    }
}

/// Reads a price: digits, at most 18 of them after a point, positive, at most the network's limit.
pub(crate) fn read(path: &str, denom: &str, amount: &str) -> Result<AkashPrice, SdlError> {
    let wrong = |problem| SdlError::Price {
        path: path.to_owned(),
        text: format!("{amount}{denom}"),
        problem,
    };
    if !is_denom(denom) {
        return Err(wrong("not a denomination"));
    }
    let atomics = atomics(amount).ok_or_else(|| wrong("not a decimal number of at most 18 places"))?;
    if atomics.is_zero() {
        return Err(wrong("zero"));
    }
    let amount = Decimal::new(atomics);
    if amount > Decimal::from_ratio(UNIT_PRICE_MAX, 1u128) {
        return Err(wrong("above 10000000 per block"));
    }
    Ok(AkashPrice {
        denom: denom.to_owned(),
        amount,
    })
}

fn atomics(text: &str) -> Option<Uint128> {
    let (whole, fraction) = match text.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (text, ""),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || fraction.len() > 18 || !digits(whole) || !digits(fraction) {
        return None;
    }
    format!("{whole}{fraction:0<18}").parse::<u128>().ok().map(Uint128::new)
}

fn is_denom(text: &str) -> bool {
    (3..=128).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/:._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(amount: &str) -> Result<AkashPrice, SdlError> {
        read("p", "uact", amount)
    }

    #[test]
    fn a_block_price_is_divided_by_six_rounding_down() {
        let rate = |amount| {
            PriceConversion::default()
                .per_second("g", &price(amount).unwrap())
                .unwrap()
                .atomics()
                .u128()
        };
        assert_eq!(rate("6"), 1_000_000_000_000_000_000);
        assert_eq!(rate("10"), 1_666_666_666_666_666_666);
        assert_eq!(rate("0.000000000000000005"), 0);
    }

    #[test]
    fn only_plain_positive_decimals_within_the_limit_are_prices() {
        assert_eq!(
            price("10000000").unwrap().amount,
            Decimal::from_ratio(10_000_000u128, 1u128)
        );
        for amount in [
            "10000000.1",
            "0",
            "0.0",
            "-1",
            "1e3",
            "1.",
            ".5",
            "",
            "1.0000000000000000001",
            "1_000",
        ] {
            assert!(price(amount).is_err(), "{amount}");
        }
    }

    #[test]
    fn uakt_is_refused_unless_the_caller_asks_for_the_figure_as_uact() {
        let price = read("p", "uakt", "6").unwrap();
        assert_eq!(
            PriceConversion::default().per_second("g", &price),
            Err(SdlError::Denom {
                group: "g".into(),
                denom: "uakt".into(),
                expected: "uact".into()
            })
        );
        let as_uact = PriceConversion {
            denoms: DenomRule::UaktAsUact,
        };
        assert_eq!(as_uact.per_second("g", &price), Ok(Decimal::one()));
        let atom = read("p", "ibc/ABC", "6").unwrap();
        assert!(as_uact.per_second("g", &atom).is_err());
    }
}
