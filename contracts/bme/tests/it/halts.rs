//! Health of the peg and what each halt stops.

use cosmwasm_std::coin;
use supercloud_schema::bme::{ExecuteMsg, RequestStatus, Status};
use supercloud_schema::oracle;

use crate::support::{ONE, Suite, UAKT, words};

/// 100 ACT out, backed by 100 AKT.
fn backed() -> Suite {
    let mut suite = Suite::without_spreads();
    suite.minted("alice", 100 * ONE, "1");
    suite
}

#[test]
fn a_new_contract_without_a_price_is_halted_and_with_one_healthy() {
    let mut suite = Suite::new();
    assert_eq!(suite.status(), (Status::HaltOracle {}, None));
    suite.publish("1");
    assert_eq!(suite.status(), (Status::Healthy {}, None));
}

#[test]
fn the_ratio_decides_on_both_sides_of_its_thresholds() {
    let mut suite = backed();
    let mut at = |price: &str| {
        suite.publish(price);
        suite.status()
    };
    assert_eq!(at("2"), (Status::Healthy {}, Some(20_000)));
    assert_eq!(at("0.9501"), (Status::Healthy {}, Some(9_501)));
    assert_eq!(at("0.9500999"), (Status::Warning {}, Some(9_500)));
    assert_eq!(at("0.9001"), (Status::Warning {}, Some(9_001)));
    assert_eq!(at("0.9"), (Status::HaltRatio {}, Some(9_000)));
}

#[test]
fn queued_akt_backs_nothing_and_funded_akt_does() {
    let mut suite = backed();
    suite.publish("0.8");
    suite.mint("bob", 500 * ONE);
    assert_eq!(suite.status().1, Some(8_000));
    suite
        .execute("bob", &ExecuteMsg::FundVault {}, &[coin(25 * ONE, UAKT)])
        .unwrap();
    assert_eq!(suite.status(), (Status::Healthy {}, Some(10_000)));
}

#[test]
fn a_low_ratio_stops_mints_and_not_redeems() {
    let mut suite = backed();
    let mint = suite.mint("bob", 100 * ONE);
    let redeem = suite.redeem("alice", 10 * ONE);
    suite.publish("0.9");
    assert_eq!(suite.process(10), words("1", "halt_ratio", "empty"));
    assert_eq!(suite.status_of(mint), RequestStatus::Pending {});
    assert!(matches!(suite.status_of(redeem), RequestStatus::Executed { .. }));
    suite.publish("1");
    assert_eq!(suite.process(10), words("1", "empty", "empty"));
}

#[test]
fn the_ratio_is_followed_within_a_pass() {
    let mut suite = backed();
    // The redeem takes 50 AKT worth 45 and burns 45 ACT: 50 x 0.91 / 54.5 = 83.5 % of what is left.
    suite.redeem("alice", 45_500_000);
    suite.mint("bob", 100 * ONE);
    suite.publish("0.91");
    assert_eq!(suite.process(10), words("1", "halt_ratio", "empty"));
    assert_eq!(suite.status().1, Some(8_348));
}

#[test]
fn without_a_price_nothing_runs_and_the_call_succeeds() {
    let mut suite = backed();
    suite.mint("bob", 100 * ONE);
    suite.redeem("alice", 10 * ONE);
    suite.publish("1");
    suite.app.advance(301);
    // Too old to refund, still good to mint.
    assert_eq!(suite.process(10), words("1", "empty", "no_price"));
    assert_eq!(suite.status().0, Status::Healthy {});
    suite.mint("bob", 100 * ONE);
    suite.app.advance(300);
    assert_eq!(suite.process(10), words("0", "no_price", "no_price"));
    assert_eq!(suite.status(), (Status::HaltOracle {}, None));
}

#[test]
fn a_frozen_asset_halts_everything() {
    let mut suite = backed();
    suite.mint("bob", 100 * ONE);
    suite.publish("1");
    let freeze = |frozen| oracle::ExecuteMsg::SetFrozen {
        asset: oracle::AKT_USD.to_string(),
        frozen,
    };
    let (governance, oracle) = (suite.governance.clone(), suite.oracle.clone());
    suite.app.execute(&governance, &oracle, &freeze(true), &[]).unwrap();
    assert_eq!(suite.process(10), words("0", "no_price", "empty"));
    suite.app.execute(&governance, &oracle, &freeze(false), &[]).unwrap();
    assert_eq!(suite.process(10), words("1", "empty", "empty"));
}
