//! Fees: exact, counted, withdrawable by governance only.

use cosmwasm_std::coin;
use supercloud_pyth::PythError;
use supercloud_schema::pyth::{ExecuteMsg, QueryMsg};
use supercloud_schema::solvency::{DenomSolvency, SolvencyResponse};
use supercloud_test_kit::assert_fails;
use supercloud_verify_pyth::build::Price;

use crate::support::{BTC, NOW, Suite, draft, price_at, sign, update_at};

fn wrong(expected: &str, found: &str) -> PythError {
    PythError::WrongFee {
        expected: expected.to_string(),
        found: found.to_string(),
    }
}

fn books(suite: &Suite) -> (u128, u128, u128) {
    let answer: SolvencyResponse = suite.app.query(&suite.pyth, &QueryMsg::Solvency {}).unwrap();
    let [
        DenomSolvency {
            denom,
            owed,
            balance,
            surplus,
            solvent: true,
        },
    ] = answer.coins.as_slice()
    else {
        panic!("{answer:?}")
    };
    assert_eq!(denom, "uakt");
    (owed.u128(), balance.u128(), surplus.u128())
}

#[test]
fn the_fee_is_per_kept_feed_and_exact() {
    let mut suite = Suite::with_fee(7);
    let stranger = Price {
        feed_id: [9; 32],
        ..price_at(NOW, 1)
    };
    let btc = Price {
        feed_id: BTC,
        ..price_at(NOW, 1)
    };
    let update = || vec![sign(&draft(vec![stranger, price_at(NOW, 1), btc]))];
    let query = QueryMsg::GetUpdateFee {
        vaas: update().into_iter().map(Into::into).collect(),
    };
    assert_eq!(
        suite.app.query::<cosmwasm_std::Coin>(&suite.pyth, &query).unwrap(),
        coin(14, "uakt")
    );
    assert_fails(
        suite.submit_with(update(), &[coin(13, "uakt")]),
        wrong("14uakt", "13uakt"),
    );
    assert_fails(
        suite.submit_with(update(), &[coin(15, "uakt")]),
        wrong("14uakt", "15uakt"),
    );
    assert_fails(
        suite.submit_with(update(), &[coin(14, "uact")]),
        wrong("14uakt", "14uact"),
    );
    assert_fails(
        suite.submit_with(update(), &[coin(1, "uact"), coin(14, "uakt")]),
        wrong("14uakt", "1uact,14uakt"),
    );
    suite.submit_with(update(), &[coin(14, "uakt")]).unwrap();
    assert_eq!(books(&suite), (14, 14, 0));
}

#[test]
fn no_fee_means_no_funds() {
    let mut suite = Suite::new();
    assert_fails(
        suite.submit_with(vec![update_at(NOW, 1)], &[coin(1, "uakt")]),
        wrong("none", "1uakt"),
    );
}

#[test]
fn who_comes_late_gets_the_fee_back() {
    let mut suite = Suite::with_fee(7);
    suite.submit_with(vec![update_at(NOW, 1)], &[coin(7, "uakt")]).unwrap();
    suite
        .submit_with(vec![update_at(NOW, 1)], &[coin(3, "uact"), coin(7, "uakt")])
        .unwrap();
    let relayer = suite.relayer.clone();
    assert_eq!(
        (suite.app.balance(&relayer, "uakt"), suite.app.balance(&relayer, "uact")),
        (993, 1_000)
    );
    assert_eq!(books(&suite), (7, 7, 0));
}

#[test]
fn governance_withdraws_fees_and_surplus() {
    let mut suite = Suite::with_fee(7);
    suite.submit_with(vec![update_at(NOW, 1)], &[coin(7, "uakt")]).unwrap();
    let (relayer, pyth) = (suite.relayer.clone(), suite.pyth.clone());
    suite.app.send(&relayer, &pyth, 5, "uakt").unwrap();
    assert_eq!(books(&suite), (7, 12, 5));
    let pool = suite.app.addr("pool");
    let msg = ExecuteMsg::WithdrawFees { to: pool.to_string() };
    let sender = relayer.to_string();
    assert_fails(
        suite.app.execute(&relayer, &pyth, &msg, &[]),
        PythError::Unauthorized { sender },
    );
    suite.govern(&msg).unwrap();
    assert_eq!(suite.app.balance(&pool, "uakt"), 12);
    assert_eq!(books(&suite), (0, 0, 0));
    suite.govern(&msg).unwrap();
    assert_eq!(suite.app.balance(&pool, "uakt"), 12);
}
