//! Updates of our own making: they read back, and sets and quorums are enforced on both sides of each limit.

use supercloud_verify_pyth::build::{BuildError, Price, Signer, Update as Draft};
use supercloud_verify_pyth::network::ROUTER_ORIGIN;
use supercloud_verify_pyth::{Policy, SignerSet, Update, VerifyError, verify};

use crate::support::{K256, ORIGINS, check, draft, price, sign, signers, test_set};

const NOW: u64 = 1_783_572_461;

fn signed_by(positions: &[u8]) -> Vec<u8> {
    let signers = signers();
    let pairs: Vec<_> = positions.iter().map(|at| (*at, &signers[usize::from(*at)])).collect();
    draft().sign(&pairs).unwrap()
}

fn outcome(bytes: &[u8], set: &SignerSet) -> Result<usize, VerifyError> {
    check(&Update::parse(bytes).unwrap(), &[0], set, NOW).map(|verified| verified.prices().len())
}

#[test]
fn a_built_update_reads_back_whatever_its_number_of_prices() {
    for count in 1..=16 {
        let prices: Vec<_> = (1..=count)
            .map(|id| Price {
                feed_id: [id; 32],
                price: id.into(),
                ..price()
            })
            .collect();
        let bytes = sign(&Draft { prices, ..draft() });
        let picked: Vec<usize> = (0..usize::from(count)).collect();
        let verified = check(&Update::parse(&bytes).unwrap(), &picked, &test_set(), NOW).unwrap();
        let ids: Vec<_> = verified.prices().iter().map(|price| price.feed_id[0]).collect();
        assert_eq!(ids, (1..=count).collect::<Vec<_>>());
    }
}

#[test]
fn an_update_has_at_most_sixteen_prices() {
    let prices = vec![price(); 17];
    let signers = signers();
    let refused = Draft { prices, ..draft() }.sign(&[(0, &signers[0])]);
    assert_eq!(
        refused,
        Err(BuildError::TooMany {
            what: "prices",
            found: 17,
            limit: 16
        })
    );
}

#[test]
fn a_zero_secret_is_no_key() {
    assert_eq!(Signer::from_secret(&[0; 32]).unwrap_err(), BuildError::BadSecret);
}

#[test]
fn quorum_of_five_routers_is_three() {
    assert_eq!(
        outcome(&signed_by(&[0, 1]), &test_set()),
        Err(VerifyError::SignatureCount {
            found: 2,
            needed: 3,
            members: 5
        })
    );
    assert_eq!(outcome(&signed_by(&[0, 1, 2]), &test_set()), Ok(1));
    assert_eq!(outcome(&signed_by(&[0, 1, 2, 3, 4]), &test_set()), Ok(1));
}

#[test]
fn more_signatures_than_members_are_refused() {
    let set = SignerSet {
        addresses: test_set().addresses[..2].to_vec(),
        ..test_set()
    };
    assert_eq!(
        outcome(&signed_by(&[0, 1, 2]), &set),
        Err(VerifyError::SignatureCount {
            found: 3,
            needed: 2,
            members: 2
        })
    );
}

#[test]
fn a_signer_outside_the_set_is_refused() {
    let set = SignerSet {
        addresses: test_set().addresses[..4].to_vec(),
        ..test_set()
    };
    assert_eq!(
        outcome(&signed_by(&[0, 1, 4]), &set),
        Err(VerifyError::SignerIndex { index: 4, members: 4 })
    );
}

#[test]
fn nobody_signs_twice_nor_out_of_order() {
    assert_eq!(
        outcome(&signed_by(&[0, 2, 2]), &test_set()),
        Err(VerifyError::SignerOrder { index: 2, previous: 2 })
    );
    assert_eq!(
        outcome(&signed_by(&[0, 3, 1]), &test_set()),
        Err(VerifyError::SignerOrder { index: 1, previous: 3 })
    );
}

#[test]
fn a_signature_counts_only_for_its_own_member() {
    let signers = signers();
    let bytes = draft()
        .sign(&[(0, &signers[0]), (1, &signers[3]), (2, &signers[2])])
        .unwrap();
    assert_eq!(
        outcome(&bytes, &test_set()),
        Err(VerifyError::WrongSigner {
            index: 1,
            expected: signers[1].address(),
            found: signers[3].address()
        })
    );
}

#[test]
fn a_set_expires_at_its_very_second() {
    let expiring = |at| SignerSet {
        expires_at: Some(at),
        ..test_set()
    };
    assert_eq!(outcome(&signed_by(&[0, 1, 2]), &expiring(NOW + 1)), Ok(1));
    assert_eq!(
        outcome(&signed_by(&[0, 1, 2]), &expiring(NOW)),
        Err(VerifyError::ExpiredSet {
            index: 1,
            expires_at: NOW,
            now: NOW
        })
    );
}

#[test]
fn unknown_and_empty_sets_are_refused() {
    let bytes = signed_by(&[0, 1, 2]);
    let update = Update::parse(&bytes).unwrap();
    let policy = Policy {
        now: NOW,
        origins: ORIGINS,
        set: None,
    };
    assert_eq!(
        verify(&update, &[0], &policy, &K256),
        Err(VerifyError::UnknownSet { index: 1 })
    );
    let other = SignerSet { index: 2, ..test_set() };
    assert_eq!(outcome(&bytes, &other), Err(VerifyError::UnknownSet { index: 1 }));
    let empty = SignerSet {
        addresses: vec![],
        ..test_set()
    };
    assert_eq!(outcome(&bytes, &empty), Err(VerifyError::EmptySet { index: 1 }));
}

#[test]
fn the_emitter_is_compared_in_chain_and_in_every_byte() {
    let mut origins = Vec::from([ROUTER_ORIGIN, ROUTER_ORIGIN]);
    origins[0].chain = 1;
    origins[1].emitter[31] ^= 1;
    let bytes = signed_by(&[0, 1, 2]);
    let set = test_set();
    let policy = Policy {
        now: NOW,
        origins: &origins,
        set: Some(&set),
    };
    assert_eq!(
        verify(&Update::parse(&bytes).unwrap(), &[0], &policy, &K256),
        Err(VerifyError::UntrustedOrigin {
            chain: 26,
            emitter: ROUTER_ORIGIN.emitter
        })
    );
}

#[test]
fn a_position_beyond_the_messages_is_refused() {
    let bytes = signed_by(&[0, 1, 2]);
    assert_eq!(
        check(&Update::parse(&bytes).unwrap(), &[3], &test_set(), NOW),
        Err(VerifyError::NoMessage { position: 3, count: 3 })
    );
}

#[test]
fn later_versions_may_append_to_a_message() {
    let mut message = price().encode();
    message.extend([1, 2, 3]);
    let signers = signers();
    let pairs = [(0, &signers[0]), (1, &signers[1]), (2, &signers[2])];
    let bytes = draft().sign_messages(&[message], &pairs).unwrap();
    let verified = check(&Update::parse(&bytes).unwrap(), &[0], &test_set(), NOW).unwrap();
    assert_eq!(verified.prices()[0].price, 58_646_744);
}
