//! The last block can be run once more.

use std::sync::Arc;

use supercloud_chain::{BlockInput, Chain, ChainError, Genesis, GenesisError};
use supercloud_store::MemoryStore;

use crate::fake_vm::FakeVm;
use crate::world::{World, genesis, send};

fn init(genesis: &Genesis) -> Result<Chain, GenesisError> {
    Chain::init(genesis, Box::new(MemoryStore::new()), Arc::new(FakeVm::default()))
}

#[test]
fn last_block_run_again_does_the_same_and_commits_nothing() {
    let world = World::new();
    let mut chain = init(&genesis()).unwrap();
    let raw = world.signed(
        &world.alice,
        vec![send(&world.alice.address, &world.bob.address, 5, "uakt")],
    );
    let block = BlockInput {
        height: 1,
        time_nanos: chain.time_nanos() + 1,
        proposer: [0; 20],
        txs: vec![raw],
    };
    let output = chain.execute_block(block.clone()).unwrap();
    assert_eq!(chain.replay_last_block(block.clone()).unwrap(), output);
    assert_eq!(chain.height(), 1);
    let other = BlockInput {
        txs: Vec::new(),
        ..block.clone()
    };
    // Without the transfer nothing contradicts the state: the block alone tells them apart.
    assert_ne!(chain.replay_last_block(other).unwrap(), output);
    let later = BlockInput { height: 2, ..block };
    assert!(matches!(chain.replay_last_block(later), Err(ChainError::Corrupt(_))));
}

#[test]
fn first_height_is_one_at_least() {
    let mut genesis = genesis();
    genesis.initial_height = 0;
    let error = init(&genesis).err().unwrap();
    assert!(
        matches!(
            error,
            GenesisError::OutOfRange {
                place: "initial_height",
                got: 0,
                least: 1,
                ..
            }
        ),
        "{error}"
    );
    genesis.initial_height = 1;
    assert_eq!(init(&genesis).unwrap().height(), 0);
}
