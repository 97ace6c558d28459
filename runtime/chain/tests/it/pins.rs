//! Pinned codes: state decides, the engine follows.

use sha2::{Digest, Sha256};
use supercloud_chain::vm::CodeKey;
use supercloud_proto::cosmwasm::wasm::v1::{MsgPinCodes, MsgUnpinCodes};
use supercloud_proto::pack;
use supercloud_proto::prost_types::Any;

use crate::fake_vm::puppet;
use crate::gov::{execute, pass, proposal};
use crate::world::{World, event, execute_msg};

fn key(name: &str) -> CodeKey {
    CodeKey::current(Sha256::digest(puppet(name, None)).into())
}

fn pin(world: &World, code_ids: &[u64]) -> Any {
    pack(&MsgPinCodes {
        authority: world.gov.clone(),
        code_ids: code_ids.to_vec(),
    })
}

fn unpin(world: &World, code_ids: &[u64]) -> Any {
    pack(&MsgUnpinCodes {
        authority: world.gov.clone(),
        code_ids: code_ids.to_vec(),
    })
}

#[test]
fn engine_holds_a_code_until_no_pinned_id_has_its_checksum() {
    let mut world = World::new();
    for name in ["a", "a", "b"] {
        world.store_code(puppet(name, None));
    }
    let message = pin(&world, &[1, 2, 3]);
    execute(&mut world, vec![message]);
    assert_eq!(world.vm.pinned(), [key("a"), key("b")].into());
    let message = unpin(&world, &[1, 3]);
    execute(&mut world, vec![message]);
    assert_eq!(world.vm.pinned(), [key("a")].into());
    let message = unpin(&world, &[2]);
    execute(&mut world, vec![message]);
    assert_eq!(world.vm.pinned(), [].into());
}

#[test]
fn pinned_codes_are_pinned_again_before_the_first_block_after_a_restart() {
    let mut world = World::new();
    for name in ["a", "b", "c"] {
        world.store_code(puppet(name, None));
    }
    let message = pin(&world, &[1, 3]);
    execute(&mut world, vec![message]);
    world.restart();
    assert_eq!(world.vm.pinned(), [key("a"), key("c")].into());
}

/// Other threads may need all of an engine's room between a load and the call; no result may depend on it.
#[test]
fn engine_that_forgets_what_nobody_holds_changes_no_result() {
    let mut results = Vec::new();
    for forgetful in [false, true] {
        let mut world = World::new();
        if forgetful {
            world.vm.be_forgetful();
        }
        world.store_code(puppet("a", None));
        world.store_code(puppet("b", None));
        let contract = world.instantiate(1, "{}");
        let alice = world.alice.clone();
        let calls = (0..2).map(|_| pack(&execute_msg(&alice.address, &contract, r#"{"set":{"a":"1"}}"#)));
        let result = world.succeed(&alice, calls.collect());
        let message = pin(&world, &[1, 2]);
        execute(&mut world, vec![message]);
        assert_eq!(world.vm.pinned(), [key("a"), key("b")].into());
        assert_eq!(world.vm.loaded(), if forgetful { 0 } else { 2 });
        results.push((result, world.chain.app_hash()));
    }
    assert_eq!(results[0], results[1]);
}

#[test]
fn failed_proposal_pins_nothing() {
    let mut world = World::new();
    world.store_code(puppet("a", None));
    let message = pin(&world, &[1, 9]);
    let (id, _) = pass(&mut world, vec![message]);
    assert!(proposal(&world, id).failed_reason.contains("no such code"));
    assert_eq!(world.vm.pinned(), [].into());
}

#[test]
fn pinned_code_is_58000_cheaper_and_does_not_warm_the_same_code_under_another_id() {
    let mut world = World::new();
    world.store_code(puppet("a", None));
    world.store_code(puppet("a", None));
    let (pinned, unpinned) = (world.instantiate(1, "{}"), world.instantiate(2, "{}"));
    let before = world.execute(&pinned, "{}").gas_used;
    let message = pin(&world, &[1]);
    let (_, output) = pass(&mut world, vec![message]);
    assert_eq!(event(&output.events, "pin_code").get("code_id"), Some("1"));
    assert_eq!(world.execute(&pinned, "{}").gas_used, before - 58_000);

    let alice = world.alice.clone();
    let mut gas = |contracts: &[&str]| {
        let calls = contracts
            .iter()
            .map(|contract| pack(&execute_msg(&alice.address, contract, "{}")));
        world.succeed(&alice, calls.collect()).gas_used
    };
    let (one, both, twice) = (
        gas(&[&pinned]),
        gas(&[&pinned, &unpinned]),
        gas(&[&pinned, &unpinned, &unpinned]),
    );
    assert_eq!(both - one, twice - both + 58_000);
}

#[test]
fn only_governance_pins_at_most_50_different_codes() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let refused = world.deliver(
        &alice,
        vec![pack(&MsgPinCodes {
            authority: alice.address.clone(),
            code_ids: vec![1],
        })],
    );
    assert_eq!((refused.codespace.as_str(), refused.code), ("sdk", 4));
    for (code_ids, code) in [
        (vec![], 12),
        (vec![0], 12),
        (vec![1, 1], 15),
        ((1..=51).collect::<Vec<u64>>(), 13),
    ] {
        let message = pack(&MsgUnpinCodes {
            authority: alice.address.clone(),
            code_ids,
        });
        assert_eq!(world.deliver(&alice, vec![message]).code, code);
    }
}
