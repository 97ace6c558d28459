//! ACT to AKT: credits first, then minting, and the rounding of market.md 85 to 91.

use cosmwasm_std::coin;
use supercloud_bme::BmeError;
use supercloud_schema::bme::{CancelReason, ExecuteMsg, Params, RequestStatus, event};
use supercloud_schema::money::{Uact, Uakt};
use supercloud_test_kit::{assert_fails, events};

use crate::support::{ONE, Outcome, Suite, UACT, UAKT, cancelled, executed, params, words};

#[test]
fn a_redeem_pays_the_high_side_less_the_spread_from_credits() {
    let mut suite = Suite::new();
    suite.minted("alice", 100 * ONE, "1");
    let id = suite.redeem("alice", 50 * ONE);
    suite.publish_with("1.99", "0.01");
    assert_eq!(suite.process(10), words("1", "empty", "empty"));
    // 50 ACT / 2 = 25 AKT, less 25 basis points of it, 0.0625 AKT.
    let at = suite.publish_time();
    let outcome = Outcome {
        paid: 24_937_500,
        spread: 62_500,
        from_credits: 24_937_500,
        minted_akt: 0,
        price: "2",
        at,
    };
    assert_eq!(suite.status_of(id), executed(outcome));
    assert_eq!(suite.balance("alice", UAKT), 1_000_000 * ONE - 100 * ONE + 24_937_500);
    let vault = suite.vault();
    // The spread stays a credit.
    assert_eq!(vault.remint_credits, Uakt::new(100 * ONE - 24_937_500));
    assert_eq!(vault.total_burned_act, Uact::new(50 * ONE));
    assert_eq!(vault.total_minted_akt, Uakt::ZERO);
    suite.assert_books(0);
}

#[test]
fn a_risen_price_leaves_credits_over() {
    let mut suite = Suite::without_spreads();
    suite.minted("alice", 100 * ONE, "1");
    suite.redeem("alice", 100 * ONE);
    suite.publish("2");
    suite.process(10);
    assert_eq!(suite.balance("alice", UAKT), 1_000_000 * ONE - 50 * ONE);
    assert_eq!(suite.vault().remint_credits, Uakt::new(50 * ONE));
    assert_eq!(suite.app.supply(UACT), 0);
    suite.assert_books(0);
}

#[test]
fn a_fallen_price_is_made_up_by_minting() {
    let mut suite = Suite::without_spreads();
    suite.minted("alice", 100 * ONE, "1");
    let supply = suite.app.supply(UAKT);
    let id = suite.redeem("alice", 100 * ONE);
    suite.publish("0.5");
    let response = suite.process_raw(10);
    let at = suite.publish_time();
    let outcome = Outcome {
        paid: 200 * ONE,
        spread: 0,
        from_credits: 100 * ONE,
        minted_akt: 100 * ONE,
        price: "0.5",
        at,
    };
    assert_eq!(suite.status_of(id), executed(outcome));
    let told = &events(&response, event::CONVERSION_EXECUTED)[0];
    assert_eq!(
        (told["from_credits"].as_str(), told["minted_akt"].as_str()),
        ("100000000", "100000000")
    );
    assert_eq!(suite.balance("alice", UAKT), 1_000_000 * ONE + 100 * ONE);
    assert_eq!(suite.app.supply(UAKT), supply + 100 * ONE);
    let vault = suite.vault();
    assert_eq!(
        (vault.remint_credits, vault.total_minted_akt),
        (Uakt::ZERO, Uakt::new(100 * ONE))
    );
    suite.assert_books(0);
}

#[test]
fn funded_collateral_is_never_paid_out() {
    let mut suite = Suite::without_spreads();
    let response = suite
        .execute("bob", &ExecuteMsg::FundVault {}, &[coin(500 * ONE, UAKT)])
        .unwrap();
    assert_eq!(events(&response, event::VAULT_FUNDED)[0]["amount"], "500000000");
    suite.minted("alice", 100 * ONE, "1");
    suite.redeem("alice", 100 * ONE);
    suite.publish("0.5");
    suite.process(10);
    let vault = suite.vault();
    assert_eq!(
        (vault.vault, vault.total_minted_akt),
        (Uakt::new(500 * ONE), Uakt::new(100 * ONE))
    );
    suite.assert_books(500 * ONE);
}

#[test]
fn without_the_right_to_mint_a_redeem_waits_for_credits() {
    let mut suite = Suite::with(Params {
        mint_akt: false,
        mint_spread_bps: 0,
        redeem_spread_bps: 0,
        ..params()
    });
    suite.minted("alice", 100 * ONE, "1");
    // Collateral that keeps the ratio up; redeems cannot have it.
    suite
        .execute("carol", &ExecuteMsg::FundVault {}, &[coin(1_000 * ONE, UAKT)])
        .unwrap();
    let large = suite.redeem("alice", 60 * ONE);
    let small = suite.redeem("alice", 10 * ONE);
    suite.publish("0.5");
    // 120 AKT are asked of 100: it waits, and nobody overtakes it.
    assert_eq!(suite.process(10), words("0", "empty", "no_funds"));
    assert_eq!(suite.pending(None, None), [large, small]);
    let mint = suite.mint("bob", 50 * ONE);
    suite.publish("0.5");
    // The mint runs although redeems wait; its AKT serves from the next pass on.
    assert_eq!(suite.process(10), words("1", "empty", "no_funds"));
    assert!(matches!(suite.status_of(mint), RequestStatus::Executed { .. }));
    assert_eq!(suite.process(10), words("2", "empty", "empty"));
    assert_eq!(suite.vault().remint_credits, Uakt::new(10 * ONE));
    suite.assert_books(1_000 * ONE);
}

#[test]
fn amounts_round_down_at_three_dollars() {
    let base = Params {
        min_redeem: Uact::ZERO,
        min_mint: Uact::ZERO,
        mint_spread_bps: 0,
        ..params()
    };
    let redeemed = |uact: u128, spread| {
        let mut suite = Suite::with(Params {
            redeem_spread_bps: spread,
            ..base.clone()
        });
        suite.minted("alice", 10 * ONE, "3");
        let before = suite.balance("alice", UAKT);
        let id = suite.redeem("alice", uact);
        suite.publish("3");
        suite.process(1);
        let refunded = suite.status_of(id) == cancelled(CancelReason::TooSmall {}, suite.publish_time());
        let paid = suite.balance("alice", UAKT) - before;
        suite.assert_books(0);
        (!refunded).then_some(paid)
    };
    assert_eq!(redeemed(1, 0), None);
    assert_eq!(redeemed(2, 0), None);
    assert_eq!(redeemed(3, 0), Some(1));
    assert_eq!(redeemed(4, 0), Some(1));
    assert_eq!(redeemed(1_000_000, 0), Some(333_333));
    assert_eq!(redeemed(1_000_000, 100), Some(329_999));
    assert_eq!(redeemed(4, 1_000), None);
}

#[test]
fn the_least_redeem_is_checked_at_the_door() {
    let mut suite = Suite::new();
    suite.minted("alice", 100 * ONE, "1");
    let msg = ExecuteMsg::RequestRedeem {
        beneficiary: None,
        min_out: None,
    };
    assert_fails(
        suite.execute("alice", &msg, &[coin(ONE - 1, UACT)]),
        BmeError::RedeemTooSmall {
            amount: (ONE - 1).into(),
            minimum: ONE.into(),
        },
    );
    suite.redeem("alice", ONE);
}

#[test]
fn the_owners_floor_is_met_or_the_redeem_is_refunded() {
    let mut suite = Suite::without_spreads();
    suite.minted("alice", 100 * ONE, "1");
    let floor = |uakt| ExecuteMsg::RequestRedeem {
        beneficiary: None,
        min_out: Some(Uakt::new(uakt)),
    };
    suite
        .execute("alice", &floor(10 * ONE), &[coin(10 * ONE, UACT)])
        .unwrap();
    suite
        .execute("alice", &floor(10 * ONE + 1), &[coin(10 * ONE, UACT)])
        .unwrap();
    suite.publish("1");
    suite.process(10);
    assert!(matches!(suite.status_of(2), RequestStatus::Executed { .. }));
    assert_eq!(
        suite.status_of(3),
        cancelled(CancelReason::BelowMinOut {}, suite.publish_time())
    );
    assert_eq!(suite.balance("alice", UACT), 90 * ONE);
    suite.assert_books(0);
}

#[test]
fn a_beneficiary_owns_what_somebody_files_for_it() {
    let mut suite = Suite::without_spreads();
    suite.minted("alice", 100 * ONE, "1");
    let beneficiary = Some(suite.app.addr("bob").to_string());
    let msg = ExecuteMsg::RequestRedeem {
        beneficiary,
        min_out: None,
    };
    suite.execute("alice", &msg, &[coin(10 * ONE, UACT)]).unwrap();
    suite.execute("alice", &msg, &[coin(20 * ONE, UACT)]).unwrap();
    let sender = suite.app.addr("alice").to_string();
    assert_fails(suite.cancel("alice", 3), BmeError::Unauthorized { sender });
    suite.cancel("bob", 3).unwrap();
    assert_eq!(suite.balance("bob", UACT), 20 * ONE);
    suite.publish("1");
    suite.process(10);
    assert_eq!(suite.balance("bob", UAKT), 1_000_000 * ONE + 10 * ONE);
}
