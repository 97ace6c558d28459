//! What a provider asks of the chain, as a trait; [`RpcChain`] is the real one.
//!
//! Errors distinguish "could not be read" from "is not so": nothing is ever closed because of the former.

mod rpc;

use std::future::Future;
use std::pin::Pin;

use supercloud_provider_engine::{ChainView, ProviderRecord};
use supercloud_schema::id::{BidId, LeaseId, OrderId};
use supercloud_schema::market::{DeploymentResponse, Lease};
use supercloud_schema::money::{Uact, UnitPrice};
use supercloud_schema::registry::ProviderProfile;
use supercloud_schema::resource::{GroupSpec, ResourceOffer};
use supercloud_schema::time::Seconds;
use thiserror::Error;

pub use rpc::{Contracts, RpcChain};

/// A future of a trait object's method.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Something could not be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the chain could not be read: {0}")]
pub struct ChainError(pub String);

/// A transaction did not (surely) go through.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TxError {
    /// The chain said no; nothing changed.
    #[error("the chain refused: {0}")]
    Refused(String),
    /// It never reached the chain; nothing changed.
    #[error("not sent: {0}")]
    NotSent(String),
    /// It may or may not go through.
    #[error("sent, but its fate is unknown: {0}")]
    Unknown(String),
}

/// A bid to make.
#[derive(Clone, Debug, PartialEq)]
pub struct BidTerms {
    /// The order.
    pub order: OrderId,
    /// Rate for the whole group.
    pub price: UnitPrice,
    /// What would be given.
    pub offer: Vec<ResourceOffer>,
    /// Notice that would be given.
    pub reclamation: Option<Seconds>,
}

/// What a withdrawal brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Withdrawal {
    /// Earnings at the time of asking, summed over the leases; what is really paid may be a little more.
    pub amount: Uact,
    /// The transaction; none when there was nothing to withdraw.
    pub tx_hash: Option<String>,
}

/// The chain, as far as a provider needs it.
pub trait Chain: Send + Sync {
    /// All open orders and all leases of ours, read completely and in this order.
    fn view(&self) -> BoxFuture<'_, Result<ChainView, ChainError>>;

    /// Our record in the registry, with its profile.
    fn provider(&self) -> BoxFuture<'_, Result<Option<(ProviderProfile, ProviderRecord)>, ChainError>>;

    /// Our open bid on an order.
    fn own_bid<'a>(&'a self, order: &'a OrderId) -> BoxFuture<'a, Result<Option<BidId>, ChainError>>;

    /// What an order asked for, open or not.
    fn spec<'a>(&'a self, order: &'a OrderId) -> BoxFuture<'a, Result<GroupSpec, ChainError>>;

    /// A deployment of an owner with its groups.
    fn deployment<'a>(
        &'a self,
        owner: &'a str,
        dseq: u64,
    ) -> BoxFuture<'a, Result<Option<DeploymentResponse>, ChainError>>;

    /// All leases of a deployment, ours and others'.
    fn leases_of(&self, dseq: u64) -> BoxFuture<'_, Result<Vec<Lease>, ChainError>>;

    /// Registers us, or replaces our record.
    fn publish(&self, profile: ProviderProfile) -> BoxFuture<'_, Result<(), TxError>>;

    /// Bids.
    fn submit_bid(&self, terms: BidTerms) -> BoxFuture<'_, Result<BidId, TxError>>;

    /// Takes a bid back or ends its lease.
    fn close_bid(&self, bid: BidId, reason: u32) -> BoxFuture<'_, Result<(), TxError>>;

    /// Withdraws what the leases have earned; leases without earnings are left out.
    fn withdraw(&self, leases: Vec<LeaseId>, redeem: bool) -> BoxFuture<'_, Result<Withdrawal, TxError>>;
}
