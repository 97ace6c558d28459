//! Who may do what: market, governance, coins on messages, parameters, surplus, migration.

use cosmwasm_std::{Uint64, coins};
use cw2::set_contract_version;
use supercloud_escrow::contract::{CONTRACT_NAME, CONTRACT_VERSION};
use supercloud_escrow::error::EscrowError;
use supercloud_schema::escrow::{ConfigResponse, ExecuteMsg, MigrateMsg, Params, QueryMsg};
use supercloud_schema::money::{UACT, Uact};
use supercloud_test_kit::assert_fails;

use crate::bench::{Bench, code, params, per_second};

#[test]
fn only_the_market_moves_accounts_payments_and_bid_deposits() {
    let mut bench = Bench::new();
    bench.open_account(1, 100, vec![]).unwrap();
    let lease = bench.lease(1, 1, "provider");
    let (dseq, owner) = (Uint64::new(2), bench.addr("tenant"));
    let messages = [
        ExecuteMsg::OpenAccount {
            dseq,
            owner,
            budgets: vec![],
            minimum: Uact::ZERO,
        },
        ExecuteMsg::OpenPayment {
            lease: lease.clone(),
            rate: per_second(1),
            grace_seconds: 1,
        },
        ExecuteMsg::ClosePayment { lease: lease.clone() },
        ExecuteMsg::CloseAccount { dseq: Uint64::new(1) },
        ExecuteMsg::LockBidDeposit {
            bid: lease,
            minimum: Uact::ZERO,
        },
        ExecuteMsg::ReleaseBidDeposits { releases: vec![] },
    ];
    for sender in ["tenant", "governance", "provider"] {
        for message in &messages {
            let refused = EscrowError::NotMarket {
                sender: bench.addr(sender),
            };
            assert_fails(bench.execute(sender, message, 0), refused);
        }
    }
}

#[test]
fn only_governance_changes_parameters_peers_and_surplus() {
    let mut bench = Bench::new();
    let messages = [
        ExecuteMsg::UpdateParams { params: params() },
        ExecuteMsg::UpdateConfig {
            governance: None,
            market: None,
            bme: None,
        },
        ExecuteMsg::SweepSurplus {
            denom: UACT.to_string(),
            to: bench.addr("stranger"),
        },
    ];
    for message in &messages {
        for sender in ["market", "stranger"] {
            let refused = EscrowError::NotGovernance {
                sender: bench.addr(sender),
            };
            assert_fails(bench.execute(sender, message, 0), refused);
        }
    }
}

#[test]
fn messages_that_take_no_coins_refuse_them() {
    let mut bench = Bench::new();
    let unexpected = || EscrowError::UnexpectedFunds {
        denom: UACT.to_string(),
        amount: 5u128.into(),
    };
    let lease = bench.lease(1, 1, "provider");
    let messages = [
        (
            "friend",
            ExecuteMsg::WithdrawBudget {
                budget_id: Uint64::new(1),
                amount: None,
            },
        ),
        (
            "friend",
            ExecuteMsg::CloseBudget {
                budget_id: Uint64::new(1),
            },
        ),
        (
            "friend",
            ExecuteMsg::Withdraw {
                leases: vec![],
                redeem: false,
            },
        ),
        ("friend", ExecuteMsg::Settle { dseq: Uint64::new(1) }),
        ("friend", ExecuteMsg::Sweep { limit: 1 }),
        ("friend", ExecuteMsg::ClaimRefund {}),
        ("market", ExecuteMsg::ClosePayment { lease }),
        ("market", ExecuteMsg::CloseAccount { dseq: Uint64::new(1) }),
        ("market", ExecuteMsg::ReleaseBidDeposits { releases: vec![] }),
    ];
    for (sender, message) in messages {
        assert_fails(bench.execute(sender, &message, 5), unexpected());
    }
}

#[test]
fn parameters_are_checked_on_both_sides_of_their_bounds() {
    let mut bench = Bench::new();
    let mut set = |params: Params| bench.execute("governance", &ExecuteMsg::UpdateParams { params }, 0);
    let out = |name, value, min, max| EscrowError::ParamOutOfRange { name, value, min, max };
    let deposit = |amount| Params {
        min_deposit: Uact::new(amount),
        ..params()
    };
    assert_fails(set(deposit(0)), out("min_deposit", 0, 1, 1_000_000_000_000));
    assert_fails(
        set(deposit(1_000_000_000_001)),
        out("min_deposit", 1_000_000_000_001, 1, 1_000_000_000_000),
    );
    set(deposit(1_000_000_000_000)).unwrap();
    for (value, fits) in [(1, false), (2, true), (64, true), (65, false)] {
        let outcome = set(Params {
            max_deposits: value,
            ..params()
        });
        if fits {
            drop(outcome.unwrap())
        } else {
            assert_fails(outcome, out("max_deposits", value.into(), 2, 64))
        }
    }
    for (value, fits) in [(0, false), (1, true), (64, true), (65, false)] {
        let outcome = set(Params {
            max_payments: value,
            ..params()
        });
        if fits {
            drop(outcome.unwrap())
        } else {
            assert_fails(outcome, out("max_payments", value.into(), 1, 64))
        }
    }
    let month = 30 * 24 * 3_600;
    set(Params {
        runway_warning_seconds: month,
        ..params()
    })
    .unwrap();
    let long = set(Params {
        runway_warning_seconds: month + 1,
        ..params()
    });
    assert_fails(
        long,
        out("runway_warning_seconds", u128::from(month) + 1, 0, month.into()),
    );
}

#[test]
fn governance_changes_peers_one_by_one_and_hands_itself_over() {
    let mut bench = Bench::new();
    let (next, bme) = (Some(bench.addr("council")), Some(bench.addr("new-bme")));
    let update = ExecuteMsg::UpdateConfig {
        governance: next.clone(),
        market: None,
        bme: bme.clone(),
    };
    bench.execute("governance", &update, 0).unwrap();
    let config: ConfigResponse = bench.app.query(&bench.escrow, &QueryMsg::Config {}).unwrap();
    assert_eq!((Some(config.governance), Some(config.bme)), (next, bme));
    assert_eq!((config.market, config.params), (bench.market.to_string(), params()));
    let refused = EscrowError::NotGovernance {
        sender: bench.addr("governance"),
    };
    assert_fails(bench.execute("governance", &update, 0), refused);
}

#[test]
fn surplus_is_swept_and_nothing_else() {
    let mut bench = Bench::new();
    bench.open_account(1, 100, vec![]).unwrap();
    let escrow = bench.escrow.clone();
    let sweep = |denom: &str, to: String| ExecuteMsg::SweepSurplus {
        denom: denom.to_string(),
        to,
    };
    let pool = bench.addr("pool");
    let none = EscrowError::NoSurplus {
        denom: UACT.to_string(),
    };
    assert_fails(bench.execute("governance", &sweep(UACT, pool.clone()), 0), none);

    let market = bench.market.clone();
    bench.app.send(&market, &escrow, 7, UACT).unwrap();
    bench.app.fund(&escrow, 9, "uakt");
    bench.assert_books(7);
    bench.execute("governance", &sweep(UACT, pool.clone()), 0).unwrap();
    bench.execute("governance", &sweep("uakt", pool), 0).unwrap();
    let pool = bench.app.addr("pool");
    assert_eq!(
        (bench.app.balance(&pool, UACT), bench.app.balance(&pool, "uakt")),
        (7, 9)
    );
    bench.assert_books(0);
}

#[test]
fn instantiation_takes_no_coins_and_needs_a_denom() {
    let mut bench = Bench::new();
    let code_id = bench.app.store(code());
    let governance = bench.app.funded("governance", 3, "uakt");
    let mut msg = supercloud_schema::escrow::InstantiateMsg {
        governance: governance.to_string(),
        market: bench.addr("market"),
        bme: bench.addr("bme"),
        act_denom: String::new(),
        params: params(),
    };
    assert_fails(
        bench.app.instantiate(code_id, &governance, &msg, &[]),
        EscrowError::EmptyDenom,
    );
    msg.act_denom = UACT.to_string();
    let paid = bench.app.instantiate(code_id, &governance, &msg, &coins(3, "uakt"));
    assert_fails(
        paid,
        EscrowError::UnexpectedFunds {
            denom: "uakt".to_string(),
            amount: 3u128.into(),
        },
    );
    bench.app.instantiate(code_id, &governance, &msg, &[]).unwrap();
}

#[test]
fn migration_refuses_other_contracts_and_newer_versions_and_keeps_the_books() {
    let mut bench = Bench::new();
    bench.open_account(1, 100, vec![]).unwrap();
    let code_id = bench.app.store(code());
    let (escrow, governance) = (bench.escrow.clone(), bench.app.addr("governance"));
    let mut pretend = |name: &str, version: &str| {
        let mut storage = bench.app.chain().contract_storage_mut(&escrow);
        set_contract_version(storage.as_mut(), name, version).unwrap();
        drop(storage);
        bench.app.migrate(&governance, &escrow, &MigrateMsg {}, code_id)
    };
    let (expected, found) = (CONTRACT_NAME.to_string(), "supercloud-market".to_string());
    assert_fails(
        pretend("supercloud-market", "0.0.1"),
        EscrowError::WrongContract { expected, found },
    );
    let (stored, offered) = ("9.0.0".to_string(), CONTRACT_VERSION.to_string());
    assert_fails(
        pretend(CONTRACT_NAME, "9.0.0"),
        EscrowError::Downgrade { stored, offered },
    );
    pretend(CONTRACT_NAME, "0.0.1").unwrap();
    pretend(CONTRACT_NAME, CONTRACT_VERSION).unwrap();
    assert_eq!(bench.balance(1), 100);
    bench.assert_books(0);
}
