//! What only development chains do: going back, senders without signatures, recorded calls.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;
use sha2::{Digest, Sha256};
use supercloud_chain::{BlockInput, BlockOutput, CallLog, Chain};
use supercloud_proto::cosmos::auth::v1beta1::{ModuleAccount, QueryAccountRequest, QueryAccountResponse};
use supercloud_proto::cosmos::tx::v1beta1::TxRaw;
use supercloud_proto::pack;
use supercloud_proto::prost::Message;
use supercloud_store::MemoryStore;

use crate::fake_vm::FakeVm;
use crate::submessages::{execute, pair, submessage};
use crate::world::{Person, World, execute_msg, genesis, send};

fn block(chain: &mut Chain, txs: Vec<Vec<u8>>) -> BlockOutput {
    let block = BlockInput {
        height: chain.height() + 1,
        time_nanos: chain.time_nanos() + 1_000_000_000,
        proposer: [0; 20],
        txs,
    };
    chain.execute_block(block).unwrap()
}

#[test]
fn a_chain_goes_back_to_its_snapshot_as_often_as_wanted() {
    let world = World::new();
    let mut chain = Chain::init(&genesis(), Box::new(MemoryStore::new()), Arc::new(FakeVm::default())).unwrap();
    block(&mut chain, vec![]);
    let snapshot = chain.snapshot().unwrap();
    assert_eq!(snapshot.height(), 1);
    let before = (chain.height(), chain.time_nanos(), chain.app_hash());
    let (alice, bob) = (&world.alice, &world.bob);
    let raw = world.signed(alice, vec![send(&alice.address, &bob.address, 5, "uakt")]);
    let mut outputs = Vec::new();
    for _ in 0..2 {
        assert_eq!(chain.check_tx(&raw).code, 0);
        outputs.push(block(&mut chain, vec![raw.clone()]));
        block(&mut chain, vec![]);
        // Its sequence is used up, and free again after going back.
        assert_eq!(chain.check_tx(&raw).code, 32);
        chain.revert(&snapshot).unwrap();
        assert_eq!((chain.height(), chain.time_nanos(), chain.app_hash()), before);
    }
    assert_eq!(outputs[0].tx_results[0].log, "");
    assert_eq!(outputs[0], outputs[1]);
}

#[test]
fn a_store_that_cannot_be_copied_gives_no_snapshot() {
    assert!(World::new().chain.snapshot().is_none());
}

/// A transaction of `sender` with a key and a signature of somebody else, or none at all.
fn unsigned(world: &World, sender: &Person, with_key: bool) -> TxRaw {
    let stranger = Person {
        key: Person::new("stranger").key,
        address: sender.address.clone(),
    };
    let message = send(&sender.address, &world.carol.address, 7, "uakt");
    let mut draft = world.draft(&stranger, vec![message]);
    if with_key {
        return draft.sign(&[&stranger]);
    }
    draft.auth.signer_infos[0].public_key = None;
    TxRaw {
        signatures: vec![vec![]],
        ..draft.sign(&[])
    }
}

#[test]
fn impersonated_senders_need_neither_key_nor_signature_and_others_do() {
    let mut world = World::new();
    let bob = world.bob.clone();
    let only_bob = BTreeSet::from([bob.address.clone()]);
    for with_key in [true, false] {
        let refused = world.deliver_raw(&unsigned(&world, &bob, with_key));
        assert_eq!(
            (refused.codespace.as_str(), refused.code),
            ("sdk", 8),
            "{}",
            refused.log
        );
        world.chain.set_impersonated(&only_bob).unwrap();
        let raw = unsigned(&world, &bob, with_key);
        assert_eq!(world.chain.check_tx(&raw.encode_to_vec()).log, "");
        assert_eq!(world.deliver_raw(&raw).log, "");
        // The same once more: sequences count as ever.
        assert_eq!(world.deliver_raw(&raw).code, 32);
        let other = world.deliver_raw(&unsigned(&world, &world.alice.clone(), with_key));
        assert_eq!(other.code, 8, "{}", other.log);
        world.chain.set_impersonated(&BTreeSet::new()).unwrap();
    }
    assert_eq!(world.account(&bob.address).pub_key, None, "no foreign key was stored");
    // Bob himself can still sign.
    world.succeed(&bob, vec![send(&bob.address, &world.carol.address, 1, "uakt")]);
    let error = world.chain.set_impersonated(&BTreeSet::from(["bob".to_owned()]));
    assert!(error.is_err());
}

#[test]
fn a_module_that_is_impersonated_stays_a_module() {
    let mut world = World::new();
    let alice = world.alice.clone();
    world.succeed(&alice, vec![send(&alice.address, &world.gov, 50, "uakt")]);
    let account = |world: &World| {
        let request = QueryAccountRequest {
            address: world.gov.clone(),
        };
        let response: QueryAccountResponse = world.ask("/cosmos.auth.v1beta1.Query/Account", &request);
        ModuleAccount::decode(&*response.account.unwrap().value).unwrap()
    };
    let gov = Person {
        key: Person::new("stranger").key,
        address: world.gov.clone(),
    };
    let base = account(&world).base_account.unwrap();
    let draft = |world: &World| {
        let mut draft = world.draft(&alice, vec![send(&world.gov, &alice.address, 50, "uakt")]);
        draft.auth.signer_infos[0].sequence = base.sequence;
        draft.sign(&[&gov])
    };
    let refused = world.deliver_raw(&draft(&world));
    assert_eq!(refused.log, "module account gov cannot sign: unauthorized");
    world
        .chain
        .set_impersonated(&BTreeSet::from([world.gov.clone()]))
        .unwrap();
    assert_eq!(world.deliver_raw(&draft(&world)).log, "");
    let after = account(&world);
    assert_eq!((after.name.as_str(), after.base_account.unwrap().sequence), ("gov", 1));
}

#[test]
fn calls_are_recorded_as_a_tree_with_gas_messages_and_errors() {
    let mut world = World::new();
    let (caller, callee) = pair(&mut world);
    let log = Arc::new(CallLog::default());
    world.chain.set_call_log(Some(log.clone()));
    let fails = json!({ "fail": "inner failed" });
    let script = json!({ "messages": [
        submessage("always", execute(&callee, &json!({ "set": { "a": "1" } }))),
        submessage("always", execute(&callee, &fails)),
    ] });
    let alice = world.alice.clone();
    let message = pack(&execute_msg(&alice.address, &caller, &script.to_string()));
    let raw = world.signed(&alice, vec![message]);
    // Simulations are not recorded.
    assert_eq!(world.chain.simulate(&raw).log, "");
    assert_eq!(log.gas_report(), vec![]);
    let result = world.block(vec![raw.clone()]).tx_results.remove(0);
    assert_eq!(result.log, "");
    let hash: [u8; 32] = Sha256::digest(&raw).into();
    let trace = log.trace(&hash).unwrap();
    assert_eq!(
        (trace.height, trace.index, trace.left_out),
        (world.chain.height(), 0, 0)
    );
    let [root] = trace.calls.as_slice() else {
        panic!("{trace:?}")
    };
    assert_eq!(
        (root.contract.as_str(), root.message.as_str()),
        (caller.as_str(), "messages")
    );
    let below: Vec<_> = root
        .calls
        .iter()
        .map(|call| (call.contract.as_str(), call.entry_point.as_str(), call.error.as_deref()))
        .collect();
    let expected = [
        (callee.as_str(), "execute", None),
        (caller.as_str(), "reply", None),
        (callee.as_str(), "execute", Some("inner failed")),
        (caller.as_str(), "reply", None),
    ];
    assert_eq!(below, expected);
    assert_eq!(root.calls[1].message, "id 7");
    let own: u64 = root.calls.iter().map(|call| call.gas_used).sum();
    assert_eq!(root.gas_total, root.gas_used + own);
    assert!(root.gas_used > 0 && root.gas_total < result.gas_used);
    let json = serde_json::to_value(&root.calls[0]).unwrap();
    assert_eq!(json["msg"], json!({ "set": { "a": "1" } }));
    assert!(json["info"]["sender"] == caller.as_str(), "{json}");

    let report = log.gas_report();
    let line = |contract: &str, entry_point: &str, message: &str| {
        let found = report.iter().find(|line| {
            (line.contract.as_str(), line.entry_point.as_str(), line.message.as_str())
                == (contract, entry_point, message)
        });
        found.unwrap_or_else(|| panic!("{report:?}")).clone()
    };
    let failed = line(&callee, "execute", "fail");
    assert_eq!((failed.calls, failed.failed), (1, 1));
    let replies = line(&caller, "reply", "id 7");
    assert_eq!((replies.calls, replies.failed), (2, 0));
    assert!(replies.min <= replies.avg && replies.avg <= replies.max);
    // A recording chain does what another one does.
    world.chain.set_call_log(None);
    world.block(vec![]);
    assert!(log.trace(&hash).is_some());
}
