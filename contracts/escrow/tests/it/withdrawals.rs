//! Payout is pull: as ACT, or as one redeem request.

use supercloud_escrow::error::EscrowError;
use supercloud_schema::escrow::{ExecuteMsg, event};
use supercloud_schema::id::LeaseId;
use supercloud_schema::money::{UACT, Uact};
use supercloud_test_kit::{BankRefusal, assert_fails, events};

use crate::bench::{Bench, per_second};

fn two_leases() -> (Bench, Vec<LeaseId>) {
    let mut bench = Bench::new();
    let leases = vec![bench.lease(1, 1, "provider"), bench.lease(2, 1, "provider")];
    for lease in &leases {
        bench.open_account(lease.dseq.u64(), 1_000, vec![]).unwrap();
        bench.open_payment(lease, per_second(10)).unwrap();
    }
    bench.app.advance(7);
    (bench, leases)
}

fn withdraw(leases: &[LeaseId], redeem: bool) -> ExecuteMsg {
    ExecuteMsg::Withdraw {
        leases: leases.to_vec(),
        redeem,
    }
}

#[test]
fn several_leases_are_paid_in_one_transfer() {
    let (mut bench, leases) = two_leases();
    let response = bench.execute("provider", &withdraw(&leases, false), 0).unwrap();
    let amounts: Vec<String> = events(&response, event::PAYMENT_WITHDRAWN)
        .iter()
        .map(|event| event["amount"].clone())
        .collect();
    assert_eq!(amounts, ["70", "70"]);
    assert_eq!(events(&response, "transfer").len(), 1);
    assert_eq!(bench.purse("provider"), 140);
    bench.assert_books(0);
}

#[test]
fn redeem_files_one_request_with_the_burn_mint_contract() {
    let (mut bench, leases) = two_leases();
    let bme = bench.redeeming_bme();
    bench.execute("provider", &withdraw(&leases, true), 0).unwrap();
    assert_eq!(bench.requests(&bme), [(bench.addr("provider"), Uact::new(140))]);
    assert_eq!((bench.purse("provider"), bench.app.balance(&bme, UACT)), (0, 140));
    // Nothing new was earned in this second, so there is nothing to request.
    bench.execute("provider", &withdraw(&leases, true), 0).unwrap();
    assert_eq!(bench.requests(&bme).len(), 1);
    bench.assert_books(0);
}

#[test]
fn a_failing_payout_leaves_the_earnings_where_they_are() {
    let (mut bench, leases) = two_leases();
    bench.app.restrict(UACT, &[]);
    let (denom, from, to) = (UACT.to_string(), bench.escrow.to_string(), bench.addr("provider"));
    let refused = bench.execute("provider", &withdraw(&leases, false), 0);
    assert_fails(refused, BankRefusal::Restricted { denom, from, to });
    assert_eq!(bench.payment(&leases[0]).withdrawn, Uact::ZERO);
    bench.app.unrestrict(UACT);
    bench.execute("provider", &withdraw(&leases, false), 0).unwrap();
    assert_eq!(bench.purse("provider"), 140);
}

#[test]
fn only_the_payee_withdraws_each_lease_once_per_message() {
    let (mut bench, leases) = two_leases();
    let not_payee = EscrowError::NotPayee {
        lease: leases[0].clone(),
        sender: bench.addr("stranger"),
    };
    assert_fails(bench.execute("stranger", &withdraw(&leases, false), 0), not_payee);
    let twice = vec![leases[0].clone(), leases[0].clone()];
    let repeated = EscrowError::RepeatedLease {
        lease: leases[0].clone(),
    };
    assert_fails(bench.execute("provider", &withdraw(&twice, false), 0), repeated);
    assert_fails(
        bench.execute("provider", &withdraw(&[], false), 0),
        EscrowError::EmptyList { what: "leases" },
    );
    let many: Vec<LeaseId> = (0..31).map(|gseq| bench.lease(1, gseq, "provider")).collect();
    let too_long = EscrowError::ListTooLong {
        what: "leases",
        count: 31,
        limit: 30,
    };
    assert_fails(bench.execute("provider", &withdraw(&many, false), 0), too_long);
    let unknown = bench.execute("provider", &withdraw(&many[..30], false), 0);
    assert_fails(unknown, EscrowError::PaymentNotFound { lease: many[0].clone() });
}

#[test]
fn a_lease_id_with_a_wrong_owner_finds_nothing() {
    let (mut bench, _) = two_leases();
    let forged = bench.lease_of("friend", 1, 1, "provider");
    let outcome = bench.withdraw("provider", &forged);
    assert_fails(outcome, EscrowError::PaymentNotFound { lease: forged });
}
