//! Order, limits, newer prices and cancelling.

use cosmwasm_std::Uint128;
use supercloud_bme::BmeError;
use supercloud_schema::bme::{CancelReason, ExecuteMsg, Params, Request, RequestKind, RequestStatus, event};
use supercloud_test_kit::{assert_fails, events};

use crate::support::{ONE, Suite, UACT, UAKT, cancelled, params, summary, words};

#[test]
fn a_request_waits_for_a_price_published_after_it() {
    let mut suite = Suite::new();
    suite.publish("1");
    let id = suite.mint("alice", 100 * ONE);
    // Same second: published before, or at the very time of, the request.
    assert_eq!(suite.process(10), words("0", "price_not_newer", "empty"));
    suite.app.advance(5);
    assert_eq!(suite.process(10), words("0", "price_not_newer", "empty"));
    assert_eq!(suite.status_of(id), RequestStatus::Pending {});
    suite.publish("1");
    assert_eq!(suite.process(10), words("1", "empty", "empty"));
}

#[test]
fn requests_run_in_order_of_arrival_over_both_kinds() {
    let mut suite = Suite::new();
    suite.minted("alice", 100 * ONE, "1");
    let ids = [
        suite.mint("bob", 20 * ONE),
        suite.redeem("alice", ONE),
        suite.mint("carol", 20 * ONE),
    ];
    assert_eq!(ids, [2, 3, 4]);
    suite.publish("1");
    let mut order = Vec::new();
    for left in [2, 1, 0] {
        let response = suite.process_raw(1);
        order.push(events(&response, event::CONVERSION_EXECUTED)[0]["request_id"].clone());
        assert_eq!(suite.pending(None, None).len(), left);
    }
    assert_eq!(order, ["2", "3", "4"]);
}

#[test]
fn a_pass_is_bounded_by_the_caller_and_by_the_parameter() {
    let mut suite = Suite::with(Params {
        max_per_process: 3,
        ..params()
    });
    for _ in 0..8 {
        suite.mint("alice", 10 * ONE);
    }
    suite.publish("1");
    assert_eq!(suite.process(0), words("0", "limit", "empty"));
    assert_eq!(suite.process(2), words("2", "limit", "empty"));
    assert_eq!(suite.process(100), words("3", "limit", "empty"));
    assert_eq!(suite.process(3), words("3", "empty", "empty"));
    suite.assert_books(0);
}

#[test]
fn anyone_may_ask_for_a_pass() {
    let mut suite = Suite::new();
    suite.mint("alice", 100 * ONE);
    suite.publish("1");
    let response = suite
        .execute("stranger", &ExecuteMsg::Process { limit: 5 }, &[])
        .unwrap();
    assert_eq!(summary(&response), words("1", "empty", "empty"));
}

#[test]
fn pending_requests_are_paged_over_both_kinds() {
    let mut suite = Suite::new();
    suite.minted("alice", 100 * ONE, "1");
    suite.mint("alice", ONE);
    suite.redeem("alice", ONE);
    suite.mint("alice", ONE);
    suite.redeem("alice", ONE);
    assert_eq!(suite.pending(None, None), [2, 3, 4, 5]);
    assert_eq!(suite.pending(None, Some(3)), [2, 3, 4]);
    assert_eq!(suite.pending(Some(3), Some(3)), [4, 5]);
    assert_eq!(suite.pending(Some(5), None), Vec::<u64>::new());
}

#[test]
fn an_owner_takes_a_pending_request_back() {
    let mut suite = Suite::new();
    let id = suite.mint("alice", 100 * ONE);
    let sender = suite.app.addr("bob").to_string();
    assert_fails(suite.cancel("bob", id), BmeError::Unauthorized { sender });
    let response = suite.cancel("alice", id).unwrap();
    assert_eq!(events(&response, event::CONVERSION_CANCELLED)[0]["reason"], "owner");
    assert_eq!(suite.balance("alice", UAKT), 1_000_000 * ONE);
    assert_eq!(suite.status_of(id), cancelled(CancelReason::Owner {}, suite.app.now()));
    assert_fails(suite.cancel("alice", id), BmeError::NotPending { id });
    assert_fails(suite.cancel("alice", 9), BmeError::UnknownRequest { id: 9 });
    suite.assert_books(0);
}

#[test]
fn numbers_are_never_reused_and_requests_are_kept() {
    let mut suite = Suite::new();
    let id = suite.mint("alice", 100 * ONE);
    suite.cancel("alice", id).unwrap();
    assert_eq!(suite.mint("bob", 50 * ONE), 2);
    let expected = Request {
        id: 2u64.into(),
        kind: RequestKind::Mint {},
        owner: suite.app.addr("bob").to_string(),
        amount: Uint128::new(50 * ONE),
        min_out: None,
        requested_at: suite.app.now(),
        status: RequestStatus::Pending {},
    };
    assert_eq!(suite.request(2), expected);
    assert_eq!(suite.request(1).amount, Uint128::new(100 * ONE));
}

#[test]
fn queued_act_stays_in_circulation_until_it_is_burned() {
    let mut suite = Suite::without_spreads();
    suite.minted("alice", 100 * ONE, "1");
    suite.redeem("alice", 40 * ONE);
    assert_eq!(
        (suite.app.supply(UACT), suite.vault().queued_act.u128()),
        (100 * ONE, 40 * ONE)
    );
    suite.publish("1");
    suite.process(1);
    assert_eq!((suite.app.supply(UACT), suite.vault().queued_act.u128()), (60 * ONE, 0));
}
