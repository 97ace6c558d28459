//! Everything that the registry refuses.

use cosmwasm_std::{StdError, Uint256};
use supercloud_rules::attributes::AttributeError;
use supercloud_rules::host_uri::HostUriError;
use thiserror::Error;

/// Why a message was refused.
#[derive(Debug, Error)]
pub enum RegistryError {
    /// Storage, encoding or address.
    #[error(transparent)]
    Std(#[from] StdError),
    /// Attributes that break their form or limits.
    #[error(transparent)]
    Attributes(#[from] AttributeError),
    /// A gateway address that is not `https://host[:port]`.
    #[error(transparent)]
    HostUri(#[from] HostUriError),

    /// No message takes coins.
    #[error("message does not take {amount}{denom}")]
    UnexpectedFunds {
        /// Denom.
        denom: String,
        /// Amount.
        amount: Uint256,
    },
    /// Only governance may send this.
    #[error("{sender} is not governance")]
    NotGovernance {
        /// Who sent it.
        sender: String,
    },
    /// The sender is registered already.
    #[error("provider {owner} exists")]
    ProviderExists {
        /// Provider's address.
        owner: String,
    },
    /// The sender is not registered.
    #[error("provider {owner} not found")]
    ProviderNotFound {
        /// Provider's address.
        owner: String,
    },
    /// A key pin that is not a SHA-256.
    #[error("tls key pin has {length} bytes, it must have {expected}")]
    InvalidKeyPin {
        /// Its length.
        length: usize,
        /// Length of a SHA-256.
        expected: usize,
    },
    /// A web site that is not an absolute http or https URL.
    #[error("website {website:?} is not an http or https url")]
    InvalidWebsite {
        /// The text.
        website: String,
    },
    /// A contact field that is too long or has control characters.
    #[error("{field} must be at most {limit} bytes without control characters")]
    InvalidInfo {
        /// Which field.
        field: &'static str,
        /// Most bytes.
        limit: usize,
    },
    /// A signature on nothing.
    #[error("no attributes to sign")]
    NothingToSign,
    /// The provider has as many auditors as fit.
    #[error("provider {provider} has its {limit} auditors")]
    TooManyAuditors {
        /// Provider's address.
        provider: String,
        /// Limit.
        limit: usize,
    },
    /// The auditor signed nothing for the provider.
    #[error("auditor {auditor} has no record on provider {provider}")]
    RecordNotFound {
        /// Provider's address.
        provider: String,
        /// Auditor's address.
        auditor: String,
    },
    /// The auditor did not sign this key.
    #[error("attribute {key:?} is not signed")]
    AttributeNotFound {
        /// The key.
        key: String,
    },
    /// More auditors in a question than a provider can have.
    #[error("{count} auditors asked for, at most {limit} are allowed")]
    TooManyAuditorsAsked {
        /// How many.
        count: usize,
        /// Limit.
        limit: usize,
    },
    /// The stored contract is another one.
    #[error("cannot migrate {found} to {expected}")]
    WrongContract {
        /// This contract.
        expected: String,
        /// The stored one.
        found: String,
    },
    /// The stored contract is newer.
    #[error("cannot migrate from {stored} back to {offered}")]
    Downgrade {
        /// Stored version.
        stored: String,
        /// This version.
        offered: String,
    },
}
