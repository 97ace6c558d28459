//! Routes that anyone may read.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use supercloud_provider_engine::WorkloadPhase;

use super::Gateway;

/// Free resources and counts; nothing about single tenants.
pub(super) async fn status(State(gateway): State<Arc<Gateway>>) -> Json<Value> {
    let status = gateway.link.status();
    let running = status
        .leases
        .iter()
        .filter(|lease| lease.workload == WorkloadPhase::Running)
        .count();
    let bids = status
        .orders
        .iter()
        .filter(|order| matches!(order.stage.as_str(), "bidding" | "bid"))
        .count();
    let nodes: Vec<Value> = status
        .nodes
        .iter()
        .map(|node| {
            let gpus: Vec<String> = node.free_gpus.iter().map(|device| device.attribute_key()).collect();
            json!({ "name": node.name, "available": node.free, "available_gpus": gpus })
        })
        .collect();
    Json(json!({
        "address": gateway.provider,
        "registered": status.registered,
        "block_time": status.now,
        "cluster": { "leases": status.leases.len(), "running": running, "inventory": { "nodes": nodes } },
        "bidengine": { "orders": status.orders.len(), "bids": bids },
    }))
}

/// The software.
pub(super) async fn version() -> Json<Value> {
    Json(json!({ "name": "supercloud-provider", "version": env!("CARGO_PKG_VERSION") }))
}

/// The provider's address.
pub(super) async fn address(State(gateway): State<Arc<Gateway>>) -> Json<Value> {
    Json(json!({ "address": gateway.provider }))
}
