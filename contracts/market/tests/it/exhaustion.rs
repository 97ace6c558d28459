use cosmwasm_std::Uint64;
use supercloud_market::{MarketError, Role};
use supercloud_schema::escrow::{AccountState, ExecuteMsg as EscrowMsg};
use supercloud_schema::market::{
    BidState, DeploymentState, ExecuteMsg, ExhaustedAccount, GroupState, LeaseState, OrderState, event,
};
use supercloud_test_kit::{assert_fails, events};

use crate::world::*;

/// Seconds that the usual deposit lasts at 10 uact per second; the last of them is paid in full.
const RUNWAY: u64 = DEPOSIT as u64 / 10;

fn notice(dseqs: &[u64], exhausted_at: u64) -> ExecuteMsg {
    let accounts = dseqs.iter().map(|dseq| ExhaustedAccount {
        dseq: Uint64::new(*dseq),
        exhausted_at,
    });
    ExecuteMsg::AccountsExhausted {
        accounts: accounts.collect(),
    }
}

#[test]
fn sweep_ends_leases_at_the_very_second_the_money_ran_out() {
    let mut w = World::new();
    let (provider, bidder, anyone) = (w.provider("p"), w.provider("bidder"), w.app.addr("anyone"));
    let id = w.create(vec![group("a"), group("b")]);
    let lease = w.bid(&provider, &id.group(1).order(1), 10);
    w.accept(&lease);
    let open = w.bid(&bidder, &id.group(2).order(1), 10);
    let dry_at = w.app.now() + RUNWAY;
    w.app.advance(RUNWAY + 777);
    let response = w.run_escrow(&anyone, &EscrowMsg::Sweep { limit: 10 }, 0).unwrap();
    assert_eq!(events(&response, event::LEASE_CLOSED)[0]["reason"], "20000");
    assert_eq!(events(&response, event::DEPLOYMENT_CLOSED).len(), 1);

    let ended = w.lease_of(&lease);
    assert_eq!(ended.state, LeaseState::InsufficientFunds {});
    assert_eq!((ended.closed_at, ended.closed_reason), (Some(dry_at), Some(20_000)));
    let (deployment, groups) = w.deployment(&id);
    assert_eq!(deployment.state, DeploymentState::Closed {});
    assert!(
        groups
            .iter()
            .all(|group| group.state == GroupState::InsufficientFunds {})
    );
    assert_eq!(w.order(&id.group(2).order(1)).state, OrderState::Closed {});
    assert_eq!(
        [w.bid_of(&lease).state, w.bid_of(&open).state],
        [BidState::Closed {}; 2]
    );
    assert_eq!(w.account(&id).account.state, AccountState::Exhausted {});
    let restart = ExecuteMsg::StartGroup { dseq: id.dseq, gseq: 1 };
    assert_fails(w.as_tenant(&restart), MarketError::DeploymentClosed { dseq: 1 });
}

#[test]
fn escrow_itself_refunds_the_bid_deposits() {
    let mut w = World::new();
    let (provider, bidder, anyone) = (w.provider("p"), w.provider("bidder"), w.app.addr("anyone"));
    let id = w.create(vec![group("a"), group("b")]);
    let lease = w.bid(&provider, &id.group(1).order(1), 10);
    w.accept(&lease);
    let open = w.bid(&bidder, &id.group(2).order(1), 10);
    w.app.advance(RUNWAY + 1);
    let response = w.run_escrow(&anyone, &EscrowMsg::Sweep { limit: 10 }, 0).unwrap();
    assert_eq!(events(&response, event::BID_CLOSED).len(), 2);
    assert_eq!([w.locked(&lease), w.locked(&open)], [None; 2]);
    assert_eq!((w.act_of(&provider), w.act_of(&bidder)), (PURSE, PURSE));
    let closed = MarketError::BidNotOpen {
        bid: lease.clone(),
        state: BidState::Closed {},
    };
    assert_fails(w.close_bid(&provider, &lease), closed);
    w.run_escrow(
        &provider,
        &EscrowMsg::Withdraw {
            leases: vec![lease],
            redeem: false,
        },
        0,
    )
    .unwrap();
    assert_eq!(w.act_of(&provider), PURSE + DEPOSIT);
    assert_eq!(w.act_of(&w.escrow), 0);
}

#[test]
fn notices_come_from_escrow_only_and_may_come_twice() {
    let mut w = World::new();
    let provider = w.provider("p");
    let lease = w.lease(&provider);
    let unauthorized = MarketError::Unauthorized {
        sender: w.tenant.to_string(),
        needed: Role::Escrow,
    };
    assert_fails(w.as_tenant(&notice(&[1], 5)), unauthorized);
    let escrow = w.escrow.clone();
    let at = w.app.now() + 5;
    let market = w.market.clone();
    let response = w.app.execute(&escrow, &market, &notice(&[1], at), &[]).unwrap();
    assert_eq!(events(&response, event::LEASE_CLOSED).len(), 1);
    let ended = w.lease_of(&lease);
    let again = w.app.execute(&escrow, &market, &notice(&[1], at + 9), &[]).unwrap();
    assert_eq!(events(&again, event::LEASE_CLOSED).len(), 0);
    assert_eq!(w.lease_of(&lease), ended);
    let unknown = w.app.execute(&escrow, &market, &notice(&[2], at), &[]);
    assert_fails(unknown, MarketError::DeploymentNotFound { dseq: 2 });
    let long = w.app.execute(&escrow, &market, &notice(&[1; 33], at), &[]);
    assert_fails(long, MarketError::NoticeTooLong { found: 33, max: 32 });
}

#[test]
fn deployment_closed_by_its_owner_after_running_dry_stays_closed() {
    let mut w = World::new();
    let (provider, anyone) = (w.provider("p"), w.app.addr("anyone"));
    let lease = w.lease(&provider);
    w.app.advance(RUNWAY + 5);
    w.as_tenant(&ExecuteMsg::CloseDeployment { dseq: lease.dseq }).unwrap();
    w.run_escrow(&anyone, &EscrowMsg::Sweep { limit: 10 }, 0).unwrap();
    let ended = w.lease_of(&lease);
    assert_eq!((ended.state, ended.closed_reason), (LeaseState::Closed {}, Some(1)));
    assert_eq!(w.act_of(&provider), PURSE);
    w.run_escrow(
        &provider,
        &EscrowMsg::Withdraw {
            leases: vec![lease],
            redeem: false,
        },
        0,
    )
    .unwrap();
    assert_eq!(
        (w.act_of(&provider), w.act_of(&w.tenant)),
        (PURSE + DEPOSIT, PURSE - DEPOSIT)
    );
}
