//! Bytes that nobody honest sends.

use proptest::prelude::*;
use supercloud_verify_pyth::{ParseError, PriceMessage, RootPayload, SetUpgrade, Update, Vaa};

use crate::support::{Vector, check, draft, sign, test_set, vector};

fn assert_every_truncation_is_refused(vector: &Vector) {
    let bytes = vector.bytes();
    for len in 0..bytes.len() {
        assert!(
            matches!(Update::parse(&bytes[..len]), Err(ParseError::Truncated { .. })),
            "{len} bytes"
        );
    }
}

#[test]
fn every_truncation_of_a_recorded_update_is_refused() {
    assert_every_truncation_is_refused(&vector!("01_akt_usd_router_set0_20260709"));
    assert_every_truncation_is_refused(&vector!("02_btc_eth_router_set0_20260821"));
    assert_every_truncation_is_refused(&vector!("04_btc_eth_gs4_20240828"));
    assert_every_truncation_is_refused(&vector!("05_btc_eth_gs4_20240828_same_second"));
    assert_every_truncation_is_refused(&vector!("08_btc_gs4_20250710"));
    assert_every_truncation_is_refused(&vector!("11_NEGATIVE_bad_merkle_proof_gs3"));
    assert_every_truncation_is_refused(&vector!("13_NEGATIVE_twap_messages_gs4"));
}

#[test]
fn every_truncation_of_the_set_upgrade_is_refused() {
    let vector = vector!("10_router_set_upgrade_0_to_1");
    let bytes = hex::decode(vector.0["vaa_hex"].as_str().unwrap()).unwrap();
    for len in 0..bytes.len() {
        let refused = Vaa::parse(&bytes[..len]).and_then(|vaa| SetUpgrade::parse(vaa.payload));
        assert!(matches!(refused, Err(ParseError::Truncated { .. })), "{len} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = Update::parse(&bytes);
        let _ = Vaa::parse(&bytes);
        let _ = RootPayload::parse(&bytes);
        let _ = PriceMessage::parse(&bytes);
        let _ = SetUpgrade::parse(&bytes);
    }

    #[test]
    fn overwritten_updates_never_panic_nor_pass_as_something_else(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let bytes = sign(&draft());
        let honest = check(&Update::parse(&bytes).unwrap(), &[0], &test_set(), 0).unwrap();
        let mut mutated = bytes.clone();
        for (at, byte) in edits {
            let at = at.index(mutated.len());
            mutated[at] = byte;
        }
        if let Ok(update) = Update::parse(&mutated)
            && let Ok(verified) = check(&update, &[0], &test_set(), 0)
        {
            prop_assert_eq!(verified, honest);
        }
    }
}
