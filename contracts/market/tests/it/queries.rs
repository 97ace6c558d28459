use cosmwasm_std::Uint64;
use supercloud_market::MarketError;
use supercloud_schema::id::DeploymentId;
use supercloud_schema::market::{
    DeploymentsResponse, ExecuteMsg, LeaseState, LeasesResponse, OrderCursor, OrdersResponse, QueryMsg,
};
use supercloud_schema::money::UACT;
use supercloud_test_kit::{assert_fails, data};

use crate::world::*;

fn cursor(dseq: u64, gseq: u32, oseq: u32) -> Option<OrderCursor> {
    Some(OrderCursor {
        dseq: Uint64::new(dseq),
        gseq,
        oseq,
    })
}

#[test]
fn deployments_are_listed_by_owner_and_over_all() {
    let mut w = World::new();
    for _ in 0..3 {
        w.create(vec![group("g")]);
    }
    let other = w.app.funded("other", PURSE, UACT);
    let foreign: DeploymentId = data(&w.run(&other, &create_msg(vec![group("g")], None), DEPOSIT).unwrap());
    let list = |owner: Option<&str>, start_after: Option<u64>, limit| {
        let (owner, start_after) = (owner.map(ToString::to_string), start_after.map(Uint64::new));
        let answer: DeploymentsResponse = w.ask(&QueryMsg::Deployments {
            owner,
            start_after,
            limit,
        });
        answer
            .deployments
            .iter()
            .map(|deployment| deployment.id.dseq.u64())
            .collect::<Vec<_>>()
    };
    assert_eq!(list(None, None, None), [1, 2, 3, 4]);
    assert_eq!(list(None, Some(1), Some(2)), [2, 3]);
    assert_eq!(list(Some(w.tenant.as_str()), None, None), [1, 2, 3]);
    assert_eq!(list(Some(w.tenant.as_str()), Some(2), None), [3]);
    assert_eq!(list(Some(other.as_str()), None, None), [foreign.dseq.u64()]);
}

#[test]
fn open_orders_are_paged_and_leave_when_they_close() {
    let mut w = World::new();
    let provider = w.provider("p");
    let id = w.create(vec![group("a"), group("b")]);
    let second = w.create(vec![group("c")]);
    let list = |w: &World, start_after, limit| {
        let answer: OrdersResponse = w.ask(&QueryMsg::OpenOrders { start_after, limit });
        answer
            .orders
            .iter()
            .map(|order| (order.id.dseq.u64(), order.id.gseq, order.id.oseq))
            .collect::<Vec<_>>()
    };
    assert_eq!(list(&w, None, None), [(1, 1, 1), (1, 2, 1), (2, 1, 1)]);
    assert_eq!(list(&w, cursor(1, 1, 1), Some(1)), [(1, 2, 1)]);
    let lease = w.bid(&provider, &id.group(1).order(1), 10);
    w.accept(&lease);
    w.as_tenant(&ExecuteMsg::CloseDeployment { dseq: second.dseq }).unwrap();
    assert_eq!(list(&w, None, None), [(1, 2, 1)]);
    w.as_tenant(&ExecuteMsg::CloseLease { lease }).unwrap();
    assert_eq!(list(&w, None, None), [(1, 1, 2), (1, 2, 1)]);
}

#[test]
fn leases_are_found_by_provider_and_by_deployment() {
    let mut w = World::new();
    let (provider, other) = (w.provider("p"), w.provider("other"));
    let first = w.lease(&provider);
    w.as_tenant(&ExecuteMsg::CloseLease { lease: first.clone() }).unwrap();
    let second = w.bid(&provider, &first.order().group().order(2), 9);
    w.accept(&second);
    let third = w.lease(&provider);
    let foreign = w.lease(&other);

    let ids = |answer: LeasesResponse| answer.leases.into_iter().map(|lease| lease.id).collect::<Vec<_>>();
    let by_provider = |start_after, limit| {
        ids(w.ask(&QueryMsg::ProviderLeases {
            provider: provider.to_string(),
            start_after,
            limit,
        }))
    };
    assert_eq!(by_provider(None, None), [first.clone(), second.clone(), third.clone()]);
    assert_eq!(by_provider(cursor(1, 1, 1), Some(1)), std::slice::from_ref(&second));
    let by_deployment = |dseq: u64, start_after| {
        ids(w.ask(&QueryMsg::DeploymentLeases {
            dseq: Uint64::new(dseq),
            start_after,
            limit: None,
        }))
    };
    assert_eq!(by_deployment(1, None), [first.clone(), second.clone()]);
    assert_eq!(by_deployment(1, cursor(1, 1, 1)), [second]);
    assert_eq!(by_deployment(2, cursor(1, 9, 9)), [third]);
    assert_eq!(by_deployment(3, None), [foreign]);
    assert_eq!(w.lease_of(&first).state, LeaseState::Closed {});
}

#[test]
fn ids_with_another_owner_find_nothing() {
    let mut w = World::new();
    let provider = w.provider("p");
    let lease = w.lease(&provider);
    let mut wrong = lease.clone();
    wrong.owner = w.app.addr("other").to_string();
    let id = wrong.order().group().deployment();
    let query = |msg: QueryMsg| w.app.query::<LeasesResponse>(&w.market, &msg);
    assert_fails(
        query(QueryMsg::Deployment { id }),
        MarketError::DeploymentNotFound { dseq: 1 },
    );
    assert_fails(
        query(QueryMsg::Order { id: wrong.order() }),
        MarketError::OrderNotFound { order: wrong.order() },
    );
    assert_fails(
        query(QueryMsg::Bid { id: wrong.clone() }),
        MarketError::BidNotFound { bid: wrong.clone() },
    );
    assert_fails(
        query(QueryMsg::Lease { id: wrong.clone() }),
        MarketError::LeaseNotFound { lease: wrong.clone() },
    );
}
