//! What happens: transactions of all modules, right ones and wrong ones, made from a seed while the first node runs.

use supercloud_client::Any;
use supercloud_proto::cosmos::base::v1beta1::Coin;
use supercloud_schema::id::BidId;
use supercloud_tests::{Addresses, Suite};

use crate::acts;
use crate::people::Person;
use crate::random::Random;
use crate::recorder::{GAS, Recorder, SECOND};

/// Everybody and everything that transactions may speak of.
pub(crate) struct Scene {
    pub(crate) random: Random,
    pub(crate) recorder: Recorder,
    pub(crate) suite: Addresses,
    pub(crate) gov: String,
    /// Codes of the conformance contract and of the market's successor.
    pub(crate) conformance: u64,
    pub(crate) market_next: u64,
    /// Contracts of that code, most recent last.
    pub(crate) contracts: Vec<String>,
    pub(crate) proposals: u64,
    /// Proposals that wait for votes, with those who have not voted yet.
    pub(crate) voting: Vec<(u64, usize)>,
    /// Owner and number of the last deployments.
    pub(crate) deployments: Vec<(String, u64)>,
    /// The last bids, real ones and such as were refused.
    pub(crate) bids: Vec<BidId>,
    pub(crate) denoms: Vec<String>,
    /// Codes that were uploaded on the way.
    pub(crate) uploads: u64,
}

/// A transaction's messages and signer, and how much gas it gets.
pub(crate) struct Act {
    pub(crate) person: usize,
    pub(crate) messages: Vec<Any>,
    pub(crate) gas: u64,
}

impl Act {
    pub(crate) fn new(person: usize, message: Any) -> Self {
        Self {
            person,
            messages: vec![message],
            gas: GAS,
        }
    }
}

pub(crate) fn coin(amount: u64, denom: &str) -> Coin {
    Coin {
        denom: denom.to_owned(),
        amount: amount.to_string(),
    }
}

impl Scene {
    /// A chain with the suite, two providers and two conformance contracts.
    pub(crate) fn new(seed: u64) -> Self {
        let suite = Suite::deploy(Recorder::new());
        let (at, mut recorder) = (suite.at, suite.world);
        let conformance = recorder.upload("test/conformance.wasm");
        let market_next = recorder.upload("test/market-next.wasm");
        let mut scene = Self {
            random: Random(seed),
            gov: recorder.chain.gov_address(),
            proposals: recorder.proposals(),
            recorder,
            suite: at,
            conformance,
            market_next,
            contracts: Vec::new(),
            voting: Vec::new(),
            deployments: Vec::new(),
            bids: Vec::new(),
            denoms: vec!["uother".to_owned()],
            uploads: 0,
        };
        for provider in [3, 4] {
            let register = acts::market::register(&scene, provider);
            scene.recorder.deliver(provider, register);
        }
        for _ in 0..2 {
            let act = acts::wasm::instantiate(&mut scene);
            scene.recorder.deliver(act.person, act.messages[0].clone());
            let output = scene.recorder.blocks.last().map(|(_, output)| output.clone()).unwrap();
            scene.learn(&output);
        }
        scene
    }

    pub(crate) fn person(&mut self) -> usize {
        self.random.below(self.recorder.people.len() as u64) as usize
    }

    pub(crate) fn address(&self, person: usize) -> String {
        self.recorder.people[person].address.clone()
    }

    /// Somebody's address; now and then governance's, a contract's, or none at all.
    pub(crate) fn anybody(&mut self) -> String {
        match self.random.below(20) {
            0 => self.gov.clone(),
            1 => "akash1nobody".to_owned(),
            2 | 3 => self.contract(),
            _ => {
                let person = self.person();
                self.address(person)
            }
        }
    }

    pub(crate) fn contract(&mut self) -> String {
        self.random.pick(&self.contracts).clone()
    }

    pub(crate) fn now_seconds(&self) -> u64 {
        self.recorder.chain.time_nanos() / SECOND
    }

    /// Runs a block of up to three transactions after a random time.
    pub(crate) fn play_block(&mut self) {
        let mut count = *self.random.pick(&[0, 1, 1, 2, 2, 3]);
        let mut txs = Vec::new();
        let vote = self.random.once_in(2).then(|| acts::gov::vote(self)).flatten();
        if let Some(act) = vote {
            count -= count.min(1);
            let raw = acts::faults::sign(self, act);
            txs.push(raw);
        }
        for _ in 0..count {
            let act = acts::any(self);
            let raw = acts::faults::sign(self, act);
            txs.push(raw);
        }
        let nanos = match self.random.below(50) {
            0 => 1,
            1 => 3_600 * SECOND,
            _ => self.random.below(8 * SECOND) + 1,
        };
        let output = self.recorder.block(nanos, txs).clone();
        self.learn(&output);
    }

    /// Takes new contracts, proposals, denoms and bids from the events.
    fn learn(&mut self, output: &supercloud_chain::BlockOutput) {
        let in_txs = output.tx_results.iter().flat_map(|result| &result.events);
        for event in in_txs.chain(&output.events) {
            let get = |key: &str| event.get(key).map(str::to_owned);
            if let Some(id) = get("voting_period_start").and_then(|id| id.parse().ok()) {
                self.voting.extend([(id, 0), (id, 1), (id, 2)]);
            }
            match event.kind.as_str() {
                "wasm-deployment_created" => {
                    let (owner, dseq) = (get("owner"), get("dseq").and_then(|dseq| dseq.parse().ok()));
                    self.deployments.extend(owner.zip(dseq));
                }
                "instantiate" if get("code_id") == Some(self.conformance.to_string()) => {
                    self.contracts.extend(get("_contract_address"));
                }
                "submit_proposal" => {
                    let id = get("proposal_id").and_then(|id| id.parse().ok());
                    self.proposals = self.proposals.max(id.unwrap_or_default());
                }
                "create_denom" => self.denoms.extend(get("new_token_denom")),
                _ => {}
            }
        }
        let keep = self.contracts.len().saturating_sub(6);
        self.contracts.drain(..keep);
        let keep = self.deployments.len().saturating_sub(5);
        self.deployments.drain(..keep);
        let keep = self.denoms.len().saturating_sub(8);
        self.denoms.drain(..keep);
    }

    pub(crate) fn signer(&mut self, person: usize) -> &mut Person {
        &mut self.recorder.people[person]
    }
}
