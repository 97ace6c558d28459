//! Why the market refuses.

use std::fmt;

use cosmwasm_std::StdError;
use supercloud_rules::matching::Mismatch;
use supercloud_rules::pricing::PricingError;
use supercloud_rules::validation::ValidationError;
use supercloud_schema::id::{BidId, GroupId, LeaseId, OrderId};
use supercloud_schema::market::{BidState, GroupState, LeaseState, OrderState};
use supercloud_schema::money::{MoneyError, Uact};
use supercloud_schema::time::Seconds;
use thiserror::Error;

/// Who a message is reserved for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The governance address.
    Governance,
    /// The guardian or governance.
    Guardian,
    /// The escrow contract.
    Escrow,
    /// The tenant.
    Tenant,
    /// The provider of the bid.
    Provider,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Governance => "governance",
            Self::Guardian => "the guardian or governance",
            Self::Escrow => "escrow",
            Self::Tenant => "the tenant",
            Self::Provider => "the provider",
        })
    }
}

/// The market's errors.
#[derive(Debug, Error, PartialEq)]
pub enum MarketError {
    /// Storage, encoding or a peer failed.
    #[error("{0}")]
    Std(String),
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The groups or the hash break a limit.
    #[error(transparent)]
    Validation(#[from] ValidationError),
    /// The price does not fit the order.
    #[error(transparent)]
    Pricing(#[from] PricingError),
    /// The provider or its offer does not meet the order.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),

    /// The sender may not do this.
    #[error("{sender} is not {needed}")]
    Unauthorized {
        /// Who sent the message.
        sender: String,
        /// Who may send it.
        needed: Role,
    },
    /// The message takes no coins.
    #[error("message takes no coins, got {found}")]
    UnexpectedFunds {
        /// What came with it.
        found: String,
    },
    /// The message takes one denom only.
    #[error("expected {expected} only, got {found}")]
    WrongFunds {
        /// The denom.
        expected: String,
        /// What came with the message.
        found: String,
    },
    /// New deployments and bids are paused.
    #[error("new deployments and bids are paused")]
    IntakePaused,
    /// A parameter is out of its range.
    #[error("parameter {name} is {found}, not {min} to {max}")]
    ParamOutOfRange {
        /// Its name.
        name: &'static str,
        /// Its value.
        found: u128,
        /// Least.
        min: u128,
        /// Most.
        max: u128,
    },

    /// No such deployment, or of another owner.
    #[error("deployment {dseq} not found")]
    DeploymentNotFound {
        /// Deployment number.
        dseq: u64,
    },
    /// The deployment is closed.
    #[error("deployment {dseq} is closed")]
    DeploymentClosed {
        /// Deployment number.
        dseq: u64,
    },
    /// The new hash is the old one.
    #[error("deployment {dseq} has this manifest hash already")]
    SameHash {
        /// Deployment number.
        dseq: u64,
    },
    /// An auditor's address is not one of this chain.
    #[error("auditor {address} is not an address of this chain")]
    InvalidAuditor {
        /// The address.
        address: String,
    },
    /// No such group.
    #[error("group {group} not found")]
    GroupNotFound {
        /// The group.
        group: GroupId,
    },
    /// The group's state does not allow this.
    #[error("group {group} is {state:?}")]
    GroupState {
        /// The group.
        group: GroupId,
        /// Its state.
        state: GroupState,
    },
    /// No such order.
    #[error("order {order} not found")]
    OrderNotFound {
        /// The order.
        order: OrderId,
    },
    /// The order takes no bids.
    #[error("order {order} is {state:?}, not open")]
    OrderNotOpen {
        /// The order.
        order: OrderId,
        /// Its state.
        state: OrderState,
    },
    /// The order holds as many bids as it may.
    #[error("order {order} holds {max} bids already")]
    OrderFull {
        /// The order.
        order: OrderId,
        /// Most bids.
        max: u32,
    },

    /// Tenant and provider are the same.
    #[error("{account} cannot bid on its own order")]
    SameAccount {
        /// The account.
        account: String,
    },
    /// The deposit is too small.
    #[error("deposit of {deposit} is below {minimum}")]
    DepositTooSmall {
        /// What came.
        deposit: Uact,
        /// Least.
        minimum: Uact,
    },
    /// The sender is not registered as a provider.
    #[error("{provider} is not a registered provider")]
    UnknownProvider {
        /// The address.
        provider: String,
    },
    /// The provider has a bid on the order already.
    #[error("bid {bid} stands already")]
    BidExists {
        /// The bid that stands.
        bid: BidId,
    },
    /// No such bid.
    #[error("bid {bid} not found")]
    BidNotFound {
        /// The bid.
        bid: BidId,
    },
    /// The bid cannot be accepted or taken back.
    #[error("bid {bid} is {state:?}")]
    BidNotOpen {
        /// The bid.
        bid: BidId,
        /// Its state.
        state: BidState,
    },
    /// The order demands a reclamation window.
    #[error("the order demands a reclamation window of at least {minimum} s")]
    ReclamationRequired {
        /// Least window.
        minimum: Seconds,
    },
    /// The window is shorter than the order demands.
    #[error("reclamation window of {offered} s is below the order's {minimum} s")]
    ReclamationTooShort {
        /// Window of the bid.
        offered: Seconds,
        /// Least window.
        minimum: Seconds,
    },
    /// The window is outside what the market allows.
    #[error("reclamation window of {found} s is not within {min} s and {max} s")]
    ReclamationOutOfRange {
        /// The window.
        found: Seconds,
        /// Least.
        min: Seconds,
        /// Most.
        max: Seconds,
    },

    /// No such lease.
    #[error("lease {lease} not found")]
    LeaseNotFound {
        /// The lease.
        lease: LeaseId,
    },
    /// The lease's state does not allow this.
    #[error("lease {lease} is {state:?}")]
    LeaseState {
        /// The lease.
        lease: LeaseId,
        /// Its state.
        state: LeaseState,
    },
    /// The lease has no reclamation window.
    #[error("lease {lease} has no reclamation window")]
    NotReclamable {
        /// The lease.
        lease: LeaseId,
    },
    /// The provider must give notice first.
    #[error("reclamation of lease {lease} was not started")]
    ReclamationNotStarted {
        /// The lease.
        lease: LeaseId,
    },
    /// The notice still runs.
    #[error("reclamation window of lease {lease} runs until {deadline}, it is {now}")]
    ReclamationNotElapsed {
        /// The lease.
        lease: LeaseId,
        /// First second at which the provider may close.
        deadline: Seconds,
        /// Block time.
        now: Seconds,
    },
    /// The reason is not one that a provider may give.
    #[error("close reason {reason} is not within 10000 and 19999")]
    ReasonOutOfRange {
        /// The reason.
        reason: u32,
    },
    /// Escrow named too many accounts at once.
    #[error("{found} accounts in one notice are more than {max}")]
    NoticeTooLong {
        /// How many.
        found: usize,
        /// Most.
        max: usize,
    },

    /// The stored state belongs to another contract.
    #[error("stored contract is {stored}, not {expected}")]
    WrongContract {
        /// Stored name.
        stored: String,
        /// This contract's name.
        expected: String,
    },
    /// The stored state is newer than the code, or its version cannot be read.
    #[error("cannot migrate from version {stored} to {target}")]
    WrongVersion {
        /// Stored version.
        stored: String,
        /// This code's version.
        target: String,
    },
}

impl From<StdError> for MarketError {
    fn from(error: StdError) -> Self {
        Self::Std(error.to_string())
    }
}
