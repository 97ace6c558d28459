use supercloud_proto::cosmos::tx::v1beta1::{Fee, SimulateRequest, SimulateResponse, Tx};
use supercloud_proto::cosmwasm::wasm::v1::{MsgExecuteContract, MsgStoreAndInstantiateContract};
use supercloud_proto::pack;
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::Any;

use crate::fake_vm::puppet;
use crate::world::{World, coin, execute_msg, send, signer_info};

/// As CosmJS sends it: no fee, an empty signature, mode unspecified.
fn unsigned(world: &World, sequence: u64) -> Vec<u8> {
    let mut draft = world.draft(
        &world.alice,
        vec![send(&world.alice.address, &world.bob.address, 5, "uakt")],
    );
    draft.auth.fee = Some(Fee::default());
    draft.auth.signer_infos = vec![signer_info(&world.alice, sequence)];
    draft.auth.signer_infos[0].mode_info = None;
    let mut raw = draft.sign(&[]);
    raw.signatures = vec![Vec::new()];
    raw.encode_to_vec()
}

#[test]
fn estimate_with_the_usual_margin_is_enough_and_not_wasteful() {
    let mut world = World::new();
    let estimate = world.chain.simulate(&unsigned(&world, 0));
    assert_eq!((estimate.code, estimate.log.as_str()), (0, ""));
    let alice = world.alice.clone();
    let mut draft = world.draft(&alice, vec![send(&alice.address, &world.bob.address, 5, "uakt")]);
    draft.auth.fee.as_mut().unwrap().amount = vec![coin(5_000, "uakt")];
    let used = world.deliver_raw(&draft.sign(&[&alice])).gas_used;
    assert!(estimate.gas_used >= used, "estimated {} used {used}", estimate.gas_used);
    assert!(
        estimate.gas_used < used * 13 / 10,
        "estimated {} used {used}",
        estimate.gas_used
    );
}

#[test]
fn a_fee_of_nothing_but_zeros_is_no_fee() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let mut draft = world.draft(&alice, vec![send(&alice.address, &world.bob.address, 5, "uakt")]);
    let mut signed = |amount| {
        draft.auth.fee.as_mut().unwrap().amount = amount;
        draft.sign(&[&alice]).encode_to_vec()
    };
    let zero = signed(vec![coin(0, "uakt")]);
    let mixed = signed(vec![coin(0, "uact"), coin(5_000, "uakt")]);
    assert_eq!(world.chain.simulate(&zero).code, 0);
    assert_eq!(world.chain.check_tx(&zero).code, 0, "no price is asked for here");
    assert_eq!(world.chain.simulate(&mixed).code, 10);
}

#[test]
fn simulation_keeps_nothing_but_knows_what_waits() {
    let mut world = World::new();
    assert_eq!(world.chain.simulate(&unsigned(&world, 0)).code, 0);
    assert_eq!(world.chain.simulate(&unsigned(&world, 0)).code, 0);
    let waiting = world.signed(
        &world.alice,
        vec![send(&world.alice.address, &world.bob.address, 5, "uakt")],
    );
    assert_eq!(world.chain.check_tx(&waiting).code, 0);
    assert_eq!(world.chain.simulate(&unsigned(&world, 0)).code, 32);
    assert_eq!(world.chain.simulate(&unsigned(&world, 1)).code, 0);
}

#[test]
fn service_takes_bytes_and_the_decoded_form() {
    let world = World::new();
    let bytes = unsigned(&world, 0);
    let path = "/cosmos.tx.v1beta1.Service/Simulate";
    #[allow(deprecated, reason = "old clients send it")]
    let by_bytes: SimulateResponse = world.ask(
        path,
        &SimulateRequest {
            tx: None,
            tx_bytes: bytes.clone(),
        },
    );
    let tx = Tx::decode(&*bytes).unwrap();
    #[allow(deprecated, reason = "old clients send it")]
    let decoded: SimulateResponse = world.ask(
        path,
        &SimulateRequest {
            tx: Some(tx),
            tx_bytes: Vec::new(),
        },
    );
    assert_eq!(by_bytes, decoded);
    assert_eq!(
        decoded.result.unwrap().msg_responses[0].type_url,
        "/cosmos.bank.v1beta1.MsgSendResponse"
    );
    #[allow(deprecated, reason = "old clients send it")]
    let wrong = SimulateRequest {
        tx: None,
        tx_bytes: unsigned(&world, 4),
    };
    let answer = world.query(path, &wrong.encode_to_vec());
    assert_eq!(answer.code, 6);
    assert!(
        answer.log.contains("account sequence mismatch, expected 0, got 4"),
        "{}",
        answer.log
    );
}

/// What governance would do, in nobody's name.
fn as_governance(world: &World, messages: Vec<Any>) -> Vec<u8> {
    let mut draft = world.draft(&world.alice, messages);
    draft.auth.signer_infos[0] = signer_info(&world.alice, 0);
    draft.auth.signer_infos[0].public_key = None;
    let mut raw = draft.sign(&[]);
    raw.signatures = vec![Vec::new()];
    raw.encode_to_vec()
}

#[test]
fn code_of_a_simulation_is_called_and_leaves_nothing_in_the_engine() {
    let world = World::new();
    let upload = MsgStoreAndInstantiateContract {
        authority: world.gov.clone(),
        wasm_byte_code: puppet("unpaid", None),
        label: "unpaid".into(),
        msg: br#"{"set":{"a":"1"}}"#.to_vec(),
        ..MsgStoreAndInstantiateContract::default()
    };
    let first = supercloud_chain::compute_classic_address(1, 1);
    let call: MsgExecuteContract = execute_msg(&world.gov, &crate::world::codec().to_text(&first), "{}");
    let raw = as_governance(&world, vec![pack(&upload), pack(&call)]);
    let result = world.chain.simulate(&raw);
    assert_eq!((result.code, result.log.as_str()), (0, ""));
    assert_eq!(world.vm.loaded(), 0);
    assert_eq!(world.vm.lent(), 1, "the second call finds what the first one brought");
}

#[test]
fn simulation_loads_code_of_the_chain_for_good() {
    let mut world = World::new();
    let contract = world.puppet();
    world.restart();
    assert_eq!(world.vm.loaded(), 0);
    let call = execute_msg(&world.gov, &contract, "{}");
    let result = world.chain.simulate(&as_governance(&world, vec![pack(&call)]));
    assert_eq!((result.code, result.log.as_str()), (0, ""));
    assert_eq!((world.vm.loaded(), world.vm.lent()), (1, 0));
}
