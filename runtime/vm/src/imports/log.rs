//! What a contract says to humans: debug lines, which change nothing, and its last words.

use supercloud_chain::vm::VmError;

use crate::gas;
use crate::guest::Guest;

/// 2 MiB, for both.
const MAX_MESSAGE: usize = 2 * 1024 * 1024;

/// Costs the same whether anybody listens or not.
pub(super) fn debug(guest: &mut Guest<'_>, message: u32) -> Result<(), VmError> {
    let message = guest.read(message, MAX_MESSAGE)?;
    let loan = guest.state().backend.clone();
    loan.with(|backend| backend.debug(&String::from_utf8_lossy(&message)))
        .ok_or_else(|| VmError::Bug("the backend is not available".into()))
}

pub(super) fn abort(guest: &mut Guest<'_>, message: u32) -> Result<(), VmError> {
    let message = guest.read(message, MAX_MESSAGE)?;
    guest.charge(gas::UTF8.cost(message.len()))?;
    Err(VmError::Aborted(String::from_utf8_lossy(&message).into_owned()))
}
