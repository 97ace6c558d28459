//! Entry points. They route; no message accepts coins.

use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Response, entry_point};
use supercloud_schema::attestation::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};
use supercloud_schema::time::block_seconds;

use crate::error::AttestationError;
use crate::execute::{self, Submission};

/// Name under which the contract's version is stored.
pub const CONTRACT_NAME: &str = env!("CARGO_PKG_NAME");
/// This code's version.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Sets the contract up.
#[entry_point]
pub fn instantiate(
    deps: DepsMut<'_>,
    _env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, AttestationError> {
    assert_no_funds(&info)?;
    execute::instantiate(deps, msg)
}

/// Runs a message.
#[entry_point]
pub fn execute(deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, AttestationError> {
    assert_no_funds(&info)?;
    match msg {
        ExecuteMsg::SubmitRecord {
            provider,
            device,
            kind,
            evidence_sha256,
            expires_at,
        } => {
            let submission = Submission {
                provider,
                device,
                kind,
                evidence_sha256,
                expires_at,
            };
            execute::submit_record(deps, block_seconds(&env.block), info, submission)
        }
        ExecuteMsg::RevokeRecord { id } => execute::revoke_record(deps, info, id.u64()),
        ExecuteMsg::SetVerifiers { verifiers } => execute::set_verifiers(deps, info, verifiers),
        ExecuteMsg::UpdateGovernance { governance } => execute::update_governance(deps, info, governance),
    }
}

/// Answers a question.
#[entry_point]
pub fn query(deps: Deps<'_>, env: Env, msg: QueryMsg) -> Result<Binary, AttestationError> {
    crate::query::answer(deps, block_seconds(&env.block), msg)
}

/// Takes over from an older version.
#[entry_point]
pub fn migrate(deps: DepsMut<'_>, _env: Env, _msg: MigrateMsg) -> Result<Response, AttestationError> {
    crate::migrate::migrate(deps)
}

fn assert_no_funds(info: &MessageInfo) -> Result<(), AttestationError> {
    match info.funds.first() {
        Some(coin) => Err(AttestationError::UnexpectedFunds { coin: coin.to_string() }),
        None => Ok(()),
    }
}
