//! The stream of a connection, with its place among the open ones. The place is free when the stream is closed, whoever holds
//! the stream by then.
//!
//! Invariant: `stalled` is set while the client takes none of the bytes that wait to be written.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Sleep, sleep};

pub(super) struct Placed<S> {
    stream: S,
    stalled: Option<Pin<Box<Sleep>>>,
    write_timeout: Duration,
    _place: OwnedSemaphorePermit,
}

impl<S> Placed<S> {
    pub(super) fn new(stream: S, place: OwnedSemaphorePermit, write_timeout: Duration) -> Self {
        Self {
            stream,
            stalled: None,
            write_timeout,
            _place: place,
        }
    }

    /// What a write came to; an error once it waits for too long.
    fn watch<T>(&mut self, written: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let write_timeout = self.write_timeout;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(write_timeout)));
        stalled
            .as_mut()
            .poll(context)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Placed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Placed<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.watch(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::sync::Semaphore;
    use tokio::time::{Instant, timeout};

    use super::*;

    fn placed(write_timeout: Duration) -> (Placed<DuplexStream>, DuplexStream, Arc<Semaphore>) {
        let places = Arc::new(Semaphore::new(1));
        let place = places.clone().try_acquire_owned().unwrap();
        let (ours, theirs) = duplex(8);
        (Placed::new(ours, place, write_timeout), theirs, places)
    }

    #[tokio::test]
    async fn the_place_is_free_when_the_stream_is_dropped() {
        let (stream, _theirs, places) = placed(Duration::from_secs(60));
        assert_eq!(places.available_permits(), 0);
        drop(stream);
        assert_eq!(places.available_permits(), 1);
    }

    #[tokio::test]
    async fn a_client_that_takes_nothing_loses_the_connection_and_a_slow_one_does_not() {
        let limit = Duration::from_secs(1);
        let (mut stream, mut theirs, _places) = placed(limit);
        let writing = tokio::spawn(async move { stream.write_all(&[7; 40]).await });
        let started = Instant::now();
        for _ in 0..3 {
            sleep(limit / 2).await;
            theirs.read_exact(&mut [0; 8]).await.unwrap();
        }
        assert!(!writing.is_finished());
        let written = timeout(30 * limit, writing).await.unwrap().unwrap();
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(started.elapsed() >= limit * 5 / 2);
    }
}
