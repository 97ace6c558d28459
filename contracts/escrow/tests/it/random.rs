//! Random messages from everybody at random times. After each one: the books add up, the bank has exactly what is
//! owed, budgets know what is drawn, nothing is negative, no refusal is an arithmetic defect.

use proptest::prelude::*;
use supercloud_escrow::state;
use supercloud_schema::escrow::{
    AccountState, BidDepositOutcome, BudgetDraw, BudgetTerms, DepositSource, ExecuteMsg, Params,
};
use supercloud_schema::id::LeaseId;
use supercloud_schema::money::{Uact, UnitPrice};

use crate::bench::{Bench, Outcome, draw, params, terms};

const DSEQS: u64 = 5;
const NAMES: [&str; 4] = ["tenant", "friend", "sponsor", "stranger"];
const PROVIDERS: [&str; 2] = ["provider", "other"];

#[derive(Clone, Debug)]
enum Step {
    Wait(u64),
    CreateBudget {
        owner: usize,
        amount: u128,
        cap: Option<u128>,
        listed: bool,
    },
    FundBudget {
        id: u64,
        amount: u128,
    },
    WithdrawBudget {
        id: u64,
        amount: Option<u128>,
    },
    CloseBudget {
        id: u64,
    },
    OpenAccount {
        dseq: u64,
        coins: u128,
        draw: Option<(u64, u128)>,
    },
    Deposit {
        sender: usize,
        dseq: u64,
        coins: u128,
        draw: Option<(u64, u128)>,
    },
    OpenPayment {
        lease: Lease,
        atomics: u128,
    },
    ClosePayment {
        lease: Lease,
    },
    CloseAccount {
        dseq: u64,
    },
    Lock {
        lease: Lease,
        amount: u128,
    },
    Release {
        lease: Lease,
        forfeit: bool,
    },
    Withdraw {
        lease: Lease,
    },
    Settle {
        dseq: u64,
    },
    Sweep {
        limit: u32,
    },
    BreakBank,
    MendBank,
    ClaimRefund {
        sender: usize,
    },
}

#[derive(Clone, Debug)]
struct Lease {
    dseq: u64,
    gseq: u32,
    provider: usize,
}

fn lease() -> impl Strategy<Value = Lease> {
    (1..=DSEQS, 1..4u32, 0..PROVIDERS.len()).prop_map(|(dseq, gseq, provider)| Lease { dseq, gseq, provider })
}

fn step() -> impl Strategy<Value = Step> {
    let amount = || prop_oneof![0u128..5, 1u128..2_000, 1u128..200_000];
    let drawn = || prop::option::of((1..5u64, amount()));
    let rate = prop_oneof![1u128..10u128.pow(18), 10u128.pow(18)..100 * 10u128.pow(18)];
    prop_oneof![
        4 => prop_oneof![0u64..3, 1u64..100, 1u64..10_000].prop_map(Step::Wait),
        2 => (0..NAMES.len(), amount(), prop::option::of(amount()), any::<bool>())
            .prop_map(|(owner, amount, cap, listed)| Step::CreateBudget { owner, amount, cap, listed }),
        1 => (1..5u64, amount()).prop_map(|(id, amount)| Step::FundBudget { id, amount }),
        1 => (1..5u64, prop::option::of(amount())).prop_map(|(id, amount)| Step::WithdrawBudget { id, amount }),
        1 => (1..5u64).prop_map(|id| Step::CloseBudget { id }),
        4 => (1..=DSEQS, amount(), drawn()).prop_map(|(dseq, coins, draw)| Step::OpenAccount { dseq, coins, draw }),
        3 => (0..NAMES.len(), 1..=DSEQS, amount(), drawn())
            .prop_map(|(sender, dseq, coins, draw)| Step::Deposit { sender, dseq, coins, draw }),
        5 => (lease(), rate).prop_map(|(lease, atomics)| Step::OpenPayment { lease, atomics }),
        2 => lease().prop_map(|lease| Step::ClosePayment { lease }),
        1 => (1..=DSEQS).prop_map(|dseq| Step::CloseAccount { dseq }),
        2 => (lease(), amount()).prop_map(|(lease, amount)| Step::Lock { lease, amount }),
        1 => (lease(), any::<bool>()).prop_map(|(lease, forfeit)| Step::Release { lease, forfeit }),
        3 => lease().prop_map(|lease| Step::Withdraw { lease }),
        2 => (1..=DSEQS).prop_map(|dseq| Step::Settle { dseq }),
        2 => (1..4u32).prop_map(|limit| Step::Sweep { limit }),
        1 => Just(Step::BreakBank),
        2 => Just(Step::MendBank),
        1 => (0..NAMES.len()).prop_map(|sender| Step::ClaimRefund { sender }),
    ]
}

fn draws(draw_from: Option<(u64, u128)>) -> Vec<BudgetDraw> {
    draw_from.map(|(id, amount)| draw(id, amount)).into_iter().collect()
}

fn id(bench: &Bench, lease: &Lease) -> LeaseId {
    bench.lease(lease.dseq, lease.gseq, PROVIDERS[lease.provider])
}

fn take(bench: &mut Bench, step: Step) -> Option<Outcome> {
    Some(match step {
        Step::Wait(seconds) => {
            bench.app.advance(seconds);
            return None;
        }
        Step::BreakBank => {
            // Coins still come in from the market, but nobody else can be paid.
            let market = bench.market.clone();
            bench.app.restrict("uact", &[&market]);
            return None;
        }
        Step::MendBank => {
            bench.app.unrestrict("uact");
            return None;
        }
        Step::CreateBudget {
            owner,
            amount,
            cap,
            listed,
        } => {
            let providers = if listed { vec![bench.addr(PROVIDERS[0])] } else { vec![] };
            let terms = BudgetTerms {
                providers,
                per_deployment_cap: cap.map(Uact::new),
                ..terms()
            };
            let grantee = bench.addr("tenant");
            bench.execute(NAMES[owner], &ExecuteMsg::CreateBudget { grantee, terms }, amount)
        }
        Step::FundBudget { id, amount } => {
            bench.execute("friend", &ExecuteMsg::FundBudget { budget_id: id.into() }, amount)
        }
        Step::WithdrawBudget { id, amount } => {
            let amount = amount.map(Uact::new);
            bench.execute(
                "sponsor",
                &ExecuteMsg::WithdrawBudget {
                    budget_id: id.into(),
                    amount,
                },
                0,
            )
        }
        Step::CloseBudget { id } => bench.execute("sponsor", &ExecuteMsg::CloseBudget { budget_id: id.into() }, 0),
        Step::OpenAccount { dseq, coins, draw } => bench.open_account(dseq, coins, draws(draw)),
        Step::Deposit {
            sender,
            dseq,
            coins,
            draw,
        } => bench.deposit(NAMES[sender], dseq, coins, draws(draw)),
        Step::OpenPayment { lease, atomics } => {
            let lease = id(bench, &lease);
            bench.open_payment(&lease, UnitPrice::from_atomics(atomics))
        }
        Step::ClosePayment { lease } => {
            let lease = id(bench, &lease);
            bench.close_payment(&lease)
        }
        Step::CloseAccount { dseq } => bench.close_account(dseq),
        Step::Lock { lease, amount } => {
            let lease = id(bench, &lease);
            bench.lock(&lease, amount)
        }
        Step::Release { lease, forfeit } => {
            let (lease, to) = (id(bench, &lease), bench.addr("tenant"));
            let outcome = if forfeit {
                BidDepositOutcome::Forfeit { to }
            } else {
                BidDepositOutcome::Refund {}
            };
            bench.release(&lease, outcome)
        }
        Step::Withdraw { lease } => {
            let provider = PROVIDERS[lease.provider];
            let lease = id(bench, &lease);
            bench.withdraw(provider, &lease)
        }
        Step::Settle { dseq } => bench.settle(dseq),
        Step::Sweep { limit } => bench.execute("stranger", &ExecuteMsg::Sweep { limit }, 0),
        Step::ClaimRefund { sender } => bench.execute(NAMES[sender], &ExecuteMsg::ClaimRefund {}, 0),
    })
}

/// A refusal is fine, broken arithmetic or storage is not.
fn assert_no_defect(outcome: Option<Outcome>) {
    let Some(Err(error)) = outcome else { return };
    let text = format!("{error}");
    for defect in [
        "cannot take",
        "overflow",
        "cannot settle",
        "not found: type",
        "panicked",
    ] {
        assert!(!text.contains(defect), "{text}");
    }
}

/// What budgets think is drawn is what lies in accounts and bid deposits under their name.
fn assert_drawn(bench: &mut Bench) {
    let escrow = bench.escrow.clone();
    let storage = bench.app.chain().contract_storage(&escrow);
    let order = cosmwasm_std::Order::Ascending;
    for budget in state::BUDGETS.range(storage.as_ref(), None, None, order) {
        let (id, budget) = budget.unwrap();
        let from_budget =
            |source: &DepositSource| matches!(source, DepositSource::Budget { budget_id, .. } if budget_id.u64() == id);
        let mut drawn = 0;
        for account in state::ACCOUNTS.range(storage.as_ref(), None, None, order) {
            let account = account.unwrap().1;
            drawn += account
                .deposits
                .iter()
                .filter(|d| from_budget(&d.source))
                .map(|d| d.remaining.u128())
                .sum::<u128>();
        }
        assert_eq!(budget.drawn.u128(), drawn, "budget {id}");
    }
    for account in state::ACCOUNTS.range(storage.as_ref(), None, None, order) {
        let (dseq, account) = account.unwrap();
        let due = account.due_at.map(|at| state::DUE.has(storage.as_ref(), (at, dseq)));
        let paying = account.state == (AccountState::Open {}) && !account.open.is_empty();
        assert_eq!(
            due,
            paying.then_some(true),
            "account {dseq} is in the due index exactly while it pays"
        );
    }
    let due = state::DUE.keys(storage.as_ref(), None, None, order).count();
    let paying = state::ACCOUNTS.range(storage.as_ref(), None, None, order);
    assert_eq!(
        due,
        paying.filter(|item| item.as_ref().unwrap().1.due_at.is_some()).count()
    );
}

/// Three budgets of different terms; two accounts that spend them first, with leases running.
fn furnished() -> Bench {
    let mut bench = Bench::with_params(Params {
        runway_warning_seconds: 50,
        ..params()
    });
    let listed = BudgetTerms {
        providers: vec![bench.addr(PROVIDERS[0])],
        ..terms()
    };
    let capped = BudgetTerms {
        per_deployment_cap: Some(Uact::new(1_000)),
        ..terms()
    };
    for terms in [terms(), listed, capped] {
        bench.create_budget("sponsor", 100_000, terms);
    }
    for dseq in [1, 2] {
        bench.open_account(dseq, 0, vec![draw(dseq, 5_000)]).unwrap();
        bench.deposit("friend", dseq, 2_000, vec![]).unwrap();
        let lease = bench.lease(dseq, 1, PROVIDERS[0]);
        bench
            .open_payment(&lease, UnitPrice::from_atomics(7 * 10u128.pow(18) / 3))
            .unwrap();
        bench.lock(&lease, 300).unwrap();
    }
    bench
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn books_add_up_after_every_message(steps in prop::collection::vec(step(), 1..60)) {
        let mut bench = furnished();
        for step in steps {
            let outcome = take(&mut bench, step);
            assert_no_defect(outcome);
            bench.assert_books(0);
            assert_drawn(&mut bench);
        }
        // Whatever happened, everybody can leave and nothing is stuck.
        bench.app.unrestrict("uact");
        bench.app.advance(1);
        for dseq in 1..=DSEQS {
            drop(bench.close_account(dseq));
            for gseq in 1..4 {
                for provider in PROVIDERS {
                    let lease = bench.lease(dseq, gseq, provider);
                    drop(bench.withdraw(provider, &lease));
                    bench.release(&lease, BidDepositOutcome::Refund {}).unwrap();
                }
            }
        }
        for id in 1..100u64 {
            for owner in NAMES {
                drop(bench.execute(owner, &ExecuteMsg::CloseBudget { budget_id: id.into() }, 0));
            }
        }
        for name in NAMES.into_iter().chain(PROVIDERS) {
            drop(bench.execute(name, &ExecuteMsg::ClaimRefund {}, 0));
        }
        bench.assert_books(0);
        prop_assert_eq!(bench.app.balance(&bench.escrow.clone(), "uact"), 0);
    }
}
