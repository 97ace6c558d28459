//! Makes signed updates with keys of one's own: for tests, and for development chains that trust such a key.
//!
//! The bytes are those of a real update; only the keys differ.

use k256::ecdsa::SigningKey;
use thiserror::Error;

use crate::hash::keccak256;
use crate::merkle::{Node, compute_leaf, compute_parent, truncate};
use crate::message::FeedId;
use crate::update::MAX_UPDATES;
use crate::vaa::{MAX_SIGNATURES, Origin};
use crate::verify::{Address, address_of};

/// Why an update could not be made.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BuildError {
    /// The secret is zero or not below the curve's order.
    #[error("secret is not a secp256k1 key")]
    BadSecret,
    /// No signature came out.
    #[error("signer {signer} could not sign")]
    Unsigned {
        /// Position of the signer.
        signer: u8,
    },
    /// Too many prices or signatures for one update.
    #[error("{found} {what} exceed {limit}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many.
        found: usize,
        /// Most.
        limit: usize,
    },
}

/// A secp256k1 key that signs updates.
#[derive(Clone, Debug)]
pub struct Signer {
    key: SigningKey,
    address: Address,
}

impl Signer {
    /// From a 32-byte secret.
    pub fn from_secret(secret: &[u8; 32]) -> Result<Self, BuildError> {
        let key = SigningKey::from_slice(secret).map_err(|_| BuildError::BadSecret)?;
        let point = key.verifying_key().to_encoded_point(false);
        let address = point
            .as_bytes()
            .first_chunk()
            .map(address_of)
            .ok_or(BuildError::BadSecret)?;
        Ok(Self { key, address })
    }

    /// Its Ethereum-style address, as a signer set lists it.
    pub fn address(&self) -> Address {
        self.address
    }

    fn sign(&self, position: u8, digest: &[u8; 32]) -> Result<[u8; 66], BuildError> {
        let unsigned = BuildError::Unsigned { signer: position };
        let (signature, recovery) = self
            .key
            .sign_prehash_recoverable(digest)
            .map_err(|_| unsigned.clone())?;
        if recovery.is_x_reduced() {
            return Err(unsigned);
        }
        let mut entry = [0; 66];
        let [first, rs @ .., last] = &mut entry;
        *first = position;
        rs.copy_from_slice(&signature.to_bytes());
        *last = recovery.to_byte();
        Ok(entry)
    }
}

/// One price of an update. Value = mantissa x 10^`expo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// Feed.
    pub feed_id: FeedId,
    /// Mantissa of the price.
    pub price: i64,
    /// Mantissa of the confidence interval.
    pub conf: u64,
    /// Exponent.
    pub expo: i32,
    /// When it was published, seconds since the Unix epoch.
    pub publish_time: i64,
    /// When the one before it was published.
    pub prev_publish_time: i64,
    /// Mantissa of the moving average.
    pub ema_price: i64,
    /// Mantissa of the moving average's confidence interval.
    pub ema_conf: u64,
}

impl Price {
    /// The price's message.
    pub fn encode(&self) -> Vec<u8> {
        let mut message = vec![0];
        message.extend(self.feed_id);
        message.extend(self.price.to_be_bytes());
        message.extend(self.conf.to_be_bytes());
        message.extend(self.expo.to_be_bytes());
        message.extend(self.publish_time.to_be_bytes());
        message.extend(self.prev_publish_time.to_be_bytes());
        message.extend(self.ema_price.to_be_bytes());
        message.extend(self.ema_conf.to_be_bytes());
        message
    }
}

/// An update in the making.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Set that its signers belong to.
    pub set_index: u32,
    /// Emitter, [`crate::network::ROUTER_ORIGIN`] for one like the routers'.
    pub origin: Origin,
    /// Orders updates within a second; routers use publish time x 20.
    pub slot: u64,
    /// Emission time of the signed part, seconds since the Unix epoch.
    pub timestamp: u32,
    /// Prices, at most [`MAX_UPDATES`].
    pub prices: Vec<Price>,
}

impl Update {
    /// Signs and encodes: the bytes of an accumulator message. `signers` are pairs of position in the set and key, in
    /// ascending order of position.
    pub fn sign(&self, signers: &[(u8, &Signer)]) -> Result<Vec<u8>, BuildError> {
        let messages: Vec<_> = self.prices.iter().map(Price::encode).collect();
        self.sign_messages(&messages, signers)
    }

    /// The same over any messages, for tests of what a receiver must refuse.
    pub fn sign_messages(&self, messages: &[Vec<u8>], signers: &[(u8, &Signer)]) -> Result<Vec<u8>, BuildError> {
        let count = compute_count("prices", messages.len(), MAX_UPDATES)?;
        let levels = compute_levels(messages);
        let root = levels
            .last()
            .and_then(|level| level.first())
            .copied()
            .unwrap_or(compute_empty_leaf());
        let vaa = self.sign_root(root, signers)?;
        let mut bytes = b"PNAU\x01\x00\x00\x00".to_vec();
        bytes.extend(compute_len("bytes of signed part", vaa.len())?);
        bytes.extend(vaa);
        bytes.push(count);
        for (position, message) in messages.iter().enumerate() {
            let proof = compute_proof(&levels, position);
            bytes.extend(compute_len("bytes of message", message.len())?);
            bytes.extend(message);
            bytes.push(compute_count("proof nodes", proof.len(), usize::from(u8::MAX))?);
            bytes.extend(proof.as_flattened());
        }
        Ok(bytes)
    }

    fn sign_root(&self, root: Node, signers: &[(u8, &Signer)]) -> Result<Vec<u8>, BuildError> {
        let mut body = Vec::new();
        body.extend(self.timestamp.to_be_bytes());
        body.extend([0; 4]);
        body.extend(self.origin.chain.to_be_bytes());
        body.extend(self.origin.emitter);
        body.extend(self.slot.to_be_bytes());
        body.push(0);
        body.extend(b"AUWV\x00");
        body.extend(self.slot.to_be_bytes());
        body.extend([0; 4]);
        body.extend(root);
        let digest = keccak256(&keccak256(&body));
        let mut vaa = vec![1];
        vaa.extend(self.set_index.to_be_bytes());
        vaa.push(compute_count("signatures", signers.len(), MAX_SIGNATURES)?);
        for (position, signer) in signers {
            vaa.extend(signer.sign(*position, &digest)?);
        }
        vaa.extend(body);
        Ok(vaa)
    }
}

fn compute_count(what: &'static str, found: usize, limit: usize) -> Result<u8, BuildError> {
    u8::try_from(found)
        .ok()
        .filter(|_| found <= limit)
        .ok_or(BuildError::TooMany { what, found, limit })
}

fn compute_len(what: &'static str, found: usize) -> Result<[u8; 2], BuildError> {
    let limit = usize::from(u16::MAX);
    u16::try_from(found)
        .map(u16::to_be_bytes)
        .map_err(|_| BuildError::TooMany { what, found, limit })
}

/// The hash that fills a tree up to a power of two.
fn compute_empty_leaf() -> Node {
    truncate(keccak256(&[2]))
}

/// The tree from the leaves up to the root.
fn compute_levels(messages: &[Vec<u8>]) -> Vec<Vec<Node>> {
    let mut level: Vec<Node> = messages.iter().map(|message| compute_leaf(message)).collect();
    level.resize(messages.len().max(1).next_power_of_two(), compute_empty_leaf());
    let mut levels = Vec::new();
    while level.len() > 1 {
        let (pairs, _) = level.as_chunks::<2>();
        let above = pairs.iter().map(|[left, right]| compute_parent(left, right)).collect();
        levels.push(std::mem::replace(&mut level, above));
    }
    levels.push(level);
    levels
}

fn compute_proof(levels: &[Vec<Node>], position: usize) -> Vec<Node> {
    levels
        .iter()
        .enumerate()
        .filter_map(|(height, level)| level.get((position >> height) ^ 1))
        .copied()
        .collect()
}
