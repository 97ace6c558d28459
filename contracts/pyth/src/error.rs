//! What the receiver refuses.

use cosmwasm_std::{HexBinary, StdError};
use supercloud_schema::money::MoneyError;
use supercloud_schema::time::Seconds;
use supercloud_verify_pyth::{ParseError, VerifyError};
use thiserror::Error;

/// Why a message or a question fails.
#[derive(Debug, Error)]
pub enum PythError {
    /// Storage, addresses, JSON.
    #[error(transparent)]
    Std(#[from] StdError),
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
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
    /// Wrong number of updates in one message.
    #[error("{found} updates in one message, 1 to {limit} are allowed")]
    UpdateCount {
        /// Updates given.
        found: usize,
        /// Most updates.
        limit: usize,
    },
    /// Bytes are not an update.
    #[error("update {position} is malformed: {source}")]
    Malformed {
        /// Position in the message.
        position: usize,
        /// What is wrong.
        source: ParseError,
    },
    /// No update is about a feed that is kept.
    #[error("no configured feed is among {messages} messages")]
    NoConfiguredFeed {
        /// Messages looked at.
        messages: usize,
    },
    /// A feed that is kept has a message that is no usable price.
    #[error("message of feed {feed_id} has {name} {value}, {bound}")]
    BadMessage {
        /// Feed.
        feed_id: HexBinary,
        /// Field.
        name: &'static str,
        /// Its value.
        value: i64,
        /// What it may be.
        bound: &'static str,
    },
    /// The price is too old to be taken.
    #[error("price of {feed_id} was published at {publish_time}, more than {max_age} s before {now}")]
    TooOld {
        /// Feed.
        feed_id: HexBinary,
        /// Its date.
        publish_time: i64,
        /// Block time.
        now: Seconds,
        /// Most age.
        max_age: Seconds,
    },
    /// The price is dated too far ahead.
    #[error("price of {feed_id} is dated {publish_time}, more than {max_future} s after {now}")]
    FromTheFuture {
        /// Feed.
        feed_id: HexBinary,
        /// Its date.
        publish_time: i64,
        /// Block time.
        now: Seconds,
        /// Tolerance.
        max_future: Seconds,
    },
    /// Funds must be the fee, no more and no less.
    #[error("fee is {expected}, got {found}")]
    WrongFee {
        /// The fee, `none` when zero.
        expected: String,
        /// Coins attached, `none` when there are none.
        found: String,
    },
    /// The update is not proved.
    #[error("update {position} is not believed: {source}")]
    Unproved {
        /// Position in the message.
        position: usize,
        /// What is wrong.
        source: VerifyError,
    },
    /// The index is taken.
    #[error("signer set {index} exists")]
    SignerSetExists {
        /// Index.
        index: u32,
    },
    /// No such set.
    #[error("signer set {index} is unknown")]
    UnknownSignerSet {
        /// Index.
        index: u32,
    },
    /// All places are taken by sets that have not expired.
    #[error("{limit} signer sets are in force")]
    TooManySignerSets {
        /// Most sets.
        limit: usize,
    },
    /// A set's end may come closer but not move away.
    #[error("signer set {index} ends at {expires_at}, which cannot be put off to {requested}")]
    ExpiryPutOff {
        /// Index.
        index: u32,
        /// Its end.
        expires_at: Seconds,
        /// End asked for.
        requested: Seconds,
    },
    /// The feed is not kept.
    #[error("feed {feed_id} is not configured")]
    UnknownFeed {
        /// Feed.
        feed_id: HexBinary,
    },
    /// The feed is kept but has had no update.
    #[error("feed {feed_id} has no price yet")]
    NoPrice {
        /// Feed.
        feed_id: HexBinary,
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
