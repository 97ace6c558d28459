//! Budgets: market.md scenarios 28-36 and the limits that a sponsor sets.

use cosmwasm_std::Uint64;
use supercloud_escrow::error::EscrowError;
use supercloud_schema::escrow::{BudgetScope, BudgetTerms, BudgetsResponse, ExecuteMsg, QueryMsg, event};
use supercloud_schema::money::Uact;
use supercloud_test_kit::{assert_fails, events};

use crate::bench::{Bench, draw, per_second, terms};

fn sponsored(terms: BudgetTerms) -> (Bench, u64) {
    let mut bench = Bench::new();
    let budget = bench.create_budget("sponsor", 1_000, terms);
    (bench, budget)
}

#[test]
fn scenarios_28_to_30_a_budget_gives_what_it_holds_to_the_last_unit() {
    let mut bench = Bench::new();
    let budget = bench.create_budget("sponsor", 333, terms());
    let short = |available, asked| EscrowError::InsufficientBudget {
        budget_id: budget,
        available: Uact::new(available),
        asked: Uact::new(asked),
    };
    assert_fails(bench.open_account(1, 0, vec![draw(budget, 334)]), short(333, 334));
    bench.open_account(1, 0, vec![draw(budget, 332)]).unwrap();
    assert_eq!(
        (bench.budget(budget).balance, bench.budget(budget).drawn),
        (Uact::new(1), Uact::new(332))
    );
    bench.deposit("tenant", 1, 0, vec![draw(budget, 1)]).unwrap();
    assert_fails(bench.deposit("tenant", 1, 0, vec![draw(budget, 1)]), short(0, 1));
    assert_eq!(
        bench.account(1).account.deposits,
        vec![bench.budget_deposit(budget, "sponsor", 333)]
    );
    bench.assert_books(0);
}

#[test]
fn scenarios_31_and_32_scopes_are_kept_and_checked() {
    let bid_only = BudgetTerms {
        scopes: vec![BudgetScope::Bid {}],
        ..terms()
    };
    let (mut bench, budget) = sponsored(bid_only);
    let refused = EscrowError::ScopeNotAllowed {
        budget_id: budget,
        scope: BudgetScope::Deployment {},
    };
    assert_fails(bench.open_account(1, 0, vec![draw(budget, 10)]), refused);

    let mut create = |terms: BudgetTerms| {
        let grantee = bench.addr("tenant");
        bench.execute("sponsor", &ExecuteMsg::CreateBudget { grantee, terms }, 10)
    };
    assert_fails(
        create(BudgetTerms {
            scopes: vec![],
            ..terms()
        }),
        EscrowError::NoScopes,
    );
    let twice = vec![BudgetScope::Bid {}, BudgetScope::Bid {}];
    let repeated = EscrowError::RepeatedScope {
        scope: BudgetScope::Bid {},
    };
    assert_fails(
        create(BudgetTerms {
            scopes: twice,
            ..terms()
        }),
        repeated,
    );
    let both = vec![BudgetScope::Bid {}, BudgetScope::Deployment {}];
    create(BudgetTerms {
        scopes: both,
        ..terms()
    })
    .unwrap();
}

#[test]
fn scenarios_33_to_35_only_an_open_budget_pays_and_only_for_its_grantee() {
    let mut bench = Bench::new();
    assert_fails(
        bench.open_account(1, 0, vec![draw(1, 10)]),
        EscrowError::BudgetNotFound { budget_id: 1 },
    );
    let budget = bench.create_budget("sponsor", 10_000_000, terms());
    bench.open_account(1, 0, vec![draw(budget, 4_000_000)]).unwrap();
    assert_eq!(bench.gain("sponsor"), -10_000_000);
    let sender = bench.addr("stranger");
    let foreign = EscrowError::NotGrantee {
        budget_id: budget,
        sender,
    };
    assert_fails(bench.deposit("stranger", 1, 0, vec![draw(budget, 1)]), foreign);

    let response = bench
        .execute(
            "sponsor",
            &ExecuteMsg::CloseBudget {
                budget_id: budget.into(),
            },
            0,
        )
        .unwrap();
    assert_eq!(events(&response, event::BUDGET_CLOSED).len(), 1);
    assert_eq!(bench.gain("sponsor"), -4_000_000);
    assert_fails(
        bench.open_account(2, 0, vec![draw(budget, 1)]),
        EscrowError::BudgetClosed { budget_id: budget },
    );
    let again = bench.execute(
        "sponsor",
        &ExecuteMsg::CloseBudget {
            budget_id: budget.into(),
        },
        0,
    );
    assert_fails(again, EscrowError::BudgetClosed { budget_id: budget });

    // Drawn money of a budget that is gone goes to its owner when the deployment closes.
    bench.close_account(1).unwrap();
    assert_eq!((bench.gain("sponsor"), bench.budget(budget).drawn), (0, Uact::ZERO));
    bench.assert_books(0);
}

#[test]
fn scenario_36_drawn_money_returns_to_the_very_budget() {
    let (mut bench, first) = sponsored(terms());
    let second = bench.create_budget("sponsor", 1_000, terms());
    let lease = bench.lease(1, 1, "provider");
    bench
        .open_account(1, 100, vec![draw(first, 300), draw(second, 400)])
        .unwrap();
    bench.open_payment(&lease, per_second(10)).unwrap();
    bench.app.advance(25);
    bench.settle(1).unwrap();
    assert_eq!(
        (bench.budget(first).drawn, bench.budget(second).drawn),
        (Uact::new(150), Uact::new(400))
    );
    bench.app.advance(5);
    bench.close_account(1).unwrap();
    assert_eq!(
        (bench.budget(first).balance, bench.budget(first).drawn),
        (Uact::new(800), Uact::ZERO)
    );
    assert_eq!(
        (bench.budget(second).balance, bench.budget(second).drawn),
        (Uact::new(1_000), Uact::ZERO)
    );
    assert_eq!((bench.gain("tenant"), bench.gain("sponsor")), (0, -2_000));
    bench.assert_books(0);
}

#[test]
fn provider_list_and_highest_rate_hold_when_a_lease_starts() {
    let mut bench = Bench::new();
    let limits = BudgetTerms {
        providers: vec![bench.addr("provider")],
        max_rate: Some(per_second(5)),
        ..terms()
    };
    let budget = bench.create_budget("sponsor", 1_000, limits);
    bench.open_account(1, 0, vec![draw(budget, 500)]).unwrap();
    let (good, bad) = (bench.lease(1, 1, "provider"), bench.lease(1, 2, "other"));
    let provider = bench.addr("other");
    let not_listed = || EscrowError::ProviderNotAllowed {
        budget_id: budget,
        provider: provider.clone(),
    };
    assert_fails(bench.open_payment(&bad, per_second(1)), not_listed());
    let dear = EscrowError::RateNotAllowed {
        budget_id: budget,
        rate: per_second(6),
        max_rate: per_second(5),
    };
    assert_fails(bench.open_payment(&good, per_second(6)), dear);
    bench.open_payment(&good, per_second(5)).unwrap();

    // The list binds the other way round too: no draw into an account that pays a provider who is not listed.
    bench.open_account(2, 100, vec![]).unwrap();
    let bad = bench.lease(2, 1, "other");
    bench.open_payment(&bad, per_second(1)).unwrap();
    assert_fails(bench.deposit("tenant", 2, 0, vec![draw(budget, 10)]), not_listed());
}

#[test]
fn nobody_puts_a_budget_of_harsh_terms_into_a_strangers_account() {
    let mut bench = Bench::new();
    bench.open_account(1, 100, vec![]).unwrap();
    let harsh = BudgetTerms {
        providers: vec![bench.addr("nobody")],
        ..terms()
    };
    let grantee = bench.addr("stranger");
    bench
        .execute("stranger", &ExecuteMsg::CreateBudget { grantee, terms: harsh }, 100)
        .unwrap();
    let sender = bench.addr("stranger");
    let refused = bench.deposit("stranger", 1, 0, vec![draw(1, 100)]);
    assert_fails(refused, EscrowError::NotAccountOwner { dseq: 1, sender });
}

#[test]
fn deployment_cap_counts_all_draws_for_one_deployment() {
    let (mut bench, budget) = sponsored(BudgetTerms {
        per_deployment_cap: Some(Uact::new(100)),
        ..terms()
    });
    bench.open_account(1, 0, vec![draw(budget, 60)]).unwrap();
    let over = EscrowError::DeploymentCapExceeded {
        budget_id: budget,
        dseq: 1,
        cap: Uact::new(100),
        drawn: Uact::new(101),
    };
    assert_fails(bench.deposit("tenant", 1, 0, vec![draw(budget, 41)]), over);
    bench.deposit("tenant", 1, 0, vec![draw(budget, 40)]).unwrap();
    bench.open_account(2, 0, vec![draw(budget, 100)]).unwrap();
    assert_eq!(bench.budget(budget).balance, Uact::new(800));
}

#[test]
fn an_expired_budget_is_not_drawn_from_but_pays_back() {
    let mut bench = Bench::new();
    let expires_at = bench.genesis + 100;
    let limits = |at| BudgetTerms {
        expires_at: Some(at),
        ..terms()
    };
    let grantee = bench.addr("tenant");
    let late = ExecuteMsg::CreateBudget {
        grantee,
        terms: limits(bench.genesis),
    };
    let not_ahead = EscrowError::ExpiryNotAhead {
        expires_at: bench.genesis,
        now: bench.genesis,
    };
    assert_fails(bench.execute("sponsor", &late, 10), not_ahead);

    let budget = bench.create_budget("sponsor", 1_000, limits(expires_at));
    bench.app.advance(99);
    bench.open_account(1, 0, vec![draw(budget, 100)]).unwrap();
    bench.app.advance(1);
    let expired = EscrowError::BudgetExpired {
        budget_id: budget,
        expires_at,
        now: expires_at,
    };
    assert_fails(bench.deposit("tenant", 1, 0, vec![draw(budget, 1)]), expired);
    bench.close_account(1).unwrap();
    let all = ExecuteMsg::WithdrawBudget {
        budget_id: budget.into(),
        amount: None,
    };
    bench.execute("sponsor", &all, 0).unwrap();
    assert_eq!(bench.gain("sponsor"), 0);
    bench.assert_books(0);
}

#[test]
fn owner_funds_and_withdraws_what_is_undrawn() {
    let (mut bench, budget) = sponsored(terms());
    bench.open_account(1, 0, vec![draw(budget, 300)]).unwrap();
    bench
        .execute(
            "friend",
            &ExecuteMsg::FundBudget {
                budget_id: budget.into(),
            },
            50,
        )
        .unwrap();
    let withdraw = |amount: Option<u128>| ExecuteMsg::WithdrawBudget {
        budget_id: budget.into(),
        amount: amount.map(Uact::new),
    };
    let sender = bench.addr("friend");
    let foreign = EscrowError::NotBudgetOwner {
        budget_id: budget,
        sender,
    };
    assert_fails(bench.execute("friend", &withdraw(None), 0), foreign);
    let short = EscrowError::InsufficientBudget {
        budget_id: budget,
        available: Uact::new(750),
        asked: Uact::new(751),
    };
    assert_fails(bench.execute("sponsor", &withdraw(Some(751)), 0), short);
    bench.execute("sponsor", &withdraw(Some(1)), 0).unwrap();
    bench.execute("sponsor", &withdraw(None), 0).unwrap();
    assert_eq!((bench.gain("sponsor"), bench.gain("friend")), (-250, -50));
    let nothing = EscrowError::NothingToWithdraw { budget_id: budget };
    assert_fails(bench.execute("sponsor", &withdraw(None), 0), nothing);
    let sender = bench.addr("tenant");
    let close = ExecuteMsg::CloseBudget {
        budget_id: budget.into(),
    };
    assert_fails(
        bench.execute("tenant", &close, 0),
        EscrowError::NotBudgetOwner {
            budget_id: budget,
            sender,
        },
    );
    bench.execute("sponsor", &close, 0).unwrap();
    let fund = bench.execute(
        "friend",
        &ExecuteMsg::FundBudget {
            budget_id: budget.into(),
        },
        50,
    );
    assert_fails(fund, EscrowError::BudgetClosed { budget_id: budget });
    bench.assert_books(0);
}

#[test]
fn one_message_names_a_budget_once_and_draws_something() {
    let (mut bench, budget) = sponsored(terms());
    let twice = vec![draw(budget, 1), draw(budget, 1)];
    assert_fails(
        bench.open_account(1, 0, twice),
        EscrowError::RepeatedBudget { budget_id: budget },
    );
    assert_fails(
        bench.open_account(1, 5, vec![draw(budget, 0)]),
        EscrowError::EmptyDraw { budget_id: budget },
    );
    assert_eq!(bench.budget(budget).balance, Uact::new(1_000));
}

#[test]
fn terms_name_at_most_32_providers_once_each() {
    let mut bench = Bench::new();
    let names: Vec<String> = (0..33).map(|i| bench.addr(&format!("provider-{i}"))).collect();
    let grantee = bench.addr("tenant");
    let mut create = |providers: Vec<String>| {
        let msg = ExecuteMsg::CreateBudget {
            grantee: grantee.clone(),
            terms: BudgetTerms { providers, ..terms() },
        };
        bench.execute("sponsor", &msg, 10)
    };
    create(names[..32].to_vec()).unwrap();
    assert_fails(
        create(names.clone()),
        EscrowError::TooManyProviders { count: 33, limit: 32 },
    );
    let provider = names[0].clone();
    assert_fails(
        create(vec![provider.clone(); 2]),
        EscrowError::RepeatedProvider { provider },
    );
}

#[test]
fn budgets_are_listed_by_grantee_in_pages() {
    let mut bench = Bench::new();
    let ids: Vec<u64> = (0..3).map(|_| bench.create_budget("sponsor", 10, terms())).collect();
    assert_eq!(ids, [1, 2, 3]);
    let grantee = bench.addr("friend");
    bench
        .execute(
            "sponsor",
            &ExecuteMsg::CreateBudget {
                grantee,
                terms: terms(),
            },
            10,
        )
        .unwrap();
    let page = |name: &str, start_after: Option<u64>, limit| -> Vec<u64> {
        let start_after = start_after.map(Uint64::new);
        let msg = QueryMsg::BudgetsByGrantee {
            grantee: bench.addr(name),
            start_after,
            limit,
        };
        let response: BudgetsResponse = bench.app.query(&bench.escrow, &msg).unwrap();
        response.budgets.iter().map(|budget| budget.id.u64()).collect()
    };
    assert_eq!(page("tenant", None, None), [1, 2, 3]);
    assert_eq!(page("tenant", Some(1), Some(1)), [2]);
    assert_eq!(page("friend", None, None), [4]);
    assert_eq!(page("sponsor", None, None), [] as [u64; 0]);
}
