//! Money: integers and fixed point, one type per meaning.
//!
//! `uakt` is a millionth of an AKT; `uact` is a millionth of a US dollar of compute credit. Arithmetic that needs a
//! rounding direction lives in `supercloud-rules`.

use std::fmt;

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Coin, Decimal, Uint128, Uint256};
use thiserror::Error;

/// Default base denom of the network token.
pub const UAKT: &str = "uakt";
/// Default base denom of the compute credit.
pub const UACT: &str = "uact";

/// Why an amount could not be computed or read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum MoneyError {
    /// The result does not fit 128 bits.
    #[error("amount overflows 128 bits: {0}")]
    Overflow(String),
    /// More was taken than there is.
    #[error("cannot take {taken} from {available}")]
    Insufficient {
        /// What there is.
        available: Uint128,
        /// What was asked for.
        taken: Uint128,
    },
}

macro_rules! amount {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[cw_serde]
        #[derive(Copy, Eq, PartialOrd, Ord, Default)]
        pub struct $name(pub Uint128);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(Uint128::zero());

            /// An amount of base units.
            pub const fn new(units: u128) -> Self {
                Self(Uint128::new(units))
            }

            /// Base units.
            pub const fn u128(self) -> u128 {
                self.0.u128()
            }

            /// Whether there is nothing.
            pub const fn is_zero(self) -> bool {
                self.0.is_zero()
            }

            /// Sum, refused when it does not fit.
            pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
                self.0.checked_add(other.0).map(Self).map_err(|_| MoneyError::Overflow(format!("{self} + {other}")))
            }

            /// Difference, refused when more is taken than there is.
            pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
                self.0
                    .checked_sub(other.0)
                    .map(Self)
                    .map_err(|_| MoneyError::Insufficient { available: self.0, taken: other.0 })
            }

            /// Difference, or nothing when more is taken than there is.
            pub fn saturating_sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }

            /// From a bank amount.
            pub fn from_bank(amount: Uint256) -> Result<Self, MoneyError> {
                Uint128::try_from(amount).map(Self).map_err(|_| MoneyError::Overflow(amount.to_string()))
            }

            /// As a bank coin of `denom`.
            pub fn coin(self, denom: impl Into<String>) -> Coin {
                Coin { denom: denom.into(), amount: self.0.into() }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

amount!(
    /// An amount of ACT in base units (`uact`): a millionth of a US dollar of compute credit.
    Uact
);
amount!(
    /// An amount of AKT in base units (`uakt`).
    Uakt
);

/// A rate: `uact` per second, 18 decimals. Never per block.
#[cw_serde]
#[derive(Copy, Eq, PartialOrd, Ord, Default)]
pub struct UnitPrice(pub Decimal);

impl UnitPrice {
    /// No price.
    pub const ZERO: Self = Self(Decimal::zero());

    /// A rate from its 10^-18 uact per second.
    pub const fn from_atomics(atomics: u128) -> Self {
        Self(Decimal::new(Uint128::new(atomics)))
    }

    /// The rate in 10^-18 uact per second.
    pub const fn atomics(self) -> u128 {
        self.0.atomics().u128()
    }

    /// Whether the rate is zero.
    pub const fn is_zero(self) -> bool {
        self.0.is_zero()
    }
}

impl fmt::Display for UnitPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// US dollars per AKT, 18 decimals. Because both tokens have six decimals it is also `uact` per `uakt`.
#[cw_serde]
#[derive(Copy, Eq, PartialOrd, Ord, Default)]
pub struct UsdPrice(pub Decimal);

impl UsdPrice {
    /// A price from its 10^-18 USD.
    pub const fn from_atomics(atomics: u128) -> Self {
        Self(Decimal::new(Uint128::new(atomics)))
    }

    /// The price in 10^-18 USD.
    pub const fn atomics(self) -> u128 {
        self.0.atomics().u128()
    }
}

impl fmt::Display for UsdPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
