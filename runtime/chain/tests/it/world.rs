//! A chain with four people and a clock, and what tests say to it.

use std::sync::{Arc, Mutex};

use k256::ecdsa::signature::Signer;
use k256::ecdsa::{Signature, SigningKey};
use sha2::{Digest, Sha256};
use supercloud_chain::store::{Changes, Reader, RootHash, Store, StoreError};
use supercloud_chain::{
    Address, AddressCodec, BlockInput, BlockOutput, Chain, Event, Genesis, GenesisAccess, GenesisBalance, GenesisCoin,
    GenesisVoter, QueryResult, TxResult,
};
use supercloud_proto::cosmos::auth::v1beta1::BaseAccount;
use supercloud_proto::cosmos::auth::v1beta1::{QueryAccountRequest, QueryAccountResponse};
use supercloud_proto::cosmos::bank::v1beta1::{
    MsgSend, QueryBalanceRequest, QueryBalanceResponse, QuerySupplyOfRequest, QuerySupplyOfResponse,
};
use supercloud_proto::cosmos::base::abci::v1beta1::TxMsgData;
use supercloud_proto::cosmos::base::v1beta1::Coin;
use supercloud_proto::cosmos::crypto::secp256k1::PubKey;
use supercloud_proto::cosmos::tx::signing::v1beta1::SignMode;
use supercloud_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, ModeInfo, SignDoc, SignerInfo, TxBody, TxRaw, mode_info};
use supercloud_proto::cosmwasm::wasm::v1::{
    MsgExecuteContract, MsgInstantiateContract, MsgInstantiateContractResponse, MsgStoreCode, MsgStoreCodeResponse,
    QueryRawContractStateRequest, QueryRawContractStateResponse,
};
use supercloud_proto::pack;
use supercloud_proto::prost::{Message, Name};
use supercloud_proto::prost_types::Any;
use supercloud_store::MemoryStore;

use crate::fake_vm::{FakeVm, puppet};

pub(crate) const CHAIN_ID: &str = "supercloud-test-1";
pub(crate) const START: &str = "2026-11-21T00:00:00Z";
pub(crate) const FUNDS: u128 = 1_000_000_000;
pub(crate) const GAS: u64 = 20_000_000;

/// A person with a key.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) key: SigningKey,
    pub(crate) address: String,
}

impl Person {
    pub(crate) fn new(name: &str) -> Self {
        let key = SigningKey::from_slice(&Sha256::digest(name)).unwrap();
        let address = codec().to_text(&Address::from_secp256k1(&public_key(&key)));
        Self { key, address }
    }
}

pub(crate) fn public_key(key: &SigningKey) -> Vec<u8> {
    key.verifying_key().to_encoded_point(true).as_bytes().to_vec()
}

pub(crate) fn codec() -> AddressCodec {
    AddressCodec::new("akash").unwrap()
}

/// A store that outlives its chain.
#[derive(Clone)]
struct SharedStore(Arc<Mutex<MemoryStore>>);

impl Store for SharedStore {
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

pub(crate) struct World {
    pub(crate) chain: Chain,
    pub(crate) vm: Arc<FakeVm>,
    store: SharedStore,
    pub(crate) time_nanos: u64,
    pub(crate) alice: Person,
    pub(crate) bob: Person,
    pub(crate) carol: Person,
    pub(crate) gov: String,
}

/// Alice, bob and carol have uakt, alice has uact; alice (weight 6) and bob (weight 4) are the council; alice uploads.
pub(crate) fn genesis() -> Genesis {
    let people = ["alice", "bob", "carol"].map(Person::new);
    let coin = |denom: &str| GenesisCoin {
        denom: denom.into(),
        amount: FUNDS.to_string(),
    };
    let mut genesis = Genesis::new(CHAIN_ID, START);
    for (index, person) in people.iter().enumerate() {
        let coins = if index == 0 {
            vec![coin("uakt"), coin("uact")]
        } else {
            vec![coin("uakt")]
        };
        genesis.balances.push(GenesisBalance {
            address: person.address.clone(),
            coins,
        });
    }
    genesis.gov.voters = vec![
        GenesisVoter {
            address: people[0].address.clone(),
            weight: 6,
        },
        GenesisVoter {
            address: people[1].address.clone(),
            weight: 4,
        },
    ];
    genesis.gov.voting_period_seconds = 10;
    genesis.wasm.upload_access = GenesisAccess::Addresses(vec![people[0].address.clone()]);
    genesis
}

/// How a test bends a transaction before it is signed.
pub(crate) struct Draft {
    pub(crate) body: TxBody,
    pub(crate) auth: AuthInfo,
    pub(crate) chain_id: String,
    pub(crate) account_number: u64,
}

impl Draft {
    pub(crate) fn sign(&self, signers: &[&Person]) -> TxRaw {
        let (body_bytes, auth_info_bytes) = (self.body.encode_to_vec(), self.auth.encode_to_vec());
        let document = SignDoc {
            body_bytes: body_bytes.clone(),
            auth_info_bytes: auth_info_bytes.clone(),
            chain_id: self.chain_id.clone(),
            account_number: self.account_number,
        }
        .encode_to_vec();
        let sign = |person: &&Person| -> Vec<u8> {
            let signature: Signature = person.key.sign(&document);
            signature.normalize_s().unwrap_or(signature).to_bytes().to_vec()
        };
        TxRaw {
            body_bytes,
            auth_info_bytes,
            signatures: signers.iter().map(sign).collect(),
        }
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Genesis)) -> Self {
        let mut genesis = genesis();
        change(&mut genesis);
        let time_nanos = genesis.time_nanos().unwrap();
        let store = SharedStore(Arc::new(Mutex::new(MemoryStore::new())));
        let vm = Arc::new(FakeVm::default());
        let chain = Chain::init(&genesis, Box::new(store.clone()), vm.clone()).unwrap();
        let [alice, bob, carol] = ["alice", "bob", "carol"].map(Person::new);
        let gov = chain.gov_address();
        Self {
            chain,
            vm,
            store,
            time_nanos,
            alice,
            bob,
            carol,
            gov,
        }
    }

    /// As if the process had been started anew: the engine knows nothing.
    pub(crate) fn restart(&mut self) {
        self.vm.forget();
        self.chain = Chain::open(Box::new(self.store.clone()), self.vm.clone()).unwrap();
    }

    /// The whole state.
    pub(crate) fn entries(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let latest = self.store.latest();
        let entries = latest.range(None, None, supercloud_chain::store::Direction::Ascending);
        entries.collect()
    }

    pub(crate) fn block(&mut self, txs: Vec<Vec<u8>>) -> BlockOutput {
        self.block_after(1, txs)
    }

    /// Runs a block `seconds` after the last.
    pub(crate) fn block_after(&mut self, seconds: u64, txs: Vec<Vec<u8>>) -> BlockOutput {
        self.time_nanos += seconds * 1_000_000_000;
        let height = self.chain.height() + 1;
        self.chain
            .execute_block(BlockInput {
                height,
                time_nanos: self.time_nanos,
                proposer: [0; 20],
                txs,
            })
            .unwrap()
    }

    pub(crate) fn account(&self, address: &str) -> BaseAccount {
        let request = QueryAccountRequest {
            address: address.to_owned(),
        };
        let response: QueryAccountResponse = self.ask("/cosmos.auth.v1beta1.Query/Account", &request);
        BaseAccount::decode(&*response.account.unwrap().value).unwrap()
    }

    /// A transaction of one person, ready to be signed.
    pub(crate) fn draft(&self, person: &Person, messages: Vec<Any>) -> Draft {
        let account = self.account(&person.address);
        Draft {
            body: TxBody {
                messages,
                ..TxBody::default()
            },
            auth: AuthInfo {
                signer_infos: vec![signer_info(person, account.sequence)],
                fee: Some(Fee {
                    gas_limit: GAS,
                    ..Fee::default()
                }),
                ..AuthInfo::default()
            },
            chain_id: CHAIN_ID.to_owned(),
            account_number: account.account_number,
        }
    }

    pub(crate) fn signed(&self, person: &Person, messages: Vec<Any>) -> Vec<u8> {
        self.draft(person, messages).sign(&[person]).encode_to_vec()
    }

    /// Runs one transaction in a block of its own.
    pub(crate) fn deliver(&mut self, person: &Person, messages: Vec<Any>) -> TxResult {
        let raw = self.signed(person, messages);
        self.block(vec![raw]).tx_results.remove(0)
    }

    pub(crate) fn deliver_raw(&mut self, raw: &TxRaw) -> TxResult {
        self.block(vec![raw.encode_to_vec()]).tx_results.remove(0)
    }

    /// As [`Self::deliver`], and it must succeed.
    pub(crate) fn succeed(&mut self, person: &Person, messages: Vec<Any>) -> TxResult {
        let result = self.deliver(person, messages);
        assert_eq!((result.code, result.log.as_str()), (0, ""));
        result
    }

    pub(crate) fn query(&self, path: &str, data: &[u8]) -> QueryResult {
        self.chain.query(path, data, None)
    }

    pub(crate) fn ask<Q: Message, R: Message + Default>(&self, path: &str, request: &Q) -> R {
        let result = self.query(path, &request.encode_to_vec());
        assert_eq!((result.code, result.log.as_str()), (0, ""), "{path}");
        R::decode(&*result.value).unwrap()
    }

    pub(crate) fn balance(&self, address: &str, denom: &str) -> u128 {
        let request = QueryBalanceRequest {
            address: address.into(),
            denom: denom.into(),
        };
        let response: QueryBalanceResponse = self.ask("/cosmos.bank.v1beta1.Query/Balance", &request);
        response.balance.unwrap().amount.parse().unwrap()
    }

    pub(crate) fn supply(&self, denom: &str) -> u128 {
        let request = QuerySupplyOfRequest { denom: denom.into() };
        let response: QuerySupplyOfResponse = self.ask("/cosmos.bank.v1beta1.Query/SupplyOf", &request);
        response.amount.unwrap().amount.parse().unwrap()
    }

    /// Alice uploads a puppet.
    pub(crate) fn store_code(&mut self, wasm: Vec<u8>) -> u64 {
        let alice = self.alice.clone();
        let store = MsgStoreCode {
            sender: alice.address.clone(),
            wasm_byte_code: wasm,
            instantiate_permission: None,
        };
        let result = self.succeed(&alice, vec![pack(&store)]);
        response::<MsgStoreCodeResponse>(&result).code_id
    }

    /// Alice instantiates a puppet that she administers, with a script.
    pub(crate) fn instantiate(&mut self, code_id: u64, script: &str) -> String {
        let alice = self.alice.clone();
        let message = instantiate_msg(&alice.address, code_id, script);
        let result = self.succeed(&alice, vec![pack(&message)]);
        response::<MsgInstantiateContractResponse>(&result).address
    }

    /// Uploads and instantiates a puppet.
    pub(crate) fn puppet(&mut self) -> String {
        let code_id = self.store_code(puppet("a", None));
        self.instantiate(code_id, "{}")
    }

    /// Alice executes a script.
    pub(crate) fn execute(&mut self, contract: &str, script: &str) -> TxResult {
        let alice = self.alice.clone();
        self.deliver(&alice, vec![pack(&execute_msg(&alice.address, contract, script))])
    }

    /// Stored value of a contract; empty when absent.
    pub(crate) fn stored(&self, contract: &str, key: &str) -> String {
        let request = QueryRawContractStateRequest {
            address: contract.into(),
            query_data: key.into(),
        };
        let response: QueryRawContractStateResponse = self.ask("/cosmwasm.wasm.v1.Query/RawContractState", &request);
        String::from_utf8(response.data).unwrap()
    }
}

pub(crate) fn signer_info(person: &Person, sequence: u64) -> SignerInfo {
    let single = mode_info::Single {
        mode: SignMode::Direct.into(),
    };
    SignerInfo {
        public_key: Some(pack(&PubKey {
            key: public_key(&person.key),
        })),
        mode_info: Some(ModeInfo {
            sum: Some(mode_info::Sum::Single(single)),
        }),
        sequence,
    }
}

pub(crate) fn coin(amount: u128, denom: &str) -> Coin {
    Coin {
        denom: denom.into(),
        amount: amount.to_string(),
    }
}

pub(crate) fn send(from: &str, to: &str, amount: u128, denom: &str) -> Any {
    pack(&MsgSend {
        from_address: from.into(),
        to_address: to.into(),
        amount: vec![coin(amount, denom)],
    })
}

pub(crate) fn instantiate_msg(sender: &str, code_id: u64, script: &str) -> MsgInstantiateContract {
    MsgInstantiateContract {
        sender: sender.into(),
        admin: sender.into(),
        code_id,
        label: "puppet".into(),
        msg: script.into(),
        funds: Vec::new(),
    }
}

pub(crate) fn execute_msg(sender: &str, contract: &str, script: &str) -> MsgExecuteContract {
    MsgExecuteContract {
        sender: sender.into(),
        contract: contract.into(),
        msg: script.into(),
        funds: Vec::new(),
    }
}

/// The first response of a transaction.
pub(crate) fn response<M: Message + Name + Default>(result: &TxResult) -> M {
    let data = TxMsgData::decode(&*result.data).unwrap();
    let any = &data.msg_responses[0];
    assert_eq!(any.type_url, supercloud_proto::type_url::<M>());
    M::decode(&*any.value).unwrap()
}

pub(crate) fn kinds(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.kind.as_str()).collect()
}

/// The only event of its kind.
pub(crate) fn event<'a>(events: &'a [Event], kind: &str) -> &'a Event {
    let mut found = events.iter().filter(|event| event.kind == kind);
    let first = found
        .next()
        .unwrap_or_else(|| panic!("no {kind} in {:?}", kinds(events)));
    assert!(found.next().is_none(), "more than one {kind}");
    first
}
