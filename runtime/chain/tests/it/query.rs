use supercloud_chain::Chain;
use supercloud_proto::cosmos::bank::v1beta1::{QueryBalanceRequest, QueryBalanceResponse};
use supercloud_proto::cosmos::base::query::v1beta1::PageRequest;
use supercloud_proto::cosmwasm::wasm::v1::{
    QueryAllContractStateRequest, QueryAllContractStateResponse, QueryCodeRequest, QueryCodesRequest,
    QueryCodesResponse, QuerySmartContractStateRequest,
};
use supercloud_proto::prost::Message;

use crate::fake_vm::puppet;
use crate::world::{FUNDS, Person, World, send};

#[test]
fn unknown_account_is_not_found_and_unknown_balance_is_zero() {
    let world = World::new();
    let stranger = Person::new("stranger").address;
    let request = supercloud_proto::cosmos::auth::v1beta1::QueryAccountRequest {
        address: stranger.clone(),
    };
    let answer = world.query("/cosmos.auth.v1beta1.Query/Account", &request.encode_to_vec());
    assert_eq!((answer.code, answer.codespace.as_str()), (22, "sdk"));
    let text = format!("rpc error: code = NotFound desc = account {stranger} not found: key not found");
    assert_eq!(answer.log, text);
    assert_eq!(world.balance(&stranger, "uakt"), 0);
}

#[test]
fn malformed_address_and_unknown_path_have_their_codes() {
    let world = World::new();
    let request = QueryBalanceRequest {
        address: "test".into(),
        denom: "uakt".into(),
    };
    let answer = world.query("/cosmos.bank.v1beta1.Query/Balance", &request.encode_to_vec());
    assert_eq!(answer.code, 18);
    assert!(
        answer
            .log
            .starts_with("rpc error: code = InvalidArgument desc = decoding bech32 failed"),
        "{}",
        answer.log
    );
    let answer = world.query("/cosmos.staking.v1beta1.Query/Params", &[]);
    assert_eq!(
        (answer.code, answer.log.as_str()),
        (
            6,
            "unknown query path /cosmos.staking.v1beta1.Query/Params: unknown request"
        )
    );
    let code = world.query(
        "/cosmwasm.wasm.v1.Query/Code",
        &QueryCodeRequest { code_id: 9 }.encode_to_vec(),
    );
    assert_eq!(
        (code.code, code.log.as_str()),
        (
            6,
            "rpc error: code = Unknown desc = code id 9: no such code: unknown request"
        )
    );
}

#[test]
fn older_heights_answer_until_they_are_forgotten() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    world.succeed(&alice, vec![send(&alice.address, &bob.address, 5, "uakt")]);
    world.block(vec![]);
    let data = QueryBalanceRequest {
        address: bob.address,
        denom: "uakt".into(),
    }
    .encode_to_vec();
    let at = |chain: &Chain, height| {
        let answer = chain.query("/cosmos.bank.v1beta1.Query/Balance", &data, height);
        let coin = QueryBalanceResponse::decode(&*answer.value).unwrap().balance.unwrap();
        (answer.height, coin.amount.parse::<u128>().unwrap())
    };
    assert_eq!(at(&world.chain, None), (2, FUNDS + 5));
    assert_eq!(at(&world.chain, Some(0)), (2, FUNDS + 5));
    assert_eq!(at(&world.chain, Some(1)), (1, FUNDS + 5));
    let answer = world.chain.query("/cosmos.bank.v1beta1.Query/Balance", &data, Some(9));
    assert_eq!(answer.code, 18);
}

#[test]
fn pages_always_carry_a_page_response_and_end() {
    let mut world = World::new();
    let empty: QueryCodesResponse = world.ask("/cosmwasm.wasm.v1.Query/Codes", &QueryCodesRequest::default());
    assert_eq!(empty.pagination.unwrap().next_key, b"");
    for name in ["a", "b", "c"] {
        world.store_code(puppet(name, None));
    }
    let mut key = Vec::new();
    let mut seen = Vec::new();
    loop {
        let pagination = Some(PageRequest {
            key,
            limit: 2,
            ..PageRequest::default()
        });
        let page: QueryCodesResponse = world.ask("/cosmwasm.wasm.v1.Query/Codes", &QueryCodesRequest { pagination });
        seen.extend(page.code_infos.iter().map(|info| info.code_id));
        key = page.pagination.unwrap().next_key;
        if key.is_empty() {
            break;
        }
    }
    assert_eq!(seen, [1, 2, 3]);
    let reverse = PageRequest {
        limit: 2,
        offset: 1,
        reverse: true,
        count_total: true,
        ..PageRequest::default()
    };
    let page: QueryCodesResponse = world.ask(
        "/cosmwasm.wasm.v1.Query/Codes",
        &QueryCodesRequest {
            pagination: Some(reverse),
        },
    );
    let ids: Vec<_> = page.code_infos.iter().map(|info| info.code_id).collect();
    assert_eq!((ids, page.pagination.unwrap().total), (vec![2, 1], 3));
    // Who names no limit is told the total without asking; who names one is not.
    for (limit, total) in [(0, 3), (3, 0)] {
        let pagination = Some(PageRequest {
            limit,
            ..PageRequest::default()
        });
        let page: QueryCodesResponse = world.ask("/cosmwasm.wasm.v1.Query/Codes", &QueryCodesRequest { pagination });
        assert_eq!((page.code_infos.len(), page.pagination.unwrap().total), (3, total));
    }
}

#[test]
fn reverse_pages_continue_at_the_next_key() {
    let mut world = World::new();
    world.store_code(puppet("a", None));
    let contract = world.instantiate(1, r#"{"set":{"a":"1","b":"2","c":"3"},"remove":["env","info"]}"#);
    let path = "/cosmwasm.wasm.v1.Query/AllContractState";
    let mut key = Vec::new();
    let mut seen = String::new();
    loop {
        let pagination = Some(PageRequest {
            key,
            limit: 1,
            reverse: true,
            ..PageRequest::default()
        });
        let request = QueryAllContractStateRequest {
            address: contract.clone(),
            pagination,
        };
        let page: QueryAllContractStateResponse = world.ask(path, &request);
        seen.extend(page.models.iter().map(|model| model.key[0] as char));
        key = page.pagination.unwrap().next_key;
        if key.is_empty() {
            break;
        }
    }
    assert_eq!(seen, "cba");
}

#[test]
fn smart_query_without_end_stops_at_the_limit_of_the_node() {
    let mut world = World::new();
    let contract = world.puppet();
    let request = QuerySmartContractStateRequest {
        address: contract,
        query_data: br#"{"run_out":{}}"#.to_vec(),
    };
    let path = "/cosmwasm.wasm.v1.Query/SmartContractState";
    let answer = world.query(path, &request.encode_to_vec());
    assert_eq!(answer.code, 6);
    assert!(
        answer.log.contains("gasWanted: 3000000, gasUsed: 3000000"),
        "{}",
        answer.log
    );
    world.chain.set_query_gas_limit(5_000_000);
    let answer = world.query(path, &request.encode_to_vec());
    assert!(answer.log.contains("gasWanted: 5000000"), "{}", answer.log);
}

#[test]
fn raw_store_keys_are_those_of_other_chains() {
    let mut world = World::new();
    let contract = world.puppet();
    world.execute(&contract, r#"{"set":{"k":"v"}}"#);
    let address = crate::world::codec().parse(&contract).unwrap();
    let key = [&[3], address.as_bytes(), b"k"].concat();
    assert_eq!(world.query("/store/wasm/key", &key).value, b"v");
    assert_eq!(world.query("/store/wasm/key", b"none").value, b"");
}

#[test]
fn querier_keeps_its_height_while_blocks_run() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    world.block(vec![]);
    let querier = world.chain.querier(None).unwrap();
    world.succeed(&alice, vec![send(&alice.address, &bob.address, 5, "uakt")]);
    let data = QueryBalanceRequest {
        address: bob.address.clone(),
        denom: "uakt".into(),
    }
    .encode_to_vec();
    let answer = std::thread::spawn(move || querier.query("/cosmos.bank.v1beta1.Query/Balance", &data))
        .join()
        .unwrap();
    let coin = QueryBalanceResponse::decode(&*answer.value).unwrap().balance.unwrap();
    assert_eq!((answer.height, coin.amount), (1, FUNDS.to_string()));
    assert_eq!(world.balance(&bob.address, "uakt"), FUNDS + 5);
}
