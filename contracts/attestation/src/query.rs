//! Answers. Pages have at most 100 entries, 30 by default.

use cosmwasm_std::{Binary, Deps, Order, StdResult, Uint64, to_json_binary};
use cw_storage_plus::Bound;
use supercloud_schema::attestation::{ConfigResponse, QueryMsg, Record, RecordResponse, RecordsResponse};
use supercloud_schema::time::Seconds;

use crate::error::AttestationError;
use crate::state::{
    GOVERNANCE, MAX_VALIDITY, PROVIDER_RECORDS, RECORDS, StoredRecord, VERIFIERS, Verifier, load_record,
};

const DEFAULT_LIMIT: u32 = 30;
const MAX_LIMIT: u32 = 100;

/// Answers one question, as of a block time.
pub(crate) fn answer(deps: Deps<'_>, now: Seconds, msg: QueryMsg) -> Result<Binary, AttestationError> {
    let verifiers = VERIFIERS.load(deps.storage)?;
    let json = match msg {
        QueryMsg::Config {} => to_json_binary(&ConfigResponse {
            governance: GOVERNANCE.load(deps.storage)?.into_string(),
            verifiers: verifiers
                .into_iter()
                .map(|verifier| verifier.address.into_string())
                .collect(),
            max_validity_seconds: MAX_VALIDITY.load(deps.storage)?,
        }),
        QueryMsg::Record { id } => {
            to_json_binary(&view(id.u64(), load_record(deps.storage, id.u64())?, &verifiers, now))
        }
        QueryMsg::RecordsByProvider {
            provider,
            start_after,
            limit,
        } => {
            let provider = deps.api.addr_validate(&provider)?;
            let start = start_after.map(|id| Bound::exclusive(id.u64()));
            let limit = limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT) as usize;
            let ids = PROVIDER_RECORDS
                .prefix(&provider)
                .keys(deps.storage, start, None, Order::Ascending)
                .take(limit);
            let records = ids.map(|id| {
                let id = id?;
                Ok(view(id, RECORDS.load(deps.storage, id)?, &verifiers, now))
            });
            to_json_binary(&RecordsResponse {
                records: records.collect::<StdResult<_>>()?,
            })
        }
    };
    Ok(json?)
}

fn view(id: u64, stored: StoredRecord, verifiers: &[Verifier], now: Seconds) -> RecordResponse {
    RecordResponse {
        valid: stored.is_valid(verifiers, now),
        record: Record {
            id: Uint64::new(id),
            provider: stored.provider.into_string(),
            verifier: stored.verifier.into_string(),
            device: stored.device,
            kind: stored.kind,
            evidence_sha256: stored.evidence_sha256,
            submitted_at: stored.submitted_at,
            expires_at: stored.expires_at,
            revoked: stored.revoked,
        },
    }
}
