use supercloud_market::{MarketError, Role};
use supercloud_schema::id::GroupId;
use supercloud_schema::market::{
    BidState, DeploymentState, ExecuteMsg, GroupState, LeaseState, OrderState, OrdersResponse, QueryMsg, event,
};
use supercloud_test_kit::{assert_fails, events};

use crate::world::*;

fn pause(id: &GroupId) -> ExecuteMsg {
    ExecuteMsg::PauseGroup {
        dseq: id.dseq,
        gseq: id.gseq,
    }
}

fn start(id: &GroupId) -> ExecuteMsg {
    ExecuteMsg::StartGroup {
        dseq: id.dseq,
        gseq: id.gseq,
    }
}

fn close(id: &GroupId) -> ExecuteMsg {
    ExecuteMsg::CloseGroup {
        dseq: id.dseq,
        gseq: id.gseq,
    }
}

fn in_state(group: &GroupId, state: GroupState) -> MarketError {
    MarketError::GroupState {
        group: group.clone(),
        state,
    }
}

#[test]
fn pausing_ends_the_lease_and_starting_opens_a_new_order() {
    let mut w = World::new();
    let provider = w.provider("p");
    let lease = w.lease(&provider);
    let group = lease.order().group();
    w.app.advance(30);
    let response = w.as_tenant(&pause(&group)).unwrap();
    assert_eq!(events(&response, event::GROUP_PAUSED).len(), 1);
    let ended = w.lease_of(&lease);
    assert_eq!((ended.state, ended.closed_reason), (LeaseState::Closed {}, Some(1)));
    assert_eq!((w.act_of(&provider), w.locked(&lease)), (PURSE, None));
    assert_fails(w.as_tenant(&pause(&group)), in_state(&group, GroupState::Paused {}));

    let response = w.as_tenant(&start(&group)).unwrap();
    assert_eq!(events(&response, event::GROUP_STARTED).len(), 1);
    assert_eq!(events(&response, event::ORDER_CREATED)[0]["oseq"], "2");
    assert_fails(w.as_tenant(&start(&group)), in_state(&group, GroupState::Open {}));
    assert_eq!(w.order(&group.order(2)).state, OrderState::Open {});
}

#[test]
fn pausing_gives_open_bids_back() {
    let mut w = World::new();
    let provider = w.provider("p");
    let group = w.create(vec![group("g")]).group(1);
    let bid = w.bid(&provider, &group.order(1), 10);
    w.as_tenant(&pause(&group)).unwrap();
    assert_eq!(
        (w.bid_of(&bid).state, w.act_of(&provider)),
        (BidState::Closed {}, PURSE)
    );
}

#[test]
fn closing_one_group_leaves_its_siblings_and_the_deployment() {
    let mut w = World::new();
    let id = w.create(vec![group("a"), group("b")]);
    let (first, second) = (id.group(1), id.group(2));
    let response = w.as_tenant(&close(&first)).unwrap();
    assert_eq!(events(&response, event::GROUP_CLOSED).len(), 1);
    assert_fails(w.as_tenant(&close(&first)), in_state(&first, GroupState::Closed {}));
    assert_fails(w.as_tenant(&start(&first)), in_state(&first, GroupState::Closed {}));
    assert_fails(w.as_tenant(&pause(&first)), in_state(&first, GroupState::Closed {}));
    let (_, groups) = w.deployment(&id);
    assert_eq!(
        [groups[0].state, groups[1].state],
        [GroupState::Closed {}, GroupState::Open {}]
    );
    w.as_tenant(&close(&second)).unwrap();
    assert_eq!(w.deployment(&id).0.state, DeploymentState::Active {});
    assert_eq!(w.act_of(&w.tenant), PURSE - DEPOSIT);
    w.as_tenant(&ExecuteMsg::CloseDeployment { dseq: id.dseq }).unwrap();
    assert_eq!(w.act_of(&w.tenant), PURSE);
}

#[test]
fn a_paused_group_can_be_closed() {
    let mut w = World::new();
    let group = w.create(vec![group("g")]).group(1);
    w.as_tenant(&pause(&group)).unwrap();
    w.as_tenant(&close(&group)).unwrap();
    let open: OrdersResponse = w.ask(&QueryMsg::OpenOrders {
        start_after: None,
        limit: None,
    });
    assert!(open.orders.is_empty());
}

#[test]
fn groups_obey_their_owner_only_and_must_exist() {
    let mut w = World::new();
    let group = w.create(vec![group("g")]).group(1);
    let other = w.app.addr("other");
    for msg in [pause(&group), start(&group), close(&group)] {
        let unauthorized = MarketError::Unauthorized {
            sender: other.to_string(),
            needed: Role::Tenant,
        };
        assert_fails(w.run(&other, &msg, 0), unauthorized);
    }
    for gseq in [0, 2] {
        let unknown = GroupId { gseq, ..group.clone() };
        assert_fails(
            w.as_tenant(&pause(&unknown)),
            MarketError::GroupNotFound { group: unknown },
        );
    }
    w.as_tenant(&ExecuteMsg::CloseDeployment { dseq: group.dseq }).unwrap();
    assert_fails(w.as_tenant(&start(&group)), MarketError::DeploymentClosed { dseq: 1 });
}
