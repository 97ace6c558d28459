//! Signer sets between the wire type and the verifier's.

use std::collections::BTreeSet;

use cosmwasm_std::{Order, StdResult, Storage};
use supercloud_schema::pyth::{Quorum, SignerSet};
use supercloud_schema::time::Seconds;
use supercloud_verify_pyth::{self as verify, Address};

use crate::config::invalid;
use crate::error::PythError;
use crate::state::SIGNER_SETS;

/// Most sets that are kept, expired ones included; one expired set makes room for a new one.
pub(crate) const MAX_SIGNER_SETS: usize = 32;

/// What the verifier needs; refuses a set that breaks the rules.
pub(crate) fn assert_valid(set: &SignerSet) -> Result<verify::SignerSet, PythError> {
    if set.addresses.is_empty() || set.addresses.len() > verify::MAX_SIGNATURES {
        return Err(invalid("signers", set.addresses.len(), "1 to 32"));
    }
    let mut seen = BTreeSet::new();
    let mut addresses = Vec::with_capacity(set.addresses.len());
    for signer in &set.addresses {
        let address: Address = signer
            .as_slice()
            .try_into()
            .map_err(|_| invalid("signer", signer, "20 bytes"))?;
        if address == Address::default() {
            return Err(invalid("signer", signer, "not zero"));
        }
        if !seen.insert(address) {
            return Err(invalid("signer", signer, "each signer once"));
        }
        addresses.push(address);
    }
    let quorum = match set.quorum {
        Quorum::TwoThirds {} => verify::Quorum::TwoThirds,
        Quorum::Half {} => verify::Quorum::Half,
    };
    Ok(verify::SignerSet {
        index: set.index,
        addresses,
        quorum,
        expires_at: set.expires_at,
    })
}

/// Stores a set under a new index.
pub(crate) fn apply_new(storage: &mut dyn Storage, set: &SignerSet, now: Seconds) -> Result<(), PythError> {
    assert_valid(set)?;
    if SIGNER_SETS.has(storage, set.index) {
        return Err(PythError::SignerSetExists { index: set.index });
    }
    let stored = load_all(storage)?;
    if stored.len() >= MAX_SIGNER_SETS {
        let expired = stored
            .iter()
            .find(|set| set.expires_at.is_some_and(|expires_at| expires_at <= now));
        let expired = expired.ok_or(PythError::TooManySignerSets { limit: MAX_SIGNER_SETS })?;
        SIGNER_SETS.remove(storage, expired.index);
    }
    Ok(SIGNER_SETS.save(storage, set.index, set)?)
}

/// All sets by index; [`apply_new`] bounds their number.
pub(crate) fn load_all(storage: &dyn Storage) -> StdResult<Vec<SignerSet>> {
    SIGNER_SETS
        .range(storage, None, None, Order::Ascending)
        .map(|entry| entry.map(|(_, set)| set))
        .collect()
}
