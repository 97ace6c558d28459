//! The tenant's side of a gateway: HTTPS to exactly the key that the registry pins, a fresh token for every request.

mod pin;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::{Method, Response, StatusCode};
use serde::Deserialize;
use supercloud_client::Key;
use supercloud_schema::id::LeaseId;
use supercloud_schema::registry::Provider;
use supercloud_sdl::{Manifest, ManifestGroup};
use thiserror::Error;

pub use crate::cluster::{ForwardedPort, LogLine, LogQuery};
use crate::jwt::{self, JwtError};

/// Life of a token: one request, with room for clocks that differ.
const TOKEN_LIFE: Duration = Duration::from_secs(300);
const TIMEOUT: Duration = Duration::from_secs(30);

/// Why the gateway was not asked, or what it answered.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum GatewayClientError {
    /// The registry's pin has not 32 bytes.
    #[error("the registry's key pin has {0} bytes, expected 32")]
    Pin(usize),
    /// The client could not be set up.
    #[error("https client: {0}")]
    Setup(String),
    /// No connection, or the gateway's key is not the pinned one.
    #[error("gateway {uri}: {reason}")]
    Unreachable {
        /// Where.
        uri: String,
        /// What happened.
        reason: String,
    },
    /// The token could not be made.
    #[error(transparent)]
    Token(#[from] JwtError),
    /// The gateway said no.
    #[error("gateway refused ({status}, {code}): {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Its code, such as `manifest_hash_mismatch`.
        code: String,
        /// Its words.
        message: String,
    },
    /// The answer is not what was expected.
    #[error("unexpected answer of the gateway: {0}")]
    Answer(String),
}

/// A provider's gateway, for one tenant.
#[derive(Clone, Debug)]
pub struct GatewayClient {
    http: reqwest::Client,
    uri: String,
    provider: String,
    hrp: String,
    key: Key,
}

/// What a gateway says of one lease.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct LeaseReport {
    /// By name.
    pub services: BTreeMap<String, ServiceReport>,
    /// Ports that can be reached, by service.
    pub forwarded_ports: BTreeMap<String, Vec<ForwardedPort>>,
    /// How far the provider is with it: `phase` and, when it failed, `error`.
    pub workload: WorkloadReport,
}

impl LeaseReport {
    /// Whether every replica of every service runs.
    pub fn is_ready(&self) -> bool {
        !self.services.is_empty() && self.services.values().all(|service| service.available == service.total)
    }
}

/// What a gateway says of one service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ServiceReport {
    /// Replicas that run.
    pub available: u32,
    /// Replicas that should run.
    pub total: u32,
    /// Why replicas are missing.
    #[serde(default)]
    pub failure: Option<String>,
}

/// How far the provider is with a workload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct WorkloadReport {
    /// Such as `running` or `waiting_for_manifest`.
    pub phase: String,
    /// Why it failed.
    #[serde(default)]
    pub error: Option<String>,
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorDetail,
}

#[derive(Deserialize)]
struct ErrorDetail {
    code: String,
    message: String,
}

#[derive(Deserialize)]
struct Accepted {
    leases: Vec<LeaseId>,
}

impl GatewayClient {
    /// The gateway of a provider as the registry describes it.
    pub fn new(provider: &Provider, key: Key, hrp: &str) -> Result<Self, GatewayClientError> {
        let pin = provider.profile.tls_key_sha256.as_slice();
        let pin = <[u8; 32]>::try_from(pin).map_err(|_| GatewayClientError::Pin(pin.len()))?;
        Self::pinned(&provider.profile.host_uri, pin, &provider.owner, key, hrp)
    }

    /// A gateway at `uri` whose public key has this SHA-256.
    pub fn pinned(uri: &str, pin: [u8; 32], provider: &str, key: Key, hrp: &str) -> Result<Self, GatewayClientError> {
        let setup = |error: String| GatewayClientError::Setup(error);
        let tls = pin::client_config(pin).map_err(|error| setup(error.to_string()))?;
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(true)
            .no_proxy()
            .timeout(TIMEOUT)
            .build()
            .map_err(|error| setup(error.to_string()))?;
        Ok(Self {
            http,
            uri: uri.trim_end_matches('/').to_owned(),
            provider: provider.to_owned(),
            hrp: hrp.to_owned(),
            key,
        })
    }

    /// Free resources and counts, as the gateway writes them.
    pub async fn status(&self) -> Result<serde_json::Value, GatewayClientError> {
        let response = self.send(Method::GET, "/status", None).await?;
        response.json().await.map_err(answer)
    }

    /// Sends the manifest of a deployment; answers which leases will run it.
    pub async fn send_manifest(&self, dseq: u64, manifest: &Manifest) -> Result<Vec<LeaseId>, GatewayClientError> {
        self.send_manifest_json(dseq, manifest.to_json()).await
    }

    /// Sends a manifest as text.
    pub async fn send_manifest_json(&self, dseq: u64, json: String) -> Result<Vec<LeaseId>, GatewayClientError> {
        let response = self
            .send(Method::PUT, &format!("/deployment/{dseq}/manifest"), Some(json))
            .await?;
        response
            .json()
            .await
            .map(|accepted: Accepted| accepted.leases)
            .map_err(answer)
    }

    /// The services that the provider has stored for a lease.
    pub async fn lease_manifest(&self, lease: &LeaseId) -> Result<ManifestGroup, GatewayClientError> {
        let response = self.send(Method::GET, &path(lease, "manifest"), None).await?;
        response.json().await.map_err(answer)
    }

    /// What runs of a lease.
    pub async fn lease_status(&self, lease: &LeaseId) -> Result<LeaseReport, GatewayClientError> {
        let response = self.send(Method::GET, &path(lease, "status"), None).await?;
        response.json().await.map_err(answer)
    }

    /// What the services wrote, oldest first.
    pub async fn logs(&self, lease: &LeaseId, query: &LogQuery) -> Result<Vec<LogLine>, GatewayClientError> {
        let tail = query.tail.map_or_else(|| "-1".to_owned(), |lines| lines.to_string());
        let route = format!(
            "{}?tail={tail}&service={}",
            path(lease, "logs"),
            query.services.join(",")
        );
        let text = self
            .send(Method::GET, &route, None)
            .await?
            .text()
            .await
            .map_err(answer)?;
        text.lines()
            .map(|line| serde_json::from_str(line).map_err(|error| GatewayClientError::Answer(error.to_string())))
            .collect()
    }

    async fn send(&self, method: Method, route: &str, body: Option<String>) -> Result<Response, GatewayClientError> {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let token = jwt::full_access(&self.key, &self.hrp, &self.provider, now, TOKEN_LIFE)?;
        let mut request = self
            .http
            .request(method, format!("{}{route}", self.uri))
            .bearer_auth(token);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().await.map_err(|error| GatewayClientError::Unreachable {
            uri: self.uri.clone(),
            reason: causes(&error),
        })?;
        match response.status() {
            StatusCode::OK => Ok(response),
            status => Err(refusal(status, response).await),
        }
    }
}

fn path(lease: &LeaseId, what: &str) -> String {
    format!("/lease/{}/{}/{}/{what}", lease.dseq, lease.gseq, lease.oseq)
}

fn answer(error: reqwest::Error) -> GatewayClientError {
    GatewayClientError::Answer(causes(&error))
}

/// An error with what is behind it: the outermost text alone says nothing about a wrong key.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}

async fn refusal(status: StatusCode, response: Response) -> GatewayClientError {
    let text = response.text().await.unwrap_or_default();
    let (code, message) = match serde_json::from_str::<ErrorBody>(&text) {
        Ok(body) => (body.error.code, body.error.message),
        Err(_) => (String::new(), text),
    };
    GatewayClientError::Refused {
        status: status.as_u16(),
        code,
        message,
    }
}
