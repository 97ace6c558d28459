//! Random sequences of everything anybody can do: the books always match the bank.

use cosmwasm_std::coin;
use proptest::prelude::*;
use supercloud_schema::bme::{ExecuteMsg, Params};
use supercloud_schema::money::{Uact, Uakt};

use crate::support::{ONE, Suite, UACT, UAKT, params};

const USERS: [&str; 3] = ["alice", "bob", "carol"];

#[derive(Clone, Debug)]
enum Move {
    Mint {
        user: usize,
        uakt: u128,
        floor: Option<u128>,
    },
    Redeem {
        user: usize,
        share: u128,
        to: usize,
        floor: Option<u128>,
    },
    Cancel {
        user: usize,
        id: u64,
    },
    Publish {
        thousandths: u64,
        spread: u64,
    },
    Wait {
        seconds: u64,
    },
    Process {
        limit: u32,
    },
    Fund {
        uakt: u128,
    },
    CapAkt {
        uakt: u128,
    },
    CapAct {
        uact: u128,
    },
    MayMint {
        allowed: bool,
    },
}

fn any_move() -> impl Strategy<Value = Move> {
    let user = 0..USERS.len();
    let floor = prop::option::weighted(0.3, 0..200 * ONE);
    prop_oneof![
        4 => (user.clone(), 1..200 * ONE, floor.clone())
            .prop_map(|(user, uakt, floor)| Move::Mint { user, uakt, floor }),
        4 => (user.clone(), 1..=100u128, user.clone(), floor)
            .prop_map(|(user, share, to, floor)| Move::Redeem { user, share, to, floor }),
        1 => (user, 1..40u64).prop_map(|(user, id)| Move::Cancel { user, id }),
        5 => (100..5_000u64, 0..20u64).prop_map(|(thousandths, spread)| Move::Publish { thousandths, spread }),
        1 => (1..700u64).prop_map(|seconds| Move::Wait { seconds }),
        5 => (0..6u32).prop_map(|limit| Move::Process { limit }),
        1 => (1..50 * ONE).prop_map(|uakt| Move::Fund { uakt }),
        1 => (0..300 * ONE).prop_map(|uakt| Move::CapAkt { uakt }),
        1 => (0..300 * ONE).prop_map(|uact| Move::CapAct { uact }),
        1 => any::<bool>().prop_map(|allowed| Move::MayMint { allowed }),
    ]
}

fn thousandths(units: u64) -> String {
    format!("{}.{:03}", units / 1_000, units % 1_000)
}

/// Does one thing, and tells how much AKT was given to the vault by it.
fn perform(suite: &mut Suite, performed: &Move) -> u128 {
    match *performed {
        Move::Mint { user, uakt, floor } => {
            let msg = ExecuteMsg::RequestMint {
                min_out: floor.map(Uact::new),
            };
            suite.execute(USERS[user], &msg, &[coin(uakt, UAKT)]).unwrap();
        }
        Move::Redeem { user, share, to, floor } => {
            let uact = suite.balance(USERS[user], UACT) * share / 100;
            let beneficiary = Some(suite.app.addr(USERS[to]).to_string());
            let msg = ExecuteMsg::RequestRedeem {
                beneficiary,
                min_out: floor.map(Uakt::new),
            };
            if uact > 0 {
                suite.execute(USERS[user], &msg, &[coin(uact, UACT)]).unwrap();
            }
        }
        Move::Cancel { user, id } => {
            let _ = suite.cancel(USERS[user], id);
        }
        Move::Publish {
            thousandths: price,
            spread,
        } => {
            suite.publish_with(&thousandths(price), &thousandths(price * spread / 1_000));
        }
        Move::Wait { seconds } => suite.app.advance(seconds),
        Move::Process { limit } => {
            suite.process(limit);
        }
        Move::Fund { uakt } => {
            suite
                .execute("carol", &ExecuteMsg::FundVault {}, &[coin(uakt, UAKT)])
                .unwrap();
            return uakt;
        }
        Move::CapAkt { uakt } => suite.app.set_mint_cap(UAKT, uakt),
        Move::CapAct { uact } => suite.app.set_mint_cap(UACT, uact),
        Move::MayMint { allowed } => {
            let params = Params {
                mint_akt: allowed,
                ..loose()
            };
            suite
                .execute("governance", &ExecuteMsg::UpdateParams { params }, &[])
                .unwrap();
        }
    }
    0
}

/// Small requests count too.
fn loose() -> Params {
    Params {
        min_mint: Uact::new(1),
        min_redeem: Uact::new(1),
        ..params()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn books_match_the_bank_whatever_anybody_does(moves in prop::collection::vec(any_move(), 1..60)) {
        let mut suite = Suite::with(loose());
        let started_with = suite.app.supply(UAKT);
        let mut funded = 0;
        for each in &moves {
            funded += perform(&mut suite, each);
            suite.assert_books(funded);
            let minted = suite.vault().total_minted_akt.u128();
            prop_assert_eq!(suite.app.supply(UAKT), started_with + minted);
        }
    }

    #[test]
    fn a_round_trip_gains_no_akt_while_the_price_does_not_fall(
        uakt in 10 * ONE..1_000 * ONE,
        price in 1_000..5_000u64,
        rise in 0..3_000u64,
        spread in 0..20u64,
    ) {
        let mut suite = Suite::with(Params { mint_spread_bps: 0, redeem_spread_bps: 0, ..params() });
        suite.mint("alice", uakt);
        suite.publish_with(&thousandths(price), &thousandths(price * spread / 1_000));
        suite.process(1);
        let uact = suite.balance("alice", UACT);
        suite.redeem("alice", uact);
        suite.publish_with(&thousandths(price + rise), &thousandths((price + rise) * spread / 1_000));
        suite.process(1);
        prop_assert_eq!(suite.balance("alice", UACT), 0);
        prop_assert!(suite.balance("alice", UAKT) <= 1_000_000 * ONE);
        suite.assert_books(0);
    }
}
