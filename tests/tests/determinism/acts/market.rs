//! Tenants and providers.

use cosmwasm_std::{HexBinary, Uint64};
use supercloud_client::{Any, coin, message};
use supercloud_schema::id::{BidId, OrderId};
use supercloud_schema::money::UACT;
use supercloud_schema::registry::{self, ProviderInfo, ProviderProfile};
use supercloud_schema::{escrow, market};
use supercloud_tests::{BID_DEPOSIT, ONE, group, rate};

use crate::scene::{Act, Scene};

const TENANTS: u64 = 3;

pub(crate) fn register(scene: &Scene, provider: usize) -> Any {
    let profile = ProviderProfile {
        host_uri: "https://provider.example:8443".to_owned(),
        tls_key_sha256: HexBinary::from([9; 32]),
        attributes: vec![],
        info: ProviderInfo::default(),
    };
    let msg = registry::ExecuteMsg::RegisterProvider { profile };
    message::execute(&scene.address(provider), &scene.suite.registry, &msg, vec![]).unwrap()
}

pub(crate) fn act(scene: &mut Scene) -> Act {
    let provider = 3 + scene.random.below(2) as usize;
    // A recent deployment; now and then of somebody else, or none.
    let (owner, number) = match scene.deployments.as_slice() {
        [] => return create(scene, 0),
        known => scene.random.pick(known).clone(),
    };
    let stranger = scene.random.below(TENANTS) as usize;
    let tenant = match scene.random.once_in(8) {
        true => stranger,
        false => index_of(scene, &owner),
    };
    let dseq = Uint64::new(number + u64::from(scene.random.once_in(10)));
    match scene.random.below(16) {
        0..=2 => create(scene, stranger),
        3..=7 => bid(scene, provider, owner, dseq),
        8..=10 => lease(scene),
        11 => of_market(scene, tenant, &market::ExecuteMsg::CloseDeployment { dseq }, 0),
        12 => match scene.bids.last().cloned() {
            Some(bid) => of_market(
                scene,
                provider,
                &market::ExecuteMsg::CloseBid { bid, reason: 10_000 },
                0,
            ),
            None => create(scene, tenant),
        },
        13 => {
            let leases = scene.bids.iter().rev().take(1).cloned().collect();
            of_escrow(
                scene,
                provider,
                &escrow::ExecuteMsg::Withdraw { leases, redeem: false },
                0,
            )
        }
        14 => of_escrow(
            scene,
            tenant,
            &escrow::ExecuteMsg::Deposit { dseq, budgets: vec![] },
            ONE,
        ),
        _ => of_escrow(scene, tenant, &escrow::ExecuteMsg::Sweep { limit: 5 }, 0),
    }
}

fn index_of(scene: &Scene, address: &str) -> usize {
    let found = (0..TENANTS as usize).find(|tenant| scene.address(*tenant) == address);
    found.unwrap_or_default()
}

fn of_market(scene: &Scene, person: usize, msg: &market::ExecuteMsg, uact: u128) -> Act {
    send(scene, person, &scene.suite.market, msg, uact)
}

fn of_escrow(scene: &Scene, person: usize, msg: &escrow::ExecuteMsg, uact: u128) -> Act {
    send(scene, person, &scene.suite.escrow, msg, uact)
}

fn send(scene: &Scene, person: usize, contract: &str, msg: &impl serde::Serialize, uact: u128) -> Act {
    let funds = if uact == 0 { vec![] } else { vec![coin(uact, UACT)] };
    Act::new(
        person,
        message::execute(&scene.address(person), contract, msg, funds).unwrap(),
    )
}

fn create(scene: &mut Scene, tenant: usize) -> Act {
    let groups = (0..1 + scene.random.below(2))
        .map(|index| group(&format!("group {index}")))
        .collect();
    let msg = market::ExecuteMsg::CreateDeployment {
        groups,
        hash: HexBinary::from([1; 32]),
        budgets: vec![],
        reclamation_seconds: None,
    };
    // Too little, little, much.
    let deposit = *scene.random.pick(&[1, 5 * ONE, 5 * ONE, 400 * ONE]);
    of_market(scene, tenant, &msg, deposit)
}

fn bid(scene: &mut Scene, provider: usize, owner: String, dseq: Uint64) -> Act {
    let order = OrderId {
        owner,
        dseq,
        gseq: 1,
        oseq: 1,
    };
    let bid: BidId = order.bid(scene.address(provider), 1);
    scene.bids.push(bid);
    let keep = scene.bids.len().saturating_sub(6);
    scene.bids.drain(..keep);
    let msg = market::ExecuteMsg::CreateBid {
        order,
        price: rate(u128::from(1 + scene.random.below(2_000))),
        resources_offer: vec![],
        reclamation_seconds: None,
    };
    of_market(scene, provider, &msg, BID_DEPOSIT)
}

fn lease(scene: &mut Scene) -> Act {
    if scene.bids.is_empty() {
        return create(scene, 0);
    }
    let bid = scene.random.pick(&scene.bids).clone();
    let owner = (0..TENANTS as usize).find(|tenant| scene.address(*tenant) == bid.owner);
    of_market(
        scene,
        owner.unwrap_or_default(),
        &market::ExecuteMsg::CreateLease { bid },
        0,
    )
}
