use supercloud_chain::TxResult;
use supercloud_proto::cosmos::base::v1beta1::Coin;
use supercloud_proto::cosmos::feegrant::v1beta1::{
    AllowedMsgAllowance, BasicAllowance, Grant, MsgGrantAllowance, MsgPruneAllowances, MsgRevokeAllowance,
    PeriodicAllowance, QueryAllowanceRequest, QueryAllowanceResponse, QueryAllowancesByGranterRequest,
    QueryAllowancesByGranterResponse, QueryAllowancesRequest, QueryAllowancesResponse,
};
use supercloud_proto::pack;
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::{Any, Duration, Timestamp};

use crate::genesis_state::{begin, export};
use crate::world::{FUNDS, Person, World, coin, event, kinds, send};

const DAY: u64 = 86_400;

fn basic(limit: Vec<Coin>, expiration: Option<Timestamp>) -> BasicAllowance {
    BasicAllowance {
        spend_limit: limit,
        expiration,
    }
}

fn in_seconds(world: &World, seconds: u64) -> Timestamp {
    Timestamp {
        seconds: (world.time_nanos / 1_000_000_000 + seconds) as i64,
        nanos: 0,
    }
}

fn grant_msg(granter: &Person, grantee: &Person, allowance: Any) -> Any {
    pack(&MsgGrantAllowance {
        granter: granter.address.clone(),
        grantee: grantee.address.clone(),
        allowance: Some(allowance),
    })
}

/// Alice pays fees of bob.
fn grant(world: &mut World, allowance: Any) -> TxResult {
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    world.deliver(&alice, vec![grant_msg(&alice, &bob, allowance)])
}

#[track_caller]
fn granted(world: &mut World, allowance: Any) {
    assert_eq!(grant(world, allowance).log, "");
}

/// Bob sends 1 uakt and names alice for the fee.
fn spend(world: &mut World, fee: Vec<Coin>) -> TxResult {
    let (bob, carol) = (world.bob.clone(), world.carol.clone());
    let mut draft = world.draft(&bob, vec![send(&bob.address, &carol.address, 1, "uakt")]);
    let wanted = draft.auth.fee.as_mut().unwrap();
    (wanted.amount, wanted.granter) = (fee, world.alice.address.clone());
    let raw = draft.sign(&[&bob]);
    world.deliver_raw(&raw)
}

fn uakt(amount: u128) -> Vec<Coin> {
    vec![coin(amount, "uakt")]
}

fn allowance(world: &World) -> Option<Grant> {
    let request = QueryAllowanceRequest {
        granter: world.alice.address.clone(),
        grantee: world.bob.address.clone(),
    };
    let result = world.query("/cosmos.feegrant.v1beta1.Query/Allowance", &request.encode_to_vec());
    if result.code == 22 {
        return None;
    }
    QueryAllowanceResponse::decode(&*result.value).unwrap().allowance
}

/// The log of a refusal by alice's allowance for bob.
fn refusal(world: &World, text: &str) -> String {
    format!(
        "{} does not allow to pay fees for {}: {text}",
        world.alice.address, world.bob.address
    )
}

#[track_caller]
fn refused(world: &World, result: &TxResult, code: (&str, u32), text: &str) {
    assert_eq!(result.log, refusal(world, text));
    assert_eq!((result.codespace.as_str(), result.code), code);
}

#[test]
fn granter_pays_until_the_limit_is_used_up_exactly() {
    let mut world = World::new();
    granted(&mut world, pack(&basic(uakt(10), None)));
    let result = spend(&mut world, uakt(4));
    assert_eq!(result.log, "");
    assert_eq!(
        kinds(&result.events[..3]),
        ["use_feegrant", "update_feegrant", "coin_spent"]
    );
    let paid = result.events.iter().find(|event| event.get("fee_payer").is_some());
    assert_eq!(paid.unwrap().get("fee_payer"), Some(world.alice.address.as_str()));
    let balances = [&world.alice, &world.bob].map(|person| world.balance(&person.address, "uakt"));
    assert_eq!(balances, [FUNDS - 4, FUNDS - 1]);

    let result = spend(&mut world, uakt(7));
    refused(&world, &result, ("feegrant", 2), "basic allowance: fee limit exceeded");
    let stored = allowance(&world).unwrap().allowance.unwrap();
    assert_eq!(stored, pack(&basic(uakt(6), None)));

    assert_eq!(spend(&mut world, uakt(6)).log, "");
    assert_eq!(allowance(&world), None);
    let result = spend(&mut world, uakt(1));
    refused(&world, &result, ("sdk", 38), "fee-grant not found: not found");
    let other = spend(&mut world, vec![]);
    assert_eq!(other.code, 38);
}

#[test]
fn allowance_without_a_limit_pays_any_fee_and_any_denom() {
    let mut world = World::new();
    granted(&mut world, pack(&BasicAllowance::default()));
    assert_eq!(spend(&mut world, vec![coin(3, "uact"), coin(5, "uakt")]).log, "");
    assert_eq!(world.balance(&world.alice.address, "uact"), FUNDS - 3);
    let result = spend(&mut world, uakt(2 * FUNDS));
    assert_eq!((result.codespace.as_str(), result.code), ("sdk", 5));
}

#[test]
fn last_second_pays_and_the_next_does_not() {
    let mut world = World::new();
    let end = in_seconds(&world, 10);
    granted(&mut world, pack(&basic(uakt(10), Some(end))));
    world.block_after(8, vec![]);
    assert_eq!(spend(&mut world, uakt(1)).log, "");
    assert_eq!(in_seconds(&world, 0), end);
    assert!(allowance(&world).is_some());
    world.block(vec![]);
    assert_eq!(allowance(&world), None);
    let past = in_seconds(&world, 0);
    let result = grant(&mut world, pack(&basic(uakt(10), Some(past))));
    let text = "failed to execute message; message index: 0: expiration is before current block time: invalid request";
    assert_eq!((result.code, result.log.as_str()), (18, text));
}

#[test]
fn period_limits_what_is_spent_in_it_and_starts_anew() {
    let mut world = World::new();
    let periodic = PeriodicAllowance {
        basic: Some(basic(uakt(25), None)),
        period: Some(Duration {
            seconds: DAY as i64,
            nanos: 0,
        }),
        period_spend_limit: uakt(10),
        period_can_spend: uakt(10),
        period_reset: Some(in_seconds(&world, DAY)),
    };
    granted(&mut world, pack(&periodic));
    assert_eq!(spend(&mut world, uakt(10)).log, "");
    let result = spend(&mut world, uakt(1));
    refused(&world, &result, ("feegrant", 2), "period limit: fee limit exceeded");

    world.block_after(DAY, vec![]);
    assert_eq!(spend(&mut world, uakt(9)).log, "");
    let stored = allowance(&world).unwrap().allowance.unwrap();
    let stored = PeriodicAllowance::decode(&*stored.value).unwrap();
    assert_eq!(
        (stored.basic.unwrap().spend_limit, stored.period_can_spend),
        (uakt(6), uakt(1))
    );
    let reset = stored.period_reset.unwrap().seconds - periodic.period_reset.unwrap().seconds;
    assert_eq!(reset, DAY as i64);

    // Fewer are left in all than a period's limit; long idle periods do not add up.
    world.block_after(10 * DAY, vec![]);
    let result = spend(&mut world, uakt(7));
    refused(&world, &result, ("feegrant", 2), "period limit: fee limit exceeded");
    assert_eq!(spend(&mut world, uakt(6)).log, "");
    assert_eq!(allowance(&world), None);
}

/// All that alice grants bob, per period of so many seconds.
fn per_period(limit: Vec<Coin>, of_period: Vec<Coin>, seconds: i64) -> Any {
    pack(&PeriodicAllowance {
        basic: Some(basic(limit, None)),
        period: Some(Duration { seconds, nanos: 0 }),
        period_spend_limit: of_period.clone(),
        period_can_spend: of_period,
        period_reset: None,
    })
}

#[test]
fn allowance_whose_denom_of_a_period_is_used_up_can_be_imported() {
    let mut world = World::new();
    let limit = vec![coin(10, "uact"), coin(5, "uakt")];
    granted(&mut world, per_period(limit, uakt(5), 100));
    assert_eq!(spend(&mut world, uakt(5)).log, "");
    let imported = begin(&export(&world));
    assert_eq!(allowance(&imported), allowance(&world));
    assert_eq!(imported.chain.app_hash(), world.chain.app_hash());
}

#[test]
fn period_is_a_century_at_most_and_then_the_state_can_be_imported() {
    const CENTURY: i64 = 100 * 366 * 86_400;
    let mut world = World::new();
    let refused = grant(&mut world, per_period(uakt(9), uakt(5), CENTURY + 1));
    let text = format!(
        "period of {} s is longer than a century, {CENTURY} s: invalid request",
        CENTURY + 1
    );
    assert_eq!((refused.code, refused.log), (18, text));
    granted(&mut world, per_period(uakt(9), uakt(5), CENTURY));
    assert_eq!(spend(&mut world, uakt(4)).log, "");
    assert_eq!(spend(&mut world, uakt(1)).log, "");
    let imported = begin(&export(&world));
    assert_eq!(imported.chain.app_hash(), world.chain.app_hash());
}

#[test]
fn allowance_of_an_older_rule_whose_period_never_ends_is_imported_and_pays() {
    let mut world = World::new();
    granted(&mut world, per_period(uakt(9), uakt(5), 100));
    assert_eq!(spend(&mut world, uakt(1)).log, "");
    let mut json: serde_json::Value = serde_json::from_str(&export(&world)).unwrap();
    let allowance = &mut json["state"]["feegrant"][0]["allowance"];
    // 250 years, and their end.
    allowance["period"] = "7900000000s".into();
    allowance["period_reset"] = "2276-01-01T00:00:00Z".into();
    let mut imported = begin(&json.to_string());
    assert_eq!(spend(&mut imported, uakt(4)).log, "");
    let result = spend(&mut imported, uakt(1));
    refused(&imported, &result, ("feegrant", 2), "period limit: fee limit exceeded");
}

#[test]
fn only_allowed_messages_are_paid() {
    let mut world = World::new();
    let filtered = |urls: &[&str]| {
        pack(&AllowedMsgAllowance {
            allowance: Some(pack(&basic(uakt(10), None))),
            allowed_messages: urls.iter().map(|url| (*url).to_owned()).collect(),
        })
    };
    granted(&mut world, filtered(&["/cosmos.bank.v1beta1.MsgMultiSend"]));
    let result = spend(&mut world, uakt(1));
    let text = "message does not exist in allowed messages: message not allowed";
    refused(&world, &result, ("feegrant", 7), text);
    revoke(&mut world);
    granted(&mut world, filtered(&["/a.B", "/cosmos.bank.v1beta1.MsgSend"]));
    assert_eq!(spend(&mut world, uakt(4)).log, "");
    let stored = allowance(&world).unwrap().allowance.unwrap();
    let stored = AllowedMsgAllowance::decode(&*stored.value).unwrap();
    assert_eq!(stored.allowance.unwrap(), pack(&basic(uakt(6), None)));
}

fn revoke(world: &mut World) -> TxResult {
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let message = MsgRevokeAllowance {
        granter: alice.address.clone(),
        grantee: bob.address,
    };
    world.deliver(&alice, vec![pack(&message)])
}

#[test]
fn revoked_allowance_is_gone_once() {
    let mut world = World::new();
    let end = in_seconds(&world, 5);
    granted(&mut world, pack(&basic(uakt(10), Some(end))));
    let again = grant(&mut world, pack(&basic(uakt(10), None)));
    assert!(again.log.ends_with("fee allowance already exists: invalid request"));
    let result = revoke(&mut world);
    assert_eq!(
        event(&result.events, "revoke_feegrant").get("granter"),
        Some(world.alice.address.as_str())
    );
    assert_eq!(allowance(&world), None);
    let result = revoke(&mut world);
    assert_eq!((result.codespace.as_str(), result.code), ("sdk", 38));
    // The new one does not end with the old one.
    granted(&mut world, pack(&basic(uakt(10), None)));
    world.block_after(10, vec![]);
    assert!(allowance(&world).is_some());
}

#[test]
fn allowances_that_contradict_themselves_are_refused() {
    let mut world = World::new();
    let (alice, carol) = (world.alice.clone(), world.carol.clone());
    let period = |limit: Vec<Coin>, of_period: Vec<Coin>, seconds| {
        pack(&PeriodicAllowance {
            basic: Some(basic(limit, None)),
            period: Some(Duration { seconds, nanos: 0 }),
            period_spend_limit: of_period,
            ..PeriodicAllowance::default()
        })
    };
    let filter = |allowance: Option<Any>, urls: Vec<String>| {
        pack(&AllowedMsgAllowance {
            allowance,
            allowed_messages: urls,
        })
    };
    let nested = filter(Some(pack(&basic(vec![], None))), vec!["/a.B".into()]);
    for (allowance, code) in [
        (pack(&basic(vec![coin(0, "uakt")], None)), ("sdk", 10)),
        (pack(&basic(vec![coin(1, "uakt"), coin(1, "uact")], None)), ("sdk", 10)),
        (period(uakt(5), vec![], 1), ("sdk", 10)),
        (period(uakt(5), vec![coin(1, "uact")], 1), ("sdk", 10)),
        (period(uakt(5), uakt(1), 0), ("feegrant", 4)),
        (period(uakt(5), uakt(1), -1), ("feegrant", 4)),
        (filter(None, vec!["/a.B".into()]), ("feegrant", 5)),
        (filter(Some(pack(&basic(vec![], None))), vec![]), ("feegrant", 6)),
        (filter(Some(nested), vec!["/a.B".into()]), ("sdk", 18)),
        (send("a", "b", 1, "uakt"), ("sdk", 18)),
    ] {
        let result = grant(&mut world, allowance);
        assert_eq!((result.codespace.as_str(), result.code), code, "{}", result.log);
    }
    let own = grant_msg(&alice, &alice, pack(&BasicAllowance::default()));
    assert_eq!(world.deliver(&alice, vec![own]).code, 7);
    // An unknown grantee gets an account, so that it can sign.
    let stranger = Person::new("stranger");
    world.succeed(
        &carol,
        vec![grant_msg(&carol, &stranger, pack(&BasicAllowance::default()))],
    );
    assert_eq!(world.account(&stranger.address).sequence, 0);
}

#[test]
fn allowances_are_listed_by_both_sides_and_pruned_when_they_are_over() {
    let mut world = World::new();
    let (alice, bob, carol) = (world.alice.clone(), world.bob.clone(), world.carol.clone());
    let end = Some(in_seconds(&world, 3));
    world.succeed(&alice, vec![grant_msg(&alice, &bob, pack(&BasicAllowance::default()))]);
    world.succeed(&alice, vec![grant_msg(&alice, &carol, pack(&basic(vec![], end)))]);
    let by_granter = |world: &World| {
        let request = QueryAllowancesByGranterRequest {
            granter: alice.address.clone(),
            pagination: None,
        };
        let response: QueryAllowancesByGranterResponse =
            world.ask("/cosmos.feegrant.v1beta1.Query/AllowancesByGranter", &request);
        assert!(response.pagination.is_some());
        response.allowances.len()
    };
    let by_grantee = |world: &World, grantee: &Person| {
        let request = QueryAllowancesRequest {
            grantee: grantee.address.clone(),
            pagination: None,
        };
        let response: QueryAllowancesResponse = world.ask("/cosmos.feegrant.v1beta1.Query/Allowances", &request);
        response.allowances.len()
    };
    assert_eq!(
        (by_granter(&world), by_grantee(&world, &bob), by_grantee(&world, &carol)),
        (2, 1, 1)
    );
    let prune = pack(&MsgPruneAllowances {
        pruner: bob.address.clone(),
    });
    world.succeed(&bob, vec![prune.clone()]);
    assert_eq!(by_granter(&world), 2);
    world.succeed(&bob, vec![prune]);
    assert_eq!((by_granter(&world), by_grantee(&world, &carol)), (1, 0));
}

#[test]
fn check_and_simulation_know_allowances() {
    let mut world = World::new();
    granted(&mut world, pack(&basic(uakt(11), None)));
    // The pool's first coins cost more than an estimate knows.
    assert_eq!(spend(&mut world, uakt(1)).log, "");
    let bob = world.bob.clone();
    let signed = |world: &World, amount, sequence: u64| {
        let mut draft = world.draft(&bob, vec![send(&bob.address, &world.carol.address, 1, "uakt")]);
        draft.auth.signer_infos[0].sequence = sequence;
        let fee = draft.auth.fee.as_mut().unwrap();
        (fee.amount, fee.granter) = (uakt(amount), world.alice.address.clone());
        draft.sign(&[&bob]).encode_to_vec()
    };
    let (first, second) = (signed(&world, 6, 1), signed(&world, 5, 2));
    assert_eq!(world.chain.simulate(&first).log, "");
    assert_eq!(world.chain.check_tx(&first).log, "");
    assert_eq!(world.chain.check_tx(&second).code, 2);
    let estimate = world.chain.simulate(&signed(&world, 4, 2)).gas_used;
    let result = world.block(vec![first]).tx_results.remove(0);
    assert_eq!(result.log, "");
    assert!(result.gas_used <= estimate, "{} {estimate}", result.gas_used);
}
