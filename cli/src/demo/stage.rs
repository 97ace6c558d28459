//! The stage of the demo: the running chain, the roles with their keys, and the record of what happened.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use cosmwasm_std::{Coin, Uint128};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use supercloud_client::rpc::SearchOrder;
use supercloud_client::{Any, Client, ClientError, Gas, Proposal, TxConfig, TxOptions, TxOutcome, TxQueue, message};
use supercloud_provider::Payout;
use supercloud_schema::id::LeaseId;
use tempfile::TempDir;

use super::DemoArgs;
use super::chain::{self, ChainHandle, GENESIS_FUNDS};
use super::dev_chain::DevChain;
use super::facts::{Facts, StepFact, TxFact};
use super::failure::{StepError, contract_error};
use super::outcome::Outcome;
use super::prices::{self, LoadedUpdate};
use super::provider::RunningProvider;
use super::roles::{Actor, Actors, RoleKeys};
use crate::output;
use crate::price_signers::PriceSigners;
use crate::suite::Addresses;

/// How long the demo waits for a proposal or a block time.
const WAIT_LIMIT: Duration = Duration::from_secs(120);
const NANOS_PER_SECOND: u64 = 1_000_000_000;
/// Gas limit of a transaction that did not pass its simulation.
const REFUSED_TX_GAS: u64 = 5_000_000;
/// How often it looks.
const POLL: Duration = Duration::from_millis(50);

/// The stage.
pub(crate) struct Stage {
    /// What came out so far.
    pub(crate) facts: Facts,
    /// The roles.
    pub(crate) actors: Actors,
    /// Keys that sign later prices.
    pub(crate) signers: PriceSigners,
    /// What transactions pay.
    pub(crate) tx: TxConfig,
    /// The gov module's account.
    pub(crate) gov_address: String,
    /// Folder of the run.
    pub(crate) home: std::path::PathBuf,
    /// JSON-RPC URL.
    pub(crate) rpc_url: String,
    client: Client,
    /// Publish time of the newest price that was submitted.
    last_publish_time: u64,
    addresses: Addresses,
    providers: Vec<RunningProvider>,
    /// The chain, when it is the demo's own.
    chain: Option<ChainHandle>,
    json: bool,
    _temporary: Option<TempDir>,
}

impl DevChain {
    /// A chain of the demo's own, or the running one that `--node` names.
    async fn of_demo(args: &DemoArgs, update: &LoadedUpdate) -> Result<(Self, Option<ChainHandle>), StepError> {
        if let Some(url) = &args.node {
            return Ok((Self::join(url, args.mnemonic.as_deref()).await?, None));
        }
        let keys = RoleKeys::generate()?;
        let chain = chain::start(args, update.publish_time, &keys).await?;
        let scene = Self {
            rpc_url: chain.rpc_url(),
            keys,
            signers: PriceSigners::generate().map_err(StepError::unexpected)?,
            tx: TxConfig::default(),
        };
        Ok((scene, Some(chain)))
    }
}

impl Stage {
    /// Step 1: starts the chain and makes the roles.
    pub(crate) async fn open(args: DemoArgs, update: &LoadedUpdate) -> Result<Self, StepError> {
        let (home, temporary) = match &args.home {
            Some(home) => {
                std::fs::create_dir_all(home).map_err(StepError::unexpected)?;
                (home.clone(), None)
            }
            None => {
                let folder = tempfile::tempdir().map_err(StepError::unexpected)?;
                (folder.path().to_owned(), Some(folder))
            }
        };
        let (scene, chain) = DevChain::of_demo(&args, update).await?;
        let rpc_url = scene.rpc_url;
        let client = Client::connect(&rpc_url).await?;
        let mut actors = BTreeMap::new();
        for (role, key) in scene.keys.0 {
            let queue = TxQueue::new(client.clone(), key, scene.tx.clone())?;
            let address = queue.address().to_owned();
            actors.insert(role, Actor { role, address, queue });
        }
        let mut take = |role: &str| actors.remove(role).expect("every role has a key");
        let actors = Actors {
            governance: take("governance"),
            tenant: take("tenant"),
            sponsor: take("sponsor"),
            relayer: take("relayer"),
            provider_a: take("provider-a"),
            provider_b: take("provider-b"),
        };
        let gov_address = client.gov_address()?;
        let mut stage = Self {
            facts: Facts::default(),
            actors,
            signers: scene.signers,
            tx: scene.tx,
            addresses: Addresses::predict(&gov_address)?,
            gov_address,
            home,
            rpc_url,
            client,
            last_publish_time: update.publish_time.unwrap_or(0),
            providers: Vec::new(),
            chain,
            json: args.json,
            _temporary: temporary,
        };
        if stage.chain.is_none() {
            // The dev chain may have published a price dated a second ahead.
            stage.last_publish_time = stage.block_seconds().await? + 1;
        }
        stage.begin(1, "a chain of its own");
        stage.facts.chain_id = stage.client.rpc().status().await?.chain_id;
        let (id, roles) = (stage.facts.chain_id.clone(), stage.actors.all().len());
        stage.summary(match &stage.chain {
            Some(chain) => format!(
                "{id} at {}, genesis time {}, {} uakt in {roles} accounts",
                stage.rpc_url,
                chain.genesis_time(),
                GENESIS_FUNDS * roles as u128,
            ),
            None => format!("skipped, {id} runs at {}", stage.rpc_url),
        });
        Ok(stage)
    }

    /// Whether the chain is the demo's own and still empty.
    pub(crate) fn owns_chain(&self) -> bool {
        self.chain.is_some()
    }

    /// Starts a step.
    pub(crate) fn begin(&mut self, step: u32, title: &str) {
        self.facts.steps.push(StepFact {
            step,
            title: title.into(),
            ..StepFact::default()
        });
    }

    /// Ends a step with one line: what happened, who paid, gas used.
    pub(crate) fn summary(&mut self, text: String) {
        let Some(step) = self.facts.steps.last_mut() else {
            return;
        };
        step.summary = text;
        let gas: u64 = step.txs.iter().map(|tx| tx.gas_used).sum();
        let mut payers: Vec<&str> = step.txs.iter().map(|tx| tx.payer.as_str()).collect();
        payers.dedup();
        payers.sort_unstable();
        payers.dedup();
        let paid = if payers.is_empty() {
            String::new()
        } else {
            format!(" [{} tx by {}, {gas} gas]", step.txs.len(), payers.join(", "))
        };
        let line = format!("{:>2}. {}: {}{paid}", step.step, step.title, step.summary);
        say(self.json, &line);
    }

    /// The suite's addresses.
    pub(crate) fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// The role of an address, or the address.
    pub(crate) fn role_of(&self, address: &str) -> String {
        let actor = self.actors.all().into_iter().find(|actor| actor.address == address);
        actor.map_or_else(|| address.to_owned(), |actor| actor.role.to_owned())
    }

    /// Sends a transaction and records it. One that fails in simulation is sent all the same, so that the chain itself
    /// says why it refuses.
    pub(crate) async fn send(&mut self, actor: &Actor, action: &str, messages: Vec<Any>) -> Result<Outcome, StepError> {
        let outcome = match actor.queue.send(messages.clone()).await {
            Err(ClientError::Query { .. }) => {
                let options = TxOptions {
                    gas: Gas::Limit(REFUSED_TX_GAS),
                    ..TxOptions::default()
                };
                actor.queue.send_with(messages, &options).await?
            }
            sent => sent?,
        };
        self.record(actor.role, action, &outcome);
        Ok(Outcome(outcome))
    }

    fn record(&mut self, payer: &str, action: &str, outcome: &TxOutcome) {
        if let Some(step) = self.facts.steps.last_mut() {
            step.txs.push(TxFact {
                action: action.into(),
                payer: payer.into(),
                hash: outcome.hash.clone(),
                height: outcome.height,
                gas_used: outcome.gas_used,
                gas_wanted: outcome.gas_wanted,
            });
        }
    }

    /// Records a transaction that a provider sent by itself, found by an event.
    pub(crate) async fn record_found(&mut self, payer: &str, action: &str, query: &str) -> Result<Outcome, StepError> {
        let deadline = Instant::now() + WAIT_LIMIT;
        loop {
            let (found, _) = self.client.rpc().tx_search(query, 1, SearchOrder::Descending).await?;
            if let Some(outcome) = found.into_iter().next() {
                self.record(payer, action, &outcome);
                return Ok(Outcome(outcome));
            }
            if Instant::now() > deadline {
                return Err(StepError::unexpected(format!(
                    "no transaction of {payer} ({action}) after {WAIT_LIMIT:?}"
                )));
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Lets a provider withdraw with a redeem request, and records the transaction.
    pub(crate) async fn provider_withdraw(
        &mut self,
        provider: &RunningProvider,
        lease: &LeaseId,
    ) -> Result<Outcome, StepError> {
        let withdrawal = provider
            .handle
            .withdraw(lease, Payout::Redeem)
            .await
            .map_err(StepError::unexpected)?;
        let hash = withdrawal
            .tx_hash
            .ok_or_else(|| StepError::unexpected("there was nothing to withdraw"))?;
        let outcome = self.client.wait_for_tx(&hash, WAIT_LIMIT).await?;
        self.record(provider.actor.role, "withdraw with redeem", &outcome);
        Ok(Outcome(outcome))
    }

    /// Executes a contract of the suite.
    pub(crate) async fn execute<M: Serialize>(
        &mut self,
        actor: &Actor,
        action: &str,
        contract: &str,
        msg: &M,
        funds: &[Coin],
    ) -> Result<Outcome, StepError> {
        let execute = message::execute(&actor.address, self.addresses.of(contract), msg, funds.to_vec())?;
        self.send(actor, action, vec![execute]).await
    }

    /// Whether an execution would succeed now.
    pub(crate) async fn passes_simulation<M: Serialize>(
        &self,
        actor: &Actor,
        contract: &str,
        msg: &M,
        funds: &[Coin],
    ) -> Result<bool, StepError> {
        let execute = message::execute(&actor.address, self.addresses.of(contract), msg, funds.to_vec())?;
        match actor.queue.simulate(vec![execute]).await {
            Ok(_) => Ok(true),
            Err(ClientError::Query { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Asks a contract of the suite.
    pub(crate) async fn query<M: Serialize, R: DeserializeOwned>(
        &self,
        contract: &str,
        msg: &M,
    ) -> Result<R, StepError> {
        Ok(self.client.query_wasm(self.addresses.of(contract), msg).await?)
    }

    /// Bank balance.
    pub(crate) async fn balance(&self, address: &str, denom: &str) -> Result<u128, StepError> {
        let balance = self.client.balance(address, denom).await?;
        Uint128::try_from(balance)
            .map(|units| units.u128())
            .map_err(StepError::unexpected)
    }

    /// Publishes an AKT/USD price of the run's own signer set, dated and submitted in a later second than all that was
    /// requested so far: a request never runs at a price that could be known when it was made.
    pub(crate) async fn publish_price(&mut self, mantissa: i64) -> Result<(), StepError> {
        let publish_time = (self.block_seconds().await? + 1).max(self.last_publish_time + 1);
        self.wait_for_block_second(publish_time).await?;
        self.last_publish_time = publish_time;
        let update = self
            .signers
            .sign(mantissa, publish_time)
            .map_err(StepError::unexpected)?;
        prices::submit(self, "submit signed price", &[update]).await?;
        let price = prices::query_price(self).await?;
        if prices::is_price(&price, mantissa) {
            return Ok(());
        }
        Err(StepError::unexpected(format!(
            "the oracle answers {} after a price of {mantissa}e-8",
            price.mid
        )))
    }

    /// Time of the newest block in whole seconds.
    pub(crate) async fn block_seconds(&self) -> Result<u64, StepError> {
        Ok(self.client.rpc().status().await?.time_nanos / NANOS_PER_SECOND)
    }

    /// Waits until block time has reached a second.
    pub(crate) async fn wait_for_block_second(&self, second: u64) -> Result<(), StepError> {
        let deadline = Instant::now() + WAIT_LIMIT;
        while self.block_seconds().await? < second {
            if Instant::now() > deadline {
                return Err(StepError::unexpected(format!("block time did not reach {second}")));
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Waits until a proposal has been executed or has failed.
    pub(crate) async fn wait_for_proposal(&self, id: u64) -> Result<Proposal, StepError> {
        Ok(self.client.wait_for_proposal(id, WAIT_LIMIT).await?)
    }

    /// Version that a contract of the suite says it has (`cw2`).
    pub(crate) async fn contract_version(&self, name: &str) -> Result<String, StepError> {
        let raw = self
            .client
            .query_wasm_raw(self.addresses.of(name), b"contract_info")
            .await?;
        let info: Value = serde_json::from_slice(&raw).map_err(StepError::unexpected)?;
        info["version"]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| StepError::unexpected(format!("{name} has no cw2 version: {info}")))
    }

    /// The client.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Keeps a provider until the end.
    pub(crate) fn keep(&mut self, provider: RunningProvider) {
        self.providers.push(provider);
    }

    /// Stops the providers and lets what they had under way reach a block, so that the books stand still.
    pub(crate) async fn stop_providers(&mut self) -> Result<(), StepError> {
        for provider in self.providers.drain(..) {
            provider.stop().await;
        }
        let height = self.client.height().await?;
        let deadline = Instant::now() + WAIT_LIMIT;
        while self.client.height().await? < height + 2 {
            if Instant::now() > deadline {
                return Err(StepError::unexpected(format!("no block after {height}")));
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Stops the chain and gives the facts.
    pub(crate) async fn close(self) -> Facts {
        if let Some(chain) = self.chain {
            chain.stop().await;
        }
        self.facts
    }
}

/// One line of progress: on stdout for people, on stderr beside `--json`. A line that cannot be shown stops nothing.
fn say(json: bool, line: &str) {
    if json {
        eprintln!("{line}");
    } else {
        let _ = output::line(line);
    }
}

impl From<ClientError> for StepError {
    fn from(error: ClientError) -> Self {
        let code = match error.code() {
            Some((code, codespace)) => format!("{codespace}/{code}"),
            None => "demo/client".into(),
        };
        Self {
            code,
            contract_error: error.log().and_then(contract_error),
            message: error.to_string(),
        }
    }
}
