//! What all worlds begin with: a chain that holds the code of every contract, uploaded once and forked by each test,
//! and one engine that compiles each contract once.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};
use supercloud_chain::{Genesis, GenesisAccess, GenesisBalance, GenesisCoin, GenesisMinter, GenesisVoter};
use supercloud_client::{Key, message};
use supercloud_proto::cosmwasm::wasm::v1::MsgStoreCodeResponse;
use supercloud_schema::money::{UACT, UAKT};
use supercloud_store::MemoryStore;
use supercloud_tests::Contract;
use supercloud_vm::{VmConfig, WasmtimeVm};

use super::history::History;
use super::sign::{Signer, response};

pub(crate) const CHAIN_ID: &str = "supercloud-test-1";
pub(crate) const HRP: &str = "akash";
/// Gives accounts their existence: an account that never received a coin cannot sign.
pub(crate) const DUST: &str = "udust";
/// Ten seconds before worlds begin.
const GENESIS_TIME: &str = "2025-12-31T23:59:50Z";
/// 2026-01-01T00:00:00Z, as in the world of cw-multi-test.
const WORLDS_BEGIN: u64 = 1_767_225_600;
const UPLOADED: u64 = WORLDS_BEGIN - 5;

const CONTRACTS: [Contract; 8] = [
    Contract::Registry,
    Contract::Market,
    Contract::MarketNext,
    Contract::Escrow,
    Contract::Bme,
    Contract::Oracle,
    Contract::Pyth,
    Contract::Attestation,
];

/// A code on the chain.
pub(crate) struct Code {
    pub(crate) id: u64,
    pub(crate) checksum: [u8; 32],
}

/// Where worlds begin.
pub(crate) struct Base {
    store: MemoryStore,
    pub(crate) codes: BTreeMap<Contract, Code>,
}

/// The engine of this process.
pub(crate) fn vm() -> Arc<WasmtimeVm> {
    static VM: OnceLock<Arc<WasmtimeVm>> = OnceLock::new();
    VM.get_or_init(|| Arc::new(WasmtimeVm::new(VmConfig::default()).unwrap()))
        .clone()
}

/// The chain that worlds fork.
pub(crate) fn base() -> &'static Base {
    static BASE: OnceLock<Base> = OnceLock::new();
    BASE.get_or_init(Base::new)
}

/// The key of an account by its name.
pub(crate) fn key(name: &str) -> Key {
    Key::from_secret(&Sha256::digest(name).into()).unwrap()
}

/// The only voter. It also uploads.
pub(crate) fn council() -> Key {
    key("the council")
}

/// Mints what accounts are given, until a contract may. It holds nothing itself: contracts look at supplies.
pub(crate) fn treasury() -> Key {
    key("the treasury")
}

fn genesis() -> Genesis {
    let address = |key: Key| key.address(HRP).unwrap();
    let balance = |key: Key| GenesisBalance {
        address: address(key),
        coins: vec![GenesisCoin {
            denom: DUST.to_owned(),
            amount: "1".to_owned(),
        }],
    };
    let minter = |denom: &str| GenesisMinter {
        denom: denom.to_owned(),
        admin: address(treasury()),
        mint_cap_per_day: String::new(),
    };
    let mut genesis = Genesis::new(CHAIN_ID, GENESIS_TIME);
    genesis.balances = [treasury(), council()].map(balance).into();
    genesis.tokenfactory = [UACT, UAKT, DUST].map(minter).into();
    genesis.gov.voters = vec![GenesisVoter {
        address: address(council()),
        weight: 1,
    }];
    genesis.wasm.upload_access = GenesisAccess::Addresses(vec![address(council())]);
    genesis
}

fn artifact(contract: Contract) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts");
    let name = format!("{}.wasm", contract.name());
    let path = match contract {
        Contract::MarketNext => folder.join("test").join(name),
        _ => folder.join(name),
    };
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; `cargo xtask artifacts` builds it", path.display()))
}

impl Base {
    fn new() -> Self {
        let mut history = History::init(&genesis(), UPLOADED);
        let signer = Signer::new(council());
        let mut codes = BTreeMap::new();
        for contract in CONTRACTS {
            let wasm = artifact(contract);
            let upload = message::store_code(&signer.address, &wasm, message::Compression::Gzip);
            let stored = history.deliver(signer.sign(&history, vec![upload]));
            let stored: MsgStoreCodeResponse = response(&stored.unwrap());
            let checksum = Sha256::digest(&wasm).into();
            assert_eq!(stored.checksum, checksum, "{}", contract.name());
            codes.insert(
                contract,
                Code {
                    id: stored.code_id,
                    checksum,
                },
            );
        }
        Self {
            store: history.fork(),
            codes,
        }
    }

    /// A chain of one's own with all codes.
    pub(crate) fn fork(&self) -> History {
        History::open(self.store.clone(), WORLDS_BEGIN)
    }
}
