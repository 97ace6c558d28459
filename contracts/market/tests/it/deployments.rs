use cosmwasm_std::{Uint64, coin};
use supercloud_escrow::error::EscrowError;
use supercloud_market::{MarketError, Role};
use supercloud_rules::validation::{List, ValidationError};
use supercloud_schema::escrow::{AccountState, BudgetDraw, BudgetScope, BudgetTerms};
use supercloud_schema::market::{
    BidState, DeploymentState, ExecuteMsg, GroupState, LeaseState, OrderState, SudoMsg, event,
};
use supercloud_schema::money::{UACT, Uact};
use supercloud_test_kit::{assert_fails, data, events};

use crate::world::*;

#[test]
fn creation_opens_groups_orders_and_an_account() {
    let mut w = World::new();
    let tenant = w.tenant.clone();
    let response = w
        .run(&tenant, &create_msg(vec![group("a"), group("b")], None), DEPOSIT)
        .unwrap();
    let id = data::<supercloud_schema::id::DeploymentId>(&response);
    assert_eq!((id.owner.as_str(), id.dseq), (w.tenant.as_str(), Uint64::one()));
    let created = &events(&response, event::DEPLOYMENT_CREATED)[0];
    assert_eq!(
        (created["dseq"].as_str(), created["hash"].as_str()),
        ("1", "01".repeat(32).as_str())
    );
    let orders = events(&response, event::ORDER_CREATED);
    assert_eq!(
        orders.iter().map(|order| order["gseq"].as_str()).collect::<Vec<_>>(),
        ["1", "2"]
    );

    let (deployment, groups) = w.deployment(&id);
    assert_eq!((deployment.state, deployment.groups), (DeploymentState::Active {}, 2));
    assert_eq!(
        groups.iter().map(|group| group.spec.name.as_str()).collect::<Vec<_>>(),
        ["a", "b"]
    );
    assert!(
        groups
            .iter()
            .all(|group| group.state == GroupState::Open {} && group.last_oseq == 1)
    );
    let order = w.order(&id.group(2).order(1));
    assert_eq!((order.state, order.max_price), (OrderState::Open {}, rate(10)));
    assert_eq!(w.account(&id).account.balance, Uact::new(DEPOSIT));
    assert_eq!(w.act_of(&w.tenant), PURSE - DEPOSIT);
}

#[test]
fn numbers_of_deployments_are_given_out_over_all_owners() {
    let mut w = World::new();
    let first = w.create(vec![group("g")]);
    let other = w.app.funded("other", PURSE, UACT);
    let response = w.run(&other, &create_msg(vec![group("g")], None), DEPOSIT).unwrap();
    let second: supercloud_schema::id::DeploymentId = data(&response);
    w.as_tenant(&ExecuteMsg::CloseDeployment { dseq: first.dseq }).unwrap();
    let third = w.create(vec![group("g")]);
    assert_eq!([first.dseq, second.dseq, third.dseq].map(|dseq| dseq.u64()), [1, 2, 3]);
}

#[test]
fn invalid_groups_and_hashes_are_refused() {
    let mut w = World::new();
    let none = MarketError::Validation(ValidationError::Empty { list: List::Groups });
    assert_fails(w.as_tenant(&create_msg(vec![], None)), none);
    let twice = MarketError::Validation(ValidationError::NameRepeated { name: "g".to_string() });
    assert_fails(w.as_tenant(&create_msg(vec![group("g"), group("g")], None)), twice);
    let hash = vec![0; 31].into();
    let short = ExecuteMsg::CreateDeployment {
        groups: vec![group("g")],
        hash,
        budgets: vec![],
        reclamation_seconds: None,
    };
    assert_fails(
        w.as_tenant(&short),
        MarketError::Validation(ValidationError::Hash { found: 31 }),
    );
    let mut spec = group("g");
    spec.requirements.signed_by.any_of = vec!["nobody".to_string()];
    let foreign = MarketError::InvalidAuditor {
        address: "nobody".to_string(),
    };
    assert_fails(w.as_tenant(&create_msg(vec![spec], None)), foreign);
}

#[test]
fn limit_of_groups_follows_the_parameters() {
    let mut w = World::with_params(supercloud_schema::market::Params {
        max_groups: 2,
        ..params()
    });
    let named = |count: u32| (0..count).map(|index| group(&index.to_string())).collect::<Vec<_>>();
    w.create(named(2));
    let refused = MarketError::Validation(ValidationError::TooMany {
        list: List::Groups,
        found: 3,
        max: 2,
    });
    assert_fails(w.as_tenant(&create_msg(named(3), None)), refused);
}

#[test]
fn deposit_must_reach_the_minimum_in_act() {
    let mut w = World::new();
    let tenant = w.tenant.clone();
    let small = EscrowError::DepositTooSmall {
        deposited: Uact::new(499_999),
        minimum: Uact::new(500_000),
    };
    assert_fails(w.run(&tenant, &create_msg(vec![group("g")], None), 499_999), small);
    w.run(&tenant, &create_msg(vec![group("g")], None), 500_000).unwrap();

    w.app.fund(&tenant, 1_000_000, "uakt");
    let market = w.market.clone();
    let refused = w.app.execute(
        &tenant,
        &market,
        &create_msg(vec![group("g")], None),
        &[coin(500_000, "uakt")],
    );
    let wrong = MarketError::WrongFunds {
        expected: UACT.to_string(),
        found: "500000uakt".to_string(),
    };
    assert_fails(refused, wrong);
}

#[test]
fn budgets_may_cover_the_whole_deposit() {
    let mut w = World::new();
    let sponsor = w.app.funded("sponsor", PURSE, UACT);
    let terms = BudgetTerms {
        scopes: vec![BudgetScope::Deployment {}],
        providers: vec![],
        max_rate: None,
        per_deployment_cap: None,
        expires_at: None,
    };
    let grantee = w.tenant.to_string();
    let msg = supercloud_schema::escrow::ExecuteMsg::CreateBudget { grantee, terms };
    let budget_id: Uint64 = data(&w.run_escrow(&sponsor, &msg, 2_000_000).unwrap());
    let budgets = vec![BudgetDraw {
        budget_id,
        amount: Uact::new(700_000),
    }];
    let msg = ExecuteMsg::CreateDeployment {
        groups: vec![group("g")],
        hash: hash(1),
        budgets,
        reclamation_seconds: None,
    };
    let id = data(&w.as_tenant(&msg).unwrap());
    assert_eq!(w.account(&id).account.balance, Uact::new(700_000));
    assert_eq!((w.act_of(&w.tenant), w.act_of(&sponsor)), (PURSE, PURSE - 2_000_000));
}

#[test]
fn messages_that_take_no_coins_refuse_them() {
    let mut w = World::new();
    let id = w.create(vec![group("g")]);
    let tenant = w.tenant.clone();
    let refused = w.run(&tenant, &ExecuteMsg::CloseDeployment { dseq: id.dseq }, 5);
    assert_fails(
        refused,
        MarketError::UnexpectedFunds {
            found: "5uact".to_string(),
        },
    );
}

#[test]
fn only_the_hash_can_be_updated_and_only_to_another() {
    let mut w = World::new();
    let id = w.create(vec![group("g")]);
    let update = |byte| ExecuteMsg::UpdateDeployment {
        dseq: id.dseq,
        hash: hash(byte),
    };
    assert_fails(w.as_tenant(&update(1)), MarketError::SameHash { dseq: 1 });
    let response = w.as_tenant(&update(2)).unwrap();
    assert_eq!(events(&response, event::DEPLOYMENT_UPDATED)[0]["hash"], "02".repeat(32));
    assert_eq!(w.deployment(&id).0.hash, hash(2));

    let other = w.app.addr("other");
    let unauthorized = MarketError::Unauthorized {
        sender: other.to_string(),
        needed: Role::Tenant,
    };
    assert_fails(w.run(&other, &update(3), 0), unauthorized);
    let unknown = ExecuteMsg::UpdateDeployment {
        dseq: Uint64::new(9),
        hash: hash(3),
    };
    assert_fails(w.as_tenant(&unknown), MarketError::DeploymentNotFound { dseq: 9 });
    w.as_tenant(&ExecuteMsg::CloseDeployment { dseq: id.dseq }).unwrap();
    assert_fails(w.as_tenant(&update(3)), MarketError::DeploymentClosed { dseq: 1 });
}

#[test]
fn closing_ends_everything_and_pays_everyone() {
    let mut w = World::new();
    let (winner, loser) = (w.provider("winner"), w.provider("loser"));
    let id = w.create(vec![group("a"), group("b")]);
    let (first, second) = (id.group(1).order(1), id.group(2).order(1));
    let lease = w.bid(&winner, &first, 10);
    w.accept(&lease);
    let open = w.bid(&loser, &second, 10);
    w.app.advance(100);
    let response = w.as_tenant(&ExecuteMsg::CloseDeployment { dseq: id.dseq }).unwrap();
    for (name, count) in [
        (event::DEPLOYMENT_CLOSED, 1),
        (event::GROUP_CLOSED, 2),
        (event::ORDER_CLOSED, 2),
        (event::BID_CLOSED, 2),
        (event::LEASE_CLOSED, 1),
    ] {
        assert_eq!(events(&response, name).len(), count, "{name}");
    }
    assert_eq!(events(&response, event::LEASE_CLOSED)[0]["reason"], "1");

    let (deployment, groups) = w.deployment(&id);
    assert_eq!(deployment.state, DeploymentState::Closed {});
    assert!(groups.iter().all(|group| group.state == GroupState::Closed {}));
    assert_eq!(
        [w.order(&first).state, w.order(&second).state],
        [OrderState::Closed {}; 2]
    );
    assert_eq!(
        [w.bid_of(&lease).state, w.bid_of(&open).state],
        [BidState::Closed {}; 2]
    );
    let ended = w.lease_of(&lease);
    assert_eq!(
        (ended.state, ended.closed_at, ended.closed_reason),
        (LeaseState::Closed {}, Some(w.app.now()), Some(1))
    );
    assert_eq!(w.account(&id).account.state, AccountState::Closed {});
    assert_eq!(w.act_of(&w.tenant), PURSE - 1000);
    assert_eq!((w.act_of(&winner), w.act_of(&loser)), (PURSE, PURSE));
    let withdraw = supercloud_schema::escrow::ExecuteMsg::Withdraw {
        leases: vec![lease],
        redeem: false,
    };
    w.run_escrow(&winner, &withdraw, 0).unwrap();
    assert_eq!(w.act_of(&winner), PURSE + 1000);
    assert_eq!(w.act_of(&w.escrow), 0);
    assert_fails(
        w.as_tenant(&ExecuteMsg::CloseDeployment { dseq: id.dseq }),
        MarketError::DeploymentClosed { dseq: id.dseq.u64() },
    );
}

#[test]
fn closing_a_large_deployment_releases_64_deposits_and_queues_the_rest() {
    let mut w = World::new();
    let providers: Vec<_> = (0..32).map(|index| w.provider(&format!("provider{index}"))).collect();
    let id = w.create((0..3).map(|index| group(&index.to_string())).collect());
    for gseq in 1..=3 {
        for provider in &providers {
            w.bid(provider, &id.group(gseq).order(1), 10);
        }
    }
    let response = w.as_tenant(&ExecuteMsg::CloseDeployment { dseq: id.dseq }).unwrap();
    assert_eq!(events(&response, event::BID_CLOSED).len(), 64);
    assert!(
        providers
            .iter()
            .all(|provider| w.act_of(provider) == PURSE - BID_DEPOSIT)
    );

    let waiting = id.group(3).order(1).bid(&providers[7], 1);
    w.close_bid(&providers[7], &waiting).unwrap();
    assert_eq!((w.locked(&waiting), w.act_of(&providers[7])), (None, PURSE));
    let anyone = w.app.addr("anyone");
    let market = w.market.clone();
    w.app.sudo(&market, &SudoMsg::ReleaseDeposits {}).unwrap();
    w.check();
    assert!(providers.iter().all(|provider| w.act_of(provider) == PURSE));
    let closed = MarketError::BidNotOpen {
        bid: waiting.clone(),
        state: BidState::Closed {},
    };
    assert_fails(w.close_bid(&providers[7], &waiting), closed);
    assert_eq!(
        w.run(&anyone, &ExecuteMsg::ReleaseDeposits {}, 0).unwrap().events.len(),
        1
    );
}
