//! Rotation of signer sets, to the second.

use supercloud_pyth::PythError;
use supercloud_schema::pyth::{ExecuteMsg, Quorum, SignerSet, event};
use supercloud_test_kit::{assert_fails, events};
use supercloud_verify_pyth::VerifyError;
use supercloud_verify_pyth::build::Update;

use crate::support::{NOW, Suite, draft, price_at, set_of, sign, signers, test_set, update_at};

fn invalid(name: &'static str, value: impl ToString, bound: &'static str) -> PythError {
    PythError::InvalidConfig {
        name,
        value: value.to_string(),
        bound,
    }
}

#[test]
fn a_new_set_signs_beside_the_old_one() {
    let mut suite = Suite::new();
    let of_set_2 = |time| {
        sign(&Update {
            set_index: 2,
            ..draft(vec![price_at(time, 5)])
        })
    };
    let source = VerifyError::UnknownSet { index: 2 };
    assert_fails(suite.submit(of_set_2(NOW)), PythError::Unproved { position: 0, source });
    let response = suite.govern(&ExecuteMsg::AddSignerSet { set: test_set(2) }).unwrap();
    assert_eq!(events(&response, event::SIGNER_SET_ADDED)[0]["index"], "2");
    suite.submit(of_set_2(NOW)).unwrap();
    suite.submit(update_at(NOW + 1, 6)).unwrap();
    let indices: Vec<_> = suite.config().signer_sets.iter().map(|set| set.index).collect();
    assert_eq!(indices, [0, 1, 2]);
}

#[test]
fn an_index_is_given_once() {
    let mut suite = Suite::new();
    assert_fails(
        suite.govern(&ExecuteMsg::AddSignerSet { set: test_set(1) }),
        PythError::SignerSetExists { index: 1 },
    );
}

#[test]
fn a_set_ends_at_its_very_second() {
    let mut suite = Suite::new();
    let response = suite
        .govern(&ExecuteMsg::ExpireSignerSet {
            index: 1,
            at: Some(NOW + 2),
        })
        .unwrap();
    assert_eq!(
        events(&response, event::SIGNER_SET_EXPIRED)[0]["expires_at"],
        (NOW + 2).to_string()
    );
    suite.app.advance(1);
    suite.submit(update_at(NOW + 1, 5)).unwrap();
    suite.app.advance(1);
    let source = VerifyError::ExpiredSet {
        index: 1,
        expires_at: NOW + 2,
        now: NOW + 2,
    };
    assert_fails(
        suite.submit(update_at(NOW + 2, 6)),
        PythError::Unproved { position: 0, source },
    );
}

#[test]
fn a_set_can_be_ended_at_once() {
    let mut suite = Suite::new();
    suite
        .govern(&ExecuteMsg::ExpireSignerSet { index: 1, at: None })
        .unwrap();
    let source = VerifyError::ExpiredSet {
        index: 1,
        expires_at: NOW,
        now: NOW,
    };
    assert_fails(
        suite.submit(update_at(NOW, 5)),
        PythError::Unproved { position: 0, source },
    );
}

#[test]
fn an_end_comes_closer_but_never_moves_away() {
    let mut suite = Suite::new();
    suite
        .govern(&ExecuteMsg::ExpireSignerSet {
            index: 1,
            at: Some(NOW + 100),
        })
        .unwrap();
    suite
        .govern(&ExecuteMsg::ExpireSignerSet {
            index: 1,
            at: Some(NOW + 50),
        })
        .unwrap();
    assert_fails(
        suite.govern(&ExecuteMsg::ExpireSignerSet {
            index: 1,
            at: Some(NOW + 51),
        }),
        PythError::ExpiryPutOff {
            index: 1,
            expires_at: NOW + 50,
            requested: NOW + 51,
        },
    );
    assert_fails(
        suite.govern(&ExecuteMsg::ExpireSignerSet { index: 7, at: None }),
        PythError::UnknownSignerSet { index: 7 },
    );
}

#[test]
fn sets_that_break_the_rules_are_refused() {
    let mut suite = Suite::new();
    let some = signers()[0].address();
    let short = SignerSet {
        addresses: vec![vec![1; 19].into()],
        ..test_set(2)
    };
    let cases = [
        (set_of(2, &[]), invalid("signers", 0, "1 to 32")),
        (set_of(2, &[some; 33]), invalid("signers", 33, "1 to 32")),
        (
            set_of(2, &[some, some]),
            invalid("signer", hex::encode(some), "each signer once"),
        ),
        (set_of(2, &[[0; 20]]), invalid("signer", "00".repeat(20), "not zero")),
        (short, invalid("signer", "01".repeat(19), "20 bytes")),
    ];
    for (set, refused) in cases {
        assert_fails(suite.govern(&ExecuteMsg::AddSignerSet { set }), refused);
    }
}

#[test]
fn the_quorum_is_the_sets_own() {
    let mut suite = Suite::new();
    let set = SignerSet {
        quorum: Quorum::TwoThirds {},
        ..test_set(2)
    };
    suite.govern(&ExecuteMsg::AddSignerSet { set }).unwrap();
    let source = VerifyError::SignatureCount {
        found: 3,
        needed: 4,
        members: 5,
    };
    let update = sign(&Update {
        set_index: 2,
        ..draft(vec![price_at(NOW, 5)])
    });
    assert_fails(suite.submit(update), PythError::Unproved { position: 0, source });
}

#[test]
fn an_expired_set_makes_room_when_all_places_are_taken() {
    let mut suite = Suite::new();
    for index in 2..32 {
        suite
            .govern(&ExecuteMsg::AddSignerSet { set: test_set(index) })
            .unwrap();
    }
    assert_fails(
        suite.govern(&ExecuteMsg::AddSignerSet { set: test_set(32) }),
        PythError::TooManySignerSets { limit: 32 },
    );
    suite
        .govern(&ExecuteMsg::ExpireSignerSet { index: 3, at: None })
        .unwrap();
    suite.govern(&ExecuteMsg::AddSignerSet { set: test_set(32) }).unwrap();
    let kept = suite.config().signer_sets;
    assert_eq!(kept.len(), 32);
    assert!(kept.iter().all(|set| set.index != 3));
}
