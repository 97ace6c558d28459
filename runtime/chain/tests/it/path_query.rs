//! `grpc` and `stargate` queries of contracts, and pages of denoms.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use supercloud_chain::GenesisDenom;
use supercloud_proto::cosmos::auth::v1beta1::QueryAccountRequest;
use supercloud_proto::cosmos::bank::v1beta1::{
    QueryAllBalancesRequest, QueryBalanceRequest, QueryBalanceResponse, QueryDenomMetadataRequest,
};
use supercloud_proto::prost::Message;

use crate::wasm::{ask, decoded};
use crate::world::World;

const BALANCE: &str = "/cosmos.bank.v1beta1.Query/Balance";

fn allowing(paths: &[&str]) -> World {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    World::with(|genesis| genesis.wasm.query_allow_list = paths)
}

fn query<M: Message>(kind: &str, path: &str, request: &M) -> Value {
    json!({ kind: { "path": path, "data": BASE64_STANDARD.encode(request.encode_to_vec()) } })
}

fn balance_of(world: &World) -> QueryBalanceRequest {
    QueryBalanceRequest {
        address: world.alice.address.clone(),
        denom: "uact".into(),
    }
}

#[test]
fn listed_method_answers_protobuf_to_grpc_and_json_to_stargate() {
    let mut world = allowing(&[BALANCE]);
    let contract = world.puppet();
    let request = balance_of(&world);
    let answer = ask(&mut world, &contract, query("grpc", BALANCE, &request));
    let bytes = BASE64_STANDARD.decode(answer["ok"]["ok"].as_str().unwrap()).unwrap();
    let balance = QueryBalanceResponse::decode(&*bytes).unwrap().balance.unwrap();
    assert_eq!(
        (balance.denom.as_str(), balance.amount.as_str()),
        ("uact", "1000000000")
    );
    let answer = ask(&mut world, &contract, query("stargate", BALANCE, &request));
    assert_eq!(
        decoded(&answer),
        r#"{"balance":{"denom":"uact","amount":"1000000000"}}"#
    );
}

#[test]
fn json_has_the_names_of_the_protocol_defaults_and_packed_messages() {
    let account = "/cosmos.auth.v1beta1.Query/Account";
    let balances = "/cosmos.bank.v1beta1.Query/AllBalances";
    let mut world = allowing(&[account, balances]);
    let contract = world.puppet();
    let request = QueryAccountRequest {
        address: world.bob.address.clone(),
    };
    let answer = ask(&mut world, &contract, query("stargate", account, &request));
    let json: Value = serde_json::from_str(&decoded(&answer)).unwrap();
    assert_eq!(json["account"]["@type"], json!("/cosmos.auth.v1beta1.BaseAccount"));
    assert_eq!(
        (&json["account"]["account_number"], &json["account"]["sequence"]),
        (&json!("2"), &json!("0"))
    );
    let request = QueryAllBalancesRequest {
        address: contract.clone(),
        ..QueryAllBalancesRequest::default()
    };
    let answer = ask(&mut world, &contract, query("stargate", balances, &request));
    let json: Value = serde_json::from_str(&decoded(&answer)).unwrap();
    assert_eq!(json["balances"], json!([]));
    assert_eq!(json["pagination"], json!({ "next_key": "", "total": "0" }));
}

#[test]
fn unlisted_methods_and_closed_chains_say_what_they_do_not_support() {
    let mut closed = World::new();
    let contract = closed.puppet();
    let request = balance_of(&closed);
    for (kind, text) in [
        ("grpc", "gRPC queries are disabled on this chain"),
        ("stargate", "Stargate queries are disabled on this chain"),
    ] {
        let answer = ask(&mut closed, &contract, query(kind, BALANCE, &request));
        assert_eq!(answer, json!({ "error": { "unsupported_request": { "kind": text } } }));
    }
    let mut open = allowing(&["/cosmos.bank.v1beta1.Query/SupplyOf"]);
    let contract = open.puppet();
    for kind in ["grpc", "stargate"] {
        let answer = ask(&mut open, &contract, query(kind, BALANCE, &request));
        let text = format!("'{BALANCE}' path is not allowed from the contract");
        assert_eq!(answer, json!({ "error": { "unsupported_request": { "kind": text } } }));
    }
}

#[test]
fn failing_methods_show_only_their_class() {
    let metadata = "/cosmos.bank.v1beta1.Query/DenomMetadata";
    let mut world = allowing(&[metadata, BALANCE]);
    let contract = world.puppet();
    let request = QueryDenomMetadataRequest { denom: "none".into() };
    let answer = ask(&mut world, &contract, query("grpc", metadata, &request));
    assert_eq!(answer, json!({ "ok": { "error": "codespace: sdk, code: 38" } }));
    let garbage = json!({ "grpc": { "path": BALANCE, "data": BASE64_STANDARD.encode([0xff]) } });
    let answer = ask(&mut world, &contract, garbage);
    assert_eq!(answer, json!({ "ok": { "error": "codespace: sdk, code: 18" } }));
}

#[test]
fn every_entry_of_a_list_is_paid_for() {
    let codes = "/cosmwasm.wasm.v1.Query/ContractsByCode";
    let mut world = allowing(&[codes]);
    let contract = world.puppet();
    let request = supercloud_proto::cosmwasm::wasm::v1::QueryContractsByCodeRequest {
        code_id: 1,
        pagination: None,
    };
    let script = json!({ "query": query("grpc", codes, &request) }).to_string();
    let few = world.execute(&contract, &script).gas_used;
    for _ in 0..10 {
        world.instantiate(1, "{}");
    }
    let many = world.execute(&contract, &script).gas_used;
    // 57 bytes of key at 3 gas each and 30 for the step, ten times; the longer answer costs storage too.
    assert!(many > few + 10 * (30 + 57 * 3), "{few} {many}");
}

#[test]
fn contract_walks_all_denoms_by_pages_both_ways() {
    let mut world = World::with(|genesis| {
        genesis.denoms = ["uaa", "ubb", "ucc"]
            .map(|base| GenesisDenom {
                base: base.into(),
                display: base[1..].into(),
                exponent: 6,
                symbol: base[1..].to_uppercase(),
                name: base.into(),
                description: String::new(),
            })
            .into();
    });
    let contract = world.puppet();
    let mut page = |pagination: Value| -> Value {
        let query = json!({ "bank": { "all_denom_metadata": { "pagination": pagination } } });
        serde_json::from_str(&decoded(&ask(&mut world, &contract, query))).unwrap()
    };
    let bases = |page: &Value| -> Vec<String> {
        let metadata = page["metadata"].as_array().unwrap();
        metadata
            .iter()
            .map(|denom| denom["base"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = page(json!({ "key": null, "limit": 2, "reverse": false }));
    assert_eq!(bases(&first), ["uaa", "ubb"]);
    let second = page(json!({ "key": first["next_key"], "limit": 2, "reverse": false }));
    assert_eq!(
        (bases(&second), &second["next_key"]),
        (vec!["ucc".to_owned()], &Value::Null)
    );
    let last = page(json!({ "key": null, "limit": 1, "reverse": true }));
    assert_eq!(bases(&last), ["ucc"]);
    assert_eq!(bases(&page(Value::Null)).len(), 3);
}
