use supercloud_chain::TxResult;
use supercloud_proto::cosmos::authz::v1beta1::{
    GenericAuthorization, Grant, MsgExec, MsgExecResponse, MsgGrant, MsgRevoke, QueryGranteeGrantsRequest,
    QueryGranteeGrantsResponse, QueryGranterGrantsRequest, QueryGranterGrantsResponse, QueryGrantsRequest,
    QueryGrantsResponse,
};
use supercloud_proto::cosmos::bank::v1beta1::SendAuthorization;
use supercloud_proto::cosmos::base::v1beta1::Coin;
use supercloud_proto::cosmwasm::wasm::v1::{
    AcceptedMessageKeysFilter, AcceptedMessagesFilter, AllowAllMessagesFilter, CombinedLimit,
    ContractExecutionAuthorization, ContractGrant, ContractMigrationAuthorization, MaxCallsLimit, MaxFundsLimit,
    MsgExecuteContract, MsgMigrateContract,
};
use supercloud_proto::prost::{Message, Name};
use supercloud_proto::prost_types::{Any, Timestamp};
use supercloud_proto::{pack, type_url};

use crate::fake_vm::puppet;
use crate::world::{FUNDS, Person, World, coin, event, execute_msg, response, send};

const SEND: &str = "/cosmos.bank.v1beta1.MsgSend";

fn generic(type_url: &str) -> Any {
    pack(&GenericAuthorization { msg: type_url.into() })
}

fn grant_msg(granter: &Person, grantee: &Person, authorization: Any, expiration: Option<Timestamp>) -> Any {
    pack(&MsgGrant {
        granter: granter.address.clone(),
        grantee: grantee.address.clone(),
        grant: Some(Grant {
            authorization: Some(authorization),
            expiration,
        }),
    })
}

/// Alice grants bob.
fn grant(world: &mut World, authorization: Any, expiration: Option<Timestamp>) -> TxResult {
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    world.deliver(&alice, vec![grant_msg(&alice, &bob, authorization, expiration)])
}

#[track_caller]
fn granted(world: &mut World, authorization: Any) {
    assert_eq!(grant(world, authorization, None).log, "");
}

/// Bob sends messages of others.
fn exec(world: &mut World, msgs: Vec<Any>) -> TxResult {
    let bob = world.bob.clone();
    let message = MsgExec {
        grantee: bob.address.clone(),
        msgs,
    };
    world.deliver(&bob, vec![pack(&message)])
}

/// Bob sends alice's coins to carol.
fn spend(world: &mut World, amount: u128) -> TxResult {
    let message = send(&world.alice.address, &world.carol.address, amount, "uakt");
    exec(world, vec![message])
}

fn grants(world: &World, type_url: &str) -> Option<Vec<Grant>> {
    let request = QueryGrantsRequest {
        granter: world.alice.address.clone(),
        grantee: world.bob.address.clone(),
        msg_type_url: type_url.into(),
        pagination: None,
    };
    let result = world.query("/cosmos.authz.v1beta1.Query/Grants", &request.encode_to_vec());
    if result.code == 22 {
        return None;
    }
    assert_eq!(result.log, "");
    Some(QueryGrantsResponse::decode(&*result.value).unwrap().grants)
}

#[track_caller]
fn refused(result: &TxResult, code: (&str, u32), text: &str) {
    let log = result.log.strip_prefix("failed to execute message; message index: 0: ");
    assert_eq!(log, Some(text));
    assert_eq!((result.codespace.as_str(), result.code), code);
}

#[track_caller]
fn not_found(world: &World, result: &TxResult, type_url: &str) {
    let text = format!(
        "failed to get grant with given granter: {}, grantee: {} & msgType: {type_url}: authorization not found",
        world.alice.address, world.bob.address
    );
    refused(result, ("authz", 2), &text);
}

#[test]
fn granted_type_is_sent_for_the_granter_and_no_other() {
    let mut world = World::new();
    let result = spend(&mut world, 5);
    not_found(&world, &result, SEND);
    let result = grant(&mut world, generic(SEND), None);
    let noted = event(&result.events, "cosmos.authz.v1beta1.EventGrant");
    assert_eq!(
        (noted.get("granter"), noted.get("msg_type_url")),
        (
            Some(format!("\"{}\"", world.alice.address).as_str()),
            Some("\"/cosmos.bank.v1beta1.MsgSend\"")
        )
    );
    let messages = vec![
        send(&world.alice.address, &world.carol.address, 5, "uakt"),
        send(&world.bob.address, &world.carol.address, 7, "uakt"),
    ];
    let result = exec(&mut world, messages);
    assert_eq!(result.log, "");
    assert_eq!(response::<MsgExecResponse>(&result).results, [b"", b""]);
    let balances = [&world.alice, &world.bob, &world.carol].map(|person| world.balance(&person.address, "uakt"));
    assert_eq!(balances, [FUNDS - 5, FUNDS - 7, FUNDS + 12]);
    let indexes: Vec<_> = result
        .events
        .iter()
        .filter(|event| event.kind == "transfer")
        .map(|event| (event.get("authz_msg_index").unwrap(), event.get("msg_index").unwrap()))
        .collect();
    assert_eq!(indexes, [("0", "0"), ("1", "0")]);
    let alice = world.alice.address.clone();
    let result = exec(&mut world, vec![pack(&execute_msg(&alice, &alice, "{}"))]);
    not_found(&world, &result, "/cosmwasm.wasm.v1.MsgExecuteContract");
}

#[test]
fn failing_message_undoes_all_of_them_and_what_they_took_from_grants() {
    let mut world = World::new();
    let limit = |amount| {
        pack(&SendAuthorization {
            spend_limit: vec![coin(amount, "uakt")],
            allow_list: Vec::new(),
        })
    };
    granted(&mut world, limit(10));
    let (alice, carol) = (world.alice.address.clone(), world.carol.address.clone());
    let messages = vec![send(&alice, &carol, 6, "uakt"), send(&alice, &carol, 6, "uakt")];
    let result = exec(&mut world, messages);
    refused(
        &result,
        ("sdk", 5),
        "requested amount is more than spend limit: insufficient funds",
    );
    assert_eq!(world.balance(&carol, "uakt"), FUNDS);
    assert_eq!(grants(&world, SEND).unwrap()[0].authorization, Some(limit(10)));
    assert_eq!(spend(&mut world, 6).log, "");
    assert_eq!(grants(&world, SEND).unwrap()[0].authorization, Some(limit(4)));
    assert_eq!(spend(&mut world, 4).log, "");
    assert_eq!(grants(&world, SEND), None);
}

#[test]
fn coins_go_to_listed_addresses_only() {
    let mut world = World::new();
    let authorization = SendAuthorization {
        spend_limit: vec![coin(10, "uakt")],
        allow_list: vec![world.bob.address.clone()],
    };
    granted(&mut world, pack(&authorization));
    let result = spend(&mut world, 1);
    let text = format!("cannot send to {} address: unauthorized", world.carol.address);
    refused(&result, ("sdk", 4), &text);
    let message = send(&world.alice.address, &world.bob.address, 1, "uakt");
    assert_eq!(exec(&mut world, vec![message]).log, "");
}

#[test]
fn failure_of_a_message_says_which_one_it_was() {
    let mut world = World::new();
    let (bob, carol) = (world.bob.address.clone(), world.carol.address.clone());
    let result = exec(&mut world, vec![send(&bob, &carol, 2 * FUNDS, "uakt")]);
    let text = format!(
        "failed to execute message; message {SEND}: spendable balance {FUNDS}uakt is smaller than {}uakt: insufficient \
         funds",
        2 * FUNDS
    );
    refused(&result, ("sdk", 5), &text);
}

fn in_seconds(world: &World, seconds: u64) -> Option<Timestamp> {
    Some(Timestamp {
        seconds: (world.time_nanos / 1_000_000_000 + seconds) as i64,
        nanos: 0,
    })
}

#[test]
fn grant_ends_at_its_time_or_when_it_is_revoked() {
    let mut world = World::new();
    let now = in_seconds(&world, 1);
    let result = grant(&mut world, generic(SEND), now);
    let text = "expiration time of authorization should be more than current time";
    refused(&result, ("authz", 3), text);
    let end = in_seconds(&world, 10);
    assert_eq!(grant(&mut world, generic(SEND), end).log, "");
    world.block_after(7, vec![]);
    assert_eq!(spend(&mut world, 1).log, "");
    assert!(grants(&world, SEND).is_some());
    let result = spend(&mut world, 1);
    not_found(&world, &result, SEND);
    assert_eq!(grants(&world, SEND), None);

    // A grant in the place of another takes over its end as well.
    let end = in_seconds(&world, 5);
    grant(&mut world, generic(SEND), end);
    grant(&mut world, generic(SEND), None);
    world.block_after(10, vec![]);
    assert_eq!(spend(&mut world, 1).log, "");
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let revoke = pack(&MsgRevoke {
        granter: alice.address.clone(),
        grantee: bob.address.clone(),
        msg_type_url: SEND.into(),
    });
    let result = world.succeed(&alice, vec![revoke.clone()]);
    event(&result.events, "cosmos.authz.v1beta1.EventRevoke");
    let result = spend(&mut world, 1);
    not_found(&world, &result, SEND);
    let result = world.deliver(&alice, vec![revoke]);
    not_found(&world, &result, SEND);
}

#[test]
fn grants_that_contradict_themselves_are_refused() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let spend_limit = |coins: Vec<Coin>, allow_list: Vec<String>| {
        pack(&SendAuthorization {
            spend_limit: coins,
            allow_list,
        })
    };
    let own = alice.address.clone();
    for (authorization, code) in [
        (spend_limit(vec![], vec![]), ("sdk", 10)),
        (spend_limit(vec![coin(0, "uakt")], vec![]), ("sdk", 10)),
        (spend_limit(vec![coin(1, "uakt")], vec!["x".into()]), ("sdk", 7)),
        (
            spend_limit(vec![coin(1, "uakt")], vec![own.clone(), own.clone()]),
            ("sdk", 18),
        ),
        (generic("/other.Msg"), ("sdk", 29)),
        (send("a", "b", 1, "uakt"), ("authz", 4)),
    ] {
        let result = grant(&mut world, authorization, None);
        assert_eq!((result.codespace.as_str(), result.code), code, "{}", result.log);
    }
    let result = world.deliver(&alice, vec![grant_msg(&alice, &alice, generic(SEND), None)]);
    assert_eq!((result.codespace.as_str(), result.code), ("authz", 7));
    let result = exec(&mut world, vec![]);
    assert_eq!((result.codespace.as_str(), result.code), ("sdk", 18));
}

#[test]
fn messages_within_messages_have_a_limit() {
    let mut world = World::new();
    let bob = world.bob.clone();
    let nested = |levels: usize| {
        let inner = send(&bob.address, &world.carol.address, 1, "uakt");
        (0..levels).fold(inner, |message, _| {
            pack(&MsgExec {
                grantee: bob.address.clone(),
                msgs: vec![message],
            })
        })
    };
    let (deepest, too_deep) = (nested(4), nested(5));
    assert_eq!(world.deliver(&bob, vec![deepest]).log, "");
    let result = world.deliver(&bob, vec![too_deep]);
    let text = "messages are nested deeper than 4 levels: invalid request";
    assert_eq!((result.code, result.log.as_str()), (18, text));
}

fn contract_grant<L: Message + Name, F: Message + Name>(contract: &str, limit: &L, filter: &F) -> ContractGrant {
    ContractGrant {
        contract: contract.into(),
        limit: Some(pack(limit)),
        filter: Some(pack(filter)),
    }
}

fn execution(grants: Vec<ContractGrant>) -> Any {
    pack(&ContractExecutionAuthorization { grants })
}

/// Bob calls a contract as alice.
fn call(world: &mut World, contract: &str, script: &str, funds: Vec<Coin>) -> TxResult {
    let message = MsgExecuteContract {
        funds,
        ..execute_msg(&world.alice.address, contract, script)
    };
    exec(world, vec![pack(&message)])
}

fn left(world: &World) -> Vec<ContractGrant> {
    let grants = grants(world, &type_url::<MsgExecuteContract>()).unwrap_or_default();
    let Some(grant) = grants.into_iter().next() else {
        return Vec::new();
    };
    let granted = ContractExecutionAuthorization::decode(&*grant.authorization.unwrap().value).unwrap();
    granted.grants
}

const SET: &str = r#"{"set":{"a":"1"}}"#;

#[test]
fn calls_are_counted_and_take_no_funds() {
    let mut world = World::new();
    let (contract, other) = (world.puppet(), world.puppet());
    let grant_of = |remaining| contract_grant(&contract, &MaxCallsLimit { remaining }, &AllowAllMessagesFilter {});
    granted(&mut world, execution(vec![grant_of(2)]));
    let text = |contract: &str| format!("no grant covers this call of {contract}: unauthorized");
    let result = call(&mut world, &contract, SET, vec![coin(1, "uakt")]);
    refused(&result, ("sdk", 4), &text(&contract));
    let result = call(&mut world, &other, SET, vec![]);
    refused(&result, ("sdk", 4), &text(&other));
    assert_eq!(call(&mut world, &contract, SET, vec![]).log, "");
    assert_eq!(world.stored(&contract, "a"), "1");
    assert_eq!(left(&world), [grant_of(1)]);
    assert_eq!(call(&mut world, &contract, SET, vec![]).log, "");
    assert_eq!(left(&world), []);
}

#[test]
fn funds_are_limited_alone_or_with_calls() {
    let mut world = World::new();
    let (contract, other) = (world.puppet(), world.puppet());
    let funds = |amount| {
        let amounts = vec![coin(amount, "uakt")];
        contract_grant(&contract, &MaxFundsLimit { amounts }, &AllowAllMessagesFilter {})
    };
    let both = |calls_remaining, amount| {
        let limit = CombinedLimit {
            calls_remaining,
            amounts: vec![coin(amount, "uakt")],
        };
        contract_grant(&other, &limit, &AllowAllMessagesFilter {})
    };
    let uakt = |amount| vec![coin(amount, "uakt")];
    granted(&mut world, execution(vec![funds(10), both(2, 10)]));
    assert_eq!(call(&mut world, &contract, SET, vec![]).log, "");
    assert_eq!(call(&mut world, &contract, SET, uakt(4)).log, "");
    assert_eq!(call(&mut world, &contract, SET, uakt(7)).code, 4);
    assert_eq!(call(&mut world, &other, SET, uakt(11)).code, 4);
    assert_eq!(call(&mut world, &other, SET, uakt(3)).log, "");
    assert_eq!(left(&world), [funds(6), both(1, 7)]);
    assert_eq!(call(&mut world, &contract, SET, uakt(6)).log, "");
    assert_eq!(left(&world), [both(1, 7)]);
    assert_eq!(call(&mut world, &other, SET, uakt(1)).log, "");
    assert_eq!(left(&world), []);
    assert_eq!(world.balance(&contract, "uakt"), 10);
}

#[test]
fn filters_look_at_the_only_key_or_at_the_whole_message() {
    let mut world = World::new();
    let (contract, other) = (world.puppet(), world.puppet());
    let calls = MaxCallsLimit { remaining: 9 };
    let keys = AcceptedMessageKeysFilter {
        keys: vec!["set".into()],
    };
    let messages = AcceptedMessagesFilter {
        messages: vec![SET.into()],
    };
    granted(
        &mut world,
        execution(vec![
            contract_grant(&contract, &calls, &keys),
            contract_grant(&other, &calls, &messages),
        ]),
    );
    assert_eq!(call(&mut world, &contract, r#"{"set":{"b":"2"}}"#, vec![]).log, "");
    for refused in [r#"{"get":"a"}"#, r#"{"set":{},"get":"a"}"#, r#""set""#, "[]"] {
        assert_eq!(call(&mut world, &contract, refused, vec![]).code, 4, "{refused}");
    }
    assert_eq!(call(&mut world, &other, SET, vec![]).log, "");
    assert_eq!(call(&mut world, &other, r#"{"set": {"a":"1"}}"#, vec![]).code, 4);
}

#[test]
fn migration_grant_migrates_what_the_granter_administers() {
    let mut world = World::new();
    let contract = world.puppet();
    let code_id = world.store_code(puppet("b", None));
    let grants = vec![contract_grant(
        &contract,
        &MaxCallsLimit { remaining: 1 },
        &AllowAllMessagesFilter {},
    )];
    granted(&mut world, pack(&ContractMigrationAuthorization { grants }));
    let message = pack(&MsgMigrateContract {
        sender: world.alice.address.clone(),
        contract: contract.clone(),
        code_id,
        msg: SET.into(),
    });
    assert_eq!(exec(&mut world, vec![message.clone()]).log, "");
    assert_eq!(world.stored(&contract, "a"), "1");
    let result = exec(&mut world, vec![message]);
    not_found(&world, &result, "/cosmwasm.wasm.v1.MsgMigrateContract");
}

#[test]
fn contract_grants_without_limits_filters_or_contracts_are_refused() {
    let mut world = World::new();
    let contract = world.puppet();
    let good = contract_grant(&contract, &MaxCallsLimit { remaining: 1 }, &AllowAllMessagesFilter {});
    let bent = |bend: fn(&mut ContractGrant)| {
        let mut grant = good.clone();
        bend(&mut grant);
        vec![grant]
    };
    let keys = |keys: &[&str]| {
        pack(&AcceptedMessageKeysFilter {
            keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        })
    };
    let with_filter = |filter: Any| {
        let mut grant = good.clone();
        grant.filter = Some(filter);
        vec![grant]
    };
    for (grants, code) in [
        (vec![], ("sdk", 18)),
        (bent(|grant| grant.limit = None), ("sdk", 18)),
        (bent(|grant| grant.filter = None), ("sdk", 18)),
        (bent(|grant| grant.contract = "x".into()), ("sdk", 7)),
        (
            bent(|grant| grant.limit = Some(pack(&MaxCallsLimit { remaining: 0 }))),
            ("sdk", 18),
        ),
        (
            bent(|grant| grant.limit = Some(pack(&MaxFundsLimit::default()))),
            ("sdk", 18),
        ),
        (bent(|grant| grant.limit = grant.filter.clone()), ("sdk", 29)),
        (bent(|grant| grant.filter = grant.limit.clone()), ("sdk", 29)),
        (with_filter(keys(&[])), ("sdk", 18)),
        (with_filter(keys(&["a", "a"])), ("sdk", 18)),
        (with_filter(keys(&[" a"])), ("sdk", 18)),
        (
            with_filter(pack(&AcceptedMessagesFilter {
                messages: vec![b"{".to_vec()],
            })),
            ("wasm", 14),
        ),
    ] {
        let result = grant(&mut world, execution(grants), None);
        assert_eq!((result.codespace.as_str(), result.code), code, "{}", result.log);
    }
}

#[test]
fn grants_are_listed_by_both_sides_and_by_pair() {
    let mut world = World::new();
    let (alice, bob, carol) = (world.alice.clone(), world.bob.clone(), world.carol.clone());
    let vote = "/cosmos.gov.v1.MsgVote";
    for (granter, grantee, type_url) in [(&alice, &bob, SEND), (&alice, &bob, vote), (&carol, &bob, SEND)] {
        world.succeed(granter, vec![grant_msg(granter, grantee, generic(type_url), None)]);
    }
    let of_granter: QueryGranterGrantsResponse = world.ask(
        "/cosmos.authz.v1beta1.Query/GranterGrants",
        &QueryGranterGrantsRequest {
            granter: alice.address.clone(),
            pagination: None,
        },
    );
    let of_grantee: QueryGranteeGrantsResponse = world.ask(
        "/cosmos.authz.v1beta1.Query/GranteeGrants",
        &QueryGranteeGrantsRequest {
            grantee: bob.address.clone(),
            pagination: None,
        },
    );
    assert!(of_granter.pagination.is_some() && of_grantee.pagination.is_some());
    assert_eq!((of_granter.grants.len(), of_grantee.grants.len()), (2, 3));
    let granters: Vec<_> = of_grantee.grants.iter().map(|grant| grant.granter.as_str()).collect();
    assert_eq!(granters.iter().filter(|granter| **granter == carol.address).count(), 1);
    assert!(of_grantee.grants.iter().all(|grant| grant.grantee == bob.address));
    assert_eq!(grants(&world, "").unwrap().len(), 2);
    assert_eq!(grants(&world, vote).unwrap().len(), 1);
}
