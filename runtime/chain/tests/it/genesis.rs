use std::sync::Arc;

use supercloud_chain::{BlockInput, Chain, ChainError, Genesis, GenesisCoin, GenesisError, GenesisVoter};
use supercloud_store::MemoryStore;

use crate::fake_vm::FakeVm;
use crate::world::{START, World, genesis, send};

fn init(genesis: &Genesis) -> Result<Chain, GenesisError> {
    Chain::init(genesis, Box::new(MemoryStore::new()), Arc::new(FakeVm::default()))
}

fn refusal(change: impl FnOnce(&mut Genesis)) -> String {
    let mut genesis = genesis();
    change(&mut genesis);
    init(&genesis).err().expect("refused").to_string()
}

#[test]
fn genesis_survives_json_and_refuses_unknown_fields() {
    let genesis = genesis();
    let json = serde_json::to_string(&genesis).unwrap();
    assert_eq!(serde_json::from_str::<Genesis>(&json).unwrap(), genesis);
    let minimal: Genesis = serde_json::from_str(&format!(r#"{{"chain_id":"a-1","genesis_time":"{START}"}}"#)).unwrap();
    assert_eq!(minimal, Genesis::new("a-1", START));
    let unknown = serde_json::from_str::<Genesis>(&format!(r#"{{"chain_id":"a-1","genesis_time":"{START}","x":1}}"#));
    assert!(unknown.unwrap_err().to_string().starts_with("unknown field `x`"));
}

#[test]
fn refusals_say_where_and_what() {
    let cases: [(String, &str); 7] = [
        (
            refusal(|genesis| genesis.chain_id = "a b".into()),
            "chain_id \"a b\" must have 1 to 50 characters",
        ),
        (
            refusal(|genesis| genesis.genesis_time = "yesterday".into()),
            "genesis_time \"yesterday\" is not an RFC 3339",
        ),
        (
            refusal(|genesis| genesis.balances[1].address = "x".into()),
            "balances: address \"x\": decoding bech32 failed",
        ),
        (
            refusal(|genesis| genesis.balances.push(genesis.balances[0].clone())),
            "balances: akash",
        ),
        (
            refusal(|genesis| genesis.balances[0].coins[0].amount = "-1".into()),
            "balances: invalid amount of uakt: \"-1\"",
        ),
        (
            refusal(|genesis| genesis.gov.quorum_bps = 10_001),
            "gov.quorum_bps: 10001 is not between 0 and 10000",
        ),
        (
            refusal(|genesis| {
                genesis.fees.min_gas_prices = vec![GenesisCoin {
                    denom: "uakt".into(),
                    amount: "1e3".into(),
                }];
            }),
            "fees.min_gas_prices: \"1e3\" of uakt is not a decimal",
        ),
    ];
    for (text, expected) in cases {
        assert!(text.starts_with(expected), "{text}");
    }
    let weight = refusal(|genesis| {
        genesis.gov.voters = vec![GenesisVoter {
            address: genesis.balances[0].address.clone(),
            weight: 0,
        }]
    });
    assert_eq!(weight, "gov.voters.weight: 0 is not between 1 and 4294967295");
}

#[test]
fn equal_genesis_has_an_equal_root_and_any_difference_shows() {
    let root = |genesis: &Genesis| init(genesis).unwrap().app_hash();
    let base = genesis();
    assert_eq!(root(&base), root(&base));
    let mut other = genesis();
    other.balances[0].coins[0].amount = "1".into();
    assert_ne!(root(&base), root(&other));
}

#[test]
fn blocks_must_follow_each_other_in_height_and_time() {
    let mut world = World::new();
    let block = |height, time_nanos| BlockInput {
        height,
        time_nanos,
        proposer: [0; 20],
        txs: vec![],
    };
    let start = world.time_nanos;
    let skipped = world.chain.execute_block(block(2, start + 1));
    assert!(matches!(skipped, Err(ChainError::WrongHeight { got: 2, last: 0 })));
    let still = world.chain.execute_block(block(1, start));
    assert!(matches!(still, Err(ChainError::TimeNotLater { .. })));
    world.chain.execute_block(block(1, start + 1)).unwrap();
    assert_eq!((world.chain.height(), world.chain.time_nanos()), (1, start + 1));
}

#[test]
fn store_alone_is_enough_to_go_on() {
    let run = |reopen: bool| {
        let genesis = genesis();
        let shared = SharedStore::default();
        let mut chain = Chain::init(&genesis, Box::new(shared.clone()), Arc::new(FakeVm::default())).unwrap();
        if reopen {
            chain = Chain::open(Box::new(shared.clone()), Arc::new(FakeVm::default())).unwrap();
        }
        let time_nanos = chain.time_nanos() + 1;
        let world = World::new();
        let tx = world.signed(
            &world.alice,
            vec![send(&world.alice.address, &world.bob.address, 5, "uakt")],
        );
        let output = chain
            .execute_block(BlockInput {
                height: 1,
                time_nanos,
                proposer: [0; 20],
                txs: vec![tx],
            })
            .unwrap();
        assert_eq!(output.tx_results[0].log, "");
        output.app_hash
    };
    assert_eq!(run(true), run(false));
    let empty = Chain::open(Box::new(MemoryStore::new()), Arc::new(FakeVm::default()));
    assert!(matches!(empty, Err(GenesisError::NotAChain { .. })));
}

#[test]
fn second_genesis_in_a_store_is_refused() {
    let shared = SharedStore::default();
    Chain::init(&genesis(), Box::new(shared.clone()), Arc::new(FakeVm::default())).unwrap();
    let again = Chain::init(&genesis(), Box::new(shared), Arc::new(FakeVm::default()));
    assert!(matches!(again, Err(GenesisError::NotEmpty { height: 0 })));
}

/// One store behind several handles, as a file would be.
#[derive(Clone, Default)]
struct SharedStore(Arc<std::sync::Mutex<MemoryStore>>);

impl supercloud_chain::store::Store for SharedStore {
    fn latest(&self) -> Arc<dyn supercloud_chain::store::Reader> {
        self.0.lock().unwrap().latest()
    }

    fn at(&self, height: u64) -> Option<Arc<dyn supercloud_chain::store::Reader>> {
        self.0.lock().unwrap().at(height)
    }

    fn commit(
        &mut self,
        height: u64,
        changes: supercloud_chain::store::Changes,
    ) -> Result<supercloud_chain::store::RootHash, supercloud_chain::store::StoreError> {
        self.0.lock().unwrap().commit(height, changes)
    }
}
