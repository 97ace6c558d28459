use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use supercloud_chain::{Address, AddressCodec, GenesisAccess, compute_classic_address, compute_predictable_address};
use supercloud_proto::cosmwasm::wasm::v1::{
    AccessConfig, AccessType, ContractCodeHistoryOperationType, MsgClearAdmin, MsgInstantiateContract2,
    MsgInstantiateContract2Response, MsgMigrateContract, MsgStoreCode, MsgStoreCodeResponse, MsgUpdateAdmin,
    QueryBuildAddressRequest, QueryBuildAddressResponse, QueryContractHistoryRequest, QueryContractHistoryResponse,
    QueryContractInfoRequest, QueryContractInfoResponse, QueryContractsByCodeRequest, QueryContractsByCodeResponse,
};
use supercloud_proto::pack;
use supercloud_proto::prost_types::Any;

use crate::fake_vm::puppet;
use crate::world::{World, codec, coin, event, execute_msg, instantiate_msg, response, send};

#[test]
fn classic_addresses_are_those_of_wasmd() {
    let purple = AddressCodec::new("purple").unwrap();
    let vectors = [
        (
            (0, 0),
            "purple1w0w8sasnut0jx0vvsnvlc8nayq0q2ej8xgrpwgel05tn6wy4r57qfplul7",
        ),
        (
            (0, 1),
            "purple156r47kpk4va938pmtpuee4fh77847gqcw2dmpl2nnpwztwfgz04s5cr8hj",
        ),
        (
            (1, 0),
            "purple1mzdhwvvh22wrt07w59wxyd58822qavwkx5lcej7aqfkpqqlhaqfs5efvjk",
        ),
        (
            (1, 1),
            "purple14hj2tavq8fpesdwxxcu44rty3hh90vhujrvcmstl4zr3txmfvw9smc2vxm",
        ),
    ];
    for ((code_id, instance_id), text) in vectors {
        assert_eq!(purple.to_text(&compute_classic_address(code_id, instance_id)), text);
    }
}

#[test]
fn predictable_address_is_that_of_every_cosmwasm_chain() {
    let checksum = hex::decode("13a1fc994cc6d1c81b746ee0c0ff6f90043875e0bf1d9be6b7d779fc978dc2a5").unwrap();
    let creator = Address::from_bytes(hex::decode("9999999999aaaaaaaaaabbbbbbbbbbcccccccccc").unwrap()).unwrap();
    let checksum = checksum.try_into().unwrap();
    let address = compute_predictable_address(&checksum, &creator, b"a", b"").unwrap();
    let text = hex::encode(address.as_bytes());
    assert_eq!(
        (&text[..40], text.len()),
        ("5e865d3e45ad3e961f77fd77d46543417ced44d9", 64)
    );
    assert!(compute_predictable_address(&checksum, &creator, &[7; 64], b"").is_ok());
    assert!(compute_predictable_address(&checksum, &creator, &[7; 65], b"").is_err());
    assert!(compute_predictable_address(&checksum, &creator, b"", b"").is_err());
}

fn instantiate2(world: &World, salt: &[u8], fix_msg: bool) -> Any {
    pack(&MsgInstantiateContract2 {
        sender: world.alice.address.clone(),
        code_id: 1,
        label: "l".into(),
        msg: b"{}".to_vec(),
        salt: salt.to_vec(),
        fix_msg,
        ..MsgInstantiateContract2::default()
    })
}

#[test]
fn instantiate2_lands_where_the_query_says_once() {
    let mut world = World::new();
    let wasm = puppet("a", None);
    world.store_code(wasm.clone());
    let alice = world.alice.clone();
    let build = QueryBuildAddressRequest {
        code_hash: hex::encode(Sha256::digest(&wasm)),
        creator_address: alice.address.clone(),
        salt: hex::encode("salt"),
        init_args: Vec::new(),
    };
    let predicted: QueryBuildAddressResponse = world.ask("/cosmwasm.wasm.v1.Query/BuildAddress", &build);
    let message = instantiate2(&world, b"salt", false);
    let result = world.succeed(&alice, vec![message.clone()]);
    assert_eq!(
        response::<MsgInstantiateContract2Response>(&result).address,
        predicted.address
    );
    let again = world.deliver(&alice, vec![message]);
    assert_eq!((again.codespace.as_str(), again.code), ("wasm", 15));
    let fixed = instantiate2(&world, b"salt", true);
    let result = world.succeed(&alice, vec![fixed]);
    assert_ne!(
        response::<MsgInstantiateContract2Response>(&result).address,
        predicted.address
    );
    // Predictable instances do not count for classic addresses.
    let classic = world.instantiate(1, "{}");
    assert_eq!(classic, codec().to_text(&compute_classic_address(1, 1)));
}

#[test]
fn unused_account_at_the_new_address_is_taken_over_with_its_coins() {
    let mut world = World::new();
    world.store_code(puppet("a", None));
    let future = codec().to_text(&compute_classic_address(1, 1));
    let alice = world.alice.clone();
    world.succeed(&alice, vec![send(&alice.address, &future, 9, "uakt")]);
    assert_eq!(world.instantiate(1, "{}"), future);
    assert_eq!(world.balance(&future, "uakt"), 9);
}

#[test]
fn upload_needs_permission_and_gzip_has_the_checksum_of_its_content() {
    use std::io::Write;
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let wasm = puppet("zipped", None);
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&wasm).unwrap();
    let archive = encoder.finish().unwrap();
    let store = |sender: &str, bytes: &[u8]| {
        pack(&MsgStoreCode {
            sender: sender.into(),
            wasm_byte_code: bytes.to_vec(),
            instantiate_permission: None,
        })
    };
    let denied = world.deliver(&bob, vec![store(&bob.address, &wasm)]);
    assert!(
        denied.code == 4 && denied.log.ends_with("can not create code: unauthorized"),
        "{}",
        denied.log
    );
    let result = world.succeed(&alice, vec![store(&alice.address, &archive)]);
    let stored: MsgStoreCodeResponse = response(&result);
    assert_eq!(
        (stored.code_id, stored.checksum.as_slice()),
        (1, &Sha256::digest(&wasm)[..])
    );
    let attributes: Vec<_> = event(&result.events, "store_code")
        .attributes
        .iter()
        .map(|a| a.key.clone())
        .collect();
    assert_eq!(
        attributes,
        ["code_checksum", "code_id", "required_capability", "msg_index"]
    );
    let again = world.store_code(wasm);
    assert_eq!(again, 2);
    let junk = world.deliver(&alice, vec![store(&alice.address, b"junk")]);
    assert_eq!((junk.codespace.as_str(), junk.code), ("wasm", 2));
    let text = "failed to execute message; message index: 0: static wasm check failed (parse): not a puppet: create wasm \
                contract failed";
    assert_eq!(junk.log, text);
}

#[test]
fn env_and_info_have_the_shape_that_contracts_parse() {
    let mut world = World::new();
    let contract = world.puppet();
    let alice = world.alice.clone();
    let mut message = execute_msg(&alice.address, &contract, "{}");
    message.funds = vec![coin(3, "uact"), coin(4, "uakt")];
    let raw = world.signed(&alice, vec![pack(&message)]);
    let result = world.block(vec![b"junk".to_vec(), raw.clone()]).tx_results.remove(1);
    assert_eq!(result.log, "");
    use base64::Engine;
    let hash = base64::prelude::BASE64_STANDARD.encode(Sha256::digest(&raw));
    let env: Value = serde_json::from_str(&world.stored(&contract, "env")).unwrap();
    let expected = json!({
        "block": {
            "height": world.chain.height(),
            "time": world.time_nanos.to_string(),
            "chain_id": "supercloud-test-1",
        },
        "transaction": { "index": 1, "hash": hash },
        "contract": { "address": contract },
    });
    assert_eq!(env, expected);
    let info: Value = serde_json::from_str(&world.stored(&contract, "info")).unwrap();
    let funds = json!([{ "denom": "uact", "amount": "3" }, { "denom": "uakt", "amount": "4" }]);
    assert_eq!(info, json!({ "sender": alice.address, "funds": funds }));
    let queried = smart(&world, &contract, json!({ "env": {} }));
    let queried: Value = serde_json::from_str(&queried).unwrap();
    assert_eq!(queried["transaction"], Value::Null);
}

pub(crate) fn smart(world: &World, contract: &str, msg: Value) -> String {
    use supercloud_proto::cosmwasm::wasm::v1::{QuerySmartContractStateRequest, QuerySmartContractStateResponse};
    let request = QuerySmartContractStateRequest {
        address: contract.into(),
        query_data: msg.to_string().into_bytes(),
    };
    let response: QuerySmartContractStateResponse = world.ask("/cosmwasm.wasm.v1.Query/SmartContractState", &request);
    String::from_utf8(response.data).unwrap()
}

#[test]
fn failed_execution_leaves_no_write_and_no_transfer() {
    let mut world = World::new();
    let contract = world.puppet();
    let alice = world.alice.clone();
    let before = world.balance(&alice.address, "uakt");
    for script in [r#"{"set":{"a":"1"},"fail":"no"}"#, r#"{"set":{"a":"1"},"trap":true}"#] {
        let mut message = execute_msg(&alice.address, &contract, script);
        message.funds = vec![coin(5, "uakt")];
        assert_ne!(world.deliver(&alice, vec![pack(&message)]).code, 0);
        assert_eq!(world.stored(&contract, "a"), "");
        assert_eq!(
            (world.balance(&alice.address, "uakt"), world.balance(&contract, "uakt")),
            (before, 0)
        );
    }
    let result = world.execute(&contract, r#"{"fail":"no"}"#);
    assert_eq!(
        result.log,
        "failed to execute message; message index: 0: no: execute wasm contract failed"
    );
    let result = world.execute(&contract, r#"{"trap":true}"#);
    assert_eq!((result.codespace.as_str(), result.code), ("wasm", 29));
    let too_much = MsgFunds(2_000_000_000).execute(&mut world, &contract);
    assert_eq!(too_much, 5);
}

#[test]
fn keys_longer_than_the_store_takes_fail_the_contract_and_not_the_chain() {
    let mut world = World::new();
    let contract = world.puppet();
    let set = |key: &str| json!({ "set": { key: "1" } }).to_string();
    // The contract's prefix has 38 bytes.
    let longest = "k".repeat(32_000 - 38);
    assert_eq!(world.execute(&contract, &set(&longest)).code, 0);
    assert_eq!(world.stored(&contract, &longest), "1");
    let longer = format!("{longest}k");
    let result = world.execute(&contract, &set(&longer));
    assert_eq!((result.codespace.as_str(), result.code), ("wasm", 29));
    let remove = json!({ "remove": [longer] }).to_string();
    assert_eq!(world.execute(&contract, &remove).code, 0);
}

/// Executes with more than alice has.
struct MsgFunds(u128);

impl MsgFunds {
    fn execute(&self, world: &mut World, contract: &str) -> u32 {
        let alice = world.alice.clone();
        let mut message = execute_msg(&alice.address, contract, r#"{"set":{"ran":"yes"}}"#);
        message.funds = vec![coin(self.0, "uakt")];
        world.deliver(&alice, vec![pack(&message)]).code
    }
}

#[test]
fn scans_run_both_ways_over_own_keys_only() {
    let mut world = World::new();
    let contract = world.puppet();
    world.instantiate(1, r#"{"set":{"other":"1"}}"#);
    let clean = r#"{"remove":["env","info"],"set":{"a":"1","c":"3","b":"2"},"scan":false}"#;
    assert_eq!(world.execute(&contract, clean).log, "");
    assert_eq!(world.stored(&contract, "keys"), "a,b,c");
    assert_eq!(
        world
            .execute(&contract, r#"{"remove":["env","info","b"],"scan":true}"#)
            .log,
        ""
    );
    assert_eq!(world.stored(&contract, "keys"), "keys,c,a");
}

pub(crate) fn ask(world: &mut World, contract: &str, query: Value) -> Value {
    let script = json!({ "query": query, "set": { "k": "v" } });
    assert_eq!(world.execute(contract, &script.to_string()).log, "");
    serde_json::from_str(&world.stored(contract, "answer")).unwrap()
}

pub(crate) fn base64(text: &str) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD.encode(text)
}

pub(crate) fn decoded(answer: &Value) -> String {
    use base64::Engine;
    let data = answer["ok"]["ok"].as_str().unwrap_or_else(|| panic!("{answer}"));
    String::from_utf8(base64::prelude::BASE64_STANDARD.decode(data).unwrap()).unwrap()
}

#[test]
fn contract_queries_see_pending_writes_and_structured_errors() {
    let mut world = World::new();
    let contract = world.puppet();
    let nobody = world.bob.address.clone();
    let wasm = |query: Value| json!({ "wasm": query });
    let get = json!({ "smart": { "contract_addr": contract, "msg": base64(r#"{"get":"k"}"#) } });
    assert_eq!(decoded(&ask(&mut world, &contract, wasm(get))), "v");
    let raw = |address: &str, key: &str| json!({ "wasm": { "raw": { "contract_addr": address, "key": base64(key) } } });
    assert_eq!(decoded(&ask(&mut world, &contract, raw(&contract, "k"))), "v");
    assert_eq!(decoded(&ask(&mut world, &contract, raw(&contract, "none"))), "");
    let answer = ask(&mut world, &contract, raw(&nobody, "k"));
    assert_eq!(answer, json!({ "error": { "no_such_contract": { "addr": nobody } } }));
    let answer = ask(&mut world, &contract, wasm(json!({ "code_info": { "code_id": 9 } })));
    assert_eq!(answer, json!({ "error": { "no_such_code": { "code_id": 9 } } }));
    let fail = json!({ "smart": { "contract_addr": contract, "msg": base64(r#"{"fail":"sorry"}"#) } });
    let answer = ask(&mut world, &contract, wasm(fail));
    assert_eq!(
        answer,
        json!({ "ok": { "error": "sorry: query wasm contract failed" } })
    );
    let trap = json!({ "smart": { "contract_addr": contract, "msg": base64(r#"{"trap":{}}"#) } });
    let answer = ask(&mut world, &contract, wasm(trap));
    assert_eq!(answer, json!({ "ok": { "error": "codespace: wasm, code: 29" } }));
    let answer = ask(
        &mut world,
        &contract,
        json!({ "grpc": { "path": "/a.Query/B", "data": "" } }),
    );
    let kind = "gRPC queries are disabled on this chain";
    assert_eq!(answer, json!({ "error": { "unsupported_request": { "kind": kind } } }));
    let answer = ask(&mut world, &contract, json!({ "nonsense": {} }));
    assert_eq!(answer, json!({ "error": { "unknown": {} } }));
    let answer = ask(&mut world, &contract, json!({ "bank": {}, "wasm": {} }));
    assert!(answer["error"]["invalid_request"]["error"].is_string());
    for (query, kind) in [
        (json!({ "bank": { "all": {} } }), "unknown BankQuery variant"),
        (json!({ "wasm": { "all": {} } }), "unknown WasmQuery variant"),
        (json!({ "staking": { "bonded_denom": {} } }), "staking"),
        (json!({ "distribution": {} }), "distribution"),
        (json!({ "ibc": { "port_id": {} } }), "ibc"),
        (json!({ "custom": {} }), "custom"),
    ] {
        let answer = ask(&mut world, &contract, query);
        assert_eq!(answer, json!({ "error": { "unsupported_request": { "kind": kind } } }));
    }
    let info = json!({ "contract_info": { "contract_addr": contract } });
    let alice = world.alice.address.clone();
    let port = contract.replacen("akash", "wasm2", 1);
    let answer: Value = serde_json::from_str(&decoded(&ask(&mut world, &contract, wasm(info)))).unwrap();
    assert_eq!(
        answer,
        json!({ "code_id": 1, "creator": alice, "admin": alice, "pinned": false, "ibc2_port": port })
    );
    let balance = json!({ "bank": { "balance": { "address": alice, "denom": "uact" } } });
    let answer: Value = serde_json::from_str(&decoded(&ask(&mut world, &contract, balance))).unwrap();
    assert_eq!(answer, json!({ "amount": { "denom": "uact", "amount": "1000000000" } }));
}

#[test]
fn raw_range_pages_both_ways() {
    let mut world = World::new();
    let contract = world.instantiate_with_three_keys();
    let range = |start: Value, end: Value, limit: u16, order: &str| json!({ "wasm": { "raw_range": { "contract_addr": contract, "start": start, "end": end, "limit": limit, "order": order } } });
    let run = |world: &mut World, query: Value| -> Value {
        let asker = world.instantiate(1, "{}");
        serde_json::from_str(&decoded(&ask(world, &asker, query))).unwrap()
    };
    let row = |key: &str, value: &str| json!([base64(key), base64(value)]);
    let end = || json!(base64("e"));
    let page = run(&mut world, range(Value::Null, end(), 2, "ascending"));
    assert_eq!(
        page,
        json!({ "data": [row("a", "1"), row("b", "2")], "next_key": base64("c") })
    );
    let page = run(&mut world, range(json!(base64("c")), end(), 2, "ascending"));
    assert_eq!(page, json!({ "data": [row("c", "3")], "next_key": null }));
    let page = run(&mut world, range(Value::Null, end(), 0, "descending"));
    assert_eq!(page, json!({ "data": [], "next_key": base64("c") }));
}

impl World {
    fn instantiate_with_three_keys(&mut self) -> String {
        self.store_code(puppet("a", None));
        self.instantiate(1, r#"{"set":{"a":"1","b":"2","c":"3"}}"#)
    }
}

#[test]
fn eleventh_nested_query_fails_with_its_own_code() {
    let mut world = World::new();
    let contract = world.puppet();
    // Level 1 is the innermost, which only reads.
    let nest = |levels: usize| {
        let mut msg = json!({ "get": "k" });
        for _ in 1..levels {
            let smart = json!({ "smart": { "contract_addr": contract, "msg": base64(&msg.to_string()) } });
            msg = json!({ "ask": { "wasm": smart } });
        }
        json!({ "wasm": { "smart": { "contract_addr": contract, "msg": base64(&msg.to_string()) } } })
    };
    let unwrap = |mut answer: Value| loop {
        let Some(text) = answer["ok"]["ok"].as_str() else {
            return answer;
        };
        use base64::Engine;
        let bytes = base64::prelude::BASE64_STANDARD.decode(text).unwrap();
        match serde_json::from_slice(&bytes) {
            Ok(inner) => answer = inner,
            Err(_) => return Value::String(String::from_utf8(bytes).unwrap()),
        }
    };
    assert_eq!(unwrap(ask(&mut world, &contract, nest(10))), json!("v"));
    let refused = unwrap(ask(&mut world, &contract, nest(11)));
    assert_eq!(refused, json!({ "ok": { "error": "codespace: wasm, code: 27" } }));
}

fn migrate(world: &World, contract: &str, code_id: u64) -> Any {
    pack(&MsgMigrateContract {
        sender: world.alice.address.clone(),
        contract: contract.into(),
        code_id,
        msg: br#"{"set":{"migrated":"yes"}}"#.to_vec(),
    })
}

#[test]
fn migration_keeps_storage_moves_the_index_and_writes_history() {
    let mut world = World::new();
    world.store_code(puppet("a", Some(42)));
    let contract = world.instantiate(1, r#"{"set":{"kept":"yes"}}"#);
    world.store_code(puppet("b", Some(420)));
    let alice = world.alice.clone();
    let message = migrate(&world, &contract, 2);
    let result = world.succeed(&alice, vec![message]);
    let migrated = event(&result.events, "migrate");
    assert_eq!(
        (migrated.get("code_id"), migrated.get("_contract_address")),
        (Some("2"), Some(contract.as_str()))
    );
    assert_eq!(
        (
            world.stored(&contract, "kept").as_str(),
            world.stored(&contract, "migrated").as_str()
        ),
        ("yes", "yes")
    );
    let info: Value = serde_json::from_str(&world.stored(&contract, "migrate_info")).unwrap();
    assert_eq!(info, json!({ "sender": alice.address, "old_migrate_version": 42 }));
    let by_code = |world: &World, code_id: u64| -> Vec<String> {
        let request = QueryContractsByCodeRequest {
            code_id,
            pagination: None,
        };
        let response: QueryContractsByCodeResponse = world.ask("/cosmwasm.wasm.v1.Query/ContractsByCode", &request);
        response.contracts
    };
    assert_eq!(
        (by_code(&world, 1), by_code(&world, 2)),
        (vec![], vec![contract.clone()])
    );
    let request = QueryContractHistoryRequest {
        address: contract,
        pagination: None,
    };
    let history: QueryContractHistoryResponse = world.ask("/cosmwasm.wasm.v1.Query/ContractHistory", &request);
    let entries: Vec<_> = history
        .entries
        .iter()
        .map(|entry| (entry.operation(), entry.code_id))
        .collect();
    let (init, migrate) = (
        ContractCodeHistoryOperationType::Init,
        ContractCodeHistoryOperationType::Migrate,
    );
    assert_eq!(entries, [(init, 1), (migrate, 2)]);
}

#[test]
fn equal_migrate_versions_skip_the_entry_point_but_not_the_record() {
    let mut world = World::new();
    world.store_code(puppet("a", Some(42)));
    let contract = world.instantiate(1, "{}");
    world.store_code(puppet("b", Some(42)));
    let alice = world.alice.clone();
    let message = migrate(&world, &contract, 2);
    let result = world.succeed(&alice, vec![message]);
    event(&result.events, "migrate");
    assert_eq!(world.stored(&contract, "migrated"), "");
}

#[test]
fn only_the_admin_migrates_and_hands_the_contract_on() {
    let mut world = World::new();
    let contract = world.puppet();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let mut foreign = MsgMigrateContract {
        sender: bob.address.clone(),
        contract: contract.clone(),
        code_id: 1,
        msg: b"{}".to_vec(),
    };
    assert_eq!(world.deliver(&bob, vec![pack(&foreign)]).code, 4);
    let update = MsgUpdateAdmin {
        sender: alice.address.clone(),
        new_admin: bob.address.clone(),
        contract: contract.clone(),
    };
    let result = world.succeed(&alice, vec![pack(&update)]);
    let updated = event(&result.events, "update_contract_admin");
    assert_eq!(updated.get("new_admin_address"), Some(bob.address.as_str()));
    world.succeed(&bob, vec![pack(&foreign)]);
    foreign.code_id = 9;
    let unknown = world.deliver(&bob, vec![pack(&foreign)]);
    assert_eq!((unknown.codespace.as_str(), unknown.code), ("sdk", 18));
    world.succeed(
        &bob,
        vec![pack(&MsgClearAdmin {
            sender: bob.address.clone(),
            contract: contract.clone(),
        })],
    );
    foreign.code_id = 1;
    assert_eq!(world.deliver(&bob, vec![pack(&foreign)]).code, 4);
    let info: QueryContractInfoResponse = world.ask(
        "/cosmwasm.wasm.v1.Query/ContractInfo",
        &QueryContractInfoRequest { address: contract },
    );
    assert_eq!(info.contract_info.unwrap().admin, "");
}

#[test]
fn instantiate_permission_of_a_code_keeps_others_out() {
    let mut world = World::with(|genesis| genesis.wasm.upload_access = GenesisAccess::Everybody);
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let store = MsgStoreCode {
        sender: alice.address.clone(),
        wasm_byte_code: puppet("a", None),
        instantiate_permission: Some(AccessConfig {
            permission: AccessType::AnyOfAddresses.into(),
            addresses: vec![alice.address.clone()],
        }),
    };
    world.succeed(&alice, vec![pack(&store)]);
    assert_eq!(
        world
            .deliver(&bob, vec![pack(&instantiate_msg(&bob.address, 1, "{}"))])
            .code,
        4
    );
    world.instantiate(1, "{}");
    let unknown = world.deliver(&bob, vec![pack(&instantiate_msg(&bob.address, 2, "{}"))]);
    assert_eq!((unknown.codespace.as_str(), unknown.code), ("wasm", 28));
}

#[test]
fn second_call_of_a_code_in_a_transaction_costs_58000_less() {
    let mut world = World::new();
    let contract = world.puppet();
    let alice = world.alice.clone();
    let call = pack(&execute_msg(&alice.address, &contract, "{}"));
    let gas = |world: &mut World, count: usize| world.succeed(&alice, vec![call.clone(); count]).gas_used;
    let (one, two, three) = (gas(&mut world, 1), gas(&mut world, 2), gas(&mut world, 3));
    let (second, third) = (two - one, three - two);
    assert_eq!(second, third);
    assert!(second + 58_000 < one, "{second} {one}");
}

#[test]
fn failing_transactions_use_the_same_gas_on_every_node() {
    let run = || {
        let mut world = World::new();
        let contract = world.puppet();
        [
            "{\"trap\":true}",
            "{\"fail\":\"x\"}",
            "{\"run_out\":true}",
            "{\"set\":{\"a\":\"b\"}}",
        ]
        .map(|script| world.execute(&contract, script))
        .map(|result| (result.code, result.gas_used))
        .into_iter()
        .chain([(0, u64::from(world.chain.app_hash()[0]))])
        .collect::<Vec<_>>()
    };
    assert_eq!(run(), run());
}

#[test]
fn keys_that_the_block_deleted_cost_gas_to_step_over() {
    let mut world = World::new();
    let contract = world.puppet();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let scan = |world: &World| {
        let message = execute_msg(&bob.address, &contract, r#"{"scan":false}"#);
        world.signed(&bob, vec![pack(&message)])
    };
    for _ in 0..2 {
        let raw = scan(&world);
        assert_eq!(world.block(vec![raw]).tx_results[0].log, "");
    }
    let removed: Vec<String> = (0..20).map(|index| format!("x{index:02}")).collect();
    let script = serde_json::json!({ "remove": removed }).to_string();
    let remove = world.signed(&alice, vec![pack(&execute_msg(&alice.address, &contract, &script))]);
    let raw = scan(&world);
    let behind = world.block(vec![remove, raw]).tx_results.remove(1);
    let raw = scan(&world);
    let alone = world.block(vec![raw]).tx_results.remove(0);
    assert_eq!((behind.log.as_str(), alone.log.as_str()), ("", ""));
    // 5 each beyond 50: with the next block nothing of them is left.
    assert_eq!(behind.gas_used - alone.gas_used, 20 * 5 - 50);
}
