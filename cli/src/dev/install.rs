//! `--load-suite`: the market as governance installs it, in one proposal, and a first price.
//!
//! The vote is not waited for: block time is moved past it. A chain that has the market already keeps it as it is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use cosmwasm_std::Binary;
use supercloud_client::message::{self, Compression, ProposalText, VoteOption};
use supercloud_client::{Any, Client, ProposalStatus, TxOptions, TxOutcome, TxQueue};
use supercloud_node::NodeHandle;
use supercloud_schema::money::{UAKT, Uakt};
use supercloud_schema::pyth;

use super::Wallets;
use super::ready::{CodeFact, SuiteFact};
use crate::artifacts::SUITE;
use crate::price_signers::PriceSigners;
use crate::suite::{Addresses, setup_messages};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

pub(super) async fn run(
    node: &Arc<NodeHandle>,
    wallets: &Wallets,
    signers: &PriceSigners,
    akt_price: i64,
    governance_takes: Duration,
) -> Result<SuiteFact> {
    let client = wallets.council.client();
    let governance = client.gov_address()?;
    let addresses = Addresses::predict(&governance)?;
    let stored = client.code_infos().await?;
    let first_id = stored.iter().map(|code| code.code_id).max().unwrap_or(0) + 1;
    let code_ids: Vec<u64> = (first_id..).take(SUITE.len()).collect();
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
    let vote = |id| message::vote(proposer, id, VoteOption::Yes);
    let id = if first_id == 1 && client.proposal(1).await?.is_none() {
        // A new chain votes for a second only: its vote goes with the proposal.
        send(node, &wallets.council, vec![propose, vote(1)]).await?;
        1
    } else {
        let proposed = send(node, &wallets.council, vec![propose]).await?;
        let id = proposed.expect_attribute("submit_proposal", "proposal_id")?.parse()?;
        send(node, &wallets.council, vec![vote(id)]).await?;
        id
    };
    advance(node, governance_takes).await?;
    let proposal = client.proposal(id).await?.context("the proposal is gone")?;
    if proposal.status != ProposalStatus::Passed {
        bail!("the proposal is {:?}: {}", proposal.status, proposal.failed_reason);
    }
    publish_price(node, wallets, &addresses, signers, akt_price).await?;
    find(client)
        .await?
        .context("the proposal passed, but the market is not there")
}

/// The market, if it is on the chain: its codes are those that its contracts run now.
pub(super) async fn find(client: &Client) -> Result<Option<SuiteFact>> {
    let addresses = Addresses::predict(&client.gov_address()?)?;
    let mut suite = SuiteFact {
        contracts: BTreeMap::new(),
        codes: Vec::new(),
    };
    for (name, address) in addresses.iter() {
        let Some(info) = client.contract_info(address).await? else {
            return Ok(None);
        };
        let code = client.code_info(info.code_id).await?;
        suite.contracts.insert(name.to_owned(), address.to_owned());
        suite.codes.push(CodeFact {
            name: name.to_owned(),
            code_id: info.code_id,
            checksum: code.map(|code| hex::encode(code.checksum)).unwrap_or_default(),
        });
    }
    suite.codes.sort_by_key(|code| code.code_id);
    Ok(Some(suite))
}

/// As [`find`], after a proposal that an interrupted start may have left to its vote.
pub(super) async fn find_in_old(node: &Arc<NodeHandle>, client: &Client, wait: Duration) -> Result<Option<SuiteFact>> {
    if let Some(suite) = find(client).await? {
        return Ok(Some(suite));
    }
    advance(node, wait).await?;
    find(client).await
}

async fn advance(node: &Arc<NodeHandle>, by: Duration) -> Result<()> {
    let node = node.clone();
    tokio::task::spawn_blocking(move || node.advance_time(by)).await??;
    Ok(())
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
