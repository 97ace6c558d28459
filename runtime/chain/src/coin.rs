//! Coins: a denom and an amount below 2^128, and sorted lists of them.

use std::collections::BTreeMap;
use std::fmt;

use supercloud_proto::cosmos::base::v1beta1::Coin as ProtoCoin;
use thiserror::Error;

/// Some of one denom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coin {
    /// Name of the token.
    pub denom: String,
    /// Amount in the smallest unit.
    pub amount: u128,
}

/// Why coins are refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CoinError {
    /// The denom is not `[a-zA-Z][a-zA-Z0-9/:._-]{2,127}`.
    #[error("invalid denom: {denom}")]
    Denom {
        /// What was given.
        denom: String,
    },
    /// Not a whole decimal number below 2^128.
    #[error("invalid amount of {denom}: {amount:?}")]
    Amount {
        /// Of which denom.
        denom: String,
        /// What was given.
        amount: String,
    },
    /// A zero amount in a list.
    #[error("coin {denom} amount is not positive")]
    Zero {
        /// Of which denom.
        denom: String,
    },
    /// A list that is not strictly ascending by denom.
    #[error("denom {denom} is not sorted or occurs twice")]
    Unsorted {
        /// The first one out of order.
        denom: String,
    },
    /// A sum beyond 2^128 - 1.
    #[error("sum of {denom} exceeds 2^128 - 1")]
    Overflow {
        /// Of which denom.
        denom: String,
    },
}

impl Coin {
    /// Checks denom and amount of a message's coin; zero is allowed.
    pub fn from_proto(coin: &ProtoCoin) -> Result<Self, CoinError> {
        Self::parse(&coin.denom, &coin.amount)
    }

    pub(crate) fn parse(denom: &str, amount: &str) -> Result<Self, CoinError> {
        assert_denom(denom)?;
        Ok(Self {
            denom: denom.to_owned(),
            amount: parse_amount(denom, amount)?,
        })
    }

    pub(crate) fn to_proto(&self) -> ProtoCoin {
        ProtoCoin {
            denom: self.denom.clone(),
            amount: self.amount.to_string(),
        }
    }
}

impl fmt::Display for Coin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.amount, self.denom)
    }
}

/// Positive coins, strictly ascending by denom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coins(Vec<Coin>);

impl Coins {
    /// Takes a list that must already be in order, as in messages.
    pub fn from_proto(coins: &[ProtoCoin]) -> Result<Self, CoinError> {
        let coins = coins.iter().map(Coin::from_proto).collect::<Result<Vec<_>, _>>()?;
        for (index, coin) in coins.iter().enumerate() {
            if coin.amount == 0 {
                return Err(CoinError::Zero {
                    denom: coin.denom.clone(),
                });
            }
            if index > 0 && coins[index - 1].denom >= coin.denom {
                return Err(CoinError::Unsorted {
                    denom: coin.denom.clone(),
                });
            }
        }
        Ok(Self(coins))
    }

    /// Sorts, merges equal denoms and drops zeros, as wasmd does with the coins of a contract.
    pub fn normalized(coins: impl IntoIterator<Item = Coin>) -> Result<Self, CoinError> {
        let mut sums = BTreeMap::<String, u128>::new();
        for coin in coins {
            let sum = sums.entry(coin.denom.clone()).or_default();
            *sum = sum
                .checked_add(coin.amount)
                .ok_or(CoinError::Overflow { denom: coin.denom })?;
        }
        Ok(Self(
            sums.into_iter()
                .filter(|(_, amount)| *amount > 0)
                .map(|(denom, amount)| Coin { denom, amount })
                .collect(),
        ))
    }

    /// One coin; none when the amount is zero.
    pub fn one(coin: Coin) -> Self {
        Self(if coin.amount == 0 { Vec::new() } else { vec![coin] })
    }

    /// No coins at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The coins in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Coin> {
        self.0.iter()
    }

    /// Amount of `denom`; zero when absent.
    pub fn amount_of(&self, denom: &str) -> u128 {
        let found = self.0.binary_search_by(|coin| coin.denom.as_str().cmp(denom));
        found.map_or(0, |index| self.0[index].amount)
    }

    /// Both together.
    pub(crate) fn checked_add(&self, other: &Self) -> Result<Self, CoinError> {
        Self::normalized(self.0.iter().chain(&other.0).cloned())
    }

    /// What is left; none when there is less than that of any denom.
    pub(crate) fn checked_sub(&self, other: &Self) -> Option<Self> {
        let mut rest: BTreeMap<&str, u128> = self.0.iter().map(|coin| (&*coin.denom, coin.amount)).collect();
        for coin in &other.0 {
            let amount = rest.get_mut(&*coin.denom)?;
            *amount = amount.checked_sub(coin.amount)?;
        }
        let coin = |(denom, amount): (&str, u128)| Coin {
            denom: denom.to_owned(),
            amount,
        };
        Some(Self(
            rest.into_iter().filter(|(_, amount)| *amount > 0).map(coin).collect(),
        ))
    }

    pub(crate) fn to_proto(&self) -> Vec<ProtoCoin> {
        self.0.iter().map(Coin::to_proto).collect()
    }
}

impl fmt::Display for Coins {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, coin) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(formatter, "{comma}{coin}")?;
        }
        Ok(())
    }
}

pub(crate) fn assert_denom(denom: &str) -> Result<(), CoinError> {
    let bytes = denom.as_bytes();
    let tail_is_fine = |byte: &u8| byte.is_ascii_alphanumeric() || b"/:._-".contains(byte);
    if (3..=128).contains(&bytes.len()) && bytes[0].is_ascii_alphabetic() && bytes[1..].iter().all(tail_is_fine) {
        Ok(())
    } else {
        Err(CoinError::Denom {
            denom: denom.to_owned(),
        })
    }
}

/// Only digits: `u128::from_str` alone would also take a plus sign.
pub(crate) fn parse_amount(denom: &str, amount: &str) -> Result<u128, CoinError> {
    let refused = || CoinError::Amount {
        denom: denom.to_owned(),
        amount: amount.to_owned(),
    };
    if amount.is_empty() || !amount.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(refused());
    }
    amount.parse().map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proto(denom: &str, amount: &str) -> ProtoCoin {
        ProtoCoin {
            denom: denom.into(),
            amount: amount.into(),
        }
    }

    #[test]
    fn message_coins_must_be_sorted_positive_and_unique() {
        assert_eq!(
            Coins::from_proto(&[proto("uact", "1"), proto("uakt", "2")])
                .unwrap()
                .to_string(),
            "1uact,2uakt"
        );
        let unsorted = CoinError::Unsorted { denom: "uact".into() };
        assert_eq!(
            Coins::from_proto(&[proto("uakt", "1"), proto("uact", "2")]),
            Err(unsorted.clone())
        );
        assert_eq!(
            Coins::from_proto(&[proto("uact", "1"), proto("uact", "2")]),
            Err(unsorted)
        );
        assert_eq!(
            Coins::from_proto(&[proto("uakt", "0")]),
            Err(CoinError::Zero { denom: "uakt".into() })
        );
    }

    #[test]
    fn amounts_are_plain_digits_below_two_to_the_128() {
        assert_eq!(parse_amount("uakt", &u128::MAX.to_string()), Ok(u128::MAX));
        for refused in ["", "+1", "-1", "1.5", "0x1", "340282366920938463463374607431768211456"] {
            assert!(
                matches!(parse_amount("uakt", refused), Err(CoinError::Amount { .. })),
                "{refused}"
            );
        }
    }

    #[test]
    fn denom_length_is_three_to_128() {
        assert!(assert_denom("abc").is_ok());
        assert!(assert_denom("ab").is_err());
        assert!(assert_denom(&"a".repeat(128)).is_ok());
        assert!(assert_denom(&"a".repeat(129)).is_err());
        assert!(assert_denom("1ab").is_err());
        assert!(assert_denom("factory/akash1x/sub.unit-1:2_3").is_ok());
    }

    #[test]
    fn contract_coins_are_merged_and_sorted() {
        let coin = |denom: &str, amount| Coin {
            denom: denom.into(),
            amount,
        };
        let coins = Coins::normalized([coin("uakt", 1), coin("uact", 0), coin("uakt", 2), coin("abc", 9)]).unwrap();
        assert_eq!(coins.to_string(), "9abc,3uakt");
        let overflow = Coins::normalized([coin("uakt", u128::MAX), coin("uakt", 1)]);
        assert_eq!(overflow, Err(CoinError::Overflow { denom: "uakt".into() }));
    }

    #[test]
    fn no_denom_is_subtracted_below_zero() {
        let coins = |text: &[(&str, u128)]| {
            let coin = |(denom, amount): &(&str, u128)| Coin {
                denom: (*denom).into(),
                amount: *amount,
            };
            Coins::normalized(text.iter().map(coin)).unwrap()
        };
        let all = coins(&[("uact", 5), ("uakt", 7)]);
        assert_eq!(all.checked_sub(&coins(&[("uact", 5)])), Some(coins(&[("uakt", 7)])));
        assert_eq!(all.checked_sub(&all), Some(Coins::default()));
        assert_eq!(all.checked_sub(&coins(&[("uact", 6)])), None);
        assert_eq!(all.checked_sub(&coins(&[("other", 1)])), None);
        assert_eq!(all.checked_sub(&Coins::default()), Some(all));
    }
}
