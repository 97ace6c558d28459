//! Limits on what is recorded.

use supercloud_schema::attestation::Device;
use supercloud_schema::time::Seconds;

use crate::error::AttestationError;

/// Bounds the search for other records of a device.
pub(crate) const MAX_VERIFIERS: usize = 32;
/// Two years: no certificate of a device vendor is trusted longer without a new look.
const MAX_VALIDITY: Seconds = 2 * 365 * 86_400;
const MAX_DEVICE_ID: usize = 128;
const MAX_NAME: usize = 64;
const HASH_LEN: usize = 32;

pub(crate) fn assert_max_validity(found: Seconds) -> Result<(), AttestationError> {
    if (1..=MAX_VALIDITY).contains(&found) {
        return Ok(());
    }
    Err(AttestationError::MaxValidity {
        found,
        max: MAX_VALIDITY,
    })
}

pub(crate) fn assert_device(device: &Device) -> Result<(), AttestationError> {
    let fields = [
        ("id", &device.id, MAX_DEVICE_ID),
        ("vendor", &device.vendor, MAX_NAME),
        ("model", &device.model, MAX_NAME),
    ];
    for (field, text, max) in fields {
        if !(1..=max).contains(&text.len()) {
            return Err(AttestationError::DeviceText {
                field,
                found: text.len(),
                max,
            });
        }
    }
    Ok(())
}

pub(crate) fn assert_evidence(hash: &[u8]) -> Result<(), AttestationError> {
    if hash.len() == HASH_LEN {
        Ok(())
    } else {
        Err(AttestationError::EvidenceHash { found: hash.len() })
    }
}

pub(crate) fn assert_expiry(expires_at: Seconds, now: Seconds, longest: Seconds) -> Result<(), AttestationError> {
    let latest = now.saturating_add(longest);
    if now < expires_at && expires_at <= latest {
        return Ok(());
    }
    Err(AttestationError::Expiry {
        expires_at,
        now,
        latest,
    })
}
