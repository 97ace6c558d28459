//! The real chain: contract queries and transactions over a node's JSON-RPC.

use cosmwasm_std::Uint64;
use serde::{Deserialize, Serialize};
use supercloud_client::market::{Market, lease_cursor};
use supercloud_client::{Client, ClientError, TxOptions, TxOutcome, TxQueue, message};
use supercloud_provider_engine::{ChainView, ProviderRecord};
use supercloud_schema::escrow::{self, PaymentResponse};
use supercloud_schema::id::{BidId, DeploymentId, LeaseId, OrderId};
use supercloud_schema::market::{
    self, BidState, BidsResponse, ConfigResponse, DeploymentResponse, Lease, LeaseState, OrderCursor, OrderResponse,
};
use supercloud_schema::money::Uact;
use supercloud_schema::registry::{self, ProviderProfile, ProviderResponse};
use supercloud_schema::resource::GroupSpec;
use tokio::sync::Mutex;

use super::{BidTerms, BoxFuture, Chain, ChainError, TxError, Withdrawal};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Addresses of the contracts that a provider talks to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contracts {
    /// Registry.
    pub registry: String,
    /// Market.
    pub market: String,
    /// Escrow.
    pub escrow: String,
}

/// A chain behind a node.
#[derive(Debug)]
pub struct RpcChain {
    queue: TxQueue,
    contracts: Contracts,
    act_denom: String,
    bid_deposit: Uact,
    /// Every lease of ours up to here has ended and need not be read again.
    ended: Mutex<Option<OrderCursor>>,
}

impl RpcChain {
    /// Asks the market for its denom and its least deposit.
    pub async fn connect(queue: TxQueue, contracts: Contracts, bid_deposit: Option<Uact>) -> Result<Self, ChainError> {
        let config: ConfigResponse = queue
            .client()
            .query_wasm(&contracts.market, &market::QueryMsg::Config {})
            .await
            .map_err(|error| unreadable(&error))?;
        Ok(Self {
            queue,
            contracts,
            act_denom: config.act_denom,
            bid_deposit: bid_deposit.unwrap_or(config.params.bid_min_deposit),
            ended: Mutex::new(None),
        })
    }

    fn client(&self) -> &Client {
        self.queue.client()
    }

    async fn ask_market<R: serde::de::DeserializeOwned>(&self, query: &market::QueryMsg) -> Result<R, ClientError> {
        self.client().query_wasm(&self.contracts.market, query).await
    }

    fn market(&self) -> Market {
        Market::new(self.client().clone(), &self.contracts.market)
    }

    async fn own_leases(&self) -> Result<Vec<Lease>, ClientError> {
        let mut ended = self.ended.lock().await;
        let market = self.market();
        let leases = market.provider_leases_after(self.queue.address(), *ended).await?;
        let over = |lease: &&Lease| matches!(lease.state, LeaseState::Closed {} | LeaseState::InsufficientFunds {});
        *ended = leases.iter().take_while(over).last().map(lease_cursor).or(*ended);
        Ok(leases)
    }

    /// Sends one message to a contract. What may or may not have reached the chain is `Unknown`.
    async fn execute<T: Serialize>(
        &self,
        contract: &str,
        msg: &T,
        funds: Vec<supercloud_client::Coin>,
    ) -> Result<TxOutcome, TxError> {
        let message = message::execute(self.queue.address(), contract, msg, funds)
            .map_err(|error| TxError::NotSent(error.to_string()))?;
        let hash = self
            .queue
            .submit(vec![message], &TxOptions::default())
            .await
            .map_err(|error| match error {
                ClientError::Refused { .. } | ClientError::Query { .. } => TxError::Refused(words(&error)),
                ClientError::Uncertain { .. } => TxError::Unknown(error.to_string()),
                _ => TxError::NotSent(error.to_string()),
            })?;
        self.queue.wait(&hash).await.map_err(|error| match error {
            ClientError::Failed(_) => TxError::Refused(words(&error)),
            _ => TxError::Unknown(error.to_string()),
        })
    }

    /// Earned and not yet withdrawn.
    async fn earnings(&self, lease: &LeaseId) -> Result<Uact, ClientError> {
        let query = escrow::QueryMsg::Payment { lease: lease.clone() };
        let answer: Result<PaymentResponse, _> = self.client().query_wasm(&self.contracts.escrow, &query).await;
        match answer {
            Ok(answer) => Ok(answer.payment.earned.saturating_sub(answer.payment.withdrawn)),
            Err(error) if error.is_not_found() => Ok(Uact::ZERO),
            Err(error) => Err(error),
        }
    }
}

fn unreadable(error: &ClientError) -> ChainError {
    ChainError(error.to_string())
}

/// The chain's own words when it answered.
fn words(error: &ClientError) -> String {
    error.log().map_or_else(|| error.to_string(), str::to_owned)
}

impl Chain for RpcChain {
    /// A list that cannot be read whole fails the view: the engine takes an order that is missing for closed and frees
    /// what it holds for it.
    fn view(&self) -> BoxFuture<'_, Result<ChainView, ChainError>> {
        Box::pin(async move {
            let read = async {
                let now = self.client().rpc().status().await?.time_nanos / NANOS_PER_SECOND;
                let orders = self.market().open_orders().await?;
                let leases = self.own_leases().await?;
                Ok(ChainView { now, orders, leases })
            };
            read.await.map_err(|error: ClientError| unreadable(&error))
        })
    }

    fn provider(&self) -> BoxFuture<'_, Result<Option<(ProviderProfile, ProviderRecord)>, ChainError>> {
        Box::pin(async move {
            let query = registry::QueryMsg::Provider {
                owner: self.queue.address().to_owned(),
            };
            let answer: ProviderResponse = self
                .client()
                .query_wasm(&self.contracts.registry, &query)
                .await
                .map_err(|error| unreadable(&error))?;
            Ok(answer.provider.map(|provider| {
                let attributes = provider.profile.attributes.clone();
                (
                    provider.profile,
                    ProviderRecord {
                        attributes,
                        audited: answer.audited,
                    },
                )
            }))
        })
    }

    fn own_bid<'a>(&'a self, order: &'a OrderId) -> BoxFuture<'a, Result<Option<BidId>, ChainError>> {
        Box::pin(async move {
            let query = market::QueryMsg::Bids { order: order.clone() };
            let answer: BidsResponse = self.ask_market(&query).await.map_err(|error| unreadable(&error))?;
            let ours = |bid: &market::Bid| {
                bid.id.provider == self.queue.address() && matches!(bid.state, BidState::Open {} | BidState::Active {})
            };
            Ok(answer.bids.into_iter().find(ours).map(|bid| bid.id))
        })
    }

    fn spec<'a>(&'a self, order: &'a OrderId) -> BoxFuture<'a, Result<GroupSpec, ChainError>> {
        Box::pin(async move {
            let query = market::QueryMsg::Order { id: order.clone() };
            let answer: OrderResponse = self.ask_market(&query).await.map_err(|error| unreadable(&error))?;
            Ok(answer.order.spec)
        })
    }

    fn deployment<'a>(
        &'a self,
        owner: &'a str,
        dseq: u64,
    ) -> BoxFuture<'a, Result<Option<DeploymentResponse>, ChainError>> {
        Box::pin(async move {
            let id = DeploymentId {
                owner: owner.to_owned(),
                dseq: Uint64::new(dseq),
            };
            match self.ask_market(&market::QueryMsg::Deployment { id }).await {
                Ok(answer) => Ok(Some(answer)),
                Err(error) if error.is_not_found() => Ok(None),
                Err(error) => Err(unreadable(&error)),
            }
        })
    }

    fn leases_of(&self, dseq: u64) -> BoxFuture<'_, Result<Vec<Lease>, ChainError>> {
        Box::pin(async move {
            let leases = self.market().deployment_leases(Uint64::new(dseq)).await;
            leases.map_err(|error| unreadable(&error))
        })
    }

    fn publish(&self, profile: ProviderProfile) -> BoxFuture<'_, Result<(), TxError>> {
        Box::pin(async move {
            let known = self
                .provider()
                .await
                .map_err(|error| TxError::NotSent(error.to_string()))?;
            let msg = match known {
                Some((current, _)) if current == profile => return Ok(()),
                Some(_) => registry::ExecuteMsg::UpdateProvider { profile },
                None => registry::ExecuteMsg::RegisterProvider { profile },
            };
            self.execute(&self.contracts.registry, &msg, Vec::new()).await.map(drop)
        })
    }

    fn submit_bid(&self, terms: BidTerms) -> BoxFuture<'_, Result<BidId, TxError>> {
        Box::pin(async move {
            let BidTerms {
                order,
                price,
                offer,
                reclamation,
            } = terms;
            let msg = market::ExecuteMsg::CreateBid {
                order: order.clone(),
                price,
                resources_offer: offer,
                reclamation_seconds: reclamation,
            };
            let deposit = vec![self.bid_deposit.coin(&self.act_denom)];
            let outcome = self.execute(&self.contracts.market, &msg, deposit).await?;
            let event = format!("wasm-{}", market::event::BID_CREATED);
            let number = outcome.attribute(&event, "bseq").and_then(|text| text.parse().ok());
            let bseq = number.ok_or_else(|| TxError::Unknown(format!("no bid number in {}", outcome.hash)))?;
            Ok(order.bid(self.queue.address(), bseq))
        })
    }

    fn close_bid(&self, bid: BidId, reason: u32) -> BoxFuture<'_, Result<(), TxError>> {
        Box::pin(async move {
            let msg = market::ExecuteMsg::CloseBid { bid, reason };
            self.execute(&self.contracts.market, &msg, Vec::new()).await.map(drop)
        })
    }

    fn withdraw(&self, leases: Vec<LeaseId>, redeem: bool) -> BoxFuture<'_, Result<Withdrawal, TxError>> {
        Box::pin(async move {
            let mut due = Vec::new();
            let mut amount = Uact::ZERO;
            for lease in leases {
                let earned = self
                    .earnings(&lease)
                    .await
                    .map_err(|error| TxError::NotSent(error.to_string()))?;
                if !earned.is_zero() {
                    amount = amount
                        .checked_add(earned)
                        .map_err(|error| TxError::NotSent(error.to_string()))?;
                    due.push(lease);
                }
            }
            if due.is_empty() {
                return Ok(Withdrawal::default());
            }
            let msg = escrow::ExecuteMsg::Withdraw { leases: due, redeem };
            let outcome = self.execute(&self.contracts.escrow, &msg, Vec::new()).await?;
            Ok(Withdrawal {
                amount,
                tx_hash: Some(outcome.hash),
            })
        })
    }
}
