//! Errors of transactions: a codespace, a code and a log, as Cosmos clients know them.
//!
//! Codes and the last part of each text are facts of the wire: bots and SDKs match on them.

use std::borrow::Cow;

use thiserror::Error;

use crate::address::AddressError;
use crate::authz::AuthzError;
use crate::bank::BankError;
use crate::coin::CoinError;
use crate::cron::CronError;
use crate::feegrant::FeeGrantError;
use crate::gas::OutOfGas;
use crate::gov::GovError;
use crate::tokenfactory::TokenFactoryError;
use crate::wasm::WasmError;

/// Why a transaction or one of its messages failed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TxError {
    /// A general error.
    #[error(transparent)]
    Sdk(#[from] SdkError),
    /// An error around contracts.
    #[error(transparent)]
    Wasm(#[from] WasmError),
    /// A governance error.
    #[error(transparent)]
    Gov(#[from] GovError),
    /// An authorization's error.
    #[error(transparent)]
    Authz(#[from] AuthzError),
    /// A bank error.
    #[error(transparent)]
    Bank(#[from] BankError),
    /// A schedule's error.
    #[error(transparent)]
    Cron(#[from] CronError),
    /// A fee allowance's error.
    #[error(transparent)]
    FeeGrant(#[from] FeeGrantError),
    /// A token factory error.
    #[error(transparent)]
    TokenFactory(#[from] TokenFactoryError),
    /// The gas limit of the transaction (or the query) is spent; nothing catches this but a submessage with its own
    /// limit.
    #[error("{0}: out of gas")]
    OutOfGas(#[from] OutOfGas),
    /// An error with the place where it came through. It hides the contract error inside from other contracts.
    #[error("{context}: {source}")]
    Wrapped {
        /// Where.
        context: Cow<'static, str>,
        /// What.
        source: Box<TxError>,
    },
}

impl TxError {
    /// Adds the place where it came through. Out of gas stays bare: it must reach the one who pays.
    pub(crate) fn wrap(self, context: impl Into<Cow<'static, str>>) -> Self {
        if self.is_out_of_gas() {
            self
        } else {
            Self::Wrapped {
                context: context.into(),
                source: Box::new(self),
            }
        }
    }

    pub(crate) fn is_out_of_gas(&self) -> bool {
        matches!(self, Self::OutOfGas(_))
    }

    /// Codespace and code.
    pub fn code(&self) -> (&'static str, u32) {
        match self {
            Self::Sdk(error) => ("sdk", error.code()),
            Self::Wasm(error) => ("wasm", error.code()),
            Self::Gov(error) => ("gov", error.code()),
            Self::Authz(error) => ("authz", error.code()),
            Self::Bank(error) => ("bank", error.code()),
            Self::Cron(error) => ("cron", error.code()),
            Self::FeeGrant(error) => ("feegrant", error.code()),
            Self::TokenFactory(error) => ("tokenfactory", error.code()),
            Self::OutOfGas(_) => ("sdk", 11),
            Self::Wrapped { source, .. } => source.code(),
        }
    }

    /// Text that may be stored: as the log, without what nodes need not agree on.
    pub(crate) fn stored_text(&self) -> String {
        match self {
            Self::Wasm(WasmError::Vm { .. }) => self.redacted(),
            Self::Wrapped { context, source } => format!("{context}: {}", source.stored_text()),
            other => other.to_string(),
        }
    }

    /// What another contract may see: texts that all nodes agree on, else only the class.
    pub(crate) fn redacted(&self) -> String {
        match self {
            Self::Wasm(error) if error.is_deterministic() => error.to_string(),
            other => {
                let (codespace, code) = other.code();
                format!("codespace: {codespace}, code: {code}")
            }
        }
    }
}

impl From<AddressError> for TxError {
    fn from(error: AddressError) -> Self {
        SdkError::InvalidAddress(error.to_string()).into()
    }
}

impl From<CoinError> for TxError {
    fn from(error: CoinError) -> Self {
        SdkError::InvalidCoins(error.to_string()).into()
    }
}

/// Errors of codespace `sdk`; the number is the code.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SdkError {
    /// 2: bytes that are no transaction.
    #[error("{0}: tx parse error")]
    TxParse(String),
    /// 4: not permitted, or a bad signature.
    #[error("{0}: unauthorized")]
    Unauthorized(String),
    /// 5: the balance is too small.
    #[error("spendable balance {balance} is smaller than {needed}: insufficient funds")]
    InsufficientFunds {
        /// What is there, such as `5uakt`.
        balance: String,
        /// What is needed.
        needed: String,
    },
    /// 5: a granted sum is too small.
    #[error("{0}: insufficient funds")]
    SpendLimit(String),
    /// 6: nothing here answers that.
    #[error("{0}: unknown request")]
    UnknownRequest(String),
    /// 7: not an address of this chain.
    #[error("{0}: invalid address")]
    InvalidAddress(String),
    /// 8: a key that cannot sign for the account.
    #[error("{0}: invalid pubkey")]
    InvalidPubKey(String),
    /// 9: no such account.
    #[error("{0}: unknown address")]
    UnknownAddress(String),
    /// 10: malformed coins.
    #[error("{0}: invalid coins")]
    InvalidCoins(String),
    /// 11: the transactions before it took the gas of the block.
    #[error("no block gas left to run tx, the block has used {used} of {limit}: out of gas")]
    BlockGas {
        /// Gas of a block.
        limit: u64,
        /// Used by the transactions before.
        used: u64,
    },
    /// 12: memo beyond the limit.
    #[error("maximum number of characters is {limit} but received {got} characters: memo too large")]
    MemoTooLarge {
        /// Longest allowed.
        limit: usize,
        /// Length seen.
        got: usize,
    },
    /// 13: fee below the minimum, or of a denom that cannot pay fees.
    #[error("{0}: insufficient fee")]
    InsufficientFee(String),
    /// 14: more signatures than allowed.
    #[error("signatures: {got}, limit: {limit}: maximum number of signatures exceeded")]
    TooManySignatures {
        /// Most allowed.
        limit: usize,
        /// Number seen.
        got: usize,
    },
    /// 15: unsigned.
    #[error("no signatures supplied")]
    NoSignatures,
    /// 18: a message that contradicts itself.
    #[error("{0}: invalid request")]
    InvalidRequest(String),
    /// 21: more bytes than allowed.
    #[error("transaction has {got} bytes, limit: {limit}: tx too large")]
    TxTooLarge {
        /// Most allowed.
        limit: usize,
        /// Number seen.
        got: usize,
    },
    /// 29: a type that does not fit here.
    #[error("{0}: invalid type")]
    InvalidType(String),
    /// 30: the height until which the transaction was valid is over.
    #[error("block height: {height}, timeout height: {timeout}: tx timeout height")]
    TimeoutHeight {
        /// Height of the block.
        height: u64,
        /// Last valid height.
        timeout: u64,
    },
    /// 31: an extension this chain does not know.
    #[error("{0}: unknown extension options")]
    UnknownExtension(String),
    /// 32: not the next sequence of the account.
    #[error("account sequence mismatch, expected {expected}, got {got}: incorrect account sequence")]
    WrongSequence {
        /// Next sequence of the account.
        expected: u64,
        /// Sequence signed.
        got: u64,
    },
    /// 35: an invariant of the state does not hold.
    #[error("{0}: internal logic error")]
    Logic(String),
    /// 37: a feature of other chains that this one lacks.
    #[error("{0}: feature not supported")]
    NotSupported(String),
    /// 38: no such thing.
    #[error("{0}: not found")]
    NotFound(String),
    /// 41: a gas limit beyond what a transaction may have.
    #[error("tx gas limit {got} exceeds max gas {limit}: invalid gas limit")]
    GasLimit {
        /// Most allowed.
        limit: u64,
        /// Limit asked for.
        got: u64,
    },
    /// 42: the time until which the transaction was valid is over.
    #[error("block time is after timeout timestamp: tx timeout")]
    TimeoutTime,
}

impl SdkError {
    /// The code.
    pub fn code(&self) -> u32 {
        match self {
            Self::TxParse(_) => 2,
            Self::Unauthorized(_) => 4,
            Self::InsufficientFunds { .. } | Self::SpendLimit(_) => 5,
            Self::UnknownRequest(_) => 6,
            Self::InvalidAddress(_) => 7,
            Self::InvalidPubKey(_) => 8,
            Self::UnknownAddress(_) => 9,
            Self::InvalidCoins(_) => 10,
            Self::MemoTooLarge { .. } => 12,
            Self::InsufficientFee(_) => 13,
            Self::TooManySignatures { .. } => 14,
            Self::NoSignatures => 15,
            Self::InvalidRequest(_) => 18,
            Self::TxTooLarge { .. } => 21,
            Self::InvalidType(_) => 29,
            Self::TimeoutHeight { .. } => 30,
            Self::UnknownExtension(_) => 31,
            Self::WrongSequence { .. } => 32,
            Self::Logic(_) => 35,
            Self::NotSupported(_) => 37,
            Self::NotFound(_) => 38,
            Self::BlockGas { .. } => 11,
            Self::GasLimit { .. } => 41,
            Self::TimeoutTime => 42,
        }
    }

    /// Stored bytes that no longer decode.
    pub(crate) fn corrupt(what: &str, error: &impl std::fmt::Display) -> Self {
        Self::Logic(format!("stored {what} does not decode: {error}"))
    }
}
