//! All subscriptions, and the feed that serves them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::ws::Utf8Bytes;
use serde_json::{Value, json};

use super::events::{Occasion, occasions};
use super::queue::{Meter, Outbox};
use crate::api::ChainApi;
use crate::block::BlockRecord;
use crate::blocking;
use crate::error::RpcError;
use crate::metrics::{counter, gauge};
use crate::search::Query;

/// Most connections with subscriptions, CometBFT's `max_subscription_clients`.
const MAX_SUBSCRIBERS: usize = 100;
/// Most subscriptions of one connection, CometBFT's `max_subscriptions_per_client`.
pub(super) const MAX_SUBSCRIPTIONS: usize = 5;
/// Most events that wait for one connection: several blocks full of transactions.
pub(super) const MAX_WAITING: usize = 10_000;

struct Subscription {
    query: Query,
    /// The query as it was sent: clients compare.
    text: String,
    id: Value,
}

#[derive(Clone)]
struct Subscriber {
    subscriptions: Vec<Arc<Subscription>>,
    outbox: Outbox,
}

/// All subscriptions of one chain.
pub(crate) struct Hub {
    api: Arc<dyn ChainApi>,
    subscribers: Mutex<BTreeMap<u64, Subscriber>>,
    next_connection: AtomicU64,
    fed: AtomicBool,
    meter: Meter,
    sent: AtomicU64,
    dropped: AtomicU64,
}

impl Hub {
    pub(crate) fn new(api: Arc<dyn ChainApi>) -> Self {
        Self {
            api,
            subscribers: Mutex::default(),
            next_connection: AtomicU64::new(1),
            fed: AtomicBool::new(false),
            meter: Meter::default(),
            sent: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Subscriber>> {
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number for a new connection.
    pub(super) fn connect(&self) -> u64 {
        self.next_connection.fetch_add(1, Ordering::Relaxed)
    }

    /// Adds a subscription; `confirm` queues the reply before any event of the subscription can be queued.
    pub(super) fn subscribe(
        self: &Arc<Self>,
        connection: u64,
        outbox: &Outbox,
        text: String,
        id: Value,
        confirm: impl FnOnce(),
    ) -> Result<(), RpcError> {
        let query = parse(&text)?;
        self.ensure_feed();
        let mut subscribers = self.lock();
        match subscribers.get(&connection) {
            None if subscribers.len() >= MAX_SUBSCRIBERS => {
                return Err(refused(format!("max_subscription_clients {MAX_SUBSCRIBERS} reached")));
            }
            Some(known) if known.subscriptions.len() >= MAX_SUBSCRIPTIONS => {
                return Err(refused(format!(
                    "max_subscriptions_per_client {MAX_SUBSCRIPTIONS} reached"
                )));
            }
            Some(known) if known.subscriptions.iter().any(|known| known.query == query) => {
                return Err(refused("already subscribed".to_owned()));
            }
            _ => {}
        }
        subscribers
            .entry(connection)
            .or_insert_with(|| Subscriber {
                subscriptions: Vec::new(),
                outbox: outbox.clone(),
            })
            .subscriptions
            .push(Arc::new(Subscription { query, text, id }));
        confirm();
        Ok(())
    }

    pub(super) fn unsubscribe(&self, connection: u64, text: &str) -> Result<(), RpcError> {
        let query = parse(text)?;
        let mut subscribers = self.lock();
        let known = subscribers.get_mut(&connection).ok_or_else(not_subscribed)?;
        let before = known.subscriptions.len();
        known.subscriptions.retain(|subscription| subscription.query != query);
        let left = known.subscriptions.len();
        if left == 0 {
            subscribers.remove(&connection);
        }
        if left == before { Err(not_subscribed()) } else { Ok(()) }
    }

    pub(super) fn unsubscribe_all(&self, connection: u64) -> Result<(), RpcError> {
        self.lock().remove(&connection).map(drop).ok_or_else(not_subscribed)
    }

    /// Forgets a closed connection.
    pub(super) fn disconnect(&self, connection: u64) {
        self.lock().remove(&connection);
    }

    /// Starts the feed with the first subscription; it lives as long as the async runtime.
    fn ensure_feed(self: &Arc<Self>) {
        if !self.fed.swap(true, Ordering::SeqCst) {
            let mut heights = self.api.committed();
            let last = *heights.borrow_and_update();
            tokio::spawn(self.clone().feed(heights, last));
        }
    }

    async fn feed(self: Arc<Self>, mut heights: tokio::sync::watch::Receiver<u64>, mut last: u64) {
        while heights.changed().await.is_ok() {
            let latest = *heights.borrow_and_update();
            let hub = self.clone();
            // A panic on one block is logged there; the next blocks are served all the same.
            let _ = blocking::run(move || {
                for height in last.saturating_add(1)..=latest {
                    if let Some(record) = hub.api.block(height) {
                        hub.publish(&record);
                    }
                }
            })
            .await;
            last = latest;
        }
        for subscriber in std::mem::take(&mut *self.lock()).values() {
            for subscription in &subscriber.subscriptions {
                end(&subscriber.outbox, subscription, "CometBFT exited");
            }
        }
    }

    /// Encodes outside of the lock, which async threads take. Subscriptions that end meanwhile are then held here alone.
    fn publish(&self, record: &BlockRecord) {
        let mut subscribers = self.lock().clone();
        if subscribers.is_empty() {
            return;
        }
        for occasion in occasions(record) {
            for (connection, subscriber) in &mut subscribers {
                self.deliver(*connection, subscriber, &occasion);
            }
        }
    }

    fn deliver(&self, connection: u64, subscriber: &mut Subscriber, occasion: &Occasion<'_>) {
        let Subscriber { subscriptions, outbox } = subscriber;
        subscriptions.retain(|subscription| {
            let is_gone = Arc::strong_count(subscription) == 1 || outbox.events.is_closed();
            if is_gone {
                return false;
            }
            if !subscription.query.matches_tags(&occasion.tags) {
                return true;
            }
            if self.meter.queue(outbox, frame(subscription, occasion)) {
                self.sent.fetch_add(1, Ordering::Relaxed);
                return true;
            }
            self.dropped.fetch_add(1, Ordering::Relaxed);
            // Removed first: who is told may subscribe anew at once.
            self.remove(connection, subscription);
            end(outbox, subscription, "client is not pulling messages fast enough");
            false
        });
    }

    fn remove(&self, connection: u64, ended: &Arc<Subscription>) {
        let mut subscribers = self.lock();
        let Some(known) = subscribers.get_mut(&connection) else {
            return;
        };
        known
            .subscriptions
            .retain(|subscription| !Arc::ptr_eq(subscription, ended));
        if known.subscriptions.is_empty() {
            subscribers.remove(&connection);
        }
    }

    pub(crate) fn write_metrics(&self, out: &mut String) -> std::fmt::Result {
        let (subscribers, subscriptions) = {
            let subscribers = self.lock();
            let subscriptions: usize = subscribers.values().map(|known| known.subscriptions.len()).sum();
            (subscribers.len(), subscriptions)
        };
        let sent = self.sent.load(Ordering::Relaxed);
        let dropped = self.dropped.load(Ordering::Relaxed);
        gauge(
            out,
            "supercloud_ws_subscribers",
            "Connections with subscriptions.",
            &subscribers.to_string(),
        )?;
        gauge(
            out,
            "supercloud_ws_subscriptions",
            "Subscriptions.",
            &subscriptions.to_string(),
        )?;
        counter(
            out,
            "supercloud_ws_events_sent_total",
            "Events queued for subscribers.",
            sent,
        )?;
        counter(
            out,
            "supercloud_ws_slow_total",
            "Subscriptions ended because of a slow client.",
            dropped,
        )
    }
}

fn parse(text: &str) -> Result<Query, RpcError> {
    Query::parse(text).map_err(|error| refused(format!("failed to parse query: {error}")))
}

fn refused(text: String) -> RpcError {
    RpcError::Internal(text)
}

fn not_subscribed() -> RpcError {
    RpcError::Internal("subscription not found".to_owned())
}

fn frame(subscription: &Subscription, occasion: &Occasion<'_>) -> Utf8Bytes {
    let Subscription { text, id, .. } = subscription;
    let query = Value::from(text.as_str());
    let body = occasion.body();
    format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"query":{query},{body}}}}}"#).into()
}

fn end(outbox: &Outbox, subscription: &Subscription, reason: &str) {
    let error = RpcError::Server(format!("subscription was canceled (reason: {reason})")).to_json();
    let frame = json!({ "jsonrpc": "2.0", "id": subscription.id, "error": error });
    // No room is left only when the client is told already.
    let _ = outbox.endings.try_send(frame.to_string().into());
}
