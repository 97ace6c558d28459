//! Questions to the chain and to other contracts.

use supercloud_chain::vm::VmError;

use crate::guest::Guest;

/// 64 KiB.
const MAX_REQUEST: usize = 64 * 1024;

pub(super) fn query_chain(guest: &mut Guest<'_>, request: u32) -> Result<u32, VmError> {
    let request = guest.read(request, MAX_REQUEST)?;
    let answer = guest.storage(|backend, gas| backend.query(&request, gas))?;
    guest.hand_over(&answer)
}
