//! Pyth's public facts in 2026: who emits, who signs, and the id of AKT/USD. Data, not policy: a receiver is told what
//! to trust by its governance.

use crate::message::FeedId;
use crate::vaa::Origin;
use crate::verify::Address;

/// Emitter of prices that routers sign (since August 2026): ASCII `Pythnet` over and over, on Wormhole chain 26.
pub const ROUTER_ORIGIN: Origin = Origin {
    chain: 26,
    emitter: *b"PythnetPythnetPythnetPythnetPyth",
};

/// Emitter of prices that Wormhole guardians signed, on Wormhole chain 26.
pub const GUARDIAN_ORIGIN: Origin = Origin {
    chain: 26,
    emitter: bytes("e101faedac5851e32b9b23b5f9411a8c2bac4aae3ed4dd7b811dd1a72ea4aa71"),
};

/// Feed id of AKT/USD.
pub const AKT_USD: FeedId = bytes("4ea5bb4d2f5900cc2e97ba534240950740b4d3b89fe712a94a7304fd2fd92702");

/// Production routers, set 0. Three of five sign ([`crate::Quorum::Half`]).
pub const ROUTER_SET_0: [Address; 5] = [
    bytes("41534bb176e461a3fb30479400f210549ecce638"),
    bytes("6502987b62f21cab7eb5ccd8f0173084b60d5b41"),
    bytes("44a3e8f6a382412cf6bb90a3f8106e68977476c9"),
    bytes("d9d7d4529577864352c9a6539a48238fcd447052"),
    bytes("1663a5a822336ece48559b1dfb1e93a017a7dac3"),
];

/// Production routers, set 1, the successor of set 0.
pub const ROUTER_SET_1: [Address; 5] = [
    bytes("41534bb176e461a3fb30479400f210549ecce638"),
    bytes("6502987b62f21cab7eb5ccd8f0173084b60d5b41"),
    bytes("44a3e8f6a382412cf6bb90a3f8106e68977476c9"),
    bytes("13edc776d3063549fdb0702af182edc905a539d4"),
    bytes("3af088854bb768065f4929e5bbdfa4cbb04c9af9"),
];

/// Reads the constants above from hex when this crate is compiled; a wrong digit or length stops the build.
const fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    let hex = hex.as_bytes();
    assert!(hex.len() == 2 * N, "two digits a byte");
    let mut bytes = [0; N];
    let mut i = 0;
    while i < N {
        bytes[i] = digit(hex[2 * i]) * 16 + digit(hex[2 * i + 1]);
        i += 1;
    }
    bytes
}

const fn digit(letter: u8) -> u8 {
    match letter {
        b'0'..=b'9' => letter - b'0',
        b'a'..=b'f' => letter - b'a' + 10,
        _ => panic!("a lower-case hex digit"),
    }
}
