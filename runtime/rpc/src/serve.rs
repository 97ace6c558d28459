//! Serves a router on a port: HTTP/1 and HTTP/2 without TLS, with limits that a hostile client cannot exhaust.

mod stream;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use stream::Placed;

/// How many connections may be open, over all ports that share it; the next ones wait in the system's queue. WebSockets count
/// as long as they are open.
#[derive(Clone, Debug)]
pub struct Connections(Arc<Semaphore>);

impl Connections {
    /// At most `most`, at least one for each port. CometBFT's default is 900 for JSON-RPC alone.
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Semaphore::new(most)))
    }
}

/// Limits of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServeLimits {
    /// How long a client may take to send the head of a request.
    pub header_timeout: Duration,
    /// A client that takes nothing of its answer for this long loses the connection.
    pub write_timeout: Duration,
    /// Requests in flight on one HTTP/2 connection.
    pub max_streams: u32,
}

impl Default for ServeLimits {
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(60),
            max_streams: 250,
        }
    }
}

/// Pause after an error of `accept`, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// With what a client opens HTTP/2 (RFC 9113, 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Pause between looks at a preface that is not whole yet.
const PEEK_PAUSE: Duration = Duration::from_millis(10);

/// Largest head of an HTTP/1 request, CometBFT's `max_header_bytes`; beyond it 431.
const MAX_HEADER_BYTES: usize = 1 << 20;

/// An HTTP/2 connection without a sign of life for twice this long is closed.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// Serves until the future is dropped; connections end with the async runtime.
pub async fn serve(listener: TcpListener, router: Router, connections: Connections, limits: ServeLimits) {
    loop {
        let Ok(place) = connections.0.clone().acquire_owned().await else {
            return;
        };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        tokio::spawn(serve_connection(stream, place, router.clone(), limits));
    }
}

/// Waits until the first bytes tell HTTP/1 from HTTP/2; they stay to be read. An error when the client is gone before.
async fn version_known(stream: &TcpStream) -> std::io::Result<()> {
    let mut first = [0; PREFACE.len()];
    loop {
        let had = stream.peek(&mut first).await?;
        match had {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            _ if had == PREFACE.len() || first[..had] != PREFACE[..had] => return Ok(()),
            // A stream with bytes counts as readable even when no new ones come.
            _ => tokio::time::sleep(PEEK_PAUSE).await,
        }
    }
}

async fn serve_connection(stream: TcpStream, place: OwnedSemaphorePermit, router: Router, limits: ServeLimits) {
    // The timeouts of HTTP begin once it is known which version the client speaks.
    if !matches!(timeout(limits.header_timeout, version_known(&stream)).await, Ok(Ok(()))) {
        return;
    }
    // Small answers must not wait for more.
    let _ = stream.set_nodelay(true);
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(MAX_HEADER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE)
        .max_concurrent_streams(limits.max_streams);
    let service = TowerToHyperService::new(router);
    // An upgrade to a WebSocket ends the serving but not the stream, so the place goes with the stream.
    let stream = TokioIo::new(Placed::new(stream, place, limits.write_timeout));
    let served = builder.serve_connection_with_upgrades(stream, service).await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended");
    }
}
