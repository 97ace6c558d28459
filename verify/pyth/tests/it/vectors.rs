//! Recorded production updates.

use serde_json::Value;
use supercloud_verify_pyth::network::{AKT_USD, ROUTER_SET_0, ROUTER_SET_1};
use supercloud_verify_pyth::{
    MessageKind, Policy, Quorum, SetUpgrade, SignerSet, Update, Vaa, VerifyError, assert_signed, verify,
};

use crate::support::{K256, ORIGINS, Vector, addresses, vector};

/// Parses, verifies every message and compares each field with the recorded expectation.
fn assert_matches(vector: &Vector) {
    let bytes = vector.bytes();
    let update = Update::parse(&bytes).unwrap();
    let vaa = &vector.0["vaa"];
    assert_eq!(update.root.slot, vaa["slot"].as_u64().unwrap());
    assert_eq!(u64::from(update.root.ring_size), vaa["ring_size"].as_u64().unwrap());
    assert_eq!(hex::encode(update.root.root), vaa["merkle_root"].as_str().unwrap());
    assert_eq!(update.vaa.sequence, vaa["sequence"].as_u64().unwrap());
    assert_eq!(
        u64::from(update.vaa.consistency),
        vaa["consistency_level"].as_u64().unwrap()
    );
    assert_eq!(
        hex::encode(update.vaa.compute_digest()),
        vaa["digest_double_keccak"].as_str().unwrap()
    );
    let signers: Vec<u64> = update
        .vaa
        .signatures
        .iter()
        .map(|signature| signature.signer.into())
        .collect();
    assert_eq!(Value::from(signers), vaa["signer_indices"]);

    let expected = vector.0["expected_updates"].as_array().unwrap();
    let all: Vec<usize> = (0..expected.len()).collect();
    let verified = vector.verify(&all).unwrap();
    assert_eq!(verified.prices().len(), expected.len());
    assert_eq!(u64::from(verified.set_index()), vaa["set_index"].as_u64().unwrap());
    assert_eq!(verified.slot(), update.root.slot);
    for (price, expected) in verified.prices().iter().zip(expected) {
        assert_eq!(hex::encode(price.feed_id), expected["feed_id"].as_str().unwrap());
        assert_eq!(price.price, expected["price"].as_i64().unwrap());
        assert_eq!(price.conf, expected["conf"].as_u64().unwrap());
        assert_eq!(i64::from(price.expo), expected["expo"].as_i64().unwrap());
        assert_eq!(price.publish_time, expected["publish_time"].as_i64().unwrap());
        assert_eq!(price.prev_publish_time, expected["prev_publish_time"].as_i64().unwrap());
        assert_eq!(price.ema_price, expected["ema_price"].as_i64().unwrap());
        assert_eq!(price.ema_conf, expected["ema_conf"].as_u64().unwrap());
    }
}

#[test]
fn akt_usd_of_the_routers_is_verified() {
    let vector = vector!("01_akt_usd_router_set0_20260709");
    assert_matches(&vector);
    let verified = vector.verify(&[0]).unwrap();
    assert_eq!(verified.prices()[0].feed_id, AKT_USD);
    assert_eq!(verified.prices()[0].price, 58_646_744);
    assert_eq!(vector.set().addresses, ROUTER_SET_0);
}

#[test]
fn updates_of_several_feeds_and_signer_sets_are_verified() {
    assert_matches(&vector!("02_btc_eth_router_set0_20260821"));
    assert_matches(&vector!("04_btc_eth_gs4_20240828"));
    assert_matches(&vector!("05_btc_eth_gs4_20240828_same_second"));
    assert_matches(&vector!("08_btc_gs4_20250710"));
}

#[test]
fn updates_of_one_second_differ_in_slot() {
    let later = vector!("04_btc_eth_gs4_20240828").verify(&[1]).unwrap();
    let earlier = vector!("05_btc_eth_gs4_20240828_same_second").verify(&[1]).unwrap();
    assert_eq!(later.prices()[0].publish_time, earlier.prices()[0].publish_time);
    assert_eq!(
        (later.prices()[0].price, earlier.prices()[0].price),
        (246_682_322_909, 246_684_400_430)
    );
    assert_eq!((later.slot(), earlier.slot()), (161_371_489, 161_371_488));
}

#[test]
fn routers_quorum_is_refused_under_the_guardians_rule() {
    let vector = vector!("01_akt_usd_router_set0_20260709");
    let bytes = vector.bytes();
    let update = Update::parse(&bytes).unwrap();
    let set = SignerSet {
        quorum: Quorum::TwoThirds,
        ..vector.set()
    };
    let policy = Policy {
        now: vector.time(),
        origins: ORIGINS,
        set: Some(&set),
    };
    assert_eq!(
        verify(&update, &[0], &policy, &K256),
        Err(VerifyError::SignatureCount {
            found: 3,
            needed: 4,
            members: 5
        })
    );
}

#[test]
fn a_corrupt_proof_is_refused_while_its_sound_neighbour_is_verified() {
    let vector = vector!("11_NEGATIVE_bad_merkle_proof_gs3");
    assert_eq!(vector.verify(&[0]).unwrap().prices().len(), 1);
    assert_eq!(vector.verify(&[0, 1]), Err(VerifyError::BadProof { position: 1 }));
}

#[test]
fn authentic_messages_of_another_type_are_refused() {
    let vector = vector!("13_NEGATIVE_twap_messages_gs4");
    let bytes = vector.bytes();
    let update = Update::parse(&bytes).unwrap();
    assert_eq!(update.messages.len(), 3);
    assert!(
        update
            .messages
            .iter()
            .all(|message| message.kind() == MessageKind::Twap && message.feed_id().is_some())
    );
    assert_eq!(
        vector.verify(&[0]).unwrap_err().to_string(),
        "message type at offset 0 is 1"
    );
}

#[test]
fn the_routers_own_upgrade_is_read_and_was_signed_by_set_0() {
    let vector = vector!("10_router_set_upgrade_0_to_1");
    let bytes = hex::decode(vector.0["vaa_hex"].as_str().unwrap()).unwrap();
    let vaa = Vaa::parse(&bytes).unwrap();
    let set = SignerSet {
        index: 0,
        addresses: ROUTER_SET_0.to_vec(),
        quorum: Quorum::Half,
        expires_at: None,
    };
    assert_eq!(assert_signed(&vaa, &set, 0, &K256), Ok(()));
    let upgrade = SetUpgrade::parse(vaa.payload).unwrap();
    assert_eq!(
        upgrade,
        SetUpgrade {
            chain: 0,
            index: 1,
            addresses: ROUTER_SET_1.to_vec()
        }
    );
}

#[test]
fn every_guardian_rotation_is_signed_by_the_set_before_it() {
    let vector = Vector::read(include_str!("../data/guardian_sets.json"));
    let upgrades = vector.0["upgrades"].as_array().unwrap();
    assert_eq!(upgrades.len(), 7);
    for (index, recorded) in (0u32..).zip(upgrades) {
        let bytes = hex::decode(recorded["vaa_hex"].as_str().unwrap()).unwrap();
        let vaa = Vaa::parse(&bytes).unwrap();
        let set = SignerSet {
            index,
            addresses: addresses(&vector.0["sets"][index.to_string()]),
            quorum: Quorum::TwoThirds,
            expires_at: None,
        };
        assert_eq!(assert_signed(&vaa, &set, 0, &K256), Ok(()));
        let upgrade = SetUpgrade::parse(vaa.payload).unwrap();
        assert_eq!(upgrade.index, index + 1);
        assert_eq!(
            upgrade.addresses,
            addresses(&vector.0["sets"][upgrade.index.to_string()])
        );
    }
}
