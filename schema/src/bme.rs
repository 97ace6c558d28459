//! Burn-mint equilibrium (AEP-76): AKT is locked in a vault to mint ACT, ACT is burned to take AKT out again.
//!
//! Every conversion is a request: it runs, in order of arrival and bounded per call, at a price that was published after
//! the request, at the side of the price that favours the vault. AKT is paid first from remint credits (AKT that came in
//! by minting ACT), then, where the contract may mint AKT, by minting.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::Uint64;

use crate::money::{Uact, Uakt, UsdPrice};
use crate::solvency::SolvencyResponse;
use crate::time::Seconds;

/// Sets the contract up.
#[cw_serde]
pub struct InstantiateMsg {
    /// Address that may change parameters and peers.
    pub governance: String,
    /// Address that may only pause new mint requests.
    pub guardian: Option<String>,
    /// Oracle contract.
    pub oracle: String,
    /// Bank denom of AKT.
    pub akt_denom: String,
    /// Bank denom of ACT.
    pub act_denom: String,
    /// Type URL of the mint message, `/osmosis.tokenfactory.v1beta1.MsgMint` on this project's chain.
    pub mint_type_url: String,
    /// Parameters.
    pub params: Params,
}

/// Parameters, replaced as a whole by governance.
#[cw_serde]
#[derive(Eq)]
pub struct Params {
    /// Asset name at the oracle, `AKT/USD`.
    pub asset: String,
    /// Taken off minted ACT, in basis points, at most 1,000.
    pub mint_spread_bps: u16,
    /// Taken off redeemed AKT, in basis points, at most 1,000.
    pub redeem_spread_bps: u16,
    /// Collateral ratio at or below which the status is a warning, in basis points.
    pub warn_ratio_bps: u16,
    /// Collateral ratio at or below which minting stops, in basis points; below `warn_ratio_bps`.
    pub halt_ratio_bps: u16,
    /// Least ACT, before the spread, that one mint request must give.
    pub min_mint: Uact,
    /// Least ACT of one redeem request.
    pub min_redeem: Uact,
    /// Most requests that one `Process` settles.
    pub max_per_process: u32,
    /// Whether this contract may mint AKT when remint credits are spent.
    pub mint_akt: bool,
}

/// What the contract does.
#[cw_serde]
pub enum ExecuteMsg {
    /// Asks to turn AKT into ACT. Funds: AKT. Data: the request number as a JSON string.
    RequestMint {
        /// Cancel and refund instead when less than this would come out.
        min_out: Option<Uact>,
    },
    /// Asks to turn ACT into AKT. Funds: ACT. Data: the request number as a JSON string.
    RequestRedeem {
        /// Owner and payee of the request; the sender when absent.
        beneficiary: Option<String>,
        /// Cancel and refund instead when less than this would come out.
        min_out: Option<Uakt>,
    },
    /// Takes a pending request back. Its owner only.
    CancelRequest {
        /// Request number.
        id: Uint64,
    },
    /// Settles pending requests whose price has been published, oldest first. Anyone, and the cron.
    Process {
        /// Most requests to settle; capped by `max_per_process`.
        limit: u32,
    },
    /// Adds AKT to the vault as collateral; no remint credit, no claim. Anyone.
    FundVault {},
    /// Pauses or resumes new mint requests. Guardian may pause, governance may do both.
    SetPaused {
        /// Whether new mint requests are refused.
        paused: bool,
    },
    /// Replaces the parameters. Governance only.
    UpdateParams {
        /// All of them.
        params: Params,
    },
    /// Changes peers, guardian or governance. Governance only; absent fields stay.
    UpdateConfig {
        /// New governance.
        governance: Option<String>,
        /// New guardian.
        guardian: Option<String>,
        /// New oracle.
        oracle: Option<String>,
    },
}

/// What the chain's cron may ask for, without a sender.
#[cw_serde]
pub enum SudoMsg {
    /// As [`ExecuteMsg::Process`].
    Process {
        /// Most requests to settle; capped by `max_per_process`.
        limit: u32,
    },
}

/// Direction of a request.
#[cw_serde]
#[derive(Eq, Copy)]
pub enum RequestKind {
    /// AKT to ACT.
    Mint {},
    /// ACT to AKT.
    Redeem {},
}

/// Why a request was cancelled.
#[cw_serde]
#[derive(Eq, Copy)]
pub enum CancelReason {
    /// By its owner.
    Owner {},
    /// It would give nothing.
    TooSmall {},
    /// It would give less than its `min_out`.
    BelowMinOut {},
}

/// What became of a request.
#[cw_serde]
#[derive(Eq)]
pub enum RequestStatus {
    /// Waits for a price.
    Pending {},
    /// Done.
    Executed {
        /// Units of the other denom paid to the owner.
        paid: TargetAmount,
        /// Units kept by the vault as spread.
        spread: TargetAmount,
        /// Of a redeem: AKT taken from remint credits.
        from_credits: Uakt,
        /// Of a redeem: AKT minted.
        minted_akt: Uakt,
        /// Price used.
        price: UsdPrice,
        /// When the price was published.
        publish_time: Seconds,
        /// Block time of execution.
        executed_at: Seconds,
    },
    /// Refunded.
    Cancelled {
        /// Why.
        reason: CancelReason,
        /// Block time.
        cancelled_at: Seconds,
    },
}

/// An amount in the request's target denom.
pub type TargetAmount = cosmwasm_std::Uint128;

/// A request.
#[cw_serde]
#[derive(Eq)]
pub struct Request {
    /// Its number, from 1, in order of arrival over both kinds.
    pub id: Uint64,
    /// Direction.
    pub kind: RequestKind,
    /// Who is paid and may cancel.
    pub owner: String,
    /// Units taken in: uakt of a mint, uact of a redeem.
    pub amount: cosmwasm_std::Uint128,
    /// Least acceptable outcome.
    pub min_out: Option<cosmwasm_std::Uint128>,
    /// Block time of the request. A price must be published after it.
    pub requested_at: Seconds,
    /// What became of it.
    pub status: RequestStatus,
}

/// Health of the peg.
#[cw_serde]
#[derive(Eq, Copy)]
pub enum Status {
    /// All conversions run.
    Healthy {},
    /// All conversions run; the ratio is low.
    Warning {},
    /// No minting: the ratio is too low.
    HaltRatio {},
    /// Nothing runs: there is no usable price.
    HaltOracle {},
}

/// Health with the figures behind it.
#[cw_serde]
pub struct StatusResponse {
    /// Health.
    pub status: Status,
    /// Vault AKT (queued AKT excluded) at the mid price over ACT supply, in basis points, floored; absent without a
    /// price or without ACT.
    pub collateral_ratio_bps: Option<Uint64>,
    /// Whether new mint requests are paused.
    pub mint_paused: bool,
}

/// The vault.
#[cw_serde]
#[derive(Eq)]
pub struct VaultResponse {
    /// AKT in the vault, queued AKT excluded.
    pub vault: Uakt,
    /// Part of the vault that redemptions may take.
    pub remint_credits: Uakt,
    /// AKT of pending mint requests.
    pub queued_akt: Uakt,
    /// ACT of pending redeem requests.
    pub queued_act: Uact,
    /// ACT minted so far.
    pub total_minted_act: Uact,
    /// ACT burned so far.
    pub total_burned_act: Uact,
    /// AKT minted so far.
    pub total_minted_akt: Uakt,
}

/// One request.
#[cw_serde]
pub struct RequestResponse {
    /// The request.
    pub request: Request,
}

/// A page of requests.
#[cw_serde]
pub struct RequestsResponse {
    /// By number.
    pub requests: Vec<Request>,
}

/// The configuration.
#[cw_serde]
pub struct ConfigResponse {
    /// Governance address.
    pub governance: String,
    /// Guardian address.
    pub guardian: Option<String>,
    /// Oracle contract.
    pub oracle: String,
    /// Bank denom of AKT.
    pub akt_denom: String,
    /// Bank denom of ACT.
    pub act_denom: String,
    /// Type URL of the mint message.
    pub mint_type_url: String,
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
    /// Health of the peg.
    #[returns(StatusResponse)]
    Status {},
    /// The vault.
    #[returns(VaultResponse)]
    Vault {},
    /// One request.
    #[returns(RequestResponse)]
    Request {
        /// Request number.
        id: Uint64,
    },
    /// Pending requests.
    #[returns(RequestsResponse)]
    PendingRequests {
        /// Number to start after.
        start_after: Option<Uint64>,
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
    /// `request_id`, `kind` (`mint` or `redeem`), `owner`, `amount`
    pub const CONVERSION_REQUESTED: &str = "conversion_requested";
    /// `request_id`, `kind`, `owner`, `amount`, `paid`, `spread`, `from_credits`, `minted_akt`, `price`, `publish_time`
    pub const CONVERSION_EXECUTED: &str = "conversion_executed";
    /// `request_id`, `kind`, `owner`, `amount`, `reason`
    pub const CONVERSION_CANCELLED: &str = "conversion_cancelled";
    /// `request_id`, `kind`, `owner`, `amount`, `reason` (`mint_refused`): it stays in the queue
    pub const CONVERSION_DEFERRED: &str = "conversion_deferred";
    /// `request_id`, `owner`, `to`, `amount`: the owner cannot receive coins, so whoever filed the request was paid
    pub const PAYOUT_REDIRECTED: &str = "payout_redirected";
    /// `from`, `amount`
    pub const VAULT_FUNDED: &str = "vault_funded";
}
