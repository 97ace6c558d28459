//! Everything that escrow refuses.

use cosmwasm_std::{StdError, Uint256};
use supercloud_rules::settlement::SettlementError;
use supercloud_schema::escrow::{AccountState, BudgetScope};
use supercloud_schema::id::{BidId, LeaseId};
use supercloud_schema::money::{MoneyError, Uact, UnitPrice};
use supercloud_schema::time::Seconds;
use thiserror::Error;

/// Why a message was refused.
#[derive(Debug, Error)]
pub enum EscrowError {
    /// Storage, encoding or address.
    #[error(transparent)]
    Std(#[from] StdError),
    /// Arithmetic.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// Settlement.
    #[error(transparent)]
    Settlement(#[from] SettlementError),

    /// Only the market may send this.
    #[error("{sender} is not the market")]
    NotMarket {
        /// Who sent it.
        sender: String,
    },
    /// Only governance may send this.
    #[error("{sender} is not governance")]
    NotGovernance {
        /// Who sent it.
        sender: String,
    },
    /// Only the budget's owner may send this.
    #[error("{sender} is not the owner of budget {budget_id}")]
    NotBudgetOwner {
        /// Budget number.
        budget_id: u64,
        /// Who sent it.
        sender: String,
    },
    /// Only the budget's grantee may draw.
    #[error("{sender} is not the grantee of budget {budget_id}")]
    NotGrantee {
        /// Budget number.
        budget_id: u64,
        /// Who would draw.
        sender: String,
    },
    /// Only the account's owner may draw from budgets into it.
    #[error("{sender} is not the owner of account {dseq}")]
    NotAccountOwner {
        /// Deployment number.
        dseq: u64,
        /// Who would draw.
        sender: String,
    },
    /// Only the provider of a lease may withdraw its earnings.
    #[error("{sender} is not the payee of lease {lease}")]
    NotPayee {
        /// The lease.
        lease: LeaseId,
        /// Who sent it.
        sender: String,
    },

    /// A coin that this message does not take.
    #[error("message does not take {amount}{denom}")]
    UnexpectedFunds {
        /// Denom.
        denom: String,
        /// Amount.
        amount: Uint256,
    },
    /// Less than the least deposit.
    #[error("deposit of {deposited} is below the minimum of {minimum}")]
    DepositTooSmall {
        /// What came.
        deposited: Uact,
        /// What must come.
        minimum: Uact,
    },

    /// No such budget.
    #[error("budget {budget_id} not found")]
    BudgetNotFound {
        /// Budget number.
        budget_id: u64,
    },
    /// The budget has ended.
    #[error("budget {budget_id} is closed")]
    BudgetClosed {
        /// Budget number.
        budget_id: u64,
    },
    /// The budget may not be drawn from any more.
    #[error("budget {budget_id} expired at {expires_at}, now is {now}")]
    BudgetExpired {
        /// Budget number.
        budget_id: u64,
        /// Since when.
        expires_at: Seconds,
        /// Block time.
        now: Seconds,
    },
    /// The budget does not pay for this kind of thing.
    #[error("budget {budget_id} does not pay for {scope:?}")]
    ScopeNotAllowed {
        /// Budget number.
        budget_id: u64,
        /// What it should have paid for.
        scope: BudgetScope,
    },
    /// The budget does not pay this provider.
    #[error("budget {budget_id} does not pay provider {provider}")]
    ProviderNotAllowed {
        /// Budget number.
        budget_id: u64,
        /// The provider.
        provider: String,
    },
    /// The budget does not pay this rate.
    #[error("budget {budget_id} pays rates up to {max_rate}, not {rate}")]
    RateNotAllowed {
        /// Budget number.
        budget_id: u64,
        /// Rate of the lease.
        rate: UnitPrice,
        /// Highest rate.
        max_rate: UnitPrice,
    },
    /// The budget holds less.
    #[error("budget {budget_id} holds {available}, not {asked}")]
    InsufficientBudget {
        /// Budget number.
        budget_id: u64,
        /// What it holds.
        available: Uact,
        /// What was asked for.
        asked: Uact,
    },
    /// The budget gives less to one deployment.
    #[error("budget {budget_id} gives deployment {dseq} at most {cap}, this would make it {drawn}")]
    DeploymentCapExceeded {
        /// Budget number.
        budget_id: u64,
        /// Deployment number.
        dseq: u64,
        /// Limit.
        cap: Uact,
        /// All draws for the deployment, this one included.
        drawn: Uact,
    },
    /// One message draws twice from a budget.
    #[error("budget {budget_id} is named twice")]
    RepeatedBudget {
        /// Budget number.
        budget_id: u64,
    },
    /// A draw of nothing.
    #[error("draw from budget {budget_id} is empty")]
    EmptyDraw {
        /// Budget number.
        budget_id: u64,
    },
    /// A budget for nothing.
    #[error("budget terms name no scope")]
    NoScopes,
    /// A scope comes twice.
    #[error("budget terms name scope {scope:?} twice")]
    RepeatedScope {
        /// The scope.
        scope: BudgetScope,
    },
    /// A provider comes twice.
    #[error("budget terms name provider {provider} twice")]
    RepeatedProvider {
        /// The provider.
        provider: String,
    },
    /// More providers than a budget may name.
    #[error("budget terms name {count} providers, at most {limit} are allowed")]
    TooManyProviders {
        /// How many.
        count: usize,
        /// Limit.
        limit: usize,
    },
    /// A budget that has expired before it opens.
    #[error("budget terms expire at {expires_at}, now is {now}")]
    ExpiryNotAhead {
        /// Expiry.
        expires_at: Seconds,
        /// Block time.
        now: Seconds,
    },
    /// There is nothing to take back.
    #[error("budget {budget_id} has nothing to withdraw")]
    NothingToWithdraw {
        /// Budget number.
        budget_id: u64,
    },

    /// The deployment number has an account already.
    #[error("account {dseq} exists")]
    AccountExists {
        /// Deployment number.
        dseq: u64,
    },
    /// No such account.
    #[error("account {dseq} not found")]
    AccountNotFound {
        /// Deployment number.
        dseq: u64,
    },
    /// The account has ended.
    #[error("account {dseq} is {state:?}, not open")]
    AccountNotOpen {
        /// Deployment number.
        dseq: u64,
        /// Its state.
        state: AccountState,
    },
    /// The account has run dry, though nobody noticed until now.
    #[error("account {dseq} ran dry at {exhausted_at}")]
    AccountExhausted {
        /// Deployment number.
        dseq: u64,
        /// When.
        exhausted_at: Seconds,
    },
    /// No further deposit entry fits. Strangers may fill half of the entries, the account's owner all.
    #[error("account {dseq} has its {limit} deposit entries")]
    TooManyDeposits {
        /// Deployment number.
        dseq: u64,
        /// Limit for this depositor.
        limit: u32,
    },

    /// The lease has a payment already, open or closed.
    #[error("payment {lease} exists")]
    PaymentExists {
        /// The lease.
        lease: LeaseId,
    },
    /// No such payment.
    #[error("payment {lease} not found")]
    PaymentNotFound {
        /// The lease.
        lease: LeaseId,
    },
    /// The lease names another tenant than the account.
    #[error("lease {lease} does not belong to {owner}, owner of the account")]
    WrongOwner {
        /// The lease.
        lease: LeaseId,
        /// Owner of the account.
        owner: String,
    },
    /// A lease without a price.
    #[error("rate of lease {lease} is zero")]
    ZeroRate {
        /// The lease.
        lease: LeaseId,
    },
    /// No further payment may open.
    #[error("account {dseq} has its {limit} open payments")]
    TooManyPayments {
        /// Deployment number.
        dseq: u64,
        /// Limit.
        limit: u32,
    },
    /// The account cannot carry its payments for the grace.
    #[error("account {dseq} holds {available}, {grace_seconds} seconds need {required}")]
    InsufficientRunway {
        /// Deployment number.
        dseq: u64,
        /// What it holds.
        available: Uact,
        /// What it needs.
        required: Uact,
        /// For how long.
        grace_seconds: Seconds,
    },

    /// The bid has a deposit already.
    #[error("deposit of bid {bid} exists")]
    BidDepositExists {
        /// The bid.
        bid: BidId,
    },

    /// A list is empty.
    #[error("list of {what} is empty")]
    EmptyList {
        /// What it lists.
        what: &'static str,
    },
    /// A list is too long.
    #[error("{count} {what}, at most {limit} are allowed")]
    ListTooLong {
        /// What it lists.
        what: &'static str,
        /// How many.
        count: usize,
        /// Limit.
        limit: usize,
    },
    /// A lease comes twice.
    #[error("lease {lease} is named twice")]
    RepeatedLease {
        /// The lease.
        lease: LeaseId,
    },
    /// A sweep of nothing.
    #[error("sweep limit is zero")]
    ZeroLimit,
    /// No refund waits.
    #[error("no refund waits for {owner}")]
    NoRefund {
        /// Who asked.
        owner: String,
    },
    /// Everything of this denom has a claim on it.
    #[error("no surplus of {denom}")]
    NoSurplus {
        /// Denom.
        denom: String,
    },

    /// A parameter out of its range.
    #[error("parameter {name} is {value}, allowed are {min} to {max}")]
    ParamOutOfRange {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: u128,
        /// Least.
        min: u128,
        /// Most.
        max: u128,
    },
    /// A denom without a name.
    #[error("denom is empty")]
    EmptyDenom,
    /// A reply that nobody asked for.
    #[error("reply {id} is unknown")]
    UnknownReply {
        /// Its number.
        id: u64,
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
