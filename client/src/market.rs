//! Typed calls of the market contract: lists are read to their end, messages are built with the right sender.
//!
//! The other contracts of the suite need no more than [`Client::query_wasm`] and [`message::execute`] with the message
//! types of `supercloud-schema`.

use cosmwasm_std::{Coin, Uint64};
use supercloud_schema::id::{BidId, DeploymentId, LeaseId, OrderId};
use supercloud_schema::market::{
    Bid, BidResponse, BidsResponse, ConfigResponse, Deployment, DeploymentResponse, DeploymentsResponse, ExecuteMsg,
    Lease, LeaseResponse, LeasesResponse, Order, OrderCursor, OrderResponse, OrdersResponse, QueryMsg,
};

use crate::error::ClientError;
use crate::message;
use crate::query::Client;
use supercloud_proto::prost_types::Any;

/// Entries per page, the contract's limit.
const PAGE: u32 = 100;

/// The market contract of one chain. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Market {
    client: Client,
    address: String,
}

impl Market {
    /// The market at `address`.
    pub fn new(client: Client, address: impl Into<String>) -> Self {
        Self {
            client,
            address: address.into(),
        }
    }

    /// Its address.
    pub fn address(&self) -> &str {
        &self.address
    }

    async fn ask<R: serde::de::DeserializeOwned>(&self, message: &QueryMsg) -> Result<R, ClientError> {
        self.client.query_wasm(&self.address, message).await
    }

    /// Its configuration.
    pub async fn config(&self) -> Result<ConfigResponse, ClientError> {
        self.ask(&QueryMsg::Config {}).await
    }

    /// A deployment with its groups.
    pub async fn deployment(&self, id: &DeploymentId) -> Result<DeploymentResponse, ClientError> {
        self.ask(&QueryMsg::Deployment { id: id.clone() }).await
    }

    /// All deployments of one owner, by number.
    pub async fn deployments(&self, owner: &str) -> Result<Vec<Deployment>, ClientError> {
        let mut all: Vec<Deployment> = Vec::new();
        loop {
            let start_after: Option<Uint64> = all.last().map(|deployment| deployment.id.dseq);
            let query = QueryMsg::Deployments {
                owner: Some(owner.to_owned()),
                start_after,
                limit: Some(PAGE),
            };
            let page: DeploymentsResponse = self.ask(&query).await?;
            let full = page.deployments.len() == PAGE as usize;
            all.extend(page.deployments);
            if !full {
                return Ok(all);
            }
        }
    }

    /// One order.
    pub async fn order(&self, id: &OrderId) -> Result<Order, ClientError> {
        let response: OrderResponse = self.ask(&QueryMsg::Order { id: id.clone() }).await?;
        Ok(response.order)
    }

    /// All orders that take bids.
    pub async fn open_orders(&self) -> Result<Vec<Order>, ClientError> {
        let mut all: Vec<Order> = Vec::new();
        loop {
            let start_after = all.last().map(|order| order_cursor(&order.id));
            let page: OrdersResponse = self
                .ask(&QueryMsg::OpenOrders {
                    start_after,
                    limit: Some(PAGE),
                })
                .await?;
            let full = page.orders.len() == PAGE as usize;
            all.extend(page.orders);
            if !full {
                return Ok(all);
            }
        }
    }

    /// One bid.
    pub async fn bid(&self, id: &BidId) -> Result<Bid, ClientError> {
        let response: BidResponse = self.ask(&QueryMsg::Bid { id: id.clone() }).await?;
        Ok(response.bid)
    }

    /// All bids on an order.
    pub async fn bids(&self, order: &OrderId) -> Result<Vec<Bid>, ClientError> {
        let response: BidsResponse = self.ask(&QueryMsg::Bids { order: order.clone() }).await?;
        Ok(response.bids)
    }

    /// One lease.
    pub async fn lease(&self, id: &LeaseId) -> Result<Lease, ClientError> {
        let response: LeaseResponse = self.ask(&QueryMsg::Lease { id: id.clone() }).await?;
        Ok(response.lease)
    }

    /// All leases of a provider, closed ones included.
    pub async fn provider_leases(&self, provider: &str) -> Result<Vec<Lease>, ClientError> {
        let query = |start_after| QueryMsg::ProviderLeases {
            provider: provider.to_owned(),
            start_after,
            limit: Some(PAGE),
        };
        self.leases(query).await
    }

    /// All leases of a deployment, closed ones included.
    pub async fn deployment_leases(&self, dseq: Uint64) -> Result<Vec<Lease>, ClientError> {
        self.leases(|start_after| QueryMsg::DeploymentLeases {
            dseq,
            start_after,
            limit: Some(PAGE),
        })
        .await
    }

    async fn leases(&self, query: impl Fn(Option<OrderCursor>) -> QueryMsg) -> Result<Vec<Lease>, ClientError> {
        let mut all: Vec<Lease> = Vec::new();
        loop {
            let start_after = all.last().map(|lease| order_cursor(&lease.id.order()));
            let page: LeasesResponse = self.ask(&query(start_after)).await?;
            let full = page.leases.len() == PAGE as usize;
            all.extend(page.leases);
            if !full {
                return Ok(all);
            }
        }
    }

    /// A message of `sender` to the market.
    pub fn execute(&self, sender: &str, message: &ExecuteMsg, funds: Vec<Coin>) -> Result<Any, ClientError> {
        message::execute(sender, &self.address, message, funds)
    }
}

fn order_cursor(order: &OrderId) -> OrderCursor {
    OrderCursor {
        dseq: order.dseq,
        gseq: order.gseq,
        oseq: order.oseq,
    }
}
