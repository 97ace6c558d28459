//! The crypto functions: each code, and the limit of each input on both sides.

use k256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use supercloud_chain::vm::EntryPoint;

use super::{base64, call_with_gas, failure, find};
use crate::contract::{GAS, communication};
use crate::json::{penniless, success, unbase64};

fn code(function: &str, input: Value) -> u64 {
    find(&json!({"crypto": {function: input}}))["code"].as_u64().unwrap()
}

fn hash() -> [u8; 32] {
    Sha256::digest(b"sample").into()
}

fn signed(hash: &[u8], signature: &[u8], key: &[u8]) -> Value {
    json!({"hash": base64(hash), "signature": base64(signature), "key": base64(key)})
}

#[test]
fn ecdsa_on_secp256k1_has_all_its_codes() {
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let (signature, parity) = key.sign_prehash_recoverable(&hash()).unwrap();
    let high = Signature::from_scalars(*signature.r(), -*signature.s())
        .unwrap()
        .to_bytes();
    let signature = signature.to_bytes();
    let public = key.verifying_key().to_encoded_point(false).as_bytes().to_vec();
    for (input, expected) in [
        (signed(&hash(), &signature, &public), 0),
        (signed(&hash(), &high, &public), 0),
        (signed(&[1; 32], &signature, &public), 1),
        (signed(&hash()[1..], &signature, &public), 3),
        (signed(&hash(), &signature[1..], &public), 4),
        (signed(&hash(), &signature, &public[1..]), 5),
        (signed(&hash(), &signature, b""), 5),
    ] {
        assert_eq!(code("secp256k1_verify", input), expected);
    }
    let recover = |parity: u32| {
        let input = json!({"hash": base64(&hash()), "signature": base64(&signature), "parity": parity});
        find(&json!({"crypto": {"secp256k1_recover_pubkey": input}}))
    };
    let recovered = recover(parity.to_byte().into());
    assert_eq!(
        (recovered["code"].as_u64(), unbase64(&recovered["output"])),
        (Some(0), public)
    );
    for parity in [2, 255, 256] {
        assert_eq!(recover(parity), json!({"code": 6, "output": null}));
    }
}

#[test]
fn batches_follow_the_counting_rules() {
    let (message, signature, key) = crate::crypto::ed25519();
    let batch = |messages: usize, signatures: usize, keys: usize| {
        let input = json!({
            "messages": vec![base64(&message); messages],
            "signatures": vec![base64(&signature); signatures],
            "keys": vec![base64(&key); keys],
        });
        code("ed25519_batch_verify", input)
    };
    for (messages, signatures, keys, expected) in [(0, 0, 0, 0), (1, 3, 3, 0), (3, 3, 1, 0), (2, 3, 3, 7), (1, 1, 0, 7)]
    {
        assert_eq!(
            batch(messages, signatures, keys),
            expected,
            "{messages} {signatures} {keys}"
        );
    }
}

#[test]
fn points_have_their_codes() {
    let hash = |curve: &str, function: u32| {
        let input = json!({"function": function, "message": base64(b"m"), "dst": base64(b"d")});
        find(&json!({"crypto": {format!("bls12_381_hash_to_{curve}"): input}}))
    };
    let (p, q) = (unbase64(&hash("g1", 0)["output"]), unbase64(&hash("g2", 0)["output"]));
    assert_eq!((p.len(), q.len()), (48, 96));
    assert_eq!(hash("g1", 1), json!({"code": 9, "output": null}));
    assert_eq!(hash("g2", u32::MAX), json!({"code": 9, "output": null}));
    for (curve, point) in [("g1", &p), ("g2", &q)] {
        let aggregate = |points: &[u8]| {
            code(
                &format!("bls12_381_aggregate_{curve}"),
                json!({"points": base64(points)}),
            )
        };
        assert_eq!(aggregate(point), 0);
        assert_eq!(aggregate(&vec![0; point.len()]), 8);
        assert_eq!(aggregate(b""), 14);
        assert_eq!(aggregate(&vec![0; point.len() + 1]), 15);
    }
    let pairing = |ps: &[u8], qs: &[u8]| {
        let input = json!({"ps": base64(ps), "qs": base64(qs), "r": base64(&p), "s": base64(&q)});
        code("bls12_381_pairing_equality", input)
    };
    assert_eq!(pairing(&p, &q), 0);
    assert_eq!(pairing(&p.repeat(2), &q.repeat(2)), 1);
    assert_eq!(pairing(&[0; 48], &q), 8);
    assert_eq!(pairing(&p[1..], &q), 11);
    assert_eq!(pairing(&p, &q[1..]), 12);
    assert_eq!(pairing(&p, &q.repeat(2)), 13);
}

/// Calls with zero bytes of these lengths; where one input is one byte longer than its limit, the host refuses.
#[test]
fn every_input_has_its_limit() {
    const MESSAGE: usize = 128 * 1024;
    let limits: [(&str, &[usize]); 11] = [
        ("secp256k1_verify", &[32, 64, 65]),
        ("secp256r1_verify", &[32, 64, 65]),
        ("secp256k1_recover_pubkey", &[32, 64]),
        ("secp256r1_recover_pubkey", &[32, 64]),
        ("ed25519_verify", &[MESSAGE, 64, 32]),
        ("ed25519_batch_verify", &[(MESSAGE + 4) * 16, 68 * 256, 36 * 256]),
        ("bls12_381_aggregate_g1", &[2 << 20]),
        ("bls12_381_aggregate_g2", &[2 << 20]),
        ("bls12_381_pairing_equality", &[2 << 20, 2 << 20, 48, 96]),
        ("bls12_381_hash_to_g1", &[5 << 20, 5 << 10]),
        ("bls12_381_hash_to_g2", &[5 << 20, 5 << 10]),
    ];
    for (function, limits) in limits {
        let call = |lengths: &[usize]| json!({"raw": {"crypto_length": {"function": function, "lengths": lengths}}});
        for (index, limit) in limits.iter().enumerate() {
            // Bytes of messages for a batch go beyond what an instance holds: only the other two lists are tried.
            if function == "ed25519_batch_verify" && index == 0 {
                continue;
            }
            let mut lengths = vec![0; limits.len()];
            lengths[index] = *limit;
            let msg = call(&lengths).to_string();
            // The fee of two mebibytes of points is beyond the gas of other calls.
            let report = call_with_gas(EntryPoint::Execute, msg.as_bytes(), &mut penniless(), 100 * GAS);
            let finding = unbase64(&success(report)["data"]);
            let finding: Value = serde_json::from_slice(&finding).unwrap();
            assert!(finding["code"].is_u64(), "{function} {index}");
            lengths[index] += 1;
            let reason = format!("region of {} bytes is too long, limit is {limit}", limit + 1);
            assert_eq!(
                failure(&call(&lengths)),
                communication::<()>(&reason).unwrap_err(),
                "{function} {index}"
            );
        }
    }
}
