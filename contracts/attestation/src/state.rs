//! What is stored, and when a record is valid.
//!
//! Invariant: `CURRENT` holds, per device, verifier and kind, the newest record; every older one is revoked or was made
//! under an earlier listing of its verifier. So all valid records of a device are found through the listed verifiers.

use cosmwasm_std::{Addr, Empty, HexBinary, StdResult, Storage};
use cw_storage_plus::{Item, Map};
use serde::{Deserialize, Serialize};
use supercloud_schema::attestation::{Device, EvidenceKind};
use supercloud_schema::time::Seconds;

use crate::error::AttestationError;

pub(crate) const GOVERNANCE: Item<Addr> = Item::new("governance");
pub(crate) const MAX_VALIDITY: Item<Seconds> = Item::new("max_validity");
pub(crate) const VERIFIERS: Item<Vec<Verifier>> = Item::new("verifiers");
/// Last listing number given out.
pub(crate) const LAST_LISTING: Item<u64> = Item::new("last_listing");
/// Last record number given out.
pub(crate) const LAST_RECORD: Item<u64> = Item::new("last_record");
pub(crate) const RECORDS: Map<u64, StoredRecord> = Map::new("records");
/// Provider, record number.
pub(crate) const PROVIDER_RECORDS: Map<(&Addr, u64), Empty> = Map::new("provider_records");
/// Device key, verifier, number of the kind; the newest record.
pub(crate) const CURRENT: Map<(&str, &Addr, u8), u64> = Map::new("current");

/// All kinds; the position is the kind's number in keys, so it never changes.
pub(crate) const KINDS: [EvidenceKind; 4] = [
    EvidenceKind::NvidiaGpu {},
    EvidenceKind::SevSnp {},
    EvidenceKind::Tdx {},
    EvidenceKind::Benchmark {},
];

pub(crate) fn kind_number(kind: EvidenceKind) -> u8 {
    match kind {
        EvidenceKind::NvidiaGpu {} => 0,
        EvidenceKind::SevSnp {} => 1,
        EvidenceKind::Tdx {} => 2,
        EvidenceKind::Benchmark {} => 3,
    }
}

/// Tools write one id in different cases; one device must not count twice.
pub(crate) fn device_key(id: &str) -> String {
    id.to_ascii_lowercase()
}

/// A listed verifier. The listing number tells a second listing from the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Verifier {
    pub(crate) address: Addr,
    pub(crate) listing: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredRecord {
    pub(crate) provider: Addr,
    pub(crate) verifier: Addr,
    pub(crate) listing: u64,
    pub(crate) device: Device,
    pub(crate) kind: EvidenceKind,
    pub(crate) evidence_sha256: HexBinary,
    pub(crate) submitted_at: Seconds,
    pub(crate) expires_at: Seconds,
    pub(crate) revoked: bool,
}

impl StoredRecord {
    /// Neither revoked nor expired, and its verifier is still under the listing that it was made under.
    pub(crate) fn is_valid(&self, verifiers: &[Verifier], now: Seconds) -> bool {
        let listed = |verifier: &Verifier| verifier.address == self.verifier && verifier.listing == self.listing;
        !self.revoked && now < self.expires_at && verifiers.iter().any(listed)
    }
}

pub(crate) fn load_record(storage: &dyn Storage, id: u64) -> Result<StoredRecord, AttestationError> {
    RECORDS
        .may_load(storage, id)?
        .ok_or(AttestationError::RecordNotFound { id })
}

/// A valid record of the device, should there be one.
pub(crate) fn load_valid_record_of_device(
    storage: &dyn Storage,
    device: &str,
    now: Seconds,
) -> StdResult<Option<(u64, StoredRecord)>> {
    let (key, verifiers) = (device_key(device), VERIFIERS.load(storage)?);
    for verifier in &verifiers {
        for kind in 0..KINDS.len() as u8 {
            let Some(id) = CURRENT.may_load(storage, (&key, &verifier.address, kind))? else {
                continue;
            };
            let record = RECORDS.load(storage, id)?;
            if record.is_valid(&verifiers, now) {
                return Ok(Some((id, record)));
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_of_a_kind_is_its_position() {
        for (number, kind) in (0..).zip(KINDS) {
            assert_eq!(kind_number(kind), number);
        }
    }
}
