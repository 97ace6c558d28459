//! One file per message.

mod instantiate;
mod revoke_record;
mod set_verifiers;
mod submit_record;
mod update_governance;

use cosmwasm_std::{MessageInfo, Storage};

pub(crate) use instantiate::instantiate;
pub(crate) use revoke_record::revoke_record;
pub(crate) use set_verifiers::set_verifiers;
pub(crate) use submit_record::{Submission, submit_record};
pub(crate) use update_governance::update_governance;

use crate::error::AttestationError;
use crate::state::GOVERNANCE;

fn assert_governance(storage: &dyn Storage, info: &MessageInfo) -> Result<(), AttestationError> {
    if info.sender == GOVERNANCE.load(storage)? {
        return Ok(());
    }
    Err(AttestationError::NotGovernance {
        sender: info.sender.to_string(),
    })
}
