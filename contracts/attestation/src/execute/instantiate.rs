//! Sets the contract up.

use cosmwasm_std::{DepsMut, Response};
use supercloud_schema::attestation::InstantiateMsg;

use super::set_verifiers::apply_verifiers;
use crate::contract::{CONTRACT_NAME, CONTRACT_VERSION};
use crate::error::AttestationError;
use crate::limits::assert_max_validity;
use crate::state::{GOVERNANCE, LAST_LISTING, LAST_RECORD, MAX_VALIDITY, VERIFIERS};

/// Validates and stores governance, verifiers and the longest life of a record.
pub(crate) fn instantiate(deps: DepsMut<'_>, msg: InstantiateMsg) -> Result<Response, AttestationError> {
    assert_max_validity(msg.max_validity_seconds)?;
    cw2::set_contract_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    GOVERNANCE.save(deps.storage, &deps.api.addr_validate(&msg.governance)?)?;
    MAX_VALIDITY.save(deps.storage, &msg.max_validity_seconds)?;
    LAST_LISTING.save(deps.storage, &0)?;
    LAST_RECORD.save(deps.storage, &0)?;
    VERIFIERS.save(deps.storage, &vec![])?;
    apply_verifiers(deps, &msg.verifiers)?;
    Ok(Response::new())
}
