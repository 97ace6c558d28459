//! Counters of the servers and figures of the chain, in Prometheus' text format.

mod blocks;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::api::ChainApi;
use crate::backend::Backend;
use crate::blocking::Kind;

pub(crate) use blocks::BlockMetrics;

/// Upper bounds of the latency buckets, in microseconds.
const BUCKETS: [u64; 12] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 500_000, 2_500_000, 10_000_000,
];

/// How a call came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Transport {
    JsonRpc,
    Rest,
    Grpc,
}

impl Transport {
    fn name(self) -> &'static str {
        match self {
            Self::JsonRpc => "jsonrpc",
            Self::Rest => "rest",
            Self::Grpc => "grpc",
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Series {
    succeeded: u64,
    failed: u64,
    buckets: [u64; BUCKETS.len()],
    total_micros: u64,
}

/// Calls by transport and method. The names come from our own tables, never from a request, so their number is bounded.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    calls: Mutex<BTreeMap<(Transport, String), Series>>,
}

impl Metrics {
    pub(crate) fn call(&self, transport: Transport, method: &str, succeeded: bool, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let series = calls.entry((transport, method.to_owned())).or_default();
        if succeeded {
            series.succeeded += 1;
        } else {
            series.failed += 1;
        }
        series.total_micros = series.total_micros.saturating_add(micros);
        if let Some(bucket) = BUCKETS.iter().position(|bound| micros <= *bound) {
            series.buckets[bucket] += 1;
        }
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone();
        writeln!(out, "# HELP supercloud_rpc_calls_total Calls answered.")?;
        writeln!(out, "# TYPE supercloud_rpc_calls_total counter")?;
        for ((transport, method), series) in &calls {
            let labels = format!("transport=\"{}\",method=\"{method}\"", transport.name());
            for (outcome, count) in [("ok", series.succeeded), ("error", series.failed)] {
                writeln!(
                    out,
                    "supercloud_rpc_calls_total{{{labels},outcome=\"{outcome}\"}} {count}"
                )?;
            }
        }
        writeln!(out, "# HELP supercloud_rpc_call_seconds How long calls take.")?;
        writeln!(out, "# TYPE supercloud_rpc_call_seconds histogram")?;
        for ((transport, method), series) in &calls {
            let labels = format!("transport=\"{}\",method=\"{method}\"", transport.name());
            let count = series.succeeded + series.failed;
            let mut below = 0;
            for (bound, bucket) in BUCKETS.iter().zip(series.buckets) {
                below += bucket;
                let bound = seconds(*bound);
                writeln!(
                    out,
                    "supercloud_rpc_call_seconds_bucket{{{labels},le=\"{bound}\"}} {below}"
                )?;
            }
            writeln!(
                out,
                "supercloud_rpc_call_seconds_bucket{{{labels},le=\"+Inf\"}} {count}"
            )?;
            let total = seconds(series.total_micros);
            writeln!(out, "supercloud_rpc_call_seconds_sum{{{labels}}} {total}")?;
            writeln!(out, "supercloud_rpc_call_seconds_count{{{labels}}} {count}")?;
        }
        Ok(())
    }
}

fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

pub(crate) fn router(backend: Arc<Backend>) -> Router {
    Router::new()
        .route("/metrics", get(show))
        .route("/health", get(health))
        .with_state(backend)
}

async fn health(State(backend): State<Arc<Backend>>) -> Response {
    match backend.dispatcher.api().health() {
        Ok(()) => (StatusCode::OK, "ok\n").into_response(),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")).into_response(),
    }
}

async fn show(State(backend): State<Arc<Backend>>) -> Response {
    let shown = backend.clone();
    let write = move || {
        let mut text = String::new();
        write_chain(&mut text, shown.dispatcher.api())
            .and_then(|()| shown.hub.write_metrics(&mut text))
            .and_then(|()| shown.metrics.write(&mut text))
            .and_then(|()| shown.blocks.write(shown.dispatcher.api(), &mut text))
            .map(|()| text)
    };
    match backend.threads.run(Kind::Quick, write).await {
        Ok(Ok(text)) => (
            [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
            text,
        )
            .into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn write_chain(out: &mut String, api: &dyn ChainApi) -> std::fmt::Result {
    let range = api.heights();
    gauge(
        out,
        "supercloud_height",
        "Last committed height.",
        &range.latest.to_string(),
    )?;
    gauge(
        out,
        "supercloud_earliest_height",
        "Lowest height kept.",
        &range.earliest.to_string(),
    )?;
    if let Some(block) = api.block(range.latest) {
        let time = seconds(block.header.time_nanos / 1_000);
        gauge(
            out,
            "supercloud_block_time_seconds",
            "Time of the last block, Unix seconds.",
            &time,
        )?;
        let txs = block.txs.len().to_string();
        gauge(out, "supercloud_block_txs", "Transactions in the last block.", &txs)?;
        gauge(
            out,
            "supercloud_block_bytes",
            "Bytes of the last block.",
            &block.size.to_string(),
        )?;
    }
    let waiting = api.mempool();
    gauge(
        out,
        "supercloud_mempool_txs",
        "Transactions that wait.",
        &waiting.txs.to_string(),
    )?;
    gauge(
        out,
        "supercloud_mempool_bytes",
        "Bytes that wait.",
        &waiting.bytes.to_string(),
    )?;
    let healthy = if api.health().is_ok() { "1" } else { "0" };
    gauge(out, "supercloud_healthy", "1 while the node makes blocks.", healthy)
}

pub(crate) fn gauge(out: &mut String, name: &str, help: &str, value: &str) -> std::fmt::Result {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}")
}

pub(crate) fn counter(out: &mut String, name: &str, help: &str, value: u64) -> std::fmt::Result {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative_and_end_with_all_calls() {
        let metrics = Metrics::default();
        for micros in [100, 101, 20_000_000] {
            metrics.call(Transport::Rest, "/x", micros < 1_000, Duration::from_micros(micros));
        }
        let mut text = String::new();
        metrics.write(&mut text).unwrap();
        for line in [
            "supercloud_rpc_calls_total{transport=\"rest\",method=\"/x\",outcome=\"ok\"} 2",
            "supercloud_rpc_calls_total{transport=\"rest\",method=\"/x\",outcome=\"error\"} 1",
            "supercloud_rpc_call_seconds_bucket{transport=\"rest\",method=\"/x\",le=\"0.000100\"} 1",
            "supercloud_rpc_call_seconds_bucket{transport=\"rest\",method=\"/x\",le=\"0.000250\"} 2",
            "supercloud_rpc_call_seconds_bucket{transport=\"rest\",method=\"/x\",le=\"10.000000\"} 2",
            "supercloud_rpc_call_seconds_bucket{transport=\"rest\",method=\"/x\",le=\"+Inf\"} 3",
            "supercloud_rpc_call_seconds_sum{transport=\"rest\",method=\"/x\"} 20.000201",
        ] {
            assert!(text.lines().any(|have| have == line), "{line} not in\n{text}");
        }
    }
}
