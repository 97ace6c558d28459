//! Who pays, and who gets back what was not spent.

use cosmwasm_std::Uint64;
use supercloud_schema::escrow::{
    BudgetDraw, BudgetResponse, BudgetScope, BudgetTerms, DepositSource, ExecuteMsg, QueryMsg,
};
use supercloud_schema::money::Uact;

use crate::suite::{BID_DEPOSIT, ONE, PURSE, Suite, data, group};
use crate::world::World;

fn open_budget<W: World>(s: &mut Suite<W>, owner: &str, amount: u128) -> Uint64 {
    let terms = BudgetTerms {
        scopes: vec![BudgetScope::Deployment {}],
        providers: vec![],
        max_rate: None,
        per_deployment_cap: None,
        expires_at: None,
    };
    let grantee = s.tenant.clone();
    data(
        &s.escrow(owner, &ExecuteMsg::CreateBudget { grantee, terms }, amount)
            .unwrap(),
    )
}

fn budget<W: World>(s: &Suite<W>, id: Uint64) -> (u128, u128) {
    let answer: BudgetResponse = s.ask(&s.at.escrow, &QueryMsg::Budget { id });
    (answer.budget.balance.u128(), answer.budget.drawn.u128())
}

/// 27, 34 and 45 to 47: 30 of the tenant's own, then 50 of a sponsor's budget, 7 a second for 6 seconds. Two bidders.
pub fn two_sources_are_spent_in_order_and_refunded_exactly(world: impl World) {
    let mut s = Suite::deploy(world);
    let (winner, loser, sponsor) = (
        s.provider("winner", vec![]),
        s.provider("loser", vec![]),
        s.purse("sponsor"),
    );
    let budget_id = open_budget(&mut s, &sponsor, 60 * ONE);
    let draws = vec![BudgetDraw {
        budget_id,
        amount: Uact::new(50 * ONE),
    }];
    let mut spec = group("g");
    spec.resources[0].price = crate::rate(7 * ONE / 6);
    spec.resources[0].count = 6;
    let id = s.create_with(vec![spec], draws, None, 30 * ONE);
    assert_eq!(budget(&s, budget_id), (10 * ONE, 50 * ONE));

    let order = id.group(1).order(1);
    let price = 7 * ONE / 6 * 6;
    let (lost, won) = (s.bid(&loser, &order, price), s.bid(&winner, &order, price));
    s.accept(&won);
    assert_eq!((s.act_of(&loser), s.act_of(&winner)), (PURSE, PURSE - BID_DEPOSIT));
    assert_eq!(s.bid_of(&lost).state, supercloud_schema::market::BidState::Lost {});
    s.advance(6);
    let spent = 6 * price;
    let deposits = s.account(&id).deposits;
    assert_eq!(deposits.len(), 1, "the tenant's own coins were spent first");
    let owner = sponsor.clone();
    assert_eq!(deposits[0].source, DepositSource::Budget { budget_id, owner });
    assert_eq!(deposits[0].remaining.u128(), 80 * ONE - spent);

    s.close(&id);
    assert_eq!(s.act_of(&s.tenant), PURSE - 30 * ONE);
    assert_eq!(budget(&s, budget_id), (60 * ONE - (spent - 30 * ONE), 0));
    s.withdraw(&winner, &won).unwrap();
    assert_eq!(s.act_of(&winner), PURSE + spent);
    s.escrow(&sponsor, &ExecuteMsg::CloseBudget { budget_id }, 0).unwrap();
    assert_eq!(s.act_of(&sponsor), PURSE - (spent - 30 * ONE));
    assert_eq!(s.act_of(&s.at.escrow), 0);
}

/// 9 and 36: a friend tops up; the tenant's earlier deposit pays first.
pub fn later_depositors_are_refunded_first(world: impl World) {
    let mut s = Suite::deploy(world);
    let (provider, friend) = (s.provider("p", vec![]), s.purse("friend"));
    let id = s.create(vec![group("g")], 10 * ONE);
    s.lease(&provider, &id.group(1).order(1), ONE);
    s.escrow(
        &friend,
        &ExecuteMsg::Deposit {
            dseq: id.dseq,
            budgets: vec![],
        },
        10 * ONE,
    )
    .unwrap();
    s.advance(12);
    s.close(&id);
    assert_eq!(
        (s.act_of(&s.tenant), s.act_of(&friend)),
        (PURSE - 10 * ONE, PURSE - 2 * ONE)
    );
}

/// 28 to 30 and 35: what was not drawn goes back at once, what was drawn when its deployment closes.
pub fn undrawn_credit_goes_back_at_any_time(world: impl World) {
    let mut s = Suite::deploy(world);
    let sponsor = s.purse("sponsor");
    let budget_id = open_budget(&mut s, &sponsor, 5 * ONE);
    let draw = |amount| {
        vec![BudgetDraw {
            budget_id,
            amount: Uact::new(amount),
        }]
    };
    let id = s.create_with(vec![group("g")], draw(2 * ONE), None, 0);
    s.escrow(&sponsor, &ExecuteMsg::CloseBudget { budget_id }, 0).unwrap();
    assert_eq!(s.act_of(&sponsor), PURSE - 2 * ONE);
    let hash = cosmwasm_std::HexBinary::from([1; 32]);
    let again = supercloud_schema::market::ExecuteMsg::CreateDeployment {
        groups: vec![group("g")],
        hash,
        budgets: draw(ONE),
        reclamation_seconds: None,
    };
    let closed = supercloud_escrow::error::EscrowError::BudgetClosed {
        budget_id: budget_id.u64(),
    };
    crate::assert_refused(s.as_tenant(&again), &closed);
    s.close(&id);
    assert_eq!((s.act_of(&sponsor), s.act_of(&s.tenant)), (PURSE, PURSE));
}
