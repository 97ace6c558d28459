//! One bit of every byte of a signed update is flipped: nothing that passes says anything else than before.

use supercloud_verify_pyth::{ParseError, Update};

use crate::support::{check, draft, sign, test_set, vector};

const NOW: u64 = 1_783_572_461;

#[test]
fn no_flipped_bit_changes_a_verified_price() {
    let bytes = sign(&draft());
    let honest = check(&Update::parse(&bytes).unwrap(), &[0, 1, 2], &test_set(), NOW).unwrap();
    let mut accepted = Vec::new();
    for at in 0..bytes.len() {
        let mut mutated = bytes.clone();
        mutated[at] ^= 1;
        let Ok(update) = Update::parse(&mutated) else { continue };
        if let Ok(verified) = check(&update, &[0, 1, 2], &test_set(), NOW) {
            assert_eq!(verified, honest);
            accepted.push(at);
        }
    }
    // Only the minor version, which readers ignore, is outside what is checked.
    assert_eq!(accepted, [5]);
}

#[test]
fn every_fixed_field_is_compared() {
    let bytes = vector!("01_akt_usd_router_set0_20260709").bytes();
    let unexpected = |at: usize, what: &'static str, offset: usize, found: u64| {
        let mut mutated = bytes.clone();
        mutated[at] ^= 2;
        assert_eq!(
            Update::parse(&mutated),
            Err(ParseError::Unexpected { what, offset, found })
        );
    };
    unexpected(0, "magic", 0, 0x524e_4155);
    unexpected(4, "major version", 4, 3);
    unexpected(7, "update type", 7, 2);
    unexpected(10, "VAA version", 0, 3);
    // The first signature's recovery id: 1 + 4 + 1 bytes of header, then 1 + 64.
    unexpected(10 + 6 + 65, "recovery id", 71, 2);
    let payload = 10 + 292 - 37;
    unexpected(payload, "payload magic", 0, 0x4355_5756);
    unexpected(payload + 4, "payload type", 4, 2);
}

#[test]
fn counts_are_capped() {
    let bytes = vector!("01_akt_usd_router_set0_20260709").bytes();
    let capped = |at: usize, what: &'static str, offset: usize, limit: usize| {
        let mut mutated = bytes.clone();
        mutated[at] = limit as u8 + 1;
        let refused = ParseError::TooMany {
            what,
            offset,
            found: limit + 1,
            limit,
        };
        assert_eq!(Update::parse(&mutated), Err(refused.clone()));
        mutated[at] = limit as u8;
        assert!(!matches!(Update::parse(&mutated), Err(ParseError::TooMany { what: again, .. }) if again == what));
    };
    capped(15, "signatures", 5, 32);
    capped(302, "messages", 302, 16);
    capped(302 + 1 + 2 + 85, "proof nodes", 390, 32);
}

#[test]
fn an_update_has_at_most_sixteen_kibibytes() {
    assert_eq!(
        Update::parse(&[0; 16_385]),
        Err(ParseError::TooLarge {
            len: 16_385,
            limit: 16_384
        })
    );
    assert!(matches!(
        Update::parse(&[0; 16_384]),
        Err(ParseError::Unexpected { what: "magic", .. })
    ));
}

#[test]
fn bytes_after_the_last_update_are_refused() {
    let mut bytes = vector!("01_akt_usd_router_set0_20260709").bytes();
    bytes.extend([0, 0, 0]);
    assert_eq!(
        Update::parse(&bytes),
        Err(ParseError::Trailing { offset: 611, extra: 3 })
    );
}

#[test]
fn a_trailing_header_is_skipped() {
    let mut bytes = sign(&draft());
    bytes[6] = 2;
    bytes.splice(7..7, [9, 9]);
    assert!(check(&Update::parse(&bytes).unwrap(), &[0], &test_set(), NOW).is_ok());
}
