//! Bid deposits: locks, refunds, forfeits.

use supercloud_escrow::error::EscrowError;
use supercloud_schema::escrow::{
    BidDeposit, BidDepositOutcome, BidDepositRelease, BidDepositResponse, DepositSource, ExecuteMsg, QueryMsg, event,
};
use supercloud_schema::id::BidId;
use supercloud_schema::money::Uact;
use supercloud_test_kit::{assert_fails, events};

use crate::bench::Bench;

const REFUND: BidDepositOutcome = BidDepositOutcome::Refund {};

fn with_account() -> (Bench, BidId) {
    let mut bench = Bench::new();
    bench.open_account(1, 1_000, vec![]).unwrap();
    let bid = bench.lease(1, 1, "provider");
    (bench, bid)
}

fn stored(bench: &Bench, bid: &BidId) -> Option<BidDeposit> {
    let msg = QueryMsg::BidDeposit { bid: bid.clone() };
    bench
        .app
        .query::<BidDepositResponse>(&bench.escrow, &msg)
        .unwrap()
        .deposit
}

#[test]
fn a_refunded_deposit_goes_to_the_provider_and_only_once() {
    let (mut bench, bid) = with_account();
    bench.lock(&bid, 500).unwrap();
    let source = DepositSource::Wallet {
        owner: bench.addr("provider"),
    };
    let deposit = BidDeposit {
        bid: bid.clone(),
        source,
        amount: Uact::new(500),
    };
    assert_eq!(stored(&bench, &bid), Some(deposit));
    bench.assert_books(0);
    let response = bench.release(&bid, REFUND).unwrap();
    assert_eq!(events(&response, event::BID_DEPOSIT_RELEASED)[0]["outcome"], "refund");
    let response = bench.release(&bid, REFUND).unwrap();
    assert_eq!(events(&response, event::BID_DEPOSIT_RELEASED), []);
    assert_eq!((bench.purse("provider"), stored(&bench, &bid)), (500, None));
    bench.assert_books(0);
}

#[test]
fn a_forfeited_deposit_goes_to_the_tenant() {
    let (mut bench, bid) = with_account();
    bench.lock(&bid, 500).unwrap();
    let to = bench.addr("tenant");
    let response = bench
        .release(&bid, BidDepositOutcome::Forfeit { to: to.clone() })
        .unwrap();
    let released = &events(&response, event::BID_DEPOSIT_RELEASED)[0];
    assert_eq!((released["outcome"].as_str(), &released["to"]), ("forfeit", &to));
    assert_eq!((bench.gain("tenant"), bench.purse("provider")), (500, 0));
    bench.assert_books(0);
}

#[test]
fn locks_are_refused_when_too_small_repeated_or_without_an_account() {
    let (mut bench, bid) = with_account();
    let small = EscrowError::DepositTooSmall {
        deposited: Uact::ZERO,
        minimum: Uact::new(1),
    };
    assert_fails(bench.lock(&bid, 0), small);
    bench.lock(&bid, 1).unwrap();
    assert_fails(bench.lock(&bid, 1), EscrowError::BidDepositExists { bid: bid.clone() });
    let stray = bench.lease(2, 1, "provider");
    assert_fails(bench.lock(&stray, 1), EscrowError::AccountNotFound { dseq: 2 });
}

#[test]
fn bids_that_differ_in_one_number_have_deposits_of_their_own() {
    let (mut bench, bid) = with_account();
    let mut next_order = bid.clone();
    next_order.oseq = 2;
    let mut next_bid = bid.clone();
    next_bid.bseq = 2;
    for id in [&bid, &next_order, &next_bid] {
        bench.lock(id, 10).unwrap();
    }
    bench.release(&next_order, REFUND).unwrap();
    assert_eq!(
        (stored(&bench, &bid).is_some(), stored(&bench, &next_bid).is_some()),
        (true, true)
    );
    assert_eq!(bench.purse("provider"), 10);
}

#[test]
fn one_message_releases_at_most_32_deposits() {
    let (mut bench, _) = with_account();
    let bids: Vec<BidId> = (0..33).map(|i| bench.lease(1, 1, &format!("bidder-{i}"))).collect();
    bids.iter().for_each(|bid| drop(bench.lock(bid, 10).unwrap()));
    let mut release = |count: usize| {
        let release = |bid: &BidId| BidDepositRelease {
            bid: bid.clone(),
            outcome: REFUND,
        };
        let releases = bids.iter().take(count).map(release).collect();
        bench.execute("market", &ExecuteMsg::ReleaseBidDeposits { releases }, 0)
    };
    assert_fails(
        release(33),
        EscrowError::ListTooLong {
            what: "releases",
            count: 33,
            limit: 32,
        },
    );
    let response = release(32).unwrap();
    assert_eq!(events(&response, event::BID_DEPOSIT_RELEASED).len(), 32);
    bench.assert_books(0);
}

#[test]
fn closing_an_account_leaves_its_bid_deposits_to_the_market() {
    let (mut bench, bid) = with_account();
    bench.lock(&bid, 500).unwrap();
    bench.close_account(1).unwrap();
    bench.sweep().unwrap();
    assert!(stored(&bench, &bid).is_some());
    bench.release(&bid, REFUND).unwrap();
    assert_eq!(bench.purse("provider"), 500);
}
