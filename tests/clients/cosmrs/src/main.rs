//! cosmrs and tendermint-rpc as they come from the registry, against a node that runs.
//!
//! `client-test-cosmrs READY_LINE_FILE CONTRACT_WASM FIRST_ACCOUNT SECOND_ACCOUNT`: the accounts are indices into the
//! mnemonic, for this client alone. Each step prints one line; the first failure ends the run with exit code 1.

mod account;
mod blocks;
mod contracts;
mod errors;
mod node;
mod subscriptions;

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::account::Account;
use crate::node::Node;

/// What every step works with.
pub struct Suite {
    /// The chain.
    pub node: Node,
    /// Sends most transactions.
    pub sender: Account,
    /// Receives, and is somebody else.
    pub other: Account,
    /// The contract's code.
    pub wasm: Vec<u8>,
}

async fn suite() -> Result<Suite> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [ready, wasm, first, second] = arguments.as_slice() else {
        anyhow::bail!("usage: client-test-cosmrs READY_LINE_FILE CONTRACT_WASM FIRST_ACCOUNT SECOND_ACCOUNT");
    };
    let node = Node::from_ready_line(ready)?;
    Ok(Suite {
        sender: Account::load(&node, first.parse()?).await?,
        other: Account::load(&node, second.parse()?).await?,
        wasm: std::fs::read(wasm).with_context(|| wasm.clone())?,
        node,
    })
}

async fn run() -> Result<()> {
    let mut suite = suite().await?;
    contracts::run(&mut suite).await?;
    errors::run(&mut suite).await?;
    subscriptions::run(&mut suite).await?;
    blocks::run(&suite).await
}

/// An error of a crate whose errors do not implement `std::error::Error`.
pub fn plain(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow::anyhow!("{error}")
}

/// Reports that a step holds.
pub fn held(step: &str) {
    println!("ok    {step}");
}

#[tokio::main]
async fn main() -> ExitCode {
    // Two providers of cryptography are linked; the process must name one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("FAIL  {error:#}");
            ExitCode::FAILURE
        }
    }
}
