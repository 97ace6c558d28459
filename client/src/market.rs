//! Typed calls of the market contract: lists are read to their end, messages are built with the right sender.
//!
//! A list is whole or an error: pages shrink until the node's query gas suffices, and no entry is left out.
//!
//! The other contracts of the suite need no more than [`Client::query_wasm`] and [`message::execute`] with the message
//! types of `supercloud-schema`.

mod pages;

use cosmwasm_std::{Coin, Uint64};
use supercloud_schema::id::{BidId, DeploymentId, LeaseId, OrderId};
use supercloud_schema::market::{
    Bid, BidResponse, BidsResponse, ConfigResponse, Deployment, DeploymentResponse, DeploymentsResponse, ExecuteMsg,
    Lease, LeaseResponse, LeasesResponse, Order, OrderCursor, OrderResponse, OrdersResponse, QueryMsg,
};

use crate::error::ClientError;
use crate::message;
use crate::query::Client;
use pages::List;
use supercloud_proto::prost_types::Any;

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
        let list = List {
            name: "deployments",
            query: |start_after, limit| QueryMsg::Deployments {
                owner: Some(owner.to_owned()),
                start_after,
                limit: Some(limit),
            },
            entries: |page: DeploymentsResponse| page.deployments,
            cursor: |deployment: &Deployment| deployment.id.dseq,
        };
        self.read(list, None).await
    }

    /// One order.
    pub async fn order(&self, id: &OrderId) -> Result<Order, ClientError> {
        let response: OrderResponse = self.ask(&QueryMsg::Order { id: id.clone() }).await?;
        Ok(response.order)
    }

    /// All orders that take bids.
    ///
    /// An order too large for a page of its own is [`ClientError::Unlistable`] and not stepped past: the cursor goes
    /// before it and deployment numbers have gaps, so a guessed cursor behind it might leave out orders that can be
    /// read.
    pub async fn open_orders(&self) -> Result<Vec<Order>, ClientError> {
        let list = List {
            name: "open_orders",
            query: |start_after, limit| QueryMsg::OpenOrders {
                start_after,
                limit: Some(limit),
            },
            entries: |page: OrdersResponse| page.orders,
            cursor: |order: &Order| order_cursor(&order.id),
        };
        self.read(list, None).await
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
        self.provider_leases_after(provider, None).await
    }

    /// The leases of a provider that come after `start`, closed ones included.
    pub async fn provider_leases_after(
        &self,
        provider: &str,
        start: Option<OrderCursor>,
    ) -> Result<Vec<Lease>, ClientError> {
        let list = List {
            name: "provider_leases",
            query: |start_after, limit| QueryMsg::ProviderLeases {
                provider: provider.to_owned(),
                start_after,
                limit: Some(limit),
            },
            entries: |page: LeasesResponse| page.leases,
            cursor: lease_cursor,
        };
        self.read(list, start).await
    }

    /// All leases of a deployment, closed ones included.
    pub async fn deployment_leases(&self, dseq: Uint64) -> Result<Vec<Lease>, ClientError> {
        let list = List {
            name: "deployment_leases",
            query: |start_after, limit| QueryMsg::DeploymentLeases {
                dseq,
                start_after,
                limit: Some(limit),
            },
            entries: |page: LeasesResponse| page.leases,
            cursor: lease_cursor,
        };
        self.read(list, None).await
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

/// The place of a lease in a list of leases.
pub fn lease_cursor(lease: &Lease) -> OrderCursor {
    order_cursor(&lease.id.order())
}
