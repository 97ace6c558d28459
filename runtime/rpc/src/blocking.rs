//! Work that may wait for the chain, off the async threads.
//!
//! Each kind of work has places of its own. A place is taken before a thread is, and given back when the work ends, whether
//! or not anybody still waits for its answer. A runtime with [`blocking_threads`] threads has one for every place and one for
//! the feed of events, so no kind ever waits behind another.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// Calls that are answered from blocks and counts.
const QUICK_PLACES: usize = 32;

/// Queries of older states. They wait for the block that is being executed, so they must not hold the places of others.
const PAST_PLACES: usize = 4;

/// Most queries at once, whatever the machine: with those of older states half of the contract engine's 32 places, so that a
/// block never waits for them.
const MOST_QUERIES: usize = 12;

/// Broadcasts.
const BROADCAST_PLACES: usize = 64;

/// The feed of events takes a thread without a place.
const FEED_THREADS: usize = 1;

/// Queries, simulations and searches that run at a time, over all servers of a chain: two per processor, because some wait for
/// the disk; at most 12. The next ones wait without a thread.
pub fn query_places() -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    (2 * processors).min(MOST_QUERIES)
}

/// Blocking threads that the servers of one chain use at most. A runtime with fewer lets calls wait behind others.
pub fn blocking_threads() -> usize {
    QUICK_PLACES + query_places() + PAST_PLACES + BROADCAST_PLACES + FEED_THREADS
}

/// The work panicked or the runtime stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ended;

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Looks at blocks, counts and names.
    Quick,
    /// Reads the last state or searches blocks; may take as long as a contract runs.
    Query,
    /// Reads an older state, or proves: may wait for the block that is being executed.
    Past,
    /// Hands a transaction over.
    Broadcast,
}

/// The places of each kind.
#[derive(Debug)]
pub(crate) struct Threads {
    quick: Arc<Semaphore>,
    query: Arc<Semaphore>,
    past: Arc<Semaphore>,
    broadcast: Arc<Semaphore>,
}

impl Default for Threads {
    fn default() -> Self {
        let places = |count| Arc::new(Semaphore::new(count));
        Self {
            quick: places(QUICK_PLACES),
            query: places(query_places()),
            past: places(PAST_PLACES),
            broadcast: places(BROADCAST_PLACES),
        }
    }
}

impl Threads {
    /// Runs `work` on a blocking thread once there is a place; a panic in it becomes an error of this call alone.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        kind: Kind,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Ended> {
        let places = match kind {
            Kind::Quick => &self.quick,
            Kind::Query => &self.query,
            Kind::Past => &self.past,
            Kind::Broadcast => &self.broadcast,
        };
        let place = places.clone().acquire_owned().await.map_err(|_| Ended)?;
        // The place goes with the work: when the client leaves, the work goes on.
        run(move || {
            let _place = place;
            work()
        })
        .await
    }
}

/// Runs `work` on a blocking thread, without a place; a panic in it becomes an error of this call alone.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Ended> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "a call ended abnormally");
        Ended
    })
}
