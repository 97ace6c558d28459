//! One lease: its status and its logs.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use supercloud_provider_engine::{LeaseStatus, WorkloadPhase};
use supercloud_schema::id::LeaseId;

use super::Gateway;
use super::auth::Permit;
use super::error::ApiError;
use crate::cluster::{LogLine, LogQuery, WorkloadStatus};
use crate::jwt::{JwtError, Request, Scope, ServiceFilter};

/// A lease as a path names it; its owner is the token's issuer.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct LeasePath {
    dseq: u64,
    gseq: u32,
    oseq: u32,
}

impl LeasePath {
    pub(super) fn request(&self, scope: Scope) -> Request {
        Request {
            scope,
            dseq: self.dseq,
            lease: Some((self.gseq, self.oseq)),
        }
    }
}

/// Parameters of a log request.
#[derive(Debug, Default, Deserialize)]
pub(super) struct LogParameters {
    /// Comma-separated names.
    #[serde(default)]
    service: String,
    /// Last lines; absent or -1 for all that are kept.
    tail: Option<i64>,
    #[serde(default)]
    follow: bool,
    /// `json` (the default) or `text`.
    #[serde(default)]
    format: LogFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LogFormat {
    #[default]
    Json,
    Text,
}

/// Answer to a status request.
#[derive(Debug, Serialize)]
struct StatusBody {
    services: BTreeMap<String, Value>,
    forwarded_ports: BTreeMap<String, Vec<Value>>,
    ips: Option<()>,
    workload: Value,
}

impl Gateway {
    /// The lease, when it is the issuer's and runs here. A lease that the last look at the chain missed is looked up.
    pub(super) async fn find_lease(&self, permit: &Permit, path: &LeasePath) -> Result<LeaseStatus, ApiError> {
        let named = |id: &LeaseId| {
            id.owner == permit.owner && (id.dseq.u64(), id.gseq, id.oseq) == (path.dseq, path.gseq, path.oseq)
        };
        if let Some(known) = self.link.status().leases.into_iter().find(|entry| named(&entry.lease)) {
            return Ok(known);
        }
        let LeasePath { dseq, gseq, oseq } = *path;
        let lost = || {
            ApiError::not_found(
                "lease_not_found",
                format!("{} has no lease {dseq}/{gseq}/{oseq} here", permit.owner),
            )
        };
        let deployment = self.world.chain.deployment(&permit.owner, dseq).await?;
        deployment.ok_or_else(lost)?;
        let fresh = self
            .our_leases(permit, dseq)
            .await?
            .into_iter()
            .find(|lease| named(&lease.id));
        let lease = fresh.ok_or_else(lost)?.id;
        Ok(LeaseStatus {
            lease,
            workload: WorkloadPhase::WaitingForManifest,
            placement: None,
        })
    }
}

/// `GET /lease/{dseq}/{gseq}/{oseq}/status`
pub(super) async fn status(
    State(gateway): State<Arc<Gateway>>,
    Path(path): Path<LeasePath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let permit = gateway.permit(&headers, &path.request(Scope::Status))?;
    let lease = gateway.find_lease(&permit, &path).await?;
    let running = gateway.world.cluster.status(&lease.lease).await.unwrap_or_default();
    let workload = serde_json::to_value(&lease.workload).map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(Json(body(running, &permit.services, workload)).into_response())
}

fn body(running: WorkloadStatus, filter: &ServiceFilter, workload: Value) -> StatusBody {
    let mut body = StatusBody {
        services: BTreeMap::new(),
        forwarded_ports: BTreeMap::new(),
        ips: None,
        workload,
    };
    for (name, service) in running.services.into_iter().filter(|(name, _)| filter.allows(name)) {
        let ports = service
            .ports
            .iter()
            .map(|port| {
                json!({
                    "host": port.host,
                    "port": port.port,
                    "externalPort": port.external_port,
                    "proto": port.proto,
                    "name": name,
                })
            })
            .collect();
        let status = json!({
            "name": name,
            "available": service.available,
            "total": service.total,
            "uris": Value::Null,
            "failure": service.failure,
        });
        body.forwarded_ports.insert(name.clone(), ports);
        body.services.insert(name, status);
    }
    body
}

/// `GET /lease/{dseq}/{gseq}/{oseq}/logs`
pub(super) async fn logs(
    State(gateway): State<Arc<Gateway>>,
    Path(path): Path<LeasePath>,
    Query(parameters): Query<LogParameters>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let permit = gateway.permit(&headers, &path.request(Scope::Logs))?;
    if parameters.follow {
        let message = "following logs is not built, ask again with tail";
        return Err(ApiError::new(StatusCode::NOT_IMPLEMENTED, "follow_not_built", message));
    }
    let lease = gateway.find_lease(&permit, &path).await?;
    let query = LogQuery {
        services: chosen(&parameters.service, &permit.services)?,
        tail: tail(parameters.tail)?,
    };
    let lines = gateway
        .world
        .cluster
        .logs(&lease.lease, &query)
        .await
        .unwrap_or_default();
    print(&lines, parameters.format)
}

/// Services that are asked for and allowed; asking for one that is not allowed is refused, asking for all is narrowed.
fn chosen(list: &str, filter: &ServiceFilter) -> Result<Vec<String>, ApiError> {
    let asked: Vec<String> = list
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    if asked.iter().any(|name| !filter.allows(name)) {
        return Err(JwtError::Forbidden { scope: Scope::Logs }.into());
    }
    Ok(match (asked.is_empty(), filter) {
        (true, ServiceFilter::Only(services)) => services.iter().cloned().collect(),
        _ => asked,
    })
}

fn tail(asked: Option<i64>) -> Result<Option<usize>, ApiError> {
    match asked {
        None | Some(-1) => Ok(None),
        Some(lines) => usize::try_from(lines)
            .map(Some)
            .map_err(|_| ApiError::bad_request("tail is below -1")),
    }
}

fn print(lines: &[LogLine], format: LogFormat) -> Result<Response, ApiError> {
    let mut text = String::new();
    for line in lines {
        match format {
            LogFormat::Text => text.push_str(&format!("[{}] {}", line.name, line.message)),
            LogFormat::Json => {
                text.push_str(&serde_json::to_string(line).map_err(|error| ApiError::internal(error.to_string()))?);
            }
        }
        text.push('\n');
    }
    let kind = match format {
        LogFormat::Text => "text/plain; charset=utf-8",
        LogFormat::Json => "application/x-ndjson",
    };
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
