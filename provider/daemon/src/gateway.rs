//! The gateway: what tenants reach over HTTPS. Routes are those of the Akash gateway.
//!
//! | route | needs | answers |
//! |---|---|---|
//! | `GET /status` | nothing | address, free resources, counts |
//! | `GET /version` | nothing | software version |
//! | `GET /address` | nothing | the provider's address |
//! | `PUT /deployment/{dseq}/manifest` | `send-manifest` | the leases that will run it |
//! | `GET /lease/{dseq}/{gseq}/{oseq}/manifest` | `get-manifest` | the stored services |
//! | `GET /lease/{dseq}/{gseq}/{oseq}/status` | `status` | services, ports, phase |
//! | `GET /lease/{dseq}/{gseq}/{oseq}/logs` | `logs` | JSON lines, or plain ones with `format=text` |
//!
//! Refusals are `{"error": {"code", "message"}}`: 400 malformed token or request, 401 no token, or one that is expired,
//! not yet valid, too long-lived, wrongly signed or for somebody else, 403 a good token that does not allow this, 404 no
//! such deployment or lease of the token's issuer here, 422 a manifest that is refused, 501 what is not built, 503 the
//! chain cannot be read. Shell, events, following logs and migrations are not built.

mod auth;
mod error;
mod lease;
mod manifest;
mod public;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, put};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use tokio::task::JoinHandle;

use crate::actor::EngineLink;
use crate::effects::World;
use error::ApiError;

/// Longest manifest in bytes.
const MAX_BODY: usize = 1 << 20;
/// How long open requests may take to end.
const FAREWELL: Duration = Duration::from_millis(500);

/// What every route needs.
#[derive(Clone)]
pub(crate) struct Gateway {
    pub(crate) provider: String,
    pub(crate) hrp: String,
    pub(crate) world: World,
    pub(crate) link: EngineLink,
}

/// The listening server.
#[derive(Debug)]
pub(crate) struct GatewayServer {
    handle: Handle<SocketAddr>,
    task: JoinHandle<()>,
}

impl GatewayServer {
    pub(crate) fn start(gateway: Gateway, listener: TcpListener, tls: Arc<ServerConfig>) -> std::io::Result<Self> {
        let handle = Handle::new();
        let server = axum_server::from_tcp_rustls(listener, RustlsConfig::from_config(tls))?.handle(handle.clone());
        let app = router(Arc::new(gateway)).into_make_service();
        let task = tokio::spawn(async move {
            if let Err(error) = server.serve(app).await {
                tracing::error!(%error, "the gateway has ended");
            }
        });
        Ok(Self { handle, task })
    }

    /// Stops and waits until no connection is left.
    pub(crate) async fn end(&mut self) {
        self.stop();
        // An aborted server has ended as well.
        let _ = (&mut self.task).await;
    }

    /// Frees the port; open requests may end for a moment.
    pub(crate) fn stop(&self) {
        self.handle.graceful_shutdown(Some(FAREWELL));
    }
}

impl Drop for GatewayServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/status", get(public::status))
        .route("/version", get(public::version))
        .route("/address", get(public::address))
        .route("/deployment/{dseq}/manifest", put(manifest::receive))
        .route("/lease/{dseq}/{gseq}/{oseq}/manifest", get(manifest::show))
        .route("/lease/{dseq}/{gseq}/{oseq}/status", get(lease::status))
        .route("/lease/{dseq}/{gseq}/{oseq}/logs", get(lease::logs))
        .fallback(|| async { ApiError::not_found("route_not_found", "there is no such route") })
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(gateway)
}
