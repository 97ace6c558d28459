//! A chain with three people that is forked for every input, and an engine whose contracts answer with what they are sent.

use std::sync::{Arc, LazyLock, Mutex};

use k256::ecdsa::signature::Signer;
use k256::ecdsa::{Signature, SigningKey};
use sha2::{Digest, Sha256};
use supercloud_chain::store::{Changes, Reader, RootHash, Store, StoreError};
use supercloud_chain::{
    Address, AddressCodec, BlockInput, BlockOutput, Chain, Genesis, GenesisAccess, GenesisBalance, GenesisCoin,
    GenesisVoter, compute_classic_address,
};
use supercloud_proto::cosmos::crypto::secp256k1::PubKey;
use supercloud_proto::cosmos::tx::signing::v1beta1::SignMode;
use supercloud_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, ModeInfo, SignDoc, SignerInfo, TxBody, TxRaw, mode_info};
use supercloud_proto::cosmwasm::wasm::v1::{MsgInstantiateContract, MsgStoreCode};
use supercloud_proto::pack;
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::Any;
use supercloud_store::MemoryStore;

use crate::engine::EchoVm;

/// Name of the chain.
pub const CHAIN_ID: &str = "fuzz-1";
/// Gas of signed transactions: enough for anything small, too little to make one input slow.
pub const GAS: u64 = 3_000_000;

/// A person with a key.
pub struct Person {
    key: SigningKey,
    /// Bech32.
    pub address: String,
}

impl Person {
    fn new(name: &str) -> Self {
        let key = SigningKey::from_slice(&Sha256::digest(name)).expect("a hash is a key");
        let address = codec().to_text(&Address::from_secp256k1(&public_key(&key)));
        Self { key, address }
    }
}

fn codec() -> AddressCodec {
    AddressCodec::new("akash").expect("the prefix is good")
}

fn public_key(key: &SigningKey) -> Vec<u8> {
    key.verifying_key().to_encoded_point(true).as_bytes().to_vec()
}

/// A store that outlives its chain.
#[derive(Clone)]
struct SharedStore(Arc<Mutex<MemoryStore>>);

impl SharedStore {
    fn new(store: MemoryStore) -> Self {
        Self(Arc::new(Mutex::new(store)))
    }
}

impl Store for SharedStore {
    fn latest(&self) -> Arc<dyn Reader> {
        self.0.lock().expect("no thread died").latest()
    }

    fn at(&self, height: u64) -> Option<Arc<dyn Reader>> {
        self.0.lock().expect("no thread died").at(height)
    }

    fn oldest(&self) -> u64 {
        self.0.lock().expect("no thread died").oldest()
    }

    fn commit(&mut self, height: u64, changes: Changes) -> Result<RootHash, StoreError> {
        self.0.lock().expect("no thread died").commit(height, changes)
    }
}

/// The state from which every input starts: a code, a contract, people with coins.
pub struct World {
    base: MemoryStore,
    /// Root after an empty block.
    pub idle_root: RootHash,
    /// Alice, who uploads and votes; bob, who votes; carol.
    pub people: Vec<Person>,
    /// Account numbers of the people.
    numbers: Vec<u64>,
    /// The governance account.
    pub gov: String,
    /// A contract that answers with what it is sent.
    pub contract: String,
}

/// The one world.
pub static WORLD: LazyLock<World> = LazyLock::new(World::new);

impl World {
    fn new() -> Self {
        let people: Vec<Person> = ["alice", "bob", "carol"].into_iter().map(Person::new).collect();
        let store = SharedStore::new(MemoryStore::with_kept_versions(5));
        let genesis = genesis(&people);
        let mut chain = Chain::init(&genesis, Box::new(store.clone()), Arc::new(EchoVm)).expect("the genesis is good");
        let mut world = Self {
            base: MemoryStore::new(),
            idle_root: [0; 32],
            numbers: people.iter().map(|person| account_number(&chain, person)).collect(),
            people,
            gov: chain.gov_address(),
            contract: codec().to_text(&compute_classic_address(1, 1)),
        };
        let alice = world.people[0].address.clone();
        let upload = MsgStoreCode {
            sender: alice.clone(),
            wasm_byte_code: b"echo 1".to_vec(),
            instantiate_permission: None,
        };
        let instantiate = MsgInstantiateContract {
            sender: alice.clone(),
            admin: alice,
            code_id: 1,
            label: "echo".into(),
            msg: b"{}".to_vec(),
            funds: Vec::new(),
        };
        for (message, sequence) in [pack(&upload), pack(&instantiate)].into_iter().zip(0..) {
            let raw = world.sign(body(vec![message]), 0, sequence);
            let output = run_block(&mut chain, vec![raw]);
            assert_eq!(output.tx_results[0].code, 0, "{}", output.tx_results[0].log);
        }
        drop(chain);
        world.base = store.0.lock().expect("no thread died").clone();
        world.idle_root = run_block(&mut world.fork(), Vec::new()).app_hash;
        world
    }

    /// A chain of its own in the state that all inputs start from.
    pub fn fork(&self) -> Chain {
        Chain::open(Box::new(SharedStore::new(self.base.clone())), Arc::new(EchoVm)).expect("the state is a chain's")
    }

    /// Sequence of a person in that state.
    pub fn sequence(&self, person: usize) -> u64 {
        if person == 0 { 2 } else { 0 }
    }

    /// A transaction of `person` with the usual gas and no fee.
    pub fn sign(&self, body: Vec<u8>, person: usize, sequence: u64) -> Vec<u8> {
        let single = mode_info::Single {
            mode: SignMode::Direct.into(),
        };
        let info = SignerInfo {
            public_key: Some(pack(&PubKey {
                key: public_key(&self.people[person].key),
            })),
            mode_info: Some(ModeInfo {
                sum: Some(mode_info::Sum::Single(single)),
            }),
            sequence,
        };
        let auth = AuthInfo {
            signer_infos: vec![info],
            fee: Some(Fee {
                gas_limit: GAS,
                ..Fee::default()
            }),
            ..AuthInfo::default()
        };
        self.sign_with(body, auth.encode_to_vec(), person)
    }

    /// A transaction of these bytes, signed by `person`.
    pub fn sign_with(&self, body_bytes: Vec<u8>, auth_info_bytes: Vec<u8>, person: usize) -> Vec<u8> {
        let document = SignDoc {
            body_bytes: body_bytes.clone(),
            auth_info_bytes: auth_info_bytes.clone(),
            chain_id: CHAIN_ID.to_owned(),
            account_number: self.numbers.get(person).copied().unwrap_or_default(),
        };
        let signature: Signature = self.people[person].key.sign(&document.encode_to_vec());
        let signature = signature.normalize_s().unwrap_or(signature);
        TxRaw {
            body_bytes,
            auth_info_bytes,
            signatures: vec![signature.to_bytes().to_vec()],
        }
        .encode_to_vec()
    }
}

/// A body with these messages.
pub fn body(messages: Vec<Any>) -> Vec<u8> {
    TxBody {
        messages,
        ..TxBody::default()
    }
    .encode_to_vec()
}

/// Runs the next block, a nanosecond later.
pub fn run_block(chain: &mut Chain, txs: Vec<Vec<u8>>) -> BlockOutput {
    let block = BlockInput {
        height: chain.height() + 1,
        time_nanos: chain.time_nanos() + 1,
        proposer: [0; 20],
        txs,
    };
    chain
        .execute_block(block)
        .expect("a block runs whatever its transactions are")
}

fn account_number(chain: &Chain, person: &Person) -> u64 {
    use supercloud_proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountRequest, QueryAccountResponse};
    let request = QueryAccountRequest {
        address: person.address.clone(),
    };
    let answer = chain.query("/cosmos.auth.v1beta1.Query/Account", &request.encode_to_vec(), None);
    let response = QueryAccountResponse::decode(&*answer.value).expect("the account exists");
    let account = response.account.expect("the account exists");
    BaseAccount::decode(&*account.value)
        .expect("it is a base account")
        .account_number
}

fn genesis(people: &[Person]) -> Genesis {
    let coin = |denom: &str| GenesisCoin {
        denom: denom.into(),
        amount: "1000000".into(),
    };
    let mut genesis = Genesis::new(CHAIN_ID, "2026-11-21T00:00:00Z");
    for person in people {
        genesis.balances.push(GenesisBalance {
            address: person.address.clone(),
            coins: vec![coin("uakt"), coin("uact")],
        });
    }
    for (person, weight) in people.iter().zip([6, 4]) {
        genesis.gov.voters.push(GenesisVoter {
            address: person.address.clone(),
            weight,
        });
    }
    genesis.wasm.upload_access = GenesisAccess::Addresses(vec![people[0].address.clone()]);
    genesis
}
