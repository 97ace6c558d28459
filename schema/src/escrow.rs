//! Escrow: budgets, deployment accounts, payments, settlement and bid deposits. Holds all ACT of the market.
//!
//! Leases never run unpaid: an account knows the second at which it runs dry and accrual stops exactly there. Payout is
//! pull: settling and closing credit earnings, the provider withdraws them.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::Uint64;

use crate::id::{BidId, LeaseId};
use crate::money::{Uact, UnitPrice};
use crate::solvency::SolvencyResponse;
use crate::time::Seconds;

/// Sets the contract up.
#[cw_serde]
pub struct InstantiateMsg {
    /// Address that may change parameters and peers.
    pub governance: String,
    /// Market contract.
    pub market: String,
    /// Burn-mint contract that takes redeem requests.
    pub bme: String,
    /// Bank denom of ACT.
    pub act_denom: String,
    /// Parameters.
    pub params: Params,
}

/// Parameters, replaced as a whole by governance.
#[cw_serde]
#[derive(Eq)]
pub struct Params {
    /// Least deposit to a budget or top-up of an account.
    pub min_deposit: Uact,
    /// Most deposit entries in one account.
    pub max_deposits: u32,
    /// Most payments of one account that are open at a time.
    pub max_payments: u32,
    /// A warning event fires when the runway is below this.
    pub runway_warning_seconds: Seconds,
}

/// Takes from a budget.
#[cw_serde]
#[derive(Eq)]
pub struct BudgetDraw {
    /// Budget number.
    pub budget_id: Uint64,
    /// How much.
    pub amount: Uact,
}

/// What a budget may pay for.
#[cw_serde]
#[derive(Eq, Copy, PartialOrd, Ord)]
pub enum BudgetScope {
    /// Deployment accounts.
    Deployment {},
    /// Bid deposits.
    Bid {},
}

/// Limits that the owner of a budget sets.
#[cw_serde]
#[derive(Eq)]
pub struct BudgetTerms {
    /// What it may pay for; not empty, no repeats.
    pub scopes: Vec<BudgetScope>,
    /// Only leases with these providers; empty means any.
    pub providers: Vec<String>,
    /// Highest rate of a lease that it pays for.
    pub max_rate: Option<UnitPrice>,
    /// Most that may be drawn for one deployment.
    pub per_deployment_cap: Option<Uact>,
    /// No draws from this second on.
    pub expires_at: Option<Seconds>,
}

/// What happens to a bid deposit.
#[cw_serde]
#[derive(Eq)]
pub enum BidDepositOutcome {
    /// Back to where it came from.
    Refund {},
    /// To the tenant.
    Forfeit {
        /// Tenant's address.
        to: String,
    },
}

/// One bid's deposit to release.
#[cw_serde]
#[derive(Eq)]
pub struct BidDepositRelease {
    /// The bid.
    pub bid: BidId,
    /// Where the deposit goes.
    pub outcome: BidDepositOutcome,
}

/// What escrow does.
#[cw_serde]
pub enum ExecuteMsg {
    /// Opens a budget. Sender is the owner. Funds: ACT. Data: the budget number as a JSON string.
    CreateBudget {
        /// Who may draw.
        grantee: String,
        /// Limits.
        terms: BudgetTerms,
    },
    /// Adds ACT to a budget. Anyone; what is added belongs to the owner.
    FundBudget {
        /// Budget number.
        budget_id: Uint64,
    },
    /// Takes undrawn ACT back. Owner only.
    WithdrawBudget {
        /// Budget number.
        budget_id: Uint64,
        /// How much; all when absent.
        amount: Option<Uact>,
    },
    /// Ends a budget: undrawn ACT goes to the owner now, drawn ACT when its deployments close. Owner only.
    CloseBudget {
        /// Budget number.
        budget_id: Uint64,
    },
    /// Tops an account up. Anyone; the depositor keeps the right of refund. Funds: ACT, may be none with budgets.
    Deposit {
        /// Deployment number.
        dseq: Uint64,
        /// Budgets that the sender may draw from.
        budgets: Vec<BudgetDraw>,
    },
    /// Pays earned ACT out to the sender, who must be payee of all the leases.
    Withdraw {
        /// Which leases, at most 30, no repeats.
        leases: Vec<LeaseId>,
        /// File a redeem request with the burn-mint contract instead of sending ACT.
        redeem: bool,
    },
    /// Brings an account's books up to now. Anyone.
    Settle {
        /// Deployment number.
        dseq: Uint64,
    },
    /// Ends accounts that ran dry and tells the market. Anyone, and the cron.
    Sweep {
        /// Most accounts to end and most notices to send.
        limit: u32,
    },

    /// Takes a refund that could not be delivered when it was due. Its owner only.
    ClaimRefund {},

    /// Opens a deployment's account. Market only. Funds: the owner's own ACT.
    OpenAccount {
        /// Deployment number.
        dseq: Uint64,
        /// Tenant's address; the grantee of the budgets.
        owner: String,
        /// Budgets to draw from.
        budgets: Vec<BudgetDraw>,
        /// Least sum of all deposits.
        minimum: Uact,
    },
    /// Starts paying a lease. Market only. Refused when the account cannot carry all its payments for the grace.
    OpenPayment {
        /// The lease.
        lease: LeaseId,
        /// Rate.
        rate: UnitPrice,
        /// The account must afford all its rates for this long.
        grace_seconds: Seconds,
    },
    /// Stops paying a lease. Market only. No error when it has stopped already.
    ClosePayment {
        /// The lease.
        lease: LeaseId,
    },
    /// Stops all payments of an account and refunds what is left. Market only. No error when it is closed already.
    CloseAccount {
        /// Deployment number.
        dseq: Uint64,
    },
    /// Locks a bid's deposit. Market only. Funds: the provider's ACT.
    LockBidDeposit {
        /// The bid.
        bid: BidId,
        /// Least deposit.
        minimum: Uact,
    },
    /// Releases bid deposits. Market only. A deposit that is gone already is skipped.
    ReleaseBidDeposits {
        /// Which, at most 32.
        releases: Vec<BidDepositRelease>,
    },

    /// Replaces the parameters. Governance only.
    UpdateParams {
        /// All of them.
        params: Params,
    },
    /// Changes peers or governance. Governance only; absent fields stay.
    UpdateConfig {
        /// New governance.
        governance: Option<String>,
        /// New market.
        market: Option<String>,
        /// New burn-mint contract.
        bme: Option<String>,
    },
    /// Sends coins that nobody has a claim on. Governance only.
    SweepSurplus {
        /// Denom.
        denom: String,
        /// Receiver.
        to: String,
    },
}

/// What the chain's cron may ask for, without a sender.
#[cw_serde]
pub enum SudoMsg {
    /// As [`ExecuteMsg::Sweep`].
    Sweep {
        /// Most accounts to end and most notices to send.
        limit: u32,
    },
}

/// Where a deposit came from and goes back to.
#[cw_serde]
#[derive(Eq)]
pub enum DepositSource {
    /// Somebody's own coins.
    Wallet {
        /// Depositor.
        owner: String,
    },
    /// A budget.
    Budget {
        /// Budget number.
        budget_id: Uint64,
        /// The budget's owner, who is paid when the budget is gone.
        owner: String,
    },
}

/// One deposit of an account; the oldest is spent first.
#[cw_serde]
#[derive(Eq)]
pub struct Deposit {
    /// Where it came from.
    pub source: DepositSource,
    /// What is left of it.
    pub remaining: Uact,
}

/// State of an account.
#[cw_serde]
#[derive(Eq, Copy)]
pub enum AccountState {
    /// Takes deposits and pays.
    Open {},
    /// Ran dry.
    Exhausted {},
    /// Closed by its owner.
    Closed {},
}

/// State of a payment.
#[cw_serde]
#[derive(Eq, Copy)]
pub enum PaymentState {
    /// Accrues.
    Open {},
    /// Stopped; earnings may still be withdrawn.
    Closed {},
}

/// What one lease was paid.
#[cw_serde]
#[derive(Eq)]
pub struct Payment {
    /// The lease.
    pub lease: LeaseId,
    /// Rate.
    pub rate: UnitPrice,
    /// State.
    pub state: PaymentState,
    /// Second of the start.
    pub opened_at: Seconds,
    /// Second up to which it is settled; of a closed payment the second at which it stopped.
    pub settled_at: Seconds,
    /// All ACT earned so far: rate times `settled_at - opened_at`, floored once.
    pub earned: Uact,
    /// Part of `earned` that was paid out.
    pub withdrawn: Uact,
}

/// A deployment's account, as of the last settlement.
#[cw_serde]
#[derive(Eq)]
pub struct Account {
    /// Deployment number.
    pub dseq: Uint64,
    /// Tenant's address.
    pub owner: String,
    /// State.
    pub state: AccountState,
    /// Second up to which it is settled.
    pub settled_at: Seconds,
    /// Sum of what is left of the deposits.
    pub balance: Uact,
    /// In order of arrival.
    pub deposits: Vec<Deposit>,
    /// Second at which it runs dry at the present rates; absent when nothing is being paid.
    pub runs_dry_at: Option<Seconds>,
}

/// A budget.
#[cw_serde]
#[derive(Eq)]
pub struct Budget {
    /// Its number.
    pub id: Uint64,
    /// Who funded it.
    pub owner: String,
    /// Who may draw.
    pub grantee: String,
    /// Limits.
    pub terms: BudgetTerms,
    /// Undrawn.
    pub balance: Uact,
    /// Drawn into accounts and bid deposits and neither spent nor returned yet.
    pub drawn: Uact,
    /// Ended by its owner.
    pub closed: bool,
}

/// A bid deposit.
#[cw_serde]
#[derive(Eq)]
pub struct BidDeposit {
    /// The bid.
    pub bid: BidId,
    /// Who gets it back.
    pub source: DepositSource,
    /// How much.
    pub amount: Uact,
}

/// An account with its open payments, settled to now without being stored.
#[cw_serde]
pub struct AccountResponse {
    /// The account.
    pub account: Account,
    /// Its open payments and, up to 100 in all, the closed ones that come first, by lease; the rest by `Payments`.
    pub payments: Vec<Payment>,
}

/// One payment, settled to now without being stored.
#[cw_serde]
pub struct PaymentResponse {
    /// The payment.
    pub payment: Payment,
}

/// One budget.
#[cw_serde]
pub struct BudgetResponse {
    /// The budget.
    pub budget: Budget,
}

/// A page of budgets.
#[cw_serde]
pub struct BudgetsResponse {
    /// By number.
    pub budgets: Vec<Budget>,
}

/// One bid deposit.
#[cw_serde]
pub struct BidDepositResponse {
    /// The deposit, while it is locked.
    pub deposit: Option<BidDeposit>,
}

/// A page of one account's payments.
#[cw_serde]
pub struct PaymentsResponse {
    /// By lease.
    pub payments: Vec<Payment>,
}

/// A refund that waits for its owner.
#[cw_serde]
pub struct RefundResponse {
    /// How much; nothing when all refunds were delivered.
    pub amount: Uact,
}

/// Why the market did not take a notice.
#[cw_serde]
#[derive(Eq, Copy)]
pub enum NoticeFailure {
    /// It answered with an error.
    Refused {},
    /// It used more gas than a notice may.
    OutOfGas {},
}

/// News for the market that an account ran dry, not taken yet.
#[cw_serde]
#[derive(Eq)]
pub struct Notice {
    /// Deployment number.
    pub dseq: Uint64,
    /// Second at which accrual stopped.
    pub exhausted_at: Seconds,
    /// How often it was sent in vain.
    pub attempts: u32,
    /// Not sent before this second.
    pub retry_at: Seconds,
    /// Why the last attempt failed.
    pub last_failure: Option<NoticeFailure>,
}

/// Notices that wait.
#[cw_serde]
pub struct NoticesResponse {
    /// In order of their next attempt.
    pub notices: Vec<Notice>,
}

/// The configuration.
#[cw_serde]
pub struct ConfigResponse {
    /// Governance address.
    pub governance: String,
    /// Market contract.
    pub market: String,
    /// Burn-mint contract.
    pub bme: String,
    /// Bank denom of ACT.
    pub act_denom: String,
    /// Parameters.
    pub params: Params,
}

/// What can be asked. Limits are at most 100, 30 by default.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// The configuration.
    #[returns(ConfigResponse)]
    Config {},
    /// One account.
    #[returns(AccountResponse)]
    Account {
        /// Deployment number.
        dseq: Uint64,
    },
    /// One payment.
    #[returns(PaymentResponse)]
    Payment {
        /// The lease.
        lease: LeaseId,
    },
    /// Payments of one account, closed ones included.
    #[returns(PaymentsResponse)]
    Payments {
        /// Deployment number.
        dseq: Uint64,
        /// Lease to start after.
        start_after: Option<LeaseId>,
        /// Page size.
        limit: Option<u32>,
    },
    /// One budget.
    #[returns(BudgetResponse)]
    Budget {
        /// Budget number.
        id: Uint64,
    },
    /// Budgets that somebody may draw from.
    #[returns(BudgetsResponse)]
    BudgetsByGrantee {
        /// Who may draw.
        grantee: String,
        /// Number to start after.
        start_after: Option<Uint64>,
        /// Page size.
        limit: Option<u32>,
    },
    /// One bid deposit.
    #[returns(BidDepositResponse)]
    BidDeposit {
        /// The bid.
        bid: BidId,
    },
    /// What waits for an address that could not be paid.
    #[returns(RefundResponse)]
    Refund {
        /// Address.
        owner: String,
    },
    /// Notices that the market has not taken yet.
    #[returns(NoticesResponse)]
    Notices {
        /// Page size.
        limit: Option<u32>,
    },
    /// The contract's books.
    #[returns(SolvencyResponse)]
    Solvency {},
}

/// Runs the migration steps that are due.
#[cw_serde]
pub struct MigrateMsg {}

/// Event types and attribute keys.
pub mod event {
    /// `budget_id`, `owner`, `grantee`, `amount`
    pub const BUDGET_CREATED: &str = "budget_created";
    /// `budget_id`, `amount`
    pub const BUDGET_FUNDED: &str = "budget_funded";
    /// `budget_id`, `amount`
    pub const BUDGET_WITHDRAWN: &str = "budget_withdrawn";
    /// `budget_id`
    pub const BUDGET_CLOSED: &str = "budget_closed";
    /// `dseq`, `owner`
    pub const ACCOUNT_OPENED: &str = "account_opened";
    /// `dseq`, `source` (`wallet` or `budget`), `from` (address or budget number), `amount`
    pub const ACCOUNT_DEPOSITED: &str = "account_deposited";
    /// `dseq`, `settled_at`, `paid`
    pub const ACCOUNT_SETTLED: &str = "account_settled";
    /// `dseq`, `runs_dry_at`
    pub const RUNWAY_LOW: &str = "runway_low";
    /// `dseq`, `exhausted_at`
    pub const ACCOUNT_EXHAUSTED: &str = "account_exhausted";
    /// `dseq`
    pub const ACCOUNT_CLOSED: &str = "account_closed";
    /// `dseq`, `source` (`wallet` or `budget`), `to` (address or budget number), `amount`
    pub const DEPOSIT_REFUNDED: &str = "deposit_refunded";
    /// `lease`, `rate`
    pub const PAYMENT_OPENED: &str = "payment_opened";
    /// `lease`, `earned`
    pub const PAYMENT_CLOSED: &str = "payment_closed";
    /// `lease`, `amount`, `redeem`
    pub const PAYMENT_WITHDRAWN: &str = "payment_withdrawn";
    /// `bid`, `amount`
    pub const BID_DEPOSIT_LOCKED: &str = "bid_deposit_locked";
    /// `bid`, `to`, `amount`, `outcome` (`refund` or `forfeit`)
    pub const BID_DEPOSIT_RELEASED: &str = "bid_deposit_released";
    /// `to`, `amount`
    pub const REFUND_DEFERRED: &str = "refund_deferred";
    /// `to`, `amount`
    pub const REFUND_CLAIMED: &str = "refund_claimed";
    /// `dseq`, `attempts`, `retry_at`
    pub const MARKET_NOTICE_FAILED: &str = "market_notice_failed";
}
