//! Checks run in the order of oracle.md 7.1: each case breaks one check and every later one, and meets the earlier.

use cosmwasm_std::{HexBinary, coin};
use supercloud_pyth::PythError;
use supercloud_test_kit::assert_fails;
use supercloud_verify_pyth::build::{Price, Update};
use supercloud_verify_pyth::network::{AKT_USD, GUARDIAN_ORIGIN, ROUTER_ORIGIN};
use supercloud_verify_pyth::{ParseError, VerifyError};

use crate::support::{NOW, Suite, draft, forge, price_at, sign, signers, update_at};

fn akt() -> HexBinary {
    AKT_USD.into()
}

#[test]
fn one_to_four_updates_come_in_one_message() {
    let mut suite = Suite::new();
    assert_fails(
        suite.submit_with(vec![], &[]),
        PythError::UpdateCount { found: 0, limit: 4 },
    );
    assert_fails(
        suite.submit_with(vec![vec![]; 5], &[]),
        PythError::UpdateCount { found: 5, limit: 4 },
    );
    suite.submit_with(vec![update_at(NOW, 1); 4], &[]).unwrap();
}

#[test]
fn oversized_and_malformed_updates_are_named_by_position() {
    let mut suite = Suite::new();
    let source = ParseError::TooLarge {
        len: 16_385,
        limit: 16_384,
    };
    assert_fails(
        suite.submit(vec![0; 16_385]),
        PythError::Malformed { position: 0, source },
    );
    let source = ParseError::Truncated {
        what: "magic",
        offset: 0,
        needed: 4,
        available: 3,
    };
    let data = vec![update_at(NOW, 1), b"PNA".to_vec()];
    assert_fails(
        suite.submit_with(data, &[]),
        PythError::Malformed { position: 1, source },
    );
}

#[test]
fn an_update_without_a_kept_feed_is_refused_before_its_values() {
    let mut suite = Suite::new();
    let stranger = Price {
        feed_id: [9; 32],
        price: -1,
        ..price_at(0, 1)
    };
    assert_fails(
        suite.submit(forge(sign(&draft(vec![stranger, stranger])))),
        PythError::NoConfiguredFeed { messages: 2 },
    );
}

#[test]
fn values_of_a_kept_feed_are_refused_before_its_times() {
    let mut suite = Suite::new();
    let old = price_at(0, 1);
    let mut refused = |price: Price, name, value, bound| {
        let outcome = suite.submit(forge(sign(&draft(vec![price]))));
        assert_fails(
            outcome,
            PythError::BadMessage {
                feed_id: akt(),
                name,
                value,
                bound,
            },
        );
    };
    refused(Price { price: 0, ..old }, "price", 0, "must be positive");
    refused(Price { price: -1, ..old }, "price", -1, "must be positive");
    refused(Price { ema_price: 0, ..old }, "ema price", 0, "must be positive");
    refused(Price { expo: 1, ..old }, "exponent", 1, "must be -18 to 0");
    refused(Price { expo: -19, ..old }, "exponent", -19, "must be -18 to 0");
}

#[test]
fn an_authentic_message_of_another_type_is_refused() {
    let mut suite = Suite::new();
    let mut message = price_at(NOW, 1).encode();
    message[0] = 1;
    let signers = signers();
    let pairs = [(0, &signers[0]), (1, &signers[1]), (2, &signers[2])];
    let twap = draft(vec![price_at(NOW, 1)]).sign_messages(&[message], &pairs).unwrap();
    assert_fails(
        suite.submit(twap),
        PythError::BadMessage {
            feed_id: akt(),
            name: "type",
            value: 1,
            bound: "must be 0, a price",
        },
    );
}

#[test]
fn times_are_bounded_on_both_sides_before_news_and_fee() {
    let mut suite = Suite::with_fee(7);
    let now = NOW;
    assert_fails(
        suite.submit(forge(update_at(NOW + 11, 1))),
        PythError::FromTheFuture {
            feed_id: akt(),
            publish_time: NOW as i64 + 11,
            now,
            max_future: 10,
        },
    );
    assert_fails(
        suite.submit(forge(update_at(NOW - 61, 1))),
        PythError::TooOld {
            feed_id: akt(),
            publish_time: NOW as i64 - 61,
            now,
            max_age: 60,
        },
    );
    suite
        .submit_with(vec![update_at(NOW - 60, 1)], &[coin(7, "uakt")])
        .unwrap();
    suite
        .submit_with(vec![update_at(NOW + 10, 1)], &[coin(7, "uakt")])
        .unwrap();
}

#[test]
fn negative_times_are_too_old_rather_than_wrapped() {
    let mut suite = Suite::new();
    let price = Price {
        publish_time: i64::MIN,
        ..price_at(NOW, 1)
    };
    let update = Update {
        slot: 1,
        timestamp: 1,
        prices: vec![price],
        ..draft(vec![])
    };
    assert_fails(
        suite.submit(sign(&update)),
        PythError::TooOld {
            feed_id: akt(),
            publish_time: i64::MIN,
            now: NOW,
            max_age: 60,
        },
    );
}

#[test]
fn the_fee_is_asked_for_before_the_proof() {
    let mut suite = Suite::with_fee(7);
    assert_fails(
        suite.submit(forge(update_at(NOW, 1))),
        PythError::WrongFee {
            expected: "7uakt".to_string(),
            found: "none".to_string(),
        },
    );
}

#[test]
fn the_origin_is_checked_before_the_set() {
    let mut suite = Suite::new();
    let update = Update {
        set_index: 9,
        origin: GUARDIAN_ORIGIN,
        ..draft(vec![price_at(NOW, 1)])
    };
    let source = VerifyError::UntrustedOrigin {
        chain: 26,
        emitter: GUARDIAN_ORIGIN.emitter,
    };
    assert_fails(suite.submit(sign(&update)), PythError::Unproved { position: 0, source });
    let mut origin = ROUTER_ORIGIN;
    origin.chain = 1;
    let source = VerifyError::UntrustedOrigin {
        chain: 1,
        emitter: ROUTER_ORIGIN.emitter,
    };
    let update = Update {
        origin,
        ..draft(vec![price_at(NOW, 1)])
    };
    assert_fails(suite.submit(sign(&update)), PythError::Unproved { position: 0, source });
}

#[test]
fn the_set_is_checked_before_the_proof_and_the_proof_before_the_signatures() {
    let mut suite = Suite::new();
    let spoil = |mut update: Vec<u8>| {
        // The mantissa's last byte: header, VAA of three signatures, count, length, type, feed id, seven bytes.
        let at = 10 + 292 + 1 + 2 + 1 + 32 + 7;
        update[at] ^= 1;
        update
    };
    let update = Update {
        set_index: 9,
        ..draft(vec![price_at(NOW, 2)])
    };
    let source = VerifyError::UnknownSet { index: 9 };
    assert_fails(
        suite.submit(spoil(forge(sign(&update)))),
        PythError::Unproved { position: 0, source },
    );
    let source = VerifyError::BadProof { position: 0 };
    assert_fails(
        suite.submit(spoil(forge(update_at(NOW, 2)))),
        PythError::Unproved { position: 0, source },
    );
    let outcome: PythError = supercloud_test_kit::error_of(suite.submit(forge(update_at(NOW, 2))));
    assert!(matches!(
        outcome,
        PythError::Unproved {
            position: 0,
            source: VerifyError::WrongSigner { index: 0, .. } | VerifyError::Unrecoverable { index: 0 }
        }
    ));
}
