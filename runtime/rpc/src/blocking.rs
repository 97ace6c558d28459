//! Work that may wait for the chain, off the async threads.

use tokio::sync::Semaphore;

/// Most reads (queries, searches, simulations) on blocking threads at a time, over all servers of a chain; the next ones
/// wait without a thread. A server needs more threads than these: what is left is for broadcasts and events, which thus
/// never wait behind reads.
pub const MAX_READS: usize = 64;

/// The work panicked or the runtime stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ended;

/// What a call does to the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Reads state or blocks; may take as long as a contract runs.
    Read,
    /// Hands a transaction over.
    Broadcast,
}

/// The places of reads.
#[derive(Debug)]
pub(crate) struct Threads(Semaphore);

impl Default for Threads {
    fn default() -> Self {
        Self(Semaphore::new(MAX_READS))
    }
}

impl Threads {
    /// Runs `work` on a blocking thread, a read when it has a place; a panic in it becomes an error of this call alone.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        kind: Kind,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Ended> {
        let _place = match kind {
            Kind::Read => Some(self.0.acquire().await.map_err(|_| Ended)?),
            Kind::Broadcast => None,
        };
        run(work).await
    }
}

/// Runs `work` on a blocking thread, without a limit of its own; a panic in it becomes an error of this call alone.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Ended> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "a call ended abnormally");
        Ended
    })
}
