use std::iter::repeat_n;

use k256::ecdsa::{Signature, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use supercloud_chain::vm::{EntryPoint, VmError};

use crate::backend::MockBackend;
use crate::contract::{call, communication, contract, execute};

/// The code that a three-argument function returns, as one byte.
fn code(function: &str, args: [&[u8]; 3]) -> Result<Vec<u8>, VmError> {
    let body = format!(
        r#"(func (export "execute") (param i32 i32 i32) (result i32)
            (call $byte (call ${function} (local.get 0) (local.get 1) (local.get 2))))"#
    );
    execute(&contract(&body), args)
}

fn hash() -> [u8; 32] {
    Sha256::digest(b"sample").into()
}

fn k1() -> (Signature, u8, VerifyingKey) {
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let (signature, recovery) = key.sign_prehash_recoverable(&hash()).unwrap();
    (signature, recovery.to_byte(), *key.verifying_key())
}

/// RFC 6979, appendix A.2.5: P-256, SHA-256, message "sample".
fn r1() -> (Vec<u8>, Vec<u8>) {
    let signature = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716\
                     f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
    let key = "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6\
               7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    (hex::decode(signature).unwrap(), hex::decode(key).unwrap())
}

#[test]
fn ecdsa_verdicts_and_error_codes() {
    let (signature, _, key) = k1();
    let k1_key = key.to_encoded_point(true).as_bytes().to_vec();
    let k1_signature = signature.to_bytes().to_vec();
    let (r1_signature, r1_key) = r1();
    for (function, signature, key) in [
        ("secp256k1_verify", k1_signature, k1_key),
        ("secp256r1_verify", r1_signature, r1_key),
    ] {
        let other_hash = [1; 32];
        for (hash, signature, key, expected) in [
            (&hash()[..], &signature[..], &key[..], 0),
            (&other_hash, &signature, &key, 1),
            (&hash()[1..], &signature, &key, 3),
            (&hash(), &signature[1..], &key, 4),
            (&hash(), &signature, &key[1..], 5),
        ] {
            assert_eq!(code(function, [hash, signature, key]), Ok(vec![expected]), "{function}");
        }
        assert_eq!(
            code(function, [&[0; 33], &signature, &key]),
            communication("region of 33 bytes is too long, limit is 32")
        );
    }
}

#[test]
fn signatures_with_high_s_are_valid() {
    let (signature, _, key) = k1();
    let high = Signature::from_scalars(*signature.r(), -*signature.s()).unwrap();
    let key = key.to_encoded_point(false);
    assert_eq!(
        code("secp256k1_verify", [&hash(), &high.to_bytes(), key.as_bytes()]),
        Ok(vec![0])
    );
}

/// The recovered key, or the error code as one byte.
fn recover(function: &str, signature: &[u8], parity: u32) -> Result<Vec<u8>, VmError> {
    let body = format!(
        r#"(func (export "execute") (param i32 i32 i32) (result i32)
            (local $result i64)
            (local.set $result (call ${function} (local.get 0) (local.get 1) (i32.load (i32.load (local.get 2)))))
            (if (result i32) (i64.eqz (i64.shr_u (local.get $result) (i64.const 32)))
                (then (i32.wrap_i64 (local.get $result)))
                (else (call $byte (i32.wrap_i64 (i64.shr_u (local.get $result) (i64.const 32)))))))"#
    );
    execute(&contract(&body), [&hash(), signature, &parity.to_le_bytes()])
}

#[test]
fn keys_are_recovered() {
    let (signature, parity, key) = k1();
    let signature = signature.to_bytes();
    let key = key.to_encoded_point(false).as_bytes().to_vec();
    assert_eq!(recover("secp256k1_recover", &signature, parity.into()), Ok(key));
    for parity in [2, 255, 256, u32::MAX] {
        assert_eq!(recover("secp256k1_recover", &signature, parity), Ok(vec![6]));
    }
    assert_eq!(recover("secp256k1_recover", &signature[1..], 0), Ok(vec![4]));

    let (signature, key) = r1();
    let found = [0, 1].map(|parity| recover("secp256r1_recover", &signature, parity).unwrap());
    assert!(found.contains(&key));
}

/// RFC 8032, section 7.1, test 2: one byte of message.
pub(crate) fn ed25519() -> ([u8; 1], Vec<u8>, Vec<u8>) {
    let key = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    let signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                     085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
    ([0x72], hex::decode(signature).unwrap(), hex::decode(key).unwrap())
}

#[test]
fn ed25519_verdicts_and_error_codes() {
    let (message, signature, key) = ed25519();
    assert_eq!(code("ed25519_verify", [&message, &signature, &key]), Ok(vec![0]));
    assert_eq!(code("ed25519_verify", [b"other", &signature, &key]), Ok(vec![1]));
    assert_eq!(code("ed25519_verify", [&message, &signature[1..], &key]), Ok(vec![4]));
    assert_eq!(code("ed25519_verify", [&message, &signature, &key[1..]]), Ok(vec![5]));
}

fn list(item: &[u8], count: usize) -> Vec<u8> {
    let section = [item, &(item.len() as u32).to_be_bytes()].concat();
    repeat_n(section, count).flatten().collect()
}

fn batch(messages: usize, signatures: usize, keys: usize) -> Result<Vec<u8>, VmError> {
    let (message, signature, key) = ed25519();
    code(
        "ed25519_batch_verify",
        [
            &list(&message, messages),
            &list(&signature, signatures),
            &list(&key, keys),
        ],
    )
}

#[test]
fn ed25519_batches_follow_the_counting_rules() {
    for (messages, signatures, keys, expected) in [
        (0, 0, 0, 0),
        (1, 1, 1, 0),
        (3, 3, 3, 0),
        (1, 3, 3, 0),
        (3, 3, 1, 0),
        (2, 3, 3, 7),
        (3, 2, 3, 7),
    ] {
        assert_eq!(
            batch(messages, signatures, keys),
            Ok(vec![expected]),
            "{messages} {signatures} {keys}"
        );
    }
    assert_eq!(batch(1, 256, 256), Ok(vec![0]));
    assert_eq!(
        batch(1, 257, 257),
        communication("region of 17476 bytes is too long, limit is 17408")
    );
}

#[test]
fn batches_by_one_key_are_cheaper() {
    let (message, signature, key) = ed25519();
    let cost = |keys: usize| {
        let body = r#"(func (export "execute") (param i32 i32 i32) (result i32)
            (call $byte (call $ed25519_batch_verify (local.get 0) (local.get 1) (local.get 2))))"#;
        let args = [list(&message, 2), list(&signature, 2), list(&key, keys)];
        let args: [&[u8]; 3] = [&args[0], &args[1], &args[2]];
        let report = call(&contract(body), EntryPoint::Execute, &args, &mut MockBackend::default());
        assert_eq!(report.result, Ok(vec![0]));
        report.gas_internal
    };
    // One key less in the arguments: 36 bytes written and read.
    assert_eq!(
        cost(2) - cost(1),
        (24_000_000 + 2 * 21_000_000) - (36_000_000 + 2 * 10_000_000) + 36 * (570 + 115)
    );
}

fn hash_to_curve(curve: &str, function: u32) -> Result<Vec<u8>, VmError> {
    let body = format!(
        r#"(func (export "execute") (param i32 i32 i32) (result i32)
            (local $code i32) (local $out i32)
            (local.set $out (call $allocate (i32.const 96)))
            (local.set $code (call $hash_to_{curve} (i32.const {function}) (local.get 0) (local.get 1) (local.get $out)))
            (select (call $byte (local.get $code)) (local.get $out) (local.get $code)))"#
    );
    execute(&contract(&body), [b"message", b"domain", b""])
}

#[test]
fn hashes_to_a_curve_are_points_of_it() {
    assert_eq!(hash_to_curve("g1", 0).unwrap().len(), 48);
    assert_eq!(hash_to_curve("g2", 0).unwrap().len(), 96);
    assert_eq!(hash_to_curve("g1", 7), Ok(vec![9]));
    assert_eq!(hash_to_curve("g2", 7), Ok(vec![9]));
}

#[test]
fn bls_aggregation_codes() {
    let aggregate = |curve: &str, points: &[u8]| {
        let body = format!(
            r#"(func (export "execute") (param i32 i32 i32) (result i32)
                (local $code i32) (local $out i32)
                (local.set $out (call $allocate (i32.const 96)))
                (local.set $code (call $aggregate_{curve} (local.get 0) (local.get $out)))
                (select (call $byte (local.get $code)) (local.get $out) (local.get $code)))"#
        );
        execute(&contract(&body), [points, b"", b""])
    };
    for (curve, size) in [("g1", 48), ("g2", 96)] {
        let point = hash_to_curve(curve, 0).unwrap();
        assert_eq!(aggregate(curve, &point), Ok(point.clone()));
        assert_ne!(aggregate(curve, &point.repeat(2)), Ok(point));
        assert_eq!(aggregate(curve, b""), Ok(vec![14]));
        assert_eq!(aggregate(curve, &vec![0; size + 1]), Ok(vec![15]));
        assert_eq!(aggregate(curve, &vec![0; size]), Ok(vec![8]));
    }
}

#[test]
fn bls_pairing_codes() {
    // execute(ps, qs, r and s)
    let body = r#"(func (export "execute") (param i32 i32 i32) (result i32)
        (local $rs i32)
        (local.set $rs (i32.load (local.get 2)))
        (call $byte (call $pairing (local.get 0) (local.get 1)
            (call $of (local.get $rs) (i32.const 48))
            (call $of (i32.add (local.get $rs) (i32.const 48)) (i32.const 96)))))"#;
    let pairing = |ps: &[u8], qs: &[u8], rs: &[u8]| execute(&contract(body), [ps, qs, rs]);
    let (p, q) = (hash_to_curve("g1", 0).unwrap(), hash_to_curve("g2", 0).unwrap());
    let rs = [p.clone(), q.clone()].concat();
    assert_eq!(pairing(&p, &q, &rs), Ok(vec![0]));
    assert_eq!(pairing(&p.repeat(2), &q.repeat(2), &rs), Ok(vec![1]));
    assert_eq!(pairing(&p[1..], &q, &rs), Ok(vec![11]));
    assert_eq!(pairing(&p, &q[1..], &rs), Ok(vec![12]));
    assert_eq!(pairing(&p.repeat(2), &q, &rs), Ok(vec![13]));
    assert_eq!(pairing(&[0; 48], &q, &rs), Ok(vec![8]));
}
