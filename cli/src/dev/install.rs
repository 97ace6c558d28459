//! `--load-suite`: the market as governance installs it, in one proposal, and a first price.
//!
//! The vote is not waited for: block time is moved past it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use cosmwasm_std::Binary;
use supercloud_client::message::{self, Compression, ProposalText, VoteOption};
use supercloud_client::{Any, ProposalStatus, TxOptions, TxOutcome, TxQueue};
use supercloud_node::NodeHandle;
use supercloud_schema::money::{UAKT, Uakt};
use supercloud_schema::pyth;

use super::Wallets;
use super::args::DevArgs;
use super::genesis::INSTALL_SECONDS;
use super::ready::{CodeFact, SuiteFact};
use crate::artifacts::SUITE;
use crate::price_signers::PriceSigners;
use crate::suite::{Addresses, setup_messages};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

pub(super) async fn run(
    node: &Arc<NodeHandle>,
    wallets: &Wallets,
    signers: &PriceSigners,
    args: &DevArgs,
) -> Result<SuiteFact> {
    let client = wallets.council.client();
    let governance = client.gov_address()?;
    let addresses = Addresses::predict(&governance)?;
    // The chain is empty: its first codes get the first ids.
    let code_ids: Vec<u64> = (1..).take(SUITE.len()).collect();
    let mut messages: Vec<Any> = SUITE
        .iter()
        .map(|artifact| message::store_code(&governance, artifact.wasm, Compression::Gzip))
        .collect();
    messages.extend(setup_messages(
        &signers.suite_config(&governance),
        &addresses,
        &code_ids,
    )?);
    let proposer = wallets.council.address();
    let text = ProposalText {
        title: "Install the market".into(),
        summary: "Stores the contracts, instantiates them, and gives bme the right to mint".into(),
        metadata: String::new(),
    };
    let propose = message::submit_proposal(proposer, text, messages);
    let vote = message::vote(proposer, 1, VoteOption::Yes);
    send(node, &wallets.council, vec![propose, vote]).await?;
    let moved = node.clone();
    tokio::task::spawn_blocking(move || moved.advance_time(Duration::from_secs(INSTALL_SECONDS))).await??;
    let proposal = client.proposal(1).await?.context("the proposal is gone")?;
    if proposal.status != ProposalStatus::Passed {
        bail!("the proposal is {:?}: {}", proposal.status, proposal.failed_reason);
    }
    publish_price(node, wallets, &addresses, signers, args.akt_price).await?;
    let codes = SUITE.iter().zip(&code_ids).map(|(artifact, code_id)| CodeFact {
        name: artifact.name.to_owned(),
        code_id: *code_id,
        checksum: hex::encode(artifact.checksum()),
    });
    Ok(SuiteFact {
        contracts: addresses
            .iter()
            .map(|(name, address)| (name.to_owned(), address.to_owned()))
            .collect::<BTreeMap<_, _>>(),
        codes: codes.collect(),
    })
}

/// Publishes an AKT price of the dev chain's own signers, in units of 10^-8 USD, dated as the newest block or a second after
/// the last price.
pub(super) async fn publish_price(
    node: &Arc<NodeHandle>,
    wallets: &Wallets,
    addresses: &Addresses,
    signers: &PriceSigners,
    mantissa: i64,
) -> Result<TxOutcome> {
    let status = wallets.faucet.client().rpc().status().await?;
    let now = status.time_nanos / NANOS_PER_SECOND;
    let later = |last: u64| Some(now.max(last + 1));
    // The closure always gives a value.
    let last = wallets
        .last_price
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, later)
        .unwrap_or(now);
    let update = signers.sign(mantissa, now.max(last + 1))?;
    let execute = pyth::ExecuteMsg::UpdatePriceFeeds {
        data: vec![Binary::new(update)],
    };
    let fee = vec![Uakt::new(1).coin(UAKT)];
    let message = message::execute(wallets.faucet.address(), addresses.of("pyth"), &execute, fee)?;
    send(node, &wallets.faucet, vec![message]).await
}

/// Sends a transaction and makes the block it is in, whatever the chain's pace.
pub(super) async fn send(node: &Arc<NodeHandle>, queue: &TxQueue, messages: Vec<Any>) -> Result<TxOutcome> {
    let hash = queue.submit(messages, &TxOptions::default()).await?;
    let node = node.clone();
    tokio::task::spawn_blocking(move || node.produce_block()).await??;
    Ok(queue.wait(&hash).await?)
}
