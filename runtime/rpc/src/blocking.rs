//! Work that may wait for the chain, off the async threads.

/// The work panicked or the runtime stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ended;

/// Runs `work` on a blocking thread; a panic in it becomes an error of this call alone.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Ended> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "a call ended abnormally");
        Ended
    })
}
