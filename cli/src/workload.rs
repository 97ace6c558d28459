//! `supercloud demo-workload`: the program that the demo's provider runs in place of the SDL's image. It serves a page on
//! `$PORT` until it is killed.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};
use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

/// Serves until the process ends.
pub(crate) async fn run() -> Result<()> {
    let port: u16 = std::env::var("PORT")
        .context("PORT is not set; the provider tells the workload its port through it")?
        .parse()
        .context("PORT is not a port number")?;
    let service = std::env::var("SUPERCLOUD_SERVICE").unwrap_or_else(|_| "workload".into());
    let page = format!("<!doctype html><title>{service}</title><p>{service} runs on supercloud</p>\n");
    let routes = Router::new().route(
        "/",
        get(move || {
            tracing::info!("GET /");
            let page = page.clone();
            async move { axum::response::Html(page) }
        }),
    );
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))?;
    tracing::info!(%address, "demo workload serves");
    axum::serve(listener, routes).await.context("demo workload stopped")
}
