//! A tenant announces another manifest.

use cosmwasm_std::{DepsMut, HexBinary, MessageInfo, Response};
use supercloud_rules::validation;
use supercloud_schema::market::event;

use crate::error::MarketError;
use crate::events;
use crate::load::load_active_deployment;
use crate::state::DEPLOYMENTS;

/// Changes the manifest hash and nothing else.
pub(crate) fn update_deployment(
    deps: DepsMut<'_>,
    info: MessageInfo,
    dseq: u64,
    hash: HexBinary,
) -> Result<Response, MarketError> {
    let mut deployment = load_active_deployment(deps.storage, dseq, &info.sender)?;
    validation::assert_hash(&hash)?;
    if deployment.hash == hash {
        return Err(MarketError::SameHash { dseq });
    }
    deployment.hash = hash;
    DEPLOYMENTS.save(deps.storage, dseq, &deployment)?;
    let updated = events::deployment(event::DEPLOYMENT_UPDATED, &deployment.id(dseq));
    Ok(Response::new().add_event(updated.add_attribute("hash", deployment.hash.to_hex())))
}
