//! Crypto functions, their inputs and answers.

use cosmwasm_std::Binary;
use serde::{Deserialize, Serialize};

/// A crypto function with its inputs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CryptoCall {
    /// ECDSA on secp256k1.
    Secp256k1Verify(Signed),
    /// The same curve.
    Secp256k1RecoverPubkey(Recoverable),
    /// ECDSA on P-256.
    Secp256r1Verify(Signed),
    /// The same curve.
    Secp256r1RecoverPubkey(Recoverable),
    /// EdDSA; `hash` is the message.
    Ed25519Verify(Signed),
    /// EdDSA of many.
    Ed25519BatchVerify {
        /// Encoded as sections here.
        messages: Vec<Binary>,
        /// Encoded as sections here.
        signatures: Vec<Binary>,
        /// Encoded as sections here.
        keys: Vec<Binary>,
    },
    /// Sum of points.
    #[serde(rename = "bls12_381_aggregate_g1")]
    AggregateG1 {
        /// Concatenated.
        points: Binary,
    },
    /// Sum of points.
    #[serde(rename = "bls12_381_aggregate_g2")]
    AggregateG2 {
        /// Concatenated.
        points: Binary,
    },
    /// Whether pairings multiply to another.
    #[serde(rename = "bls12_381_pairing_equality")]
    PairingEquality {
        /// G1 points.
        ps: Binary,
        /// G2 points.
        qs: Binary,
        /// G1 point.
        r: Binary,
        /// G2 point.
        s: Binary,
    },
    /// Hash to a point.
    #[serde(rename = "bls12_381_hash_to_g1")]
    HashToG1(HashToCurve),
    /// Hash to a point.
    #[serde(rename = "bls12_381_hash_to_g2")]
    HashToG2(HashToCurve),
}

/// Inputs of a verification.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// Hash, or message.
    pub hash: Binary,
    /// Signature.
    pub signature: Binary,
    /// Public key.
    pub key: Binary,
}

/// Inputs of a recovery.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recoverable {
    /// Hash.
    pub hash: Binary,
    /// Signature.
    pub signature: Binary,
    /// Parity of the point.
    pub parity: u32,
}

/// Inputs of hashing to a curve.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashToCurve {
    /// 0 is SHA-256.
    pub function: u32,
    /// Message.
    pub message: Binary,
    /// Domain separation tag.
    pub dst: Binary,
}

/// A crypto function without its inputs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named as the host functions")]
pub enum CryptoFunction {
    Secp256k1Verify,
    Secp256k1RecoverPubkey,
    Secp256r1Verify,
    Secp256r1RecoverPubkey,
    Ed25519Verify,
    Ed25519BatchVerify,
    #[serde(rename = "bls12_381_aggregate_g1")]
    AggregateG1,
    #[serde(rename = "bls12_381_aggregate_g2")]
    AggregateG2,
    #[serde(rename = "bls12_381_pairing_equality")]
    PairingEquality,
    #[serde(rename = "bls12_381_hash_to_g1")]
    HashToG1,
    #[serde(rename = "bls12_381_hash_to_g2")]
    HashToG2,
}

/// What a crypto function answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verdict {
    /// 0 valid, 1 invalid, other: error.
    pub code: u32,
    /// Key or point, where the code is 0 and there is one.
    pub output: Option<Binary>,
}
