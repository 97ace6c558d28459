//! What only a dev chain lets one do: make blocks, move time, take coins, set the price. JSON over HTTP on loopback.
//!
//! | request | body | does |
//! |---|---|---|
//! | `POST /blocks` | `{"count": 1}` | makes blocks |
//! | `POST /time` | `{"seconds": 60}` | moves block time ahead and makes a block |
//! | `POST /faucet` | `{"address": "akash1…", "amount": "1000000uakt"}` | sends coins of the last account |
//! | `POST /price` | `{"usd": "0.61"}` | publishes an AKT price of the dev signers |
//! | `POST /snapshot` | `{}` | remembers state, blocks, mempool and block time |
//! | `POST /revert` | `{"id": 1}` | goes back to a snapshot |
//! | `POST /impersonate` | `{"address": "akash1…"}`, `"stop": true` | takes a sender's transactions without signatures |
//! | `GET /trace/{hash}` | | contract calls of a transaction |
//! | `GET /gas-report` | | what contract calls cost |
//!
//! A web page of a stranger cannot reach it: bodies must be `application/json`, and no origin is allowed.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use anyhow::{Context, Result};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use supercloud_client::message;
use supercloud_node::NodeHandle;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::args::price_mantissa;
use super::{Wallets, install};
use crate::coins::parse_coins;
use crate::price_signers::PriceSigners;
use crate::suite::Addresses;

mod tools;

/// Blocks made by one request.
const MAX_BLOCKS: u64 = 10_000;
/// Furthest that one request moves time: a hundred years.
const MAX_SECONDS: u64 = 100 * 365 * 86_400;
/// How long requests may take when the chain ends.
const STOP_GRACE: Duration = Duration::from_secs(2);
/// What the faucet gives when no amount is asked for.
const FAUCET_AMOUNT: &str = "1000000000uakt";

/// The running server.
pub(super) struct Control {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    /// Ends what takes long.
    stopping: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Control {
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more requests and waits for those that it has, but not for long: the rest of one may never come.
    pub(super) async fn stop(mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        let _ = self.stop.send(());
        if tokio::time::timeout(STOP_GRACE, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

#[derive(Clone)]
struct Shared {
    /// Weak, so that open connections do not keep a node alive that is to end.
    node: Weak<NodeHandle>,
    stopping: Arc<AtomicBool>,
    wallets: Wallets,
    signers: Arc<PriceSigners>,
    addresses: Arc<Addresses>,
}

impl Shared {
    fn node(&self) -> Result<Arc<NodeHandle>, Refusal> {
        let node = self.node.upgrade().filter(|_| !self.stopping.load(Ordering::SeqCst));
        node.ok_or_else(shutting_down)
    }
}

/// Starts the server.
pub(super) async fn start(node: &Arc<NodeHandle>, wallets: Wallets, port: u16, mnemonic: &str) -> Result<Control> {
    let governance = wallets.council.client().gov_address()?;
    let stopping = Arc::new(AtomicBool::new(false));
    let shared = Shared {
        node: Arc::downgrade(node),
        stopping: stopping.clone(),
        wallets,
        signers: Arc::new(PriceSigners::of_dev_chain(mnemonic)?),
        addresses: Arc::new(Addresses::predict(&governance)?),
    };
    let routes = Router::new()
        .route("/blocks", post(blocks))
        .route("/time", post(time))
        .route("/faucet", post(faucet))
        .route("/price", post(price))
        .route("/snapshot", post(tools::snapshot))
        .route("/revert", post(tools::revert))
        .route("/impersonate", post(tools::impersonate))
        .route("/trace/{hash}", get(tools::trace))
        .route("/gas-report", get(tools::gas_report))
        .with_state(shared);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; choose another --control-port"))?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(async move {
        let ended = async {
            let _ = stopped.await;
        };
        if let Err(error) = axum::serve(listener, routes).with_graceful_shutdown(ended).await {
            tracing::error!(%error, "the control server ended");
        }
    });
    Ok(Control {
        address,
        stop,
        stopping,
        task,
    })
}

/// A request that was not done.
struct Refusal(StatusCode, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

impl<E: Into<anyhow::Error>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, format!("{:#}", error.into()))
    }
}

fn shutting_down() -> Refusal {
    Refusal(StatusCode::SERVICE_UNAVAILABLE, "the chain is shutting down".to_owned())
}

fn bad_request(text: impl Into<String>) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, text.into())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Blocks {
    #[serde(default = "one")]
    count: u64,
}

fn one() -> u64 {
    1
}

async fn blocks(State(shared): State<Shared>, Json(body): Json<Blocks>) -> Result<Json<Value>, Refusal> {
    if !(1..=MAX_BLOCKS).contains(&body.count) {
        return Err(bad_request(format!("count is 1 to {MAX_BLOCKS}, got {}", body.count)));
    }
    let node = shared.node()?;
    let make = move || -> Result<u64, Refusal> {
        let mut height = 0;
        for _ in 0..body.count {
            if shared.stopping.load(Ordering::SeqCst) {
                return Err(shutting_down());
            }
            height = node.produce_block()?;
        }
        Ok(height)
    };
    let height = tokio::task::spawn_blocking(make).await??;
    Ok(Json(json!({ "height": height })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Time {
    seconds: u64,
}

async fn time(State(shared): State<Shared>, Json(body): Json<Time>) -> Result<Json<Value>, Refusal> {
    if body.seconds > MAX_SECONDS {
        return Err(bad_request(format!(
            "seconds are at most {MAX_SECONDS}, got {}",
            body.seconds
        )));
    }
    let by = Duration::from_secs(body.seconds);
    let node = shared.node()?;
    let height = tokio::task::spawn_blocking(move || node.advance_time(by)).await??;
    Ok(Json(json!({ "height": height })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Faucet {
    address: String,
    amount: Option<String>,
}

async fn faucet(State(shared): State<Shared>, Json(body): Json<Faucet>) -> Result<Json<Value>, Refusal> {
    let amount = parse_coins(body.amount.as_deref().unwrap_or(FAUCET_AMOUNT)).map_err(bad_request)?;
    let queue = &shared.wallets.faucet;
    let send = message::send(queue.address(), &body.address, amount);
    let outcome = install::send(&shared.node()?, queue, vec![send]).await?;
    Ok(Json(json!({ "tx_hash": outcome.hash, "height": outcome.height })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceBody {
    usd: String,
}

async fn price(State(shared): State<Shared>, Json(body): Json<PriceBody>) -> Result<Json<Value>, Refusal> {
    let mantissa = price_mantissa(&body.usd).map_err(bad_request)?;
    let Shared {
        wallets,
        signers,
        addresses,
        ..
    } = &shared;
    let outcome = install::publish_price(&shared.node()?, wallets, addresses, signers, mantissa).await?;
    Ok(Json(json!({ "tx_hash": outcome.hash, "height": outcome.height })))
}
