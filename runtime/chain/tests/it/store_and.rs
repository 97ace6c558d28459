//! Governance uploads and uses code in one message, and says who else may upload.

use sha2::{Digest, Sha256};
use supercloud_chain::{GenesisAccess, compute_classic_address};
use supercloud_proto::cosmwasm::wasm::v1::{
    AccessConfig, AccessType, ContractInfo, MsgAddCodeUploadParamsAddresses, MsgInstantiateContract,
    MsgRemoveCodeUploadParamsAddresses, MsgStoreAndInstantiateContract, MsgStoreAndMigrateContract, MsgStoreCode,
    MsgUpdateInstantiateConfig, MsgUpdateParams, Params, QueryCodeInfoRequest, QueryCodeInfoResponse,
    QueryContractInfoRequest, QueryContractInfoResponse, QueryParamsRequest, QueryParamsResponse,
};
use supercloud_proto::pack;
use supercloud_proto::prost::Name;
use supercloud_proto::prost_types::Any;

use crate::fake_vm::puppet;
use crate::gov::{execute, pass, proposal};
use crate::world::{World, codec, event, instantiate_msg, kinds};

fn info(world: &World, contract: &str) -> ContractInfo {
    let request = QueryContractInfoRequest {
        address: contract.into(),
    };
    let response: QueryContractInfoResponse = world.ask("/cosmwasm.wasm.v1.Query/ContractInfo", &request);
    response.contract_info.unwrap()
}

fn upload(world: &World) -> MsgStoreAndInstantiateContract {
    MsgStoreAndInstantiateContract {
        authority: world.gov.clone(),
        wasm_byte_code: puppet("a", None),
        admin: world.alice.address.clone(),
        label: "first".into(),
        msg: br#"{"set":{"a":"1"}}"#.to_vec(),
        ..MsgStoreAndInstantiateContract::default()
    }
}

#[test]
fn code_is_stored_pinned_and_instantiated_at_once() {
    let mut world = World::with(|genesis| genesis.wasm.upload_access = GenesisAccess::Nobody);
    let message = upload(&world);
    let (id, output) = pass(&mut world, vec![pack(&message)]);
    assert_eq!(proposal(&world, id).failed_reason, "");
    let seen: Vec<&str> = kinds(&output.events)
        .into_iter()
        .filter(|kind| ["store_code", "pin_code", "instantiate"].contains(kind))
        .collect();
    assert_eq!(seen, ["store_code", "pin_code", "instantiate"]);
    let contract = codec().to_text(&compute_classic_address(1, 1));
    assert_eq!(world.stored(&contract, "a"), "1");
    assert_eq!(info(&world, &contract).admin, world.alice.address);
    assert_eq!(world.vm.pinned().len(), 1);
}

#[test]
fn code_stays_unpinned_when_asked_and_needs_its_whole_verification() {
    let mut world = World::new();
    let mut message = upload(&world);
    message.unpin_code = true;
    message.source = "https://example.com/a".into();
    message.builder = "builder:1".into();
    message.code_hash = Sha256::digest(&message.wasm_byte_code).to_vec();
    execute(&mut world, vec![pack(&message)]);
    assert_eq!(world.vm.pinned().len(), 0);

    message.code_hash[0] ^= 1;
    let (id, _) = pass(&mut world, vec![pack(&message)]);
    assert!(
        proposal(&world, id)
            .failed_reason
            .contains("does not match the checksum")
    );
    let alice = world.alice.clone();
    message.code_hash.clear();
    message.authority = alice.address.clone();
    let refused = world.deliver(&alice, vec![pack(&message)]);
    assert_eq!((refused.codespace.as_str(), refused.code), ("sdk", 18));
    assert!(refused.log.contains("code hash is required"), "{}", refused.log);
}

#[test]
fn nobody_but_governance_uploads_and_uses_code_in_one_message() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let mut message = upload(&world);
    message.authority = alice.address.clone();
    let refused = world.deliver(&alice, vec![pack(&message)]);
    assert_eq!((refused.codespace.as_str(), refused.code), ("sdk", 4));
    let migrate = MsgStoreAndMigrateContract {
        authority: alice.address.clone(),
        wasm_byte_code: puppet("a", None),
        contract: alice.address.clone(),
        msg: b"{}".to_vec(),
        instantiate_permission: None,
    };
    assert_eq!(world.deliver(&alice, vec![pack(&migrate)]).code, 4);
}

#[test]
fn code_is_stored_and_a_contract_moved_to_it_at_once() {
    let mut world = World::new();
    let contract = world.puppet();
    let message = MsgStoreAndMigrateContract {
        authority: world.gov.clone(),
        wasm_byte_code: puppet("b", Some(2)),
        contract: contract.clone(),
        msg: br#"{"set":{"migrated":"yes"}}"#.to_vec(),
        instantiate_permission: None,
    };
    let (id, output) = pass(&mut world, vec![pack(&message)]);
    assert_eq!(proposal(&world, id).failed_reason, "");
    assert_eq!(event(&output.events, "migrate").get("code_id"), Some("2"));
    assert_eq!(world.stored(&contract, "migrated"), "yes");
    assert_eq!(info(&world, &contract).code_id, 2);
}

fn store(sender: &str) -> Any {
    pack(&MsgStoreCode {
        sender: sender.into(),
        wasm_byte_code: puppet("a", None),
        instantiate_permission: None,
    })
}

fn params(world: &World) -> Params {
    let response: QueryParamsResponse = world.ask("/cosmwasm.wasm.v1.Query/Params", &QueryParamsRequest {});
    response.params.unwrap()
}

#[test]
fn addresses_are_put_on_and_taken_off_the_list_of_uploaders() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let add = MsgAddCodeUploadParamsAddresses {
        authority: world.gov.clone(),
        addresses: vec![alice.address.clone(), bob.address.clone()],
    };
    execute(&mut world, vec![pack(&add)]);
    let access = params(&world).code_upload_access.unwrap();
    assert_eq!(access.addresses, [alice.address.clone(), bob.address.clone()]);
    world.succeed(&bob, vec![store(&bob.address)]);
    let remove = MsgRemoveCodeUploadParamsAddresses {
        authority: world.gov.clone(),
        addresses: vec![alice.address.clone(), bob.address.clone()],
    };
    execute(&mut world, vec![pack(&remove)]);
    assert_eq!(world.deliver(&bob, vec![store(&bob.address)]).code, 4);
    assert!(params(&world).code_upload_access.unwrap().addresses.is_empty());
}

#[test]
fn list_of_uploaders_is_changed_only_where_there_is_one_and_up_to_50() {
    let mut world = World::with(|genesis| genesis.wasm.upload_access = GenesisAccess::Everybody);
    let (alice, gov) = (world.alice.clone(), world.gov.clone());
    let add = |addresses: Vec<String>| MsgAddCodeUploadParamsAddresses {
        authority: gov.clone(),
        addresses,
    };
    let (id, _) = pass(&mut world, vec![pack(&add(vec![alice.address.clone()]))]);
    assert!(proposal(&world, id).failed_reason.contains("permission: invalid"));

    let mut world = World::new();
    let people: Vec<String> = (0..50)
        .map(|index| crate::world::Person::new(&format!("person {index}")).address)
        .collect();
    let (id, _) = pass(
        &mut world,
        vec![pack(&add(people[..49].to_vec())), pack(&add(people[49..].to_vec()))],
    );
    let reason = proposal(&world, id).failed_reason;
    assert!(
        reason.starts_with(&format!(
            "message 1 (/{})",
            MsgAddCodeUploadParamsAddresses::full_name()
        )),
        "{reason}"
    );
    assert!(reason.contains("addresses 51, limit 50: exceeds limit"), "{reason}");
    for (addresses, code) in [(vec![], 12), (vec![people[0].clone(); 2], 15)] {
        let message = MsgAddCodeUploadParamsAddresses {
            authority: alice.address.clone(),
            addresses,
        };
        assert_eq!(world.deliver(&alice, vec![pack(&message)]).code, code);
    }
}

#[test]
fn default_of_listed_addresses_lets_only_the_creator_instantiate() {
    let mut world = World::with(|genesis| genesis.wasm.upload_access = GenesisAccess::Everybody);
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let update = MsgUpdateParams {
        authority: world.gov.clone(),
        params: Some(Params {
            code_upload_access: Some(AccessConfig {
                permission: AccessType::Everybody.into(),
                addresses: vec![],
            }),
            instantiate_default_permission: AccessType::AnyOfAddresses.into(),
        }),
    };
    execute(&mut world, vec![pack(&update)]);
    world.succeed(&alice, vec![store(&alice.address)]);
    let code: QueryCodeInfoResponse =
        world.ask("/cosmwasm.wasm.v1.Query/CodeInfo", &QueryCodeInfoRequest { code_id: 1 });
    assert_eq!(
        code.instantiate_permission.unwrap().addresses,
        vec![alice.address.clone()]
    );
    world.instantiate(1, "{}");
    let refused = world.deliver(&bob, vec![pack(&instantiate_msg(&bob.address, 1, "{}"))]);
    assert_eq!(refused.code, 4);
}

#[test]
fn access_rule_of_a_code_is_shown_with_its_addresses() {
    let mut world = World::new();
    world.store_code(puppet("a", None));
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let addresses = vec![alice.address.clone(), bob.address.clone()];
    let update = MsgUpdateInstantiateConfig {
        sender: alice.address.clone(),
        code_id: 1,
        new_instantiate_permission: Some(AccessConfig {
            permission: AccessType::AnyOfAddresses.into(),
            addresses: addresses.clone(),
        }),
    };
    let result = world.succeed(&alice, vec![pack(&update)]);
    let updated = event(&result.events, "update_code_access_config");
    let seen: Vec<(&str, &str)> = updated
        .attributes
        .iter()
        .map(|attribute| (attribute.key.as_str(), attribute.value.as_str()))
        .collect();
    let list = addresses.join(",");
    let expected = [
        ("code_permission", "AnyOfAddresses"),
        ("code_id", "1"),
        ("authorized_addresses", list.as_str()),
        ("msg_index", "0"),
    ];
    assert_eq!(seen, expected);
    let mut foreign = update;
    foreign.sender = bob.address.clone();
    assert_eq!(world.deliver(&bob, vec![pack(&foreign)]).code, 4);
}

/// Scenario: governance instantiates a contract whose submessage instantiates a code that only governance may use.
#[test]
fn rights_of_governance_reach_all_that_follows_from_its_instantiation_and_nothing_else() {
    use base64::Engine;
    use serde_json::json;
    let mut world = World::new();
    let alice = world.alice.clone();
    let caller = world.puppet();
    let closed = MsgStoreCode {
        sender: alice.address.clone(),
        wasm_byte_code: puppet("closed", None),
        instantiate_permission: Some(AccessConfig {
            permission: AccessType::Nobody.into(),
            addresses: vec![],
        }),
    };
    world.succeed(&alice, vec![pack(&closed)]);
    let binary = |text: &str| base64::prelude::BASE64_STANDARD.encode(text);
    let make =
        json!({ "wasm": { "instantiate": { "code_id": 2, "msg": binary("{}"), "funds": [], "label": "child" } } });
    let script = json!({ "messages": [{ "id": 1, "msg": make, "reply_on": "never" }] });
    let refused = world.execute(&caller, &script.to_string());
    assert_eq!((refused.codespace.as_str(), refused.code), ("sdk", 4));

    // The new contract executes another one, and in a reply instantiates by itself too.
    let execute_other =
        json!({ "wasm": { "execute": { "contract_addr": caller, "msg": binary(&script.to_string()), "funds": [] } } });
    let by_gov = MsgInstantiateContract {
        sender: world.gov.clone(),
        admin: String::new(),
        code_id: 1,
        label: "by governance".into(),
        msg: json!({
            "on_reply": script,
            "messages": [{ "id": 1, "msg": execute_other, "reply_on": "success" }],
        })
        .to_string()
        .into_bytes(),
        funds: vec![],
    };
    execute(&mut world, vec![pack(&by_gov)]);
    for instance in [3, 4] {
        let child = codec().to_text(&compute_classic_address(2, instance));
        assert_eq!(info(&world, &child).code_id, 2);
    }
}
