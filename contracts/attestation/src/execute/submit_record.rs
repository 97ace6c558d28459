//! A verifier vouches for a device.

use cosmwasm_std::{DepsMut, Empty, Event, HexBinary, MessageInfo, Response, Uint64, to_json_binary};
use supercloud_schema::attestation::{Device, EvidenceKind, event};
use supercloud_schema::time::Seconds;

use super::revoke_record::apply_revocation;
use crate::error::AttestationError;
use crate::limits::{assert_device, assert_evidence, assert_expiry};
use crate::state::{
    CURRENT, LAST_RECORD, MAX_VALIDITY, PROVIDER_RECORDS, RECORDS, StoredRecord, VERIFIERS, device_key, kind_number,
    load_valid_record_of_device,
};

/// What is recorded.
pub(crate) struct Submission {
    pub(crate) provider: String,
    pub(crate) device: Device,
    pub(crate) kind: EvidenceKind,
    pub(crate) evidence_sha256: HexBinary,
    pub(crate) expires_at: Seconds,
}

/// Stores a record; the sender's older one of the same device and kind is revoked. Refused while a valid record of
/// anybody gives the device to another provider.
pub(crate) fn submit_record(
    deps: DepsMut<'_>,
    now: Seconds,
    info: MessageInfo,
    submission: Submission,
) -> Result<Response, AttestationError> {
    let verifiers = VERIFIERS.load(deps.storage)?;
    let Some(verifier) = verifiers.into_iter().find(|verifier| verifier.address == info.sender) else {
        return Err(AttestationError::NotVerifier {
            sender: info.sender.into_string(),
        });
    };
    assert_device(&submission.device)?;
    assert_evidence(&submission.evidence_sha256)?;
    assert_expiry(submission.expires_at, now, MAX_VALIDITY.load(deps.storage)?)?;
    let provider = deps.api.addr_validate(&submission.provider)?;
    if let Some((record, taken)) = load_valid_record_of_device(deps.storage, &submission.device.id, now)?
        && taken.provider != provider
    {
        let (device, provider) = (submission.device.id, taken.provider.into_string());
        return Err(AttestationError::DeviceTaken {
            device,
            provider,
            record,
        });
    }

    let id = LAST_RECORD.load(deps.storage)? + 1;
    LAST_RECORD.save(deps.storage, &id)?;
    let device = device_key(&submission.device.id);
    let current = (device.as_str(), &info.sender, kind_number(submission.kind));
    let replaced = match CURRENT.may_load(deps.storage, current)? {
        Some(older) => apply_revocation(deps.storage, older)?,
        None => None,
    };
    CURRENT.save(deps.storage, current, &id)?;
    PROVIDER_RECORDS.save(deps.storage, (&provider, id), &Empty {})?;
    let submitted = Event::new(event::RECORD_SUBMITTED)
        .add_attribute("record_id", id.to_string())
        .add_attribute("provider", &provider)
        .add_attribute("verifier", &info.sender)
        .add_attribute("device", &submission.device.id);
    let record = StoredRecord {
        provider,
        verifier: info.sender.clone(),
        listing: verifier.listing,
        device: submission.device,
        kind: submission.kind,
        evidence_sha256: submission.evidence_sha256,
        submitted_at: now,
        expires_at: submission.expires_at,
        revoked: false,
    };
    RECORDS.save(deps.storage, id, &record)?;
    let data = to_json_binary(&Uint64::new(id))?;
    Ok(Response::new().add_events(replaced).add_event(submitted).set_data(data))
}
