//! What the contract refuses.

use cosmwasm_std::{StdError, Uint128};
use supercloud_rules::conversion::ConversionError;
use supercloud_schema::money::MoneyError;
use thiserror::Error;

/// Why a message or a question fails.
#[derive(Debug, Error)]
pub enum BmeError {
    /// Storage, addresses, JSON.
    #[error(transparent)]
    Std(#[from] StdError),
    /// An amount does not fit, or the books are short.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// A price and an amount have no result.
    #[error(transparent)]
    Conversion(#[from] ConversionError),
    /// The sender may not do this.
    #[error("{sender} may not do this")]
    Unauthorized {
        /// Who asked.
        sender: String,
    },
    /// The message takes no funds.
    #[error("message takes no funds, got {coin}")]
    UnexpectedFunds {
        /// First coin attached.
        coin: String,
    },
    /// The message takes exactly one coin.
    #[error("message takes one coin of {denom}, got {found}")]
    WrongFunds {
        /// Denom wanted.
        denom: String,
        /// Coins attached, `none` when there are none.
        found: String,
    },
    /// A part of the configuration is out of bounds.
    #[error("{name} is {value}, {bound}")]
    InvalidConfig {
        /// Field.
        name: &'static str,
        /// Its value.
        value: String,
        /// What it may be.
        bound: &'static str,
    },
    /// New mint requests are paused.
    #[error("new mint requests are paused")]
    MintPaused {},
    /// Too little to redeem.
    #[error("redeeming {amount} is below the least amount {minimum}")]
    RedeemTooSmall {
        /// ACT offered.
        amount: Uint128,
        /// Least ACT.
        minimum: Uint128,
    },
    /// No such request.
    #[error("request {id} is unknown")]
    UnknownRequest {
        /// Request number.
        id: u64,
    },
    /// The request is settled already.
    #[error("request {id} is not pending")]
    NotPending {
        /// Request number.
        id: u64,
    },
    /// The owner of a request, who filed it too, cannot receive coins.
    #[error("payout of request {id} was refused")]
    PayoutRefused {
        /// Request number.
        id: u64,
    },
    /// A reply to a message that was not sent with this number.
    #[error("reply {id} was not asked for")]
    UnknownReply {
        /// Reply number.
        id: u64,
    },
    /// The stored contract is another one.
    #[error("cannot migrate from {stored}, this is {ours}")]
    WrongContract {
        /// Stored name.
        stored: String,
        /// This contract's name.
        ours: &'static str,
    },
    /// The stored contract is newer.
    #[error("cannot migrate from version {stored} to {ours}")]
    Downgrade {
        /// Stored version.
        stored: String,
        /// This contract's version.
        ours: &'static str,
    },
}
