//! From an [`Update`] to [`Verified`] prices: origin, signer set and quorum, Merkle proofs, signatures, in this order,
//! cheapest first.

use crate::error::VerifyError;
use crate::hash::keccak256;
use crate::merkle::compute_root;
use crate::message::PriceMessage;
use crate::quorum::Quorum;
use crate::update::Update;
use crate::vaa::{Origin, Vaa};

/// An Ethereum-style address: the last 20 bytes of the Keccak-256 of a public key.
pub type Address = [u8; 20];

/// Recovers public keys from secp256k1 signatures; on chain the host does it, elsewhere a library.
pub trait Recover {
    /// The uncompressed key (65 bytes, first 4) that made this signature over `digest`, if there is one.
    fn recover(&self, digest: &[u8; 32], rs: &[u8; 64], recovery_id: u8) -> Option<[u8; 65]>;
}

/// Keys that are trusted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignerSet {
    /// Index that messages name.
    pub index: u32,
    /// Members by position.
    pub addresses: Vec<Address>,
    /// How many must sign.
    pub quorum: Quorum,
    /// Not valid from this second on.
    pub expires_at: Option<u64>,
}

/// What is trusted, and when.
#[derive(Clone, Debug)]
pub struct Policy<'a> {
    /// Time of the check, seconds since the Unix epoch.
    pub now: u64,
    /// Emitters whose roots are believed.
    pub origins: &'a [Origin],
    /// The set that the update names, if it is known.
    pub set: Option<&'a SignerSet>,
}

/// Prices that the signers vouch for. [`verify`] is the only way to get one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    set_index: u32,
    slot: u64,
    prices: Vec<PriceMessage>,
}

impl Verified {
    /// The set that signed.
    pub fn set_index(&self) -> u32 {
        self.set_index
    }

    /// Slot of all prices.
    pub fn slot(&self) -> u64 {
        self.slot
    }

    /// The prices, in the order they were picked.
    pub fn prices(&self) -> &[PriceMessage] {
        &self.prices
    }
}

/// Verifies the messages at the positions `picked`. Messages that are not picked are not looked at.
pub fn verify(
    update: &Update<'_>,
    picked: &[usize],
    policy: &Policy<'_>,
    recover: &impl Recover,
) -> Result<Verified, VerifyError> {
    let Origin { chain, emitter } = update.vaa.origin;
    if !policy.origins.contains(&update.vaa.origin) {
        return Err(VerifyError::UntrustedOrigin { chain, emitter });
    }
    let index = update.vaa.set_index;
    let set = policy
        .set
        .filter(|set| set.index == index)
        .ok_or(VerifyError::UnknownSet { index })?;
    assert_set_rules(&update.vaa, set, policy.now)?;
    let prices = picked
        .iter()
        .map(|position| prove(update, *position))
        .collect::<Result<_, _>>()?;
    assert_signatures(&update.vaa, set, recover)?;
    Ok(Verified {
        set_index: index,
        slot: update.root.slot,
        prices,
    })
}

/// Refuses a VAA that `set` has not signed with a quorum. Says nothing about its origin or payload.
pub fn assert_signed(vaa: &Vaa<'_>, set: &SignerSet, now: u64, recover: &impl Recover) -> Result<(), VerifyError> {
    if vaa.set_index != set.index {
        return Err(VerifyError::UnknownSet { index: vaa.set_index });
    }
    assert_set_rules(vaa, set, now)?;
    assert_signatures(vaa, set, recover)
}

/// The address of an uncompressed public key.
pub fn address_of(key: &[u8; 65]) -> Address {
    let [_, point @ ..] = key;
    let [_, _, _, _, _, _, _, _, _, _, _, _, address @ ..] = keccak256(point);
    address
}

fn assert_set_rules(vaa: &Vaa<'_>, set: &SignerSet, now: u64) -> Result<(), VerifyError> {
    let index = set.index;
    if let Some(expires_at) = set.expires_at.filter(|expires_at| now >= *expires_at) {
        return Err(VerifyError::ExpiredSet { index, expires_at, now });
    }
    let members = set.addresses.len();
    if members == 0 {
        return Err(VerifyError::EmptySet { index });
    }
    let (found, needed) = (vaa.signatures.len(), set.quorum.compute_needed(members));
    if found < needed || found > members {
        return Err(VerifyError::SignatureCount { found, needed, members });
    }
    let mut previous: Option<u8> = None;
    for signature in &vaa.signatures {
        let index = signature.signer;
        if let Some(previous) = previous.filter(|previous| index <= *previous) {
            return Err(VerifyError::SignerOrder { index, previous });
        }
        if usize::from(index) >= members {
            return Err(VerifyError::SignerIndex { index, members });
        }
        previous = Some(index);
    }
    Ok(())
}

fn prove(update: &Update<'_>, position: usize) -> Result<PriceMessage, VerifyError> {
    let count = update.messages.len();
    let proven = update
        .messages
        .get(position)
        .ok_or(VerifyError::NoMessage { position, count })?;
    if compute_root(proven.message, proven.proof) != update.root.root {
        return Err(VerifyError::BadProof { position });
    }
    Ok(PriceMessage::parse(proven.message)?)
}

fn assert_signatures(vaa: &Vaa<'_>, set: &SignerSet, recover: &impl Recover) -> Result<(), VerifyError> {
    let digest = vaa.compute_digest();
    let members = set.addresses.len();
    for signature in &vaa.signatures {
        let index = signature.signer;
        let expected = *set
            .addresses
            .get(usize::from(index))
            .ok_or(VerifyError::SignerIndex { index, members })?;
        let key = recover
            .recover(&digest, signature.rs, signature.recovery_id)
            .ok_or(VerifyError::Unrecoverable { index })?;
        let found = address_of(&key);
        if found != expected {
            return Err(VerifyError::WrongSigner { index, expected, found });
        }
    }
    Ok(())
}
