//! The crypto functions, by single host calls: the standard library turns codes into errors and loses some.

use crate::host::{self, Out, Region};
use crate::msg::{CryptoCall, CryptoFunction, HashToCurve, Recoverable, Signed, Verdict};

const G1_POINT: u32 = 48;
const G2_POINT: u32 = 96;

/// Calls the function.
pub(crate) fn call(call: &CryptoCall) -> Verdict {
    match call {
        CryptoCall::Secp256k1Verify(input) => verify(host::secp256k1_verify, input),
        CryptoCall::Secp256r1Verify(input) => verify(host::secp256r1_verify, input),
        CryptoCall::Ed25519Verify(input) => verify(host::ed25519_verify, input),
        CryptoCall::Secp256k1RecoverPubkey(input) => recover(host::secp256k1_recover_pubkey, input),
        CryptoCall::Secp256r1RecoverPubkey(input) => recover(host::secp256r1_recover_pubkey, input),
        CryptoCall::Ed25519BatchVerify {
            messages,
            signatures,
            keys,
        } => three(
            host::ed25519_batch_verify,
            &[&sections(messages), &sections(signatures), &sections(keys)],
        ),
        CryptoCall::AggregateG1 { points } => with_output(G1_POINT, |out| {
            host::bls12_381_aggregate_g1(Region::of(points).pointer(), out)
        }),
        CryptoCall::AggregateG2 { points } => with_output(G2_POINT, |out| {
            host::bls12_381_aggregate_g2(Region::of(points).pointer(), out)
        }),
        CryptoCall::PairingEquality { ps, qs, r, s } => pairing(ps, qs, r, s),
        CryptoCall::HashToG1(input) => hash(host::bls12_381_hash_to_g1, G1_POINT, input),
        CryptoCall::HashToG2(input) => hash(host::bls12_381_hash_to_g2, G2_POINT, input),
    }
}

/// Calls the function with inputs of these lengths, all zero bytes. Missing lengths are zero.
pub(crate) fn call_with_lengths(function: CryptoFunction, lengths: &[u32]) -> Verdict {
    let bytes = |index: usize| vec![0; lengths.get(index).copied().unwrap_or(0) as usize];
    let (a, b, c, d) = (bytes(0), bytes(1), bytes(2), bytes(3));
    let point = |size, function: fn(u32, u32) -> u32| with_output(size, |out| function(Region::of(&a).pointer(), out));
    let hash = |size, function: fn(u32, u32, u32, u32) -> u32| {
        with_output(size, |out| {
            function(0, Region::of(&a).pointer(), Region::of(&b).pointer(), out)
        })
    };
    match function {
        CryptoFunction::Secp256k1Verify => three(host::secp256k1_verify, &[&a, &b, &c]),
        CryptoFunction::Secp256r1Verify => three(host::secp256r1_verify, &[&a, &b, &c]),
        CryptoFunction::Ed25519Verify => three(host::ed25519_verify, &[&a, &b, &c]),
        CryptoFunction::Ed25519BatchVerify => three(host::ed25519_batch_verify, &[&a, &b, &c]),
        CryptoFunction::Secp256k1RecoverPubkey => halves(host::secp256k1_recover_pubkey, &a, &b, 0),
        CryptoFunction::Secp256r1RecoverPubkey => halves(host::secp256r1_recover_pubkey, &a, &b, 0),
        CryptoFunction::AggregateG1 => point(G1_POINT, host::bls12_381_aggregate_g1),
        CryptoFunction::AggregateG2 => point(G2_POINT, host::bls12_381_aggregate_g2),
        CryptoFunction::PairingEquality => pairing(&a, &b, &c, &d),
        CryptoFunction::HashToG1 => hash(G1_POINT, host::bls12_381_hash_to_g1),
        CryptoFunction::HashToG2 => hash(G2_POINT, host::bls12_381_hash_to_g2),
    }
}

fn verify(function: fn(u32, u32, u32) -> u32, input: &Signed) -> Verdict {
    three(function, &[&input.hash, &input.signature, &input.key])
}

fn three(function: fn(u32, u32, u32) -> u32, inputs: &[&[u8]; 3]) -> Verdict {
    let [a, b, c] = inputs.map(Region::of);
    Verdict {
        code: function(a.pointer(), b.pointer(), c.pointer()),
        output: None,
    }
}

fn recover(function: fn(u32, u32, u32) -> u64, input: &Recoverable) -> Verdict {
    halves(function, &input.hash, &input.signature, input.parity)
}

/// Low half: pointer to the key; high half: code.
fn halves(function: fn(u32, u32, u32) -> u64, hash: &[u8], signature: &[u8], parity: u32) -> Verdict {
    let (hash, signature) = (Region::of(hash), Region::of(signature));
    let answer = function(hash.pointer(), signature.pointer(), parity);
    Verdict {
        code: (answer >> 32) as u32,
        output: host::take(answer as u32).map(Into::into),
    }
}

fn pairing(ps: &[u8], qs: &[u8], r: &[u8], s: &[u8]) -> Verdict {
    let [ps, qs, r, s] = [ps, qs, r, s].map(Region::of);
    Verdict {
        code: host::bls12_381_pairing_equality(ps.pointer(), qs.pointer(), r.pointer(), s.pointer()),
        output: None,
    }
}

fn hash(function: fn(u32, u32, u32, u32) -> u32, size: u32, input: &HashToCurve) -> Verdict {
    let (message, dst) = (Region::of(&input.message), Region::of(&input.dst));
    with_output(size, |out| {
        function(input.function, message.pointer(), dst.pointer(), out)
    })
}

fn with_output(size: u32, function: impl FnOnce(u32) -> u32) -> Verdict {
    let mut out = Out::new(size);
    let code = function(out.pointer());
    let output = (code == 0).then(|| out.take().into());
    Verdict { code, output }
}

/// For each element its bytes, then their number as big-endian u32.
fn sections(list: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let section = |item: &[u8]| [item, &(item.len() as u32).to_be_bytes()].concat();
    list.iter().flat_map(|item| section(item.as_ref())).collect()
}
