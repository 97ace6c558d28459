//! The wasm module leaves a chain in wasmd's form and begins another one with it.

use std::sync::Arc;

use serde_json::{Value, json};
use supercloud_chain::{Chain, Genesis, GenesisError, WasmGenesis};
use supercloud_proto::cosmwasm::wasm::v1::{
    MsgMigrateContract, MsgPinCodes, QueryContractHistoryRequest, QueryContractHistoryResponse,
    QueryContractsByCodeRequest, QueryContractsByCodeResponse, QueryContractsByCreatorRequest,
    QueryContractsByCreatorResponse,
};
use supercloud_proto::pack;
use supercloud_store::MemoryStore;

use crate::fake_vm::{FakeVm, puppet};
use crate::gov::execute;
use crate::wasm::smart;
use crate::world::{World, genesis};

/// Two contracts, one of them migrated, one code pinned, one code without contracts.
fn populated() -> (World, String) {
    let mut world = World::new();
    world.store_code(puppet("a", Some(1)));
    world.store_code(puppet("ibc", Some(2)));
    world.store_code(puppet("a", Some(1)));
    let contract = world.instantiate(1, r#"{ "set": {"a":"1",  "b":"2"} }"#);
    world.instantiate(2, "{}");
    let alice = world.alice.clone();
    let migrate = MsgMigrateContract {
        sender: alice.address.clone(),
        contract: contract.clone(),
        code_id: 2,
        msg: br#"{"set":{"migrated":"yes"}}"#.to_vec(),
    };
    world.succeed(&alice, vec![pack(&migrate)]);
    let pin = MsgPinCodes {
        authority: world.gov.clone(),
        code_ids: vec![2],
    };
    execute(&mut world, vec![pack(&pin)]);
    (world, contract)
}

fn export(world: &World) -> String {
    let exported: WasmGenesis = world.chain.querier(None).unwrap().export_wasm().unwrap();
    serde_json::to_string(&exported).unwrap()
}

fn with_state(json: &str) -> Genesis {
    let mut genesis = genesis();
    genesis.wasm.state = Some(serde_json::from_str(json).unwrap());
    genesis
}

#[test]
fn export_import_export_is_the_same_to_the_byte() {
    let (world, contract) = populated();
    let exported = export(&world);
    // Through the genesis file, as an operator does it.
    let file = serde_json::to_string_pretty(&with_state(&exported)).unwrap();
    let genesis: Genesis = serde_json::from_str(&file).unwrap();
    let mut second = World::with(|empty| *empty = genesis);
    assert_eq!(export(&second), exported);

    assert_eq!(second.vm.pinned().len(), 1);
    assert_eq!(second.stored(&contract, "b"), "2");
    assert_eq!(smart(&second, &contract, json!({ "get": "migrated" })), "yes");
    let alice = second.alice.address.clone();
    let by_code = |code_id: u64| -> Vec<String> {
        let request = QueryContractsByCodeRequest {
            code_id,
            pagination: None,
        };
        let response: QueryContractsByCodeResponse = second.ask("/cosmwasm.wasm.v1.Query/ContractsByCode", &request);
        response.contracts
    };
    assert_eq!((by_code(1).len(), by_code(2).len()), (0, 2));
    let request = QueryContractsByCreatorRequest {
        creator_address: alice,
        pagination: None,
    };
    let created: QueryContractsByCreatorResponse = second.ask("/cosmwasm.wasm.v1.Query/ContractsByCreator", &request);
    assert_eq!(created.contract_addresses.len(), 2);
    let request = QueryContractHistoryRequest {
        address: contract.clone(),
        pagination: None,
    };
    let history: QueryContractHistoryResponse = second.ask("/cosmwasm.wasm.v1.Query/ContractHistory", &request);
    assert_eq!(history.entries.len(), 2);
    // Counters go on where they were.
    assert_eq!(second.store_code(puppet("new", None)), 4);
    let third = second.instantiate(1, "{}");
    assert_eq!(
        third,
        crate::world::codec().to_text(&supercloud_chain::compute_classic_address(1, 3))
    );
}

#[test]
fn export_has_the_form_of_wasmd() {
    let (world, contract) = populated();
    let json: Value = serde_json::from_str(&export(&world)).unwrap();
    let alice = &world.alice.address;
    assert_eq!(
        json["params"],
        json!({
            "code_upload_access": { "permission": "AnyOfAddresses", "addresses": [alice] },
            "instantiate_default_permission": "Everybody",
        })
    );
    let code = &json["codes"][1];
    assert_eq!((&code["code_id"], &code["pinned"]), (&json!("2"), &json!(true)));
    assert_eq!(
        code["code_info"]["instantiate_config"],
        json!({ "permission": "Everybody", "addresses": [] })
    );
    assert_eq!(code.as_object().unwrap().len(), 4);
    let exported = json["contracts"].as_array().unwrap();
    let migrated = exported
        .iter()
        .find(|other| other["contract_address"] == json!(contract))
        .unwrap();
    assert_eq!(
        migrated["contract_info"],
        json!({
            "code_id": "2",
            "creator": alice,
            "admin": alice,
            "label": "puppet",
            "created": { "block_height": "4", "tx_index": "0" },
            "ibc_port_id": format!("wasm.{contract}"),
            "extension": null,
            "ibc2_port_id": contract.replacen("akash", "wasm2", 1),
        })
    );
    assert_eq!(migrated["contract_state"][0], json!({ "key": "61", "value": "MQ==" }));
    assert_eq!(
        migrated["contract_code_history"],
        json!([
            {
                "operation": "CONTRACT_CODE_HISTORY_OPERATION_TYPE_INIT",
                "code_id": "1",
                "updated": { "block_height": "4", "tx_index": "0" },
                "msg": { "set": { "a": "1", "b": "2" } },
            },
            {
                "operation": "CONTRACT_CODE_HISTORY_OPERATION_TYPE_MIGRATE",
                "code_id": "2",
                "updated": { "block_height": "6", "tx_index": "0" },
                "msg": { "set": { "migrated": "yes" } },
            },
        ])
    );
    // 04 and the counter's name.
    assert_eq!(
        json["sequences"],
        json!([
            { "id_key": "BGxhc3RDb2RlSWQ=", "value": "4" },
            { "id_key": "BGxhc3RDb250cmFjdElk", "value": "3" },
        ])
    );
}

/// What a bent export is refused with.
fn refusal(bend: impl FnOnce(&mut Value)) -> String {
    let (world, _) = populated();
    let mut json: Value = serde_json::from_str(&export(&world)).unwrap();
    bend(&mut json);
    let genesis = with_state(&json.to_string());
    let store = Box::new(MemoryStore::new());
    match Chain::init(&genesis, store, Arc::new(FakeVm::default())) {
        Err(error @ GenesisError::Wasm { .. }) => error.to_string(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("accepted"),
    }
}

fn again(list: &mut Value) {
    let first = list[0].clone();
    list.as_array_mut().unwrap().push(first);
}

#[test]
fn tampered_exports_are_refused_with_the_place() {
    type Bend = fn(&mut Value);
    let cases: [(&str, Bend); 17] = [
        ("params: ", |json| {
            json["params"]["instantiate_default_permission"] = json!("Unspecified")
        }),
        ("code 1: code_hash is", |json| {
            json["codes"][0]["code_bytes"] = json!("cHVwcGV0IHggMQ==")
        }),
        ("code 1: static wasm check failed (parse)", |json| {
            json["codes"][0]["code_bytes"] = json!("AGFzbQ==")
        }),
        ("code 1: is listed twice", |json| again(&mut json["codes"])),
        ("code 0: ", |json| json["codes"][0]["code_id"] = json!("0")),
        ("code 1: metering version 9", |json| {
            json["codes"][0]["metering_version"] = json!(9)
        }),
        ("is listed twice", |json| again(&mut json["contracts"])),
        ("storage key 61 is listed twice", |json| {
            for contract in json["contracts"].as_array_mut().unwrap() {
                if contract["contract_state"][0]["key"] == json!("61") {
                    again(&mut contract["contract_state"]);
                }
            }
        }),
        ("a storage key is empty", |json| {
            json["contracts"][0]["contract_state"][0]["key"] = json!("")
        }),
        ("contract_code_history is empty", |json| {
            json["contracts"][0]["contract_code_history"] = json!([])
        }),
        ("history has no operation", |json| {
            json["contracts"][0]["contract_code_history"][0]["operation"] = json!("MADE");
        }),
        ("the contract runs 2", |json| {
            json["contracts"][0]["contract_code_history"]
                .as_array_mut()
                .unwrap()
                .truncate(1);
            json["contracts"][0]["contract_code_history"][0]["code_id"] = json!("1");
        }),
        ("created must not be empty", |json| {
            json["contracts"][0]["contract_info"]["created"] = json!(null)
        }),
        ("port is wasm.other", |json| {
            json["contracts"][0]["contract_info"]["ibc_port_id"] = json!("wasm.other")
        }),
        ("sequences: lastCodeId is 3", |json| {
            json["sequences"][0]["value"] = json!("3")
        }),
        ("sequences: lastContractId is 2", |json| {
            json["sequences"][1]["value"] = json!("2")
        }),
        ("sequences: no counter is named 00", |json| {
            json["sequences"][0]["id_key"] = json!("AA==")
        }),
    ];
    for (text, bend) in cases {
        let refused = refusal(bend);
        assert!(refused.contains(text), "{text}: {refused}");
    }
}

#[test]
fn contract_of_an_unknown_code_and_a_doubled_counter_are_refused() {
    let refused = refusal(|json| {
        for contract in json["contracts"].as_array_mut().unwrap() {
            contract["contract_info"]["code_id"] = json!("9");
            let history = contract["contract_code_history"].as_array_mut().unwrap();
            history.last_mut().unwrap()["code_id"] = json!("9");
        }
    });
    assert!(refused.contains("code id 9 does not exist"), "{refused}");
    let refused = refusal(|json| again(&mut json["sequences"]));
    assert!(refused.contains("lastCodeId is listed twice"), "{refused}");
}
