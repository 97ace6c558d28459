//! Escrow tells which accounts ran dry.

use cosmwasm_std::{DepsMut, MessageInfo, Response};
use supercloud_schema::market::{DeploymentState, ExhaustedAccount};

use super::assert_sender;
use super::close_deployment::{Cause, apply_deployment_end};
use crate::error::{MarketError, Role};
use crate::load::load_deployment;
use crate::state::CONFIG;

/// Bounds what one notice costs; escrow sends fewer.
const MAX_ACCOUNTS: usize = 32;

/// Closes the deployments for lack of funds as of the second at which accrual stopped. Escrow is told nothing; it
/// refunds the bid deposits itself. A deployment that is closed already is skipped, so a notice may come twice.
pub(crate) fn accounts_exhausted(
    deps: DepsMut<'_>,
    info: MessageInfo,
    accounts: Vec<ExhaustedAccount>,
) -> Result<Response, MarketError> {
    assert_sender(&info, CONFIG.load(deps.storage)?.escrow.as_str(), Role::Escrow)?;
    if accounts.len() > MAX_ACCOUNTS {
        return Err(MarketError::NoticeTooLong {
            found: accounts.len(),
            max: MAX_ACCOUNTS,
        });
    }
    let mut response = Response::new();
    for account in accounts {
        let dseq = account.dseq.u64();
        let deployment = load_deployment(deps.storage, dseq)?;
        if deployment.state == (DeploymentState::Closed {}) {
            continue;
        }
        let at = account.exhausted_at;
        let ended = apply_deployment_end(deps.storage, dseq, deployment, Cause::Exhaustion { at })?;
        response = response.add_events(ended.events);
    }
    Ok(response)
}
