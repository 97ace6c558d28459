//! Transactions: any bytes; any body and auth info under a right signature; made messages of all types.

#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::{Corpus, fuzz_target};
use supercloud_fuzz::generators::messages::GeneratedBody;
use supercloud_fuzz::oracles::transactions::assert_harmless;
use supercloud_fuzz::world::WORLD;

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some((kind, rest)) = input.split_first() else {
        return Corpus::Reject;
    };
    match kind {
        b'r' => assert_harmless(rest),
        b'b' => assert_harmless(&WORLD.sign(rest.to_vec(), 0, WORLD.sequence(0))),
        // Two bytes of length, auth info, body.
        b'a' if rest.len() >= 2 => {
            let (len, rest) = rest.split_at(2);
            let len = usize::from(u16::from_be_bytes([len[0], len[1]])).min(rest.len());
            let (auth, body) = rest.split_at(len);
            assert_harmless(&WORLD.sign_with(body.to_vec(), auth.to_vec(), 0));
        }
        _ => {
            let Ok(body) = GeneratedBody::arbitrary(&mut Unstructured::new(rest)) else {
                return Corpus::Reject;
            };
            assert_harmless(&WORLD.sign(body.bytes, body.person, WORLD.sequence(body.person)));
        }
    }
    Corpus::Keep
});
