//! Why the contract refuses.

use cosmwasm_std::StdError;
use supercloud_schema::time::Seconds;
use thiserror::Error;

/// The contract's errors.
#[derive(Debug, Error)]
pub enum AttestationError {
    /// Storage, encoding or address.
    #[error(transparent)]
    Std(#[from] StdError),
    /// No message takes coins.
    #[error("message takes no coins, got {coin}")]
    UnexpectedFunds {
        /// The first coin.
        coin: String,
    },
    /// Only governance may send this.
    #[error("{sender} is not governance")]
    NotGovernance {
        /// Who sent it.
        sender: String,
    },
    /// Only a listed verifier may send this.
    #[error("{sender} is not a listed verifier")]
    NotVerifier {
        /// Who sent it.
        sender: String,
    },
    /// Only who made the record, or governance, may revoke it.
    #[error("{sender} neither made record {id} nor is governance")]
    NotRevoker {
        /// Record number.
        id: u64,
        /// Who sent it.
        sender: String,
    },
    /// Too many verifiers.
    #[error("{found} verifiers are more than {max}")]
    TooManyVerifiers {
        /// How many.
        found: usize,
        /// Most.
        max: usize,
    },
    /// A verifier stands twice in the list.
    #[error("verifier {verifier} is named twice")]
    RepeatedVerifier {
        /// Its address.
        verifier: String,
    },
    /// The longest life of a record is out of its range.
    #[error("longest validity of {found} s is not 1 to {max} s")]
    MaxValidity {
        /// What was asked for.
        found: Seconds,
        /// Most.
        max: Seconds,
    },
    /// A text about the device is empty or too long.
    #[error("device {field} has {found} bytes, not 1 to {max}")]
    DeviceText {
        /// Which.
        field: &'static str,
        /// Its length.
        found: usize,
        /// Most.
        max: usize,
    },
    /// The hash is not a SHA-256.
    #[error("evidence hash has {found} bytes instead of 32")]
    EvidenceHash {
        /// Its length.
        found: usize,
    },
    /// The record would expire at once or live too long.
    #[error("expiry {expires_at} is not after {now} and at most {latest}")]
    Expiry {
        /// What was asked for.
        expires_at: Seconds,
        /// Block time.
        now: Seconds,
        /// Latest.
        latest: Seconds,
    },
    /// A valid record gives the device to another provider.
    #[error("record {record} gives device {device} to {provider}")]
    DeviceTaken {
        /// Device id.
        device: String,
        /// Its provider.
        provider: String,
        /// Record number.
        record: u64,
    },
    /// No such record.
    #[error("record {id} not found")]
    RecordNotFound {
        /// Record number.
        id: u64,
    },
    /// The record was taken back before.
    #[error("record {id} is revoked")]
    RecordRevoked {
        /// Record number.
        id: u64,
    },
    /// The stored state belongs to another contract.
    #[error("stored contract is {stored}, not {expected}")]
    WrongContract {
        /// Stored name.
        stored: String,
        /// This contract's name.
        expected: &'static str,
    },
    /// The stored state is newer than the code, or its version cannot be read.
    #[error("cannot migrate from version {stored} to {target}")]
    WrongVersion {
        /// Stored version.
        stored: String,
        /// This code's version.
        target: &'static str,
    },
}
