//! A chain as wasmd's keeper tests have it: their prefix, block, time and empty chain id, because all of it is in what
//! contracts read and so in the gas.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use cosmwasm_std::Binary;
use serde_json::{Value, json};
use supercloud_chain::store::{Changes, Direction, Reader, RootHash, Store, StoreError};
use supercloud_chain::{
    BlockInput, Chain, Genesis, GenesisAccess, GenesisBalance, GenesisCoin, GenesisVoter, IbcCall, IbcOutcome,
    QueryContext, TxResult,
};
use supercloud_client::message::{self, ProposalText, VoteOption};
use supercloud_client::tx::{SignerState, UnsignedTx};
use supercloud_client::{Any, Key};
use supercloud_proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountRequest, QueryAccountResponse};
use supercloud_proto::cosmos::bank::v1beta1::{QueryBalanceRequest, QueryBalanceResponse};
use supercloud_proto::cosmos::base::abci::v1beta1::TxMsgData;
use supercloud_proto::cosmos::base::v1beta1::Coin;
use supercloud_proto::cosmwasm::wasm::v1::{
    MsgExecuteContract, MsgExecuteContractResponse, MsgInstantiateContract, MsgInstantiateContractResponse,
    MsgMigrateContract, MsgStoreCode, MsgStoreCodeResponse, QueryCodeInfoRequest, QueryCodeInfoResponse,
    QueryRawContractStateRequest, QueryRawContractStateResponse,
};
use supercloud_proto::pack;
use supercloud_proto::prost::Message;
use supercloud_store::MemoryStore;
use supercloud_vm::{Tiers, VmConfig, WasmtimeVm};

const HRP: &str = "cosmos";
/// 2020-04-22T12:00:00Z.
const TIME_NANOS: u64 = 1_587_556_800_000_000_000;
const HEIGHT: u64 = 1_234_567;
const SECOND: u64 = 1_000_000_000;
const GAS: u64 = 100_000_000;

/// A module of the folder; nothing without a folder.
pub(crate) fn vector(name: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("SUPERCLOUD_WASM_VECTORS") else {
        eprintln!("SUPERCLOUD_WASM_VECTORS is not set: {name} does not run");
        return None;
    };
    let path = PathBuf::from(folder).join(name);
    match std::fs::read(&path) {
        Ok(wasm) => Some(wasm),
        Err(error) => panic!("{}: {error}", path.display()),
    }
}

pub(crate) fn binary(text: &str) -> String {
    Binary::new(text.as_bytes().to_vec()).to_base64()
}

/// A store that outlives its chain.
#[derive(Clone)]
struct Shared(Arc<Mutex<MemoryStore>>);

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

pub(crate) struct Keeper {
    pub(crate) chain: Chain,
    key: Key,
    next_nanos: u64,
}

impl Keeper {
    pub(crate) fn new(tiers: Tiers) -> Self {
        let config = VmConfig {
            tiers,
            ..VmConfig::default()
        };
        Self::on(Arc::new(WasmtimeVm::new(config).unwrap()))
    }

    pub(crate) fn on(vm: Arc<WasmtimeVm>) -> Self {
        let key = Key::from_secret(&[7; 32]).unwrap();
        let shared = Shared(Arc::new(Mutex::new(MemoryStore::new())));
        Chain::init(&genesis(&key), Box::new(shared.clone()), vm.clone()).unwrap();
        let chain = Chain::open(Box::new(moved(&shared)), vm).unwrap();
        Self {
            chain,
            key,
            next_nanos: TIME_NANOS,
        }
    }

    pub(crate) fn creator(&self) -> String {
        self.key.address(HRP).unwrap()
    }

    fn account(&self) -> BaseAccount {
        let request = QueryAccountRequest {
            address: self.creator(),
        };
        let answer = self
            .chain
            .query("/cosmos.auth.v1beta1.Query/Account", &request.encode_to_vec(), None);
        let answer = QueryAccountResponse::decode(&*answer.value).unwrap();
        BaseAccount::decode(&*answer.account.unwrap().value).unwrap()
    }

    pub(crate) fn sequence(&self) -> u64 {
        self.account().sequence
    }

    /// Runs one transaction in a block of its own, a second after the last.
    pub(crate) fn deliver_with(&mut self, messages: Vec<Any>, gas_limit: u64) -> TxResult {
        let account = self.account();
        let tx = UnsignedTx {
            messages,
            gas_limit,
            ..UnsignedTx::default()
        };
        let state = SignerState {
            chain_id: String::new(),
            account_number: account.account_number,
            sequence: account.sequence,
        };
        let raw = tx.sign(&self.key, &state);
        let block = BlockInput {
            height: self.chain.height() + 1,
            time_nanos: self.next_nanos,
            proposer: [0; 20],
            txs: vec![raw],
        };
        self.next_nanos += SECOND;
        self.chain.execute_block(block).unwrap().tx_results.remove(0)
    }

    fn succeed(&mut self, messages: Vec<Any>) -> TxMsgData {
        let result = self.deliver_with(messages, GAS);
        assert_eq!(result.log, "");
        TxMsgData::decode(&*result.data).unwrap()
    }

    pub(crate) fn store_msg(&self, wasm: &[u8]) -> Any {
        pack(&MsgStoreCode {
            sender: self.creator(),
            wasm_byte_code: wasm.to_vec(),
            instantiate_permission: None,
        })
    }

    pub(crate) fn store(&mut self, wasm: &[u8]) -> u64 {
        let message = self.store_msg(wasm);
        let data = self.succeed(vec![message]);
        MsgStoreCodeResponse::decode(&*data.msg_responses[0].value)
            .unwrap()
            .code_id
    }

    fn instantiate_msg(&self, code_id: u64, label: &str, msg: &Value) -> Any {
        pack(&MsgInstantiateContract {
            sender: self.creator(),
            admin: self.creator(),
            code_id,
            label: label.into(),
            msg: msg.to_string().into_bytes(),
            funds: vec![Coin {
                denom: "denom".into(),
                amount: "100".into(),
            }],
        })
    }

    pub(crate) fn instantiate(&mut self, code_id: u64, msg: &Value) -> String {
        let message = self.instantiate_msg(code_id, "reflect contract", msg);
        let data = self.succeed(vec![message]);
        MsgInstantiateContractResponse::decode(&*data.msg_responses[0].value)
            .unwrap()
            .address
    }

    /// Stores and instantiates hackatom in the block of wasmd's tests.
    pub(crate) fn hackatom(&mut self, wasm: &[u8]) -> String {
        let [verifier, beneficiary] = [8, 9].map(|n| Key::from_secret(&[n; 32]).unwrap().address(HRP).unwrap());
        let msg = json!({ "verifier": verifier, "beneficiary": beneficiary });
        let messages = vec![self.store_msg(wasm), self.instantiate_msg(1, "hackatom contract", &msg)];
        let data = self.succeed(messages);
        assert_eq!(self.chain.height(), HEIGHT);
        MsgInstantiateContractResponse::decode(&*data.msg_responses[1].value)
            .unwrap()
            .address
    }

    pub(crate) fn execute_msg(&self, contract: &str, msg: &Value) -> Any {
        pack(&MsgExecuteContract {
            sender: self.creator(),
            contract: contract.into(),
            msg: msg.to_string().into_bytes(),
            funds: vec![],
        })
    }

    /// Executes and returns the data in hexadecimal.
    pub(crate) fn execute(&mut self, contract: &str, msg: &Value) -> String {
        let message = self.execute_msg(contract, msg);
        let data = self.succeed(vec![message]);
        let data = MsgExecuteContractResponse::decode(&*data.msg_responses[0].value)
            .unwrap()
            .data;
        data.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Runs one IBC call in a block of its own.
    pub(crate) fn ibc(&mut self, call: impl Into<IbcCall>) -> IbcOutcome {
        let time_nanos = self.next_nanos;
        self.next_nanos += SECOND;
        let outcomes = self.chain.execute_ibc_block(time_nanos, &[call.into()], GAS);
        outcomes.unwrap().remove(0)
    }

    pub(crate) fn migrate(&mut self, contract: &str, code_id: u64, msg: &Value) -> TxResult {
        let message = pack(&MsgMigrateContract {
            sender: self.creator(),
            contract: contract.into(),
            code_id,
            msg: msg.to_string().into_bytes(),
        });
        self.deliver_with(vec![message], GAS)
    }

    /// What a transaction with this message costs beside the contract: it calls where no contract stands.
    pub(crate) fn overhead(&mut self, msg: &Value, gas_limit: u64) -> u64 {
        let nowhere = supercloud_chain::compute_classic_address(99, 99);
        let nowhere = supercloud_chain::AddressCodec::new(HRP).unwrap().to_text(&nowhere);
        let message = self.execute_msg(&nowhere, msg);
        let result = self.deliver_with(vec![message], gas_limit);
        assert_eq!((result.codespace.as_str(), result.code), ("wasm", 22));
        // Of which one read of a key of 33 bytes that finds nothing.
        result.gas_used - (1_000 + 3 * 33)
    }

    pub(crate) fn smart(&self, contract: &str, msg: &Value) -> Value {
        let querier = self.chain.querier(None).unwrap();
        let msg = msg.to_string();
        let answer = querier.query_smart(contract, msg.as_bytes(), QueryContext::Outside, 3_000_000);
        serde_json::from_slice(&answer.result.unwrap()).unwrap()
    }

    /// The text of a query that must fail.
    pub(crate) fn smart_error(&self, contract: &str, msg: &Value) -> String {
        let querier = self.chain.querier(None).unwrap();
        let msg = msg.to_string();
        let answer = querier.query_smart(contract, msg.as_bytes(), QueryContext::Outside, 3_000_000);
        answer.result.unwrap_err().to_string()
    }

    /// The text of an instantiation that must fail.
    pub(crate) fn instantiate_error(&mut self, code_id: u64, msg: &Value) -> String {
        let message = self.instantiate_msg(code_id, "refused contract", msg);
        let result = self.deliver_with(vec![message], GAS);
        assert_ne!(result.code, 0);
        result.log
    }

    /// Checksum of a code.
    pub(crate) fn checksum(&self, code_id: u64) -> Vec<u8> {
        let path = "/cosmwasm.wasm.v1.Query/CodeInfo";
        let answer = self
            .chain
            .query(path, &QueryCodeInfoRequest { code_id }.encode_to_vec(), None);
        QueryCodeInfoResponse::decode(&*answer.value).unwrap().checksum
    }

    /// Coins of `denom`.
    pub(crate) fn balance(&self, address: &str) -> String {
        let request = QueryBalanceRequest {
            address: address.into(),
            denom: "denom".into(),
        };
        let path = "/cosmos.bank.v1beta1.Query/Balance";
        let answer = self.chain.query(path, &request.encode_to_vec(), None);
        QueryBalanceResponse::decode(&*answer.value)
            .unwrap()
            .balance
            .unwrap()
            .amount
    }

    pub(crate) fn raw(&self, contract: &str, key: &[u8]) -> Vec<u8> {
        let request = QueryRawContractStateRequest {
            address: contract.into(),
            query_data: key.to_vec(),
        };
        let path = "/cosmwasm.wasm.v1.Query/RawContractState";
        let answer = self.chain.query(path, &request.encode_to_vec(), None);
        QueryRawContractStateResponse::decode(&*answer.value).unwrap().data
    }

    /// Passes a proposal and runs it.
    pub(crate) fn govern(&mut self, messages: Vec<Any>) {
        let text = ProposalText {
            title: "t".into(),
            summary: "s".into(),
            metadata: String::new(),
        };
        let creator = self.creator();
        self.succeed(vec![message::submit_proposal(&creator, text, messages)]);
        self.succeed(vec![message::vote(&creator, 1, VoteOption::Yes)]);
        self.next_nanos += 5 * SECOND;
        let block = BlockInput {
            height: self.chain.height() + 1,
            time_nanos: self.next_nanos,
            proposer: [0; 20],
            txs: vec![],
        };
        self.next_nanos += SECOND;
        let output = self.chain.execute_block(block).unwrap();
        let done = output
            .events
            .iter()
            .any(|event| event.get("proposal_result") == Some("proposal_executed"));
        assert!(done, "{:?}", output.events);
    }
}

fn genesis(key: &Key) -> Genesis {
    let address = key.address(HRP).unwrap();
    let mut genesis = Genesis::new("x", "2020-04-22T11:00:00Z");
    genesis.bech32_prefix = HRP.to_owned();
    genesis.wasm.upload_access = GenesisAccess::Everybody;
    genesis.balances.push(GenesisBalance {
        address: address.clone(),
        coins: vec![GenesisCoin {
            denom: "denom".into(),
            amount: "1000000".into(),
        }],
    });
    genesis.gov.voting_period_seconds = 5;
    genesis.gov.voters.push(GenesisVoter { address, weight: 1 });
    genesis
}

/// The first state as the one before wasmd's block, on a chain without a name.
fn moved(store: &Shared) -> MemoryStore {
    let latest = store.latest();
    let mut changes: Changes = latest
        .range(None, None, Direction::Ascending)
        .map(|(key, value)| (key, Some(value)))
        .collect();
    let config = latest.get(b"chain/config").unwrap();
    let mut config: Value = serde_json::from_slice(&config).unwrap();
    config["chain_id"] = json!("");
    changes.insert(b"chain/config".to_vec(), Some(config.to_string().into_bytes()));
    let last = json!({ "height": HEIGHT - 1, "time_nanos": TIME_NANOS - SECOND });
    changes.insert(b"chain/last_block".to_vec(), Some(last.to_string().into_bytes()));
    let mut moved = MemoryStore::new();
    moved.commit(HEIGHT - 1, changes).unwrap();
    moved
}
