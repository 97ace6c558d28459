//! Random messages by everybody; after each the README's invariants are checked against all records.

use cosmwasm_std::Addr;
use proptest::prelude::*;
use supercloud_schema::escrow::{self, AccountState, PaymentResponse, PaymentState};
use supercloud_schema::id::{BidId, DeploymentId, OrderId};
use supercloud_schema::market::{
    BidState, Deployment, DeploymentState, DeploymentsResponse, ExecuteMsg, Group, GroupState, LeaseState,
    LeasesResponse, OrderState, OrdersResponse, QueryMsg,
};

use crate::world::*;

/// What somebody tries; numbers choose among what there is.
#[derive(Clone, Copy, Debug)]
enum Try {
    Create {
        groups: u8,
        window: bool,
    },
    Bid {
        provider: u8,
        order: u8,
        price: u8,
        window: bool,
    },
    CloseBid {
        bid: u8,
    },
    Accept {
        bid: u8,
    },
    CloseLease {
        lease: u8,
    },
    Reclaim {
        lease: u8,
    },
    Pause {
        group: u8,
    },
    Start {
        group: u8,
    },
    CloseGroup {
        group: u8,
    },
    CloseDeployment {
        deployment: u8,
    },
    Sweep,
    Wait {
        steps: u8,
    },
}

fn tries() -> impl Strategy<Value = Try> {
    prop_oneof![
        2 => (1..3u8, any::<bool>()).prop_map(|(groups, window)| Try::Create { groups, window }),
        8 => (0..3u8, any::<u8>(), 1..=11u8, any::<bool>())
            .prop_map(|(provider, order, price, window)| Try::Bid { provider, order, price, window }),
        2 => any::<u8>().prop_map(|bid| Try::CloseBid { bid }),
        5 => any::<u8>().prop_map(|bid| Try::Accept { bid }),
        1 => any::<u8>().prop_map(|lease| Try::CloseLease { lease }),
        2 => any::<u8>().prop_map(|lease| Try::Reclaim { lease }),
        1 => any::<u8>().prop_map(|group| Try::Pause { group }),
        2 => any::<u8>().prop_map(|group| Try::Start { group }),
        1 => any::<u8>().prop_map(|group| Try::CloseGroup { group }),
        1 => any::<u8>().prop_map(|deployment| Try::CloseDeployment { deployment }),
        2 => Just(Try::Sweep),
        5 => (1..=100u8).prop_map(|steps| Try::Wait { steps }),
    ]
}

fn pick<T: Clone>(list: &[T], number: u8) -> Option<T> {
    list.get(usize::from(number) % list.len().max(1)).cloned()
}

fn deployments(w: &World) -> Vec<Deployment> {
    let all = QueryMsg::Deployments {
        owner: None,
        start_after: None,
        limit: Some(100),
    };
    w.ask::<DeploymentsResponse>(&all).deployments
}

fn groups(w: &World) -> Vec<Group> {
    deployments(w)
        .iter()
        .flat_map(|deployment| w.deployment(&deployment.id).1)
        .collect()
}

fn orders(w: &World) -> Vec<OrderId> {
    let of_group = |group: Group| (1..=group.last_oseq).map(move |oseq| group.id.order(oseq));
    groups(w).into_iter().flat_map(of_group).collect()
}

fn open_orders(w: &World) -> Vec<OrderId> {
    let page = QueryMsg::OpenOrders {
        start_after: None,
        limit: Some(100),
    };
    w.ask::<OrdersResponse>(&page)
        .orders
        .into_iter()
        .map(|order| order.id)
        .collect()
}

fn bids_in(w: &World, states: &[BidState]) -> Vec<BidId> {
    let bids = orders(w).into_iter().flat_map(|order| w.bids_of(&order));
    bids.filter(|bid| states.contains(&bid.state))
        .map(|bid| bid.id)
        .collect()
}

fn live_bids(w: &World) -> Vec<BidId> {
    bids_in(w, &[BidState::Open {}, BidState::Active {}])
}

fn leased_bids(w: &World) -> Vec<BidId> {
    bids_in(w, &[BidState::Active {}])
}

/// Refusals are as welcome as successes: only the invariants matter.
fn attempt(w: &mut World, providers: &[Addr], what: Try) -> Option<()> {
    let (sender, msg, funds) = match what {
        Try::Create { groups, window } => {
            let specs = (0..groups).map(|index| group(&index.to_string())).collect();
            (w.tenant.clone(), create_msg(specs, window.then_some(HOUR)), DEPOSIT / 2)
        }
        Try::Bid {
            provider,
            order,
            price,
            window,
        } => {
            let order = pick(&open_orders(w), order)?;
            let msg = bid_msg(&order, rate(price.into()), window.then_some(HOUR));
            (providers[usize::from(provider)].clone(), msg, BID_DEPOSIT)
        }
        Try::CloseBid { bid } => {
            let bid = pick(&live_bids(w), bid)?;
            (
                Addr::unchecked(&bid.provider),
                ExecuteMsg::CloseBid { bid, reason: 10_000 },
                0,
            )
        }
        Try::Accept { bid } => (
            w.tenant.clone(),
            ExecuteMsg::CreateLease {
                bid: pick(&live_bids(w), bid)?,
            },
            0,
        ),
        Try::CloseLease { lease } => (
            w.tenant.clone(),
            ExecuteMsg::CloseLease {
                lease: pick(&leased_bids(w), lease)?,
            },
            0,
        ),
        Try::Reclaim { lease } => {
            let lease = pick(&leased_bids(w), lease)?;
            (
                Addr::unchecked(&lease.provider),
                ExecuteMsg::StartReclaim { lease, reason: 10_001 },
                0,
            )
        }
        Try::Pause { group } => {
            let id = pick(&groups(w), group)?.id;
            (
                w.tenant.clone(),
                ExecuteMsg::PauseGroup {
                    dseq: id.dseq,
                    gseq: id.gseq,
                },
                0,
            )
        }
        Try::Start { group } => {
            let id = pick(&groups(w), group)?.id;
            (
                w.tenant.clone(),
                ExecuteMsg::StartGroup {
                    dseq: id.dseq,
                    gseq: id.gseq,
                },
                0,
            )
        }
        Try::CloseGroup { group } => {
            let id = pick(&groups(w), group)?.id;
            (
                w.tenant.clone(),
                ExecuteMsg::CloseGroup {
                    dseq: id.dseq,
                    gseq: id.gseq,
                },
                0,
            )
        }
        Try::CloseDeployment { deployment } => {
            let id = pick(&deployments(w), deployment)?.id;
            (w.tenant.clone(), ExecuteMsg::CloseDeployment { dseq: id.dseq }, 0)
        }
        Try::Sweep => {
            let anyone = providers[0].clone();
            w.run_escrow(&anyone, &escrow::ExecuteMsg::Sweep { limit: 50 }, 0)
                .unwrap();
            return None;
        }
        Try::Wait { steps } => {
            w.app.advance(900 * u64::from(steps));
            return None;
        }
    };
    w.run(&sender, &msg, funds).ok().map(|_| ())
}

fn assert_invariants(w: &World) {
    let mut open = vec![];
    for deployment in deployments(w) {
        let id = &deployment.id;
        let dry = w.account(id).account.state == AccountState::Exhausted {};
        for group in w.deployment(id).1 {
            let states: Vec<_> = (1..=group.last_oseq)
                .map(|oseq| w.order(&group.id.order(oseq)).state)
                .collect();
            let (last, earlier) = states.split_last().unwrap();
            assert!(
                earlier.iter().all(|state| *state == OrderState::Closed {}),
                "{} has two orders",
                group.id
            );
            let lives = deployment.state == DeploymentState::Active {} && group.state == GroupState::Open {};
            assert_eq!(
                *last != OrderState::Closed {},
                lives,
                "{} {:?} with order {last:?}",
                group.id,
                group.state
            );
            for oseq in 1..=group.last_oseq {
                assert_order(w, &group.id.order(oseq), dry);
            }
            if *last == (OrderState::Open {}) {
                open.push(group.id.order(group.last_oseq));
            }
        }
        assert_leases(w, id, dry);
    }
    assert_eq!(open_orders(w), open);
}

/// A deposit is locked for an open bid and for the one that has the lease, and for no other.
fn assert_order(w: &World, order: &OrderId, dry: bool) {
    let bids = w.bids_of(order);
    let mut providers: Vec<_> = bids.iter().map(|bid| &bid.id.provider).collect();
    providers.sort_unstable();
    providers.dedup();
    assert_eq!(providers.len(), bids.len(), "a provider has two bids on {order}");
    for bid in bids {
        let holds = matches!(bid.state, BidState::Open {} | BidState::Active {});
        if !dry {
            assert_eq!(w.locked(&bid.id).is_some(), holds, "{} is {:?}", bid.id, bid.state);
        }
    }
}

/// A lease runs while its order is active and its payment is open, unless the money ended unnoticed.
fn assert_leases(w: &World, id: &DeploymentId, dry: bool) {
    let page = QueryMsg::DeploymentLeases {
        dseq: id.dseq,
        start_after: None,
        limit: Some(100),
    };
    for lease in w.ask::<LeasesResponse>(&page).leases {
        let runs = matches!(lease.state, LeaseState::Active {} | LeaseState::Reclaiming {});
        assert_eq!(
            w.order(&lease.id.order()).state == OrderState::Active {},
            runs,
            "{}",
            lease.id
        );
        assert_eq!(
            (lease.closed_at.is_none(), lease.closed_reason.is_none()),
            (runs, runs),
            "{}",
            lease.id
        );
        let question = escrow::QueryMsg::Payment {
            lease: lease.id.clone(),
        };
        let payment = w.app.query::<PaymentResponse>(&w.escrow, &question).unwrap().payment;
        if !dry {
            assert_eq!(payment.state == PaymentState::Open {}, runs, "{}", lease.id);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_messages_breaks_an_invariant(tries in proptest::collection::vec(tries(), 40..100)) {
        let mut w = World::new();
        let providers: Vec<_> = (0..3).map(|index| w.provider(&format!("p{index}"))).collect();
        for what in tries {
            attempt(&mut w, &providers, what);
            assert_invariants(&w);
        }
        for deployment in deployments(&w) {
            let _ = w.as_tenant(&ExecuteMsg::CloseDeployment { dseq: deployment.id.dseq });
        }
        w.app.advance(1);
        let anyone = providers[0].clone();
        w.run_escrow(&anyone, &escrow::ExecuteMsg::Sweep { limit: 50 }, 0).unwrap();
        assert_invariants(&w);
        for order in orders(&w) {
            for bid in w.bids_of(&order) {
                prop_assert_eq!(w.locked(&bid.id), None);
            }
        }
    }
}
