//! Before the load: the market where it is needed, registered providers, credit, and the gas that each kind of transaction
//! needs.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use cosmwasm_std::Binary;
use supercloud_client::message::{self, Compression, ProposalText, VoteOption};
use supercloud_client::{Any, Client, Gas, Key, ProposalStatus, TxConfig, TxOptions, TxQueue, coin};
use supercloud_schema::money::{UAKT, Uakt};
use supercloud_schema::{bme, pyth, registry};

use super::accounts::{Account, Accounts};
use super::engine::{self, RunPlan};
use super::pacer::Rate;
use super::workload::{Deals, Item, Once, Step, profile};
use crate::artifacts::SUITE;
use crate::price_signers::PriceSigners;
use crate::suite::{Addresses, setup_messages};

/// How long a proposal may take.
const PROPOSAL_TIMEOUT: Duration = Duration::from_secs(120);
/// How long the preparation of all accounts may take.
const PREPARE_TIMEOUT: Duration = Duration::from_secs(300);
/// A gas limit is twice what a first try used: later ones meet more state.
const GAS_FACTOR: u64 = 2;
/// What an account gets on a chain that runs already, in uakt, and what it turns into credit of that.
const GRANT: u128 = 200_000_000;
const LOCKED: u128 = 40_000_000;
/// Accounts funded in one transaction.
const GRANTS_PER_TX: usize = 50;
/// The AKT price that credit is made at, 10^-8 USD.
const PRICE: i64 = 60_000_000;

/// Who prepares, and how it pays.
pub(crate) struct Preparer {
    pub(crate) client: Client,
    pub(crate) url: String,
    /// The only voter, who has funds.
    pub(crate) council: TxQueue,
    pub(crate) tx: TxConfig,
    pub(crate) addresses: Addresses,
}

impl Preparer {
    pub(crate) fn new(client: Client, url: &str, council: Key, tx: TxConfig) -> Result<Self> {
        let addresses = Addresses::predict(&client.gov_address()?)?;
        Ok(Self {
            council: TxQueue::new(client.clone(), council, tx.clone())?,
            url: url.to_owned(),
            client,
            tx,
            addresses,
        })
    }

    /// Whether the chain has the market.
    pub(crate) async fn has_market(&self) -> Result<bool> {
        Ok(self.client.contract_info(self.addresses.of("market")).await?.is_some())
    }

    /// Installs the market by one proposal.
    pub(crate) async fn install_market(&self) -> Result<()> {
        let governance = self.client.gov_address()?;
        let code_ids: Vec<u64> = (1..).take(SUITE.len()).collect();
        let mut messages: Vec<Any> = SUITE
            .iter()
            .map(|artifact| message::store_code(&governance, artifact.wasm, Compression::Gzip))
            .collect();
        let config = PriceSigners::generate()?.suite_config(&governance);
        messages.extend(setup_messages(&config, &self.addresses, &code_ids)?);
        let text = ProposalText {
            title: "Install the market".into(),
            summary: "For a load test".into(),
            metadata: String::new(),
        };
        let proposer = self.council.address();
        let propose = message::submit_proposal(proposer, text, messages);
        let vote = message::vote(proposer, 1, VoteOption::Yes);
        self.council.send(vec![propose, vote]).await?;
        let proposal = self.client.wait_for_proposal(1, PROPOSAL_TIMEOUT).await?;
        if proposal.status != ProposalStatus::Passed {
            bail!("the proposal is {:?}: {}", proposal.status, proposal.failed_reason);
        }
        Ok(())
    }

    /// Funds accounts of a chain that runs already.
    pub(crate) async fn fund(&self, keys: &[Key]) -> Result<()> {
        let from = self.council.address().to_owned();
        for keys in keys.chunks(GRANTS_PER_TX) {
            let send = |key: &Key| {
                Ok(message::send(
                    &from,
                    &key.address(self.client.hrp())?,
                    vec![coin(GRANT, UAKT)],
                ))
            };
            let sends = keys.iter().map(send).collect::<Result<Vec<Any>>>()?;
            self.council
                .send(sends)
                .await
                .context("funding the accounts of the load")?;
        }
        Ok(())
    }

    /// Turns some of each account's AKT into credit, at a price of the dev chain's own signers.
    pub(crate) async fn make_credit(&self, accounts: &mut Accounts, mnemonic: &str) -> Result<()> {
        let request = bme::ExecuteMsg::RequestMint { min_out: None };
        let bme = self.addresses.of("bme");
        let ask = |account: &Account| {
            Ok(message::execute(
                &account.address,
                bme,
                &request,
                vec![Uakt::new(LOCKED).coin(UAKT)],
            )?)
        };
        self.once(accounts, 0, ask).await.context("requests for credit")?;
        // Only a price dated after a request serves it.
        let status = self.client.rpc().status().await?;
        let publish_time = status.time_nanos / 1_000_000_000 + 2;
        tokio::time::sleep(Duration::from_secs(3)).await;
        let update = PriceSigners::of_dev_chain(mnemonic)?.sign(PRICE, publish_time)?;
        let publish = pyth::ExecuteMsg::UpdatePriceFeeds {
            data: vec![Binary::new(update)],
        };
        let fee = vec![Uakt::new(1).coin(UAKT)];
        self.execute("pyth", &publish, fee)
            .await
            .context("publishing a price")?;
        for _ in 0..accounts.list.len().div_ceil(50) {
            self.execute("bme", &bme::ExecuteMsg::Process { limit: 50 }, Vec::new())
                .await
                .context("making credit")?;
        }
        Ok(())
    }

    async fn execute(
        &self,
        contract: &str,
        message: &impl serde::Serialize,
        funds: Vec<supercloud_client::Coin>,
    ) -> Result<()> {
        let message = message::execute(self.council.address(), self.addresses.of(contract), message, funds)?;
        self.council.send(vec![message]).await?;
        Ok(())
    }

    /// Registers the accounts from `first` on as providers; returns the gas limit that was enough.
    pub(crate) async fn register(&self, accounts: &mut Accounts, first: usize) -> Result<u64> {
        let register = registry::ExecuteMsg::RegisterProvider { profile: profile(0) };
        let contract = self.addresses.of("registry");
        let ask = |account: &Account| Ok(message::execute(&account.address, contract, &register, Vec::new())?);
        self.once(accounts, first, ask).await.context("registering providers")
    }

    /// Has every account from `first` on send one transaction, and waits until all have succeeded.
    async fn once(
        &self,
        accounts: &mut Accounts,
        first: usize,
        message: impl Fn(&Account) -> Result<Any>,
    ) -> Result<u64> {
        let trial = message(&accounts.list[first])?;
        let gas_limit = GAS_FACTOR * self.queue(&accounts.list[first])?.simulate(vec![trial]).await?;
        let item = |(signer, account): (usize, &Account)| {
            Ok(Item {
                actor: 0,
                signer,
                messages: vec![message(account)?],
                gas_limit,
            })
        };
        let items = accounts.list.iter().enumerate().skip(first).map(item);
        let once = Once::new(items.collect::<Result<_>>()?);
        let plan = RunPlan {
            url: self.url.clone(),
            window: 1_000,
            connections: 1,
            duration: PREPARE_TIMEOUT,
            until_done: true,
            ..RunPlan::default()
        };
        let streams = vec![engine::stream("prepare", Box::new(once), Rate::Max)];
        let run = engine::run(accounts.clone(), streams, plan, Arc::default(), None).await?;
        let tally = &run.streams[0].tally;
        if tally.succeeded != (accounts.list.len() - first) as u64 {
            bail!(
                "{} succeeded, {} failed: {:?}",
                tally.succeeded,
                tally.failed,
                tally.failures
            );
        }
        *accounts = run.accounts;
        Ok(gas_limit)
    }

    fn queue(&self, account: &Account) -> Result<TxQueue> {
        Ok(TxQueue::new(self.client.clone(), account.key.clone(), self.tx.clone())?)
    }

    /// Gas limit of one message of an account.
    pub(crate) async fn gas_limit(&self, account: &Account, message: Any) -> Result<u64> {
        Ok(GAS_FACTOR * self.queue(account)?.simulate(vec![message]).await?)
    }

    /// Runs a first deal of a pair, up to its lease or to its end, and learns the gas limits of the steps.
    pub(crate) async fn trial_deal(
        &self,
        accounts: &mut Accounts,
        deals: &mut Deals,
        actor: usize,
        steps: &[Step],
    ) -> Result<Vec<u64>> {
        let mut limits = Vec::new();
        for _ in steps {
            let signer = deals.signer(actor);
            let account = &mut accounts.list[signer];
            let options = TxOptions {
                gas: Gas::Simulated,
                ..TxOptions::default()
            };
            let queue = self.queue(account)?;
            let outcome = queue.send_with(vec![deals.message(actor)?], &options).await?;
            account.sequence += 1;
            deals.advance(actor, &outcome.data)?;
            limits.push(GAS_FACTOR * outcome.gas_used);
        }
        Ok(limits)
    }
}
