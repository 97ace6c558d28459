//! Packed messages may be encoded in many ways and are stored in one: an imported state has the root of the exported one.

use supercloud_proto::cosmos::authz::v1beta1::{Grant, MsgGrant};
use supercloud_proto::cosmos::bank::v1beta1::MsgSend;
use supercloud_proto::cosmos::crypto::secp256k1::PubKey;
use supercloud_proto::cosmwasm::wasm::v1::{
    AllowAllMessagesFilter, ContractExecutionAuthorization, ContractGrant, MaxCallsLimit,
};
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::{Any, Timestamp};
use supercloud_proto::{pack, type_url};

use crate::genesis_state::{begin, export};
use crate::gov::{proposal, submission, submit};
use crate::world::{World, coin, public_key, send};

#[track_caller]
fn assert_same_root_after_import(world: &World) {
    let imported = begin(&export(world));
    assert_eq!(imported.entries(), world.entries());
    assert_eq!(imported.chain.app_hash(), world.chain.app_hash());
}

#[test]
fn key_with_a_long_length_is_stored_with_a_short_one() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let mut draft = world.draft(&alice, vec![send(&alice.address, &world.bob.address, 5, "uakt")]);
    let key = public_key(&alice.key);
    let value = [&[0x0a, 0x80 | 33, 0][..], &key].concat();
    let type_url = type_url::<PubKey>();
    draft.auth.signer_infos[0].public_key = Some(Any { type_url, value });
    assert_eq!(world.deliver_raw(&draft.sign(&[&alice])).log, "");
    assert_eq!(world.account(&alice.address).pub_key, Some(pack(&PubKey { key })));
    assert_same_root_after_import(&world);
}

#[test]
fn limit_within_a_grant_is_stored_in_its_shortest_form() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let long = Any {
        type_url: type_url::<MaxCallsLimit>(),
        value: vec![0x08, 0x85, 0],
    };
    let grants = vec![ContractGrant {
        contract: alice.address.clone(),
        limit: Some(long),
        filter: Some(pack(&AllowAllMessagesFilter {})),
    }];
    let grant = MsgGrant {
        granter: alice.address.clone(),
        grantee: bob.address,
        grant: Some(Grant {
            authorization: Some(pack(&ContractExecutionAuthorization { grants })),
            expiration: None,
        }),
    };
    world.succeed(&alice, vec![pack(&grant)]);
    assert_same_root_after_import(&world);
}

#[test]
fn proposed_message_is_stored_with_its_fields_in_order() {
    let mut world = World::new();
    let (gov, alice) = (world.gov.clone(), world.alice.address.clone());
    let whole = send(&gov, &alice, 1, "uakt");
    let last = MsgSend {
        amount: vec![coin(1, "uakt")],
        ..MsgSend::default()
    };
    let first = MsgSend {
        from_address: gov,
        to_address: alice,
        amount: vec![],
    };
    let disordered = Any {
        type_url: whole.type_url.clone(),
        value: [last.encode_to_vec(), first.encode_to_vec()].concat(),
    };
    let id = submit(&mut world, vec![disordered]);
    assert_eq!(proposal(&world, id).messages, [whole]);
    assert_same_root_after_import(&world);
}

#[test]
fn proposed_message_that_no_genesis_could_show_is_refused() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let grant = MsgGrant {
        granter: world.gov.clone(),
        grantee: alice.address.clone(),
        grant: Some(Grant {
            authorization: None,
            expiration: Some(Timestamp {
                seconds: i64::MAX,
                nanos: 0,
            }),
        }),
    };
    let submission = submission(&alice.address, vec![pack(&grant)]);
    let refused = world.deliver(&alice, vec![pack(&submission)]);
    assert_eq!(
        (refused.codespace.as_str(), refused.code),
        ("gov", 12),
        "{}",
        refused.log
    );
}

#[test]
fn history_keeps_the_bytes_of_messages() {
    let mut world = World::new();
    let code_id = world.store_code(crate::fake_vm::puppet("a", None));
    for script in ["{} ", "\n{}", r#"{ "set" : {} }"#] {
        world.instantiate(code_id, script);
    }
    assert_same_root_after_import(&world);
}
