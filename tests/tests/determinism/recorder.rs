//! The first node: in memory, never disturbed. What it did is what all others must do.

use std::path::Path;
use std::sync::{Arc, Mutex};

use cosmwasm_std::Coin;
use serde_json::Value;
use sha2::{Digest, Sha256};
use supercloud_chain::store::{Changes, Reader, RootHash, Store, StoreError};
use supercloud_chain::{BlockInput, BlockOutput, Chain, Genesis, GenesisAccess, GenesisBalance, GenesisCoin};
use supercloud_chain::{GenesisMinter, GenesisVoter, TxResult};
use supercloud_client::message::{self, Compression, Instantiate, ProposalText, VoteOption};
use supercloud_client::{Any, address};
use supercloud_proto::cosmos::base::abci::v1beta1::TxMsgData;
use supercloud_proto::cosmwasm::wasm::v1::MsgStoreCodeResponse;
use supercloud_proto::prost::Message;
use supercloud_store::MemoryStore;
use supercloud_tests::{Contract, Outcome, Refusal, World};
use supercloud_vm::{Tiers, VmConfig, WasmtimeVm};

use crate::people::{CHAIN_ID, Person};

pub(crate) const SECOND: u64 = 1_000_000_000;
pub(crate) const GAS: u64 = 20_000_000;
/// Gas of an upload or an instantiation of the suite.
const SETUP_GAS: u64 = 150_000_000;

/// A store in memory that outlives its chain.
#[derive(Clone)]
pub(crate) struct Shared(pub(crate) Arc<Mutex<MemoryStore>>);

impl Shared {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(MemoryStore::with_kept_versions(3))))
    }
}

impl Store for Shared {
    fn latest(&self) -> Arc<dyn Reader> {
        self.0.lock().unwrap().latest()
    }

    fn at(&self, height: u64) -> Option<Arc<dyn Reader>> {
        self.0.lock().unwrap().at(height)
    }

    fn commit(&mut self, height: u64, changes: Changes) -> Result<RootHash, StoreError> {
        self.0.lock().unwrap().commit(height, changes)
    }
}

/// The chain and all its blocks so far.
pub(crate) struct Recorder {
    pub(crate) chain: Chain,
    pub(crate) store: Shared,
    pub(crate) genesis: Genesis,
    pub(crate) blocks: Vec<(BlockInput, BlockOutput)>,
    pub(crate) people: Vec<Person>,
    treasury: Person,
    proposals: u64,
    codes: Vec<(u64, [u8; 32])>,
    now: u64,
}

pub(crate) fn names() -> Vec<String> {
    (0..10).map(|index| format!("person {index}")).collect()
}

fn genesis(people: &[Person], treasury: &Person) -> Genesis {
    let coin = |denom: &str| GenesisCoin {
        denom: denom.to_owned(),
        amount: "1000000000000".to_owned(),
    };
    let mut genesis = Genesis::new(CHAIN_ID, "2026-01-01T00:00:00Z");
    for person in people.iter().chain([treasury]) {
        genesis.balances.push(GenesisBalance {
            address: person.address.clone(),
            coins: ["uakt", "uact", "uother"].map(coin).into(),
        });
    }
    genesis.tokenfactory = ["uact", "uakt"]
        .map(|denom| GenesisMinter {
            denom: denom.to_owned(),
            admin: treasury.address.clone(),
            mint_cap_per_day: "10000000000".to_owned(),
        })
        .into();
    genesis.gov.voters = people[..4]
        .iter()
        .zip([6, 4, 3, 1])
        .map(|(person, weight)| GenesisVoter {
            address: person.address.clone(),
            weight,
        })
        .collect();
    genesis.gov.voting_period_seconds = 60;
    genesis.gov.expedited_voting_period_seconds = 30;
    genesis.gov.timelock_seconds = 5;
    genesis.gov.min_deposit = vec![GenesisCoin {
        denom: "uakt".to_owned(),
        amount: "1000".to_owned(),
    }];
    genesis.gov.max_deposit_period_seconds = 60;
    genesis.wasm.upload_access = GenesisAccess::Everybody;
    genesis.fees.min_gas_prices = vec![GenesisCoin {
        denom: "uakt".to_owned(),
        amount: "0.0025".to_owned(),
    }];
    genesis
}

pub(crate) fn artifact(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts").join(name);
    std::fs::read(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; `cargo xtask artifacts` builds it", path.display()))
}

impl Recorder {
    pub(crate) fn new() -> Self {
        let people: Vec<Person> = names().iter().map(|name| Person::new(name)).collect();
        let treasury = Person::new("treasury");
        let genesis = genesis(&people, &treasury);
        let store = Shared::new();
        let vm = WasmtimeVm::new(VmConfig {
            tiers: Tiers::Optimized,
            ..VmConfig::default()
        });
        let chain = Chain::init(&genesis, Box::new(store.clone()), Arc::new(vm.unwrap())).unwrap();
        Self {
            now: chain.time_nanos(),
            chain,
            store,
            genesis,
            blocks: Vec::new(),
            people,
            treasury,
            proposals: 0,
            codes: Vec::new(),
        }
    }

    /// Runs a block `nanos` after the last.
    pub(crate) fn block(&mut self, nanos: u64, txs: Vec<Vec<u8>>) -> &BlockOutput {
        self.now += nanos;
        let input = BlockInput {
            height: self.chain.height() + 1,
            time_nanos: self.now,
            proposer: [7; 20],
            txs,
        };
        let output = self.chain.execute_block(input.clone()).unwrap();
        for person in &mut self.people {
            person.refresh(&self.chain);
        }
        self.blocks.push((input, output));
        &self.blocks.last().unwrap().1
    }

    /// Runs a transaction that must succeed.
    pub(crate) fn deliver(&mut self, person: usize, message: Any) -> TxResult {
        self.people[person].refresh(&self.chain);
        let raw = self.people[person].sign(vec![message], SETUP_GAS);
        let result = self.block(SECOND, vec![raw]).tx_results[0].clone();
        assert_eq!(result.code, 0, "{}", result.log);
        result
    }

    /// Uploads an artifact.
    pub(crate) fn upload(&mut self, name: &str) -> u64 {
        let wasm = artifact(name);
        let sender = self.people[0].address.clone();
        let result = self.deliver(0, message::store_code(&sender, &wasm, Compression::Gzip));
        let data = TxMsgData::decode(&*result.data).unwrap();
        let stored = MsgStoreCodeResponse::decode(&*data.msg_responses[0].value).unwrap();
        self.codes.push((stored.code_id, Sha256::digest(&wasm).into()));
        stored.code_id
    }

    /// Passes a proposal and waits until it has run.
    pub(crate) fn govern(&mut self, messages: Vec<Any>) {
        use supercloud_proto::cosmos::gov::v1::MsgSubmitProposal;
        let proposer = self.people[0].address.clone();
        let text = ProposalText {
            title: "setup".to_owned(),
            summary: "for a test".to_owned(),
            ..ProposalText::default()
        };
        let submit = message::submit_proposal(&proposer, text, messages);
        let mut submit = MsgSubmitProposal::decode(&*submit.value).unwrap();
        submit.initial_deposit = vec![supercloud_proto::cosmos::base::v1beta1::Coin {
            denom: "uakt".to_owned(),
            amount: "1000".to_owned(),
        }];
        self.deliver(0, supercloud_proto::pack(&submit));
        self.proposals += 1;
        for voter in [0, 1] {
            let vote = message::vote(&self.people[voter].address, self.proposals, VoteOption::Yes);
            self.deliver(voter, vote);
        }
        self.block(60 * SECOND, vec![]);
        let output = self.block(60 * SECOND, vec![]);
        let done = output
            .events
            .iter()
            .rfind(|event| event.kind == "active_proposal")
            .unwrap();
        assert_eq!(done.get("proposal_result"), Some("proposal_executed"), "{done:?}");
    }

    /// Proposals that were made in setting up.
    pub(crate) fn proposals(&self) -> u64 {
        self.proposals
    }

    fn treasury_sends(&mut self, message: Any) {
        self.treasury.refresh(&self.chain);
        let raw = self.treasury.sign(vec![message], GAS);
        let result = self.block(SECOND, vec![raw]).tx_results[0].clone();
        assert_eq!(result.code, 0, "{}", result.log);
    }
}

/// As far as setting up the suite needs it.
impl World for Recorder {
    fn account(&mut self, name: &str) -> String {
        let index = match name {
            "governance" => 0,
            "feeder" => 1,
            _ => 2,
        };
        self.people[index].address.clone()
    }

    fn fund(&mut self, account: &str, amount: u128, denom: &str) {
        let mint = message::mint(&self.treasury.address, &supercloud_client::coin(amount, denom), account);
        self.treasury_sends(mint);
    }

    fn balance(&self, _: &str, _: &str) -> u128 {
        0
    }

    fn supply(&self, _: &str) -> u128 {
        0
    }

    fn restrict(&mut self, denom: &str, allowed: &[&str]) {
        let allowed = allowed.iter().map(|address| (*address).to_owned()).collect();
        let gov = self.chain.gov_address();
        self.govern(vec![message::set_send_restriction(&gov, denom, allowed)]);
    }

    /// Only of AKT: the treasury goes on minting ACT.
    fn set_mint_admin(&mut self, denom: &str, admin: &str) {
        if denom == "uakt" {
            let change = message::change_denom_admin(&self.treasury.address, denom, admin);
            self.treasury_sends(change);
        }
    }

    fn now(&self) -> u64 {
        self.now / SECOND
    }

    fn advance(&mut self, seconds: u64) {
        self.block(seconds * SECOND, vec![]);
    }

    fn store(&mut self, contract: Contract) -> u64 {
        self.upload(&format!("{}.wasm", contract.name()))
    }

    fn predict(&self, code_id: u64, creator: &str, salt: &str) -> String {
        let (_, checksum) = self.codes.iter().find(|(id, _)| *id == code_id).unwrap();
        address::predict_instantiate2(checksum, creator, salt.as_bytes()).unwrap()
    }

    fn instantiate2(&mut self, code_id: u64, creator: &str, msg: &Value, salt: &str) -> Result<(), Refusal> {
        let contract = Instantiate {
            code_id,
            label: salt,
            admin: Some(creator),
            message: msg,
            funds: &[],
        };
        let made = message::instantiate2(creator, &contract, salt.as_bytes()).unwrap();
        self.deliver(0, made);
        Ok(())
    }

    fn execute(&mut self, _: &str, _: &str, _: &Value, _: &[Coin]) -> Result<Outcome, Refusal> {
        Err(Refusal("the trace executes".to_owned()))
    }

    fn sudo(&mut self, _: &str, _: &Value) -> Result<Outcome, Refusal> {
        Err(Refusal("the trace calls sudo".to_owned()))
    }

    fn migrate(&mut self, _: &str, _: &str, _: u64, _: &Value) -> Result<Outcome, Refusal> {
        Err(Refusal("the trace migrates".to_owned()))
    }

    fn query(&self, _: &str, _: &Value) -> Result<Value, Refusal> {
        Err(Refusal("setting up asks nothing".to_owned()))
    }
}
