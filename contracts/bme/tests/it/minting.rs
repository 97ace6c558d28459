//! AKT to ACT: figures, floors, and who is paid.

use cosmwasm_std::coin;
use supercloud_bme::BmeError;
use supercloud_schema::bme::{CancelReason, ExecuteMsg, Params, RequestStatus, event};
use supercloud_schema::money::Uact;
use supercloud_test_kit::{assert_fails, events};

use crate::support::{ONE, Outcome, Suite, UACT, UAKT, cancelled, executed, params, words};

#[test]
fn a_mint_pays_the_low_side_less_the_spread_to_its_owner() {
    let mut suite = Suite::new();
    let id = suite.mint("alice", 100 * ONE);
    suite.publish_with("1.15", "0.01");
    let response = suite.process_raw(10);
    // 100 AKT x 1.14 = 114 ACT; 25 basis points of it, 0.285 ACT, are not minted.
    assert_eq!(suite.balance("alice", UACT), 113_715_000);
    assert_eq!(suite.app.supply(UACT), 113_715_000);
    let at = suite.publish_time();
    let outcome = Outcome {
        paid: 113_715_000,
        spread: 285_000,
        from_credits: 0,
        minted_akt: 0,
        price: "1.14",
        at,
    };
    assert_eq!(suite.status_of(id), executed(outcome));
    let told = &events(&response, event::CONVERSION_EXECUTED)[0];
    assert_eq!(told["request_id"], "1");
    assert_eq!(told["kind"], "mint");
    assert_eq!(told["owner"], suite.app.addr("alice").to_string());
    assert_eq!(told["amount"], "100000000");
    assert_eq!(told["paid"], "113715000");
    assert_eq!(told["spread"], "285000");
    assert_eq!(told["from_credits"], "0");
    assert_eq!(told["minted_akt"], "0");
    assert_eq!(told["price"], "1.14");
    assert_eq!(told["publish_time"], at.to_string());
    suite.assert_books(0);
}

#[test]
fn what_came_in_becomes_remint_credit() {
    let mut suite = Suite::new();
    suite.mint("alice", 100 * ONE);
    let vault = suite.vault();
    assert_eq!(
        (vault.vault.u128(), vault.queued_akt.u128(), vault.remint_credits.u128()),
        (0, 100 * ONE, 0)
    );
    suite.publish("1");
    suite.process(1);
    let vault = suite.vault();
    assert_eq!(
        (vault.vault.u128(), vault.queued_akt.u128(), vault.remint_credits.u128()),
        (100 * ONE, 0, 100 * ONE)
    );
    assert_eq!(vault.total_minted_act, Uact::new(99_750_000));
}

#[test]
fn the_least_mint_counts_before_the_spread() {
    let mut suite = Suite::new();
    let enough = suite.mint("alice", 10 * ONE);
    let short = suite.mint("alice", 10 * ONE - 1);
    suite.publish("1");
    assert_eq!(suite.process(10), words("2", "empty", "empty"));
    assert!(matches!(suite.status_of(enough), RequestStatus::Executed { .. }));
    assert_eq!(
        suite.status_of(short),
        cancelled(CancelReason::TooSmall {}, suite.publish_time())
    );
    assert_eq!(suite.balance("alice", UAKT), 1_000_000 * ONE - 10 * ONE);
    suite.assert_books(0);
}

#[test]
fn a_mint_that_would_pay_nothing_is_refunded_even_without_a_least_amount() {
    let mut suite = Suite::with(Params {
        min_mint: Uact::ZERO,
        ..params()
    });
    let id = suite.mint("alice", 1);
    suite.publish("1");
    suite.process(1);
    assert_eq!(
        suite.status_of(id),
        cancelled(CancelReason::TooSmall {}, suite.publish_time())
    );
}

#[test]
fn the_owners_floor_is_met_or_the_mint_is_refunded() {
    let mut suite = Suite::without_spreads();
    let floor = |uact| ExecuteMsg::RequestMint {
        min_out: Some(Uact::new(uact)),
    };
    suite
        .execute("alice", &floor(100 * ONE), &[coin(100 * ONE, UAKT)])
        .unwrap();
    suite
        .execute("bob", &floor(100 * ONE + 1), &[coin(100 * ONE, UAKT)])
        .unwrap();
    suite.publish("1");
    let response = suite.process_raw(10);
    assert_eq!(
        (suite.balance("alice", UACT), suite.balance("bob", UACT)),
        (100 * ONE, 0)
    );
    assert_eq!(suite.balance("bob", UAKT), 1_000_000 * ONE);
    assert_eq!(
        suite.status_of(2),
        cancelled(CancelReason::BelowMinOut {}, suite.publish_time())
    );
    assert_eq!(
        events(&response, event::CONVERSION_CANCELLED)[0]["reason"],
        "below_min_out"
    );
}

#[test]
fn a_mint_takes_one_coin_of_akt() {
    let mut suite = Suite::new();
    suite.minted("alice", 100 * ONE, "1");
    suite.app.unrestrict(UACT);
    let msg = ExecuteMsg::RequestMint { min_out: None };
    let wrong = |found: &str| BmeError::WrongFunds {
        denom: UAKT.to_string(),
        found: found.to_string(),
    };
    assert_fails(suite.execute("alice", &msg, &[]), wrong("none"));
    assert_fails(suite.execute("alice", &msg, &[coin(5, UACT)]), wrong("5uact"));
    assert_fails(
        suite.execute("alice", &msg, &[coin(5, UACT), coin(6, UAKT)]),
        wrong("5uact,6uakt"),
    );
}
