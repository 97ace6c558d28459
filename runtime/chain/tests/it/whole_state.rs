//! A whole state leaves a chain and another one goes on with it; the last block can be run once more.

use std::sync::Arc;

use serde_json::Value;
use supercloud_chain::{BlockInput, Chain, ChainError, Genesis, GenesisError, GenesisVoter};
use supercloud_store::MemoryStore;

use crate::fake_vm::{FakeVm, puppet};
use crate::world::{World, genesis, send};

fn init(genesis: &Genesis) -> Result<Chain, GenesisError> {
    Chain::init(genesis, Box::new(MemoryStore::new()), Arc::new(FakeVm::default()))
}

fn populated() -> World {
    let mut world = World::new();
    world.store_code(puppet("a", Some(1)));
    world.instantiate(1, r#"{ "set": {"a":"1"} }"#);
    let (alice, bob) = (world.alice.clone(), world.bob.address.clone());
    world.succeed(&alice, vec![send(&alice.address, &bob, 5, "uakt")]);
    world
}

fn export(chain: &Chain) -> String {
    chain.querier(None).unwrap().export_genesis().unwrap().to_json()
}

fn parse(json: &str) -> Genesis {
    serde_json::from_str(json).unwrap()
}

#[test]
fn exported_state_goes_on_with_the_same_root_and_exports_to_the_same_bytes() {
    let mut world = populated();
    let exported = export(&world.chain);
    let mut second = init(&parse(&exported)).unwrap();
    assert_eq!(second.height(), world.chain.height());
    assert_eq!(second.time_nanos(), world.chain.time_nanos());
    assert_eq!(second.app_hash(), world.chain.app_hash());
    assert_eq!(export(&second), exported);

    let alice = world.alice.clone();
    let raw = world.signed(&alice, vec![send(&alice.address, &world.bob.address, 7, "uakt")]);
    let block = BlockInput {
        height: second.height() + 1,
        time_nanos: second.time_nanos() + 1,
        proposer: [0; 20],
        txs: vec![raw],
    };
    let outputs = [&mut world.chain, &mut second].map(|chain| chain.execute_block(block.clone()).unwrap());
    assert_eq!(outputs[0].tx_results[0].log, "");
    assert_eq!(outputs[0], outputs[1]);
}

#[test]
fn exported_state_can_begin_a_chain_of_another_name() {
    let mut genesis = parse(&export(&populated().chain));
    genesis.chain_id = "fork-1".to_owned();
    let fork = init(&genesis).unwrap();
    assert_eq!(fork.chain_id(), "fork-1");
    assert_eq!(init(&parse(&export(&fork))).unwrap().app_hash(), fork.app_hash());
}

#[test]
fn damaged_and_mixed_exports_are_refused_by_name() {
    let exported = export(&populated().chain);
    let refusal = |change: &dyn Fn(&mut Value)| {
        let mut json: Value = serde_json::from_str(&exported).unwrap();
        change(&mut json);
        init(&serde_json::from_value(json).unwrap()).err().expect("refused")
    };
    let error = refusal(&|json| json["whole_state"]["modules"]["acc"][0]["value"] = "AAAA".into());
    assert!(error.to_string().starts_with("whole_state: app_hash: is "), "{error}");
    let error = refusal(&|json| json["whole_state"]["modules"]["acc"].as_array_mut().unwrap().reverse());
    assert!(error.to_string().contains("is not above the one before"), "{error}");
    let error = refusal(&|json| drop(json["whole_state"]["modules"].as_object_mut().unwrap().remove("chain")));
    assert_eq!(error.to_string(), "whole_state: chain: there is no configuration");
    let error = refusal(&|json| json["bech32_prefix"] = "other".into());
    assert_eq!(
        error.to_string(),
        "whole_state: bech32_prefix: is \"other\", the state has \"akash\""
    );
    let error = refusal(&|json| json["initial_height"] = 0.into());
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
    let mut mixed = parse(&exported);
    mixed.gov.voters.push(GenesisVoter {
        address: "akash1".to_owned(),
        weight: 1,
    });
    let error = init(&mixed).err().unwrap();
    assert!(matches!(error, GenesisError::BesideState { place: "gov" }), "{error}");
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
