//! Market: deployments, groups, orders, bids and leases.
//!
//! The market holds no funds: what it receives it forwards to escrow in the same message. Rules come from Akash
//! `x/deployment` and `x/market` (market.md sections 2 and 3) with the changes that architecture.md section 3 names.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{HexBinary, Uint64};

use crate::escrow::BudgetDraw;
use crate::id::{BidId, DeploymentId, GroupId, LeaseId, OrderId};
use crate::money::{Uact, UnitPrice};
use crate::resource::{GroupSpec, ResourceOffer};
use crate::time::Seconds;

/// Sets the contract up.
#[cw_serde]
pub struct InstantiateMsg {
    /// Address that may change parameters and peers.
    pub governance: String,
    /// Address that may only pause new intake.
    pub guardian: Option<String>,
    /// Registry contract.
    pub registry: String,
    /// Escrow contract.
    pub escrow: String,
    /// Bank denom of ACT.
    pub act_denom: String,
    /// Parameters.
    pub params: Params,
}

/// Parameters, replaced as a whole by governance.
#[cw_serde]
#[derive(Eq)]
pub struct Params {
    /// Most bids that one order holds at a time, 1 to 32.
    pub order_max_bids: u32,
    /// Least deposit of a deployment.
    pub deployment_min_deposit: Uact,
    /// Least deposit of a bid.
    pub bid_min_deposit: Uact,
    /// A lease starts only with funds for its rate times this many seconds.
    pub lease_grace_seconds: Seconds,
    /// A provider that closes a lease without reclamation this long after its start forfeits its bid deposit.
    pub manifest_grace_seconds: Seconds,
    /// Least reclamation window.
    pub min_reclamation_seconds: Seconds,
    /// Greatest reclamation window.
    pub max_reclamation_seconds: Seconds,
    /// Most groups in a deployment.
    pub max_groups: u32,
    /// Most resource units in a group.
    pub max_units: u32,
}

/// What the market does.
#[cw_serde]
pub enum ExecuteMsg {
    /// Creates a deployment with one open order per group. Funds: ACT of the sender's own, may be none when budgets
    /// cover the least deposit. The response's data is a JSON [`DeploymentId`].
    CreateDeployment {
        /// What is asked for; one order each.
        groups: Vec<GroupSpec>,
        /// SHA-256 of the manifest, 32 bytes.
        hash: HexBinary,
        /// Budgets that the sender may draw from, in this order.
        budgets: Vec<BudgetDraw>,
        /// Notice that a provider must give before it takes its resources back (AEP-82).
        reclamation_seconds: Option<Seconds>,
    },
    /// Changes the manifest hash. Owner only.
    UpdateDeployment {
        /// Deployment number.
        dseq: Uint64,
        /// New SHA-256 of the manifest, different from the old one.
        hash: HexBinary,
    },
    /// Closes a deployment, its groups, orders, bids and leases; unspent deposits go back. Owner only.
    CloseDeployment {
        /// Deployment number.
        dseq: Uint64,
    },
    /// Closes one group for good. Owner only.
    CloseGroup {
        /// Deployment number.
        dseq: Uint64,
        /// Group number.
        gseq: u32,
    },
    /// Closes the group's order and lease; it may be started again. Owner only.
    PauseGroup {
        /// Deployment number.
        dseq: Uint64,
        /// Group number.
        gseq: u32,
    },
    /// Opens a paused group with a new order. Owner only.
    StartGroup {
        /// Deployment number.
        dseq: Uint64,
        /// Group number.
        gseq: u32,
    },
    /// Bids on an order. Sender is the provider. Funds: the bid deposit in ACT. Data: JSON [`BidId`].
    CreateBid {
        /// The order.
        order: OrderId,
        /// Rate for the whole group, at most the order's.
        price: UnitPrice,
        /// What would really be given; empty means exactly what is asked.
        resources_offer: Vec<ResourceOffer>,
        /// Notice that the provider would give.
        reclamation_seconds: Option<Seconds>,
    },
    /// Takes a bid back or ends its lease. Of a bid that ended while its deposit waits, gives the deposit back. Sender is
    /// the provider.
    CloseBid {
        /// The bid.
        bid: BidId,
        /// 10,000 to 19,999 (AEP-39); carries no money.
        reason: u32,
    },
    /// Accepts a bid. Sender is the tenant. The other bids' deposits go back in the same transaction.
    CreateLease {
        /// The bid.
        bid: BidId,
    },
    /// Ends a lease; the group gets a new order. Sender is the tenant.
    CloseLease {
        /// The lease.
        lease: LeaseId,
    },
    /// Starts the reclamation window of a lease. Sender is the provider.
    StartReclaim {
        /// The lease.
        lease: LeaseId,
        /// 10,000 to 19,999.
        reason: u32,
    },
    /// Escrow tells that accounts ran dry. Escrow only; the market answers with no message to escrow.
    AccountsExhausted {
        /// Which, and when.
        accounts: Vec<ExhaustedAccount>,
    },
    /// Has escrow give back bid deposits that wait because very many orders ended in one transaction. Anyone, and the
    /// cron; at most 32 deposits a call.
    ReleaseDeposits {},
    /// Pauses or resumes new deployments and bids. Guardian may pause, governance may do both.
    SetPaused {
        /// Whether intake is paused.
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
        /// New registry.
        registry: Option<String>,
        /// New escrow.
        escrow: Option<String>,
    },
}

/// What the chain's cron may ask for, without a sender.
#[cw_serde]
pub enum SudoMsg {
    /// As [`ExecuteMsg::ReleaseDeposits`].
    ReleaseDeposits {},
}

/// An account that ran dry.
#[cw_serde]
#[derive(Eq)]
pub struct ExhaustedAccount {
    /// Deployment number.
    pub dseq: Uint64,
    /// The second at which accrual stopped.
    pub exhausted_at: Seconds,
}

/// Active, then closed for ever.
#[cw_serde]
#[derive(Eq, Copy)]
pub enum DeploymentState {
    /// In use.
    Active {},
    /// Closed.
    Closed {},
}

/// State of a group.
#[cw_serde]
#[derive(Eq, Copy)]
pub enum GroupState {
    /// Has an order that is not closed.
    Open {},
    /// Stopped, may be started.
    Paused {},
    /// Its account ran dry.
    InsufficientFunds {},
    /// Closed for ever.
    Closed {},
}

/// State of an order.
#[cw_serde]
#[derive(Eq, Copy)]
pub enum OrderState {
    /// Takes bids.
    Open {},
    /// Has a lease.
    Active {},
    /// Closed for ever.
    Closed {},
}

/// State of a bid.
#[cw_serde]
#[derive(Eq, Copy)]
pub enum BidState {
    /// May be accepted.
    Open {},
    /// Has the lease.
    Active {},
    /// Another bid won.
    Lost {},
    /// Closed for ever.
    Closed {},
}

/// State of a lease.
#[cw_serde]
#[derive(Eq, Copy)]
pub enum LeaseState {
    /// Runs and accrues.
    Active {},
    /// Runs and accrues; the provider gave notice.
    Reclaiming {},
    /// Its account ran dry.
    InsufficientFunds {},
    /// Closed for ever.
    Closed {},
}

/// A deployment.
#[cw_serde]
#[derive(Eq)]
pub struct Deployment {
    /// Its id.
    pub id: DeploymentId,
    /// Its state.
    pub state: DeploymentState,
    /// SHA-256 of the manifest.
    pub hash: HexBinary,
    /// Block time of creation.
    pub created_at: Seconds,
    /// Number of groups; their `gseq` is 1 to this.
    pub groups: u32,
    /// Notice demanded of bidders.
    pub reclamation_seconds: Option<Seconds>,
}

/// A group.
#[cw_serde]
#[derive(Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its state.
    pub state: GroupState,
    /// What it asks for.
    pub spec: GroupSpec,
    /// Number of the group's last order.
    pub last_oseq: u32,
}

/// An order.
#[cw_serde]
#[derive(Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Its state.
    pub state: OrderState,
    /// What is asked for.
    pub spec: GroupSpec,
    /// Highest rate for the whole group: sum of price times count.
    pub max_price: UnitPrice,
    /// Notice demanded.
    pub reclamation_seconds: Option<Seconds>,
    /// Block time of creation.
    pub created_at: Seconds,
}

/// A bid.
#[cw_serde]
#[derive(Eq)]
pub struct Bid {
    /// Its id.
    pub id: BidId,
    /// Its state.
    pub state: BidState,
    /// Rate for the whole group.
    pub price: UnitPrice,
    /// What would be given.
    pub resources_offer: Vec<ResourceOffer>,
    /// Notice offered.
    pub reclamation_seconds: Option<Seconds>,
    /// Block time of creation.
    pub created_at: Seconds,
}

/// A started reclamation.
#[cw_serde]
#[derive(Eq)]
pub struct Reclaim {
    /// Block time of the notice.
    pub started_at: Seconds,
    /// From this second on the provider may close.
    pub deadline: Seconds,
    /// Why.
    pub reason: u32,
}

/// A lease.
#[cw_serde]
#[derive(Eq)]
pub struct Lease {
    /// Its id, that of the winning bid.
    pub id: LeaseId,
    /// Its state.
    pub state: LeaseState,
    /// Rate for the whole group.
    pub price: UnitPrice,
    /// Block time of creation.
    pub created_at: Seconds,
    /// Block time of the end.
    pub closed_at: Option<Seconds>,
    /// Why it ended (AEP-39).
    pub closed_reason: Option<u32>,
    /// Notice agreed.
    pub reclamation_seconds: Option<Seconds>,
    /// Notice given.
    pub reclaim: Option<Reclaim>,
}

/// Lease close reasons (AEP-39).
pub mod reason {
    /// Ended by the tenant.
    pub const OWNER: u32 = 1;
    /// The workload was unstable.
    pub const UNSTABLE: u32 = 10_000;
    /// The provider is being shut down.
    pub const DECOMMISSION: u32 = 10_001;
    /// No reason given by the provider.
    pub const UNSPECIFIED: u32 = 10_002;
    /// No manifest arrived.
    pub const MANIFEST_TIMEOUT: u32 = 10_003;
    /// The deployment's account ran dry.
    pub const INSUFFICIENT_FUNDS: u32 = 20_000;
    /// First reason that a provider may give.
    pub const PROVIDER_MIN: u32 = 10_000;
    /// Last reason that a provider may give.
    pub const PROVIDER_MAX: u32 = 19_999;
}

/// The configuration.
#[cw_serde]
pub struct ConfigResponse {
    /// Governance address.
    pub governance: String,
    /// Guardian address.
    pub guardian: Option<String>,
    /// Registry contract.
    pub registry: String,
    /// Escrow contract.
    pub escrow: String,
    /// Bank denom of ACT.
    pub act_denom: String,
    /// Parameters.
    pub params: Params,
    /// Whether intake is paused.
    pub paused: bool,
}

/// A deployment with its groups.
#[cw_serde]
pub struct DeploymentResponse {
    /// The deployment.
    pub deployment: Deployment,
    /// Its groups by `gseq`.
    pub groups: Vec<Group>,
}

/// A page of deployments.
#[cw_serde]
pub struct DeploymentsResponse {
    /// By `dseq`.
    pub deployments: Vec<Deployment>,
}

/// An order.
#[cw_serde]
pub struct OrderResponse {
    /// The order.
    pub order: Order,
}

/// A page of orders.
#[cw_serde]
pub struct OrdersResponse {
    /// By `(dseq, gseq, oseq)`.
    pub orders: Vec<Order>,
}

/// A bid.
#[cw_serde]
pub struct BidResponse {
    /// The bid.
    pub bid: Bid,
}

/// Bids of one order.
#[cw_serde]
pub struct BidsResponse {
    /// In order of arrival.
    pub bids: Vec<Bid>,
}

/// A lease.
#[cw_serde]
pub struct LeaseResponse {
    /// The lease.
    pub lease: Lease,
}

/// A page of leases.
#[cw_serde]
pub struct LeasesResponse {
    /// By `(dseq, gseq, oseq)`.
    pub leases: Vec<Lease>,
}

/// Place to go on from in a list of orders or leases.
#[cw_serde]
#[derive(Eq, Copy)]
pub struct OrderCursor {
    /// Deployment number.
    pub dseq: Uint64,
    /// Group number.
    pub gseq: u32,
    /// Order number.
    pub oseq: u32,
}

/// What can be asked. Limits are at most 100, 30 by default.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// The configuration.
    #[returns(ConfigResponse)]
    Config {},
    /// One deployment.
    #[returns(DeploymentResponse)]
    Deployment {
        /// Its id.
        id: DeploymentId,
    },
    /// Deployments of one owner, or of all.
    #[returns(DeploymentsResponse)]
    Deployments {
        /// Tenant's address.
        owner: Option<String>,
        /// Deployment number to start after.
        start_after: Option<Uint64>,
        /// Page size.
        limit: Option<u32>,
    },
    /// One order.
    #[returns(OrderResponse)]
    Order {
        /// Its id.
        id: OrderId,
    },
    /// Orders that take bids.
    #[returns(OrdersResponse)]
    OpenOrders {
        /// Place to start after.
        start_after: Option<OrderCursor>,
        /// Page size.
        limit: Option<u32>,
    },
    /// One bid.
    #[returns(BidResponse)]
    Bid {
        /// Its id.
        id: BidId,
    },
    /// Bids of one order, at most 32; those taken back before a lease was made are left out.
    #[returns(BidsResponse)]
    Bids {
        /// The order.
        order: OrderId,
    },
    /// One lease.
    #[returns(LeaseResponse)]
    Lease {
        /// Its id.
        id: LeaseId,
    },
    /// Leases of one provider, closed ones included.
    #[returns(LeasesResponse)]
    ProviderLeases {
        /// Provider's address.
        provider: String,
        /// Place to start after.
        start_after: Option<OrderCursor>,
        /// Page size.
        limit: Option<u32>,
    },
    /// Leases of one deployment, closed ones included.
    #[returns(LeasesResponse)]
    DeploymentLeases {
        /// Deployment number.
        dseq: Uint64,
        /// Place to start after.
        start_after: Option<OrderCursor>,
        /// Page size.
        limit: Option<u32>,
    },
}

/// Runs the migration steps that are due.
#[cw_serde]
pub struct MigrateMsg {}

/// Event types. Attribute keys: `owner`, `dseq`, `gseq`, `oseq`, `provider`, `bseq` as far as the id goes, then those named.
pub mod event {
    /// Deployment id, `hash`.
    pub const DEPLOYMENT_CREATED: &str = "deployment_created";
    /// Deployment id, `hash`.
    pub const DEPLOYMENT_UPDATED: &str = "deployment_updated";
    /// Deployment id.
    pub const DEPLOYMENT_CLOSED: &str = "deployment_closed";
    /// Group id.
    pub const GROUP_STARTED: &str = "group_started";
    /// Group id.
    pub const GROUP_PAUSED: &str = "group_paused";
    /// Group id.
    pub const GROUP_CLOSED: &str = "group_closed";
    /// Order id.
    pub const ORDER_CREATED: &str = "order_created";
    /// Order id.
    pub const ORDER_CLOSED: &str = "order_closed";
    /// Bid id, `price`.
    pub const BID_CREATED: &str = "bid_created";
    /// Bid id.
    pub const BID_LOST: &str = "bid_lost";
    /// Bid id.
    pub const BID_CLOSED: &str = "bid_closed";
    /// Lease id, `price`.
    pub const LEASE_CREATED: &str = "lease_created";
    /// Lease id, `reason`.
    pub const LEASE_CLOSED: &str = "lease_closed";
    /// Lease id, `reason`, `deadline`.
    pub const LEASE_RECLAIM_STARTED: &str = "lease_reclaim_started";
    /// `paused`.
    pub const INTAKE_PAUSED: &str = "intake_paused";
    /// No attributes.
    pub const PARAMS_UPDATED: &str = "params_updated";
    /// No attributes.
    pub const CONFIG_UPDATED: &str = "config_updated";
}
