//! A wallet that cannot be paid blocks nobody; its money waits.

use supercloud_escrow::error::EscrowError;
use supercloud_schema::escrow::{AccountState, ExecuteMsg, QueryMsg, RefundResponse, event};
use supercloud_schema::money::UACT;
use supercloud_test_kit::{assert_fails, events};

use crate::bench::{Bench, per_second};

fn waiting(bench: &Bench, name: &str) -> u128 {
    let msg = QueryMsg::Refund {
        owner: bench.addr(name),
    };
    bench
        .app
        .query::<RefundResponse>(&bench.escrow, &msg)
        .unwrap()
        .amount
        .u128()
}

#[test]
fn refund_that_the_bank_refuses_waits_until_it_is_claimed() {
    let mut bench = Bench::new();
    let lease = bench.lease(1, 1, "provider");
    bench.open_account(1, 35, vec![]).unwrap();
    bench.deposit("friend", 1, 8, vec![]).unwrap();
    bench.open_payment(&lease, per_second(10)).unwrap();
    bench.app.advance(10);
    bench.app.restrict(UACT, &[]);
    let response = bench.sweep().unwrap();
    assert_eq!(events(&response, event::REFUND_DEFERRED)[0]["amount"], "3");
    assert_eq!(
        (bench.state(1), waiting(&bench, "friend"), bench.gain("friend")),
        (AccountState::Exhausted {}, 3, -8)
    );
    bench.assert_books(0);

    bench.app.unrestrict(UACT);
    let response = bench.execute("friend", &ExecuteMsg::ClaimRefund {}, 0).unwrap();
    assert_eq!(events(&response, event::REFUND_CLAIMED)[0]["amount"], "3");
    assert_eq!((waiting(&bench, "friend"), bench.gain("friend")), (0, -5));
    let owner = bench.addr("friend");
    assert_fails(
        bench.execute("friend", &ExecuteMsg::ClaimRefund {}, 0),
        EscrowError::NoRefund { owner },
    );
    bench.assert_books(0);
}

#[test]
fn waiting_refunds_add_up() {
    let mut bench = Bench::new();
    bench.open_account(1, 10, vec![]).unwrap();
    bench.open_account(2, 20, vec![]).unwrap();
    bench.app.restrict(UACT, &[]);
    bench.close_account(1).unwrap();
    bench.close_account(2).unwrap();
    assert_eq!(waiting(&bench, "tenant"), 30);
    bench.assert_books(0);
}
