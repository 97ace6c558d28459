//! What all servers of one chain share.

use std::sync::Arc;

use axum::Router;

use crate::api::ChainApi;
use crate::blocking::Threads;
use crate::budget::Room;
use crate::dispatch::Dispatcher;
use crate::metrics::{BlockMetrics, Metrics};
use crate::ws::Hub;
use crate::{grpc, metrics, rest, server};

pub(crate) struct Backend {
    pub(crate) dispatcher: Dispatcher,
    pub(crate) metrics: Metrics,
    pub(crate) blocks: BlockMetrics,
    pub(crate) hub: Arc<Hub>,
    pub(crate) threads: Threads,
    pub(crate) room: Room,
}

/// The servers of one chain: JSON-RPC with WebSocket, REST, gRPC, metrics. Each is a router for a port of its own.
#[derive(Clone)]
pub struct Servers(Arc<Backend>);

impl Servers {
    /// Servers over `api`.
    pub fn new<A: ChainApi>(api: Arc<A>) -> Self {
        let api: Arc<dyn ChainApi> = api;
        Self(Arc::new(Backend {
            blocks: BlockMetrics::new(&*api),
            hub: Arc::new(Hub::new(api.clone())),
            dispatcher: Dispatcher::new(api),
            metrics: Metrics::default(),
            threads: Threads::default(),
            room: Room::default(),
        }))
    }

    /// CometBFT JSON-RPC: `POST /`, `GET /<method>`, `/websocket`.
    pub fn rpc(&self) -> Router {
        server::router(self.0.clone())
    }

    /// The Cosmos REST gateway, with its OpenAPI document at `/openapi.json`.
    pub fn rest(&self) -> Router {
        rest::router(self.0.clone())
    }

    /// gRPC and gRPC-web, with reflection.
    pub fn grpc(&self) -> Router {
        grpc::router(self.0.clone())
    }

    /// `/metrics` in Prometheus' text format and `/health`.
    pub fn metrics(&self) -> Router {
        metrics::router(self.0.clone())
    }
}

impl std::fmt::Debug for Servers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Servers").finish_non_exhaustive()
    }
}
