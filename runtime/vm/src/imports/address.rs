//! The address rules of the chain. Texts that go back to the guest end up in contract errors: they are consensus.

use supercloud_chain::vm::VmError;

use crate::gas;
use crate::guest::Guest;

/// Input limit of a human readable address.
const MAX_HUMAN: usize = 256;
/// Input limit of a canonical address.
const MAX_CANONICAL: usize = 64;

pub(super) fn validate(guest: &mut Guest<'_>, human: u32) -> Result<u32, VmError> {
    match read_human(guest, human)? {
        Err(text) => guest.hand_over(text.as_bytes()),
        Ok(human) => match guest.backend(|backend, _| backend.addr_validate(&human))? {
            Err(text) => guest.hand_over(text.as_bytes()),
            Ok(()) => Ok(0),
        },
    }
}

pub(super) fn canonicalize(guest: &mut Guest<'_>, human: u32, canonical: u32) -> Result<u32, VmError> {
    match read_human(guest, human)? {
        Err(text) => guest.hand_over(text.as_bytes()),
        Ok(human) => {
            let answer = guest.backend(|backend, _| backend.addr_canonicalize(&human))?;
            answer_into(guest, canonical, answer)
        }
    }
}

pub(super) fn humanize(guest: &mut Guest<'_>, canonical: u32, human: u32) -> Result<u32, VmError> {
    let canonical = guest.read(canonical, MAX_CANONICAL)?;
    let answer = guest.backend(|backend, _| backend.addr_humanize(&canonical))?;
    answer_into(guest, human, answer.map(String::into_bytes))
}

/// An address as text; the inner error is for the guest.
fn read_human(guest: &mut Guest<'_>, human: u32) -> Result<Result<String, &'static str>, VmError> {
    let human = guest.read(human, MAX_HUMAN)?;
    if human.is_empty() {
        return Ok(Err("Input is empty"));
    }
    guest.charge(gas::UTF8.cost(human.len()))?;
    Ok(String::from_utf8(human).map_err(|_| "Input is not valid UTF-8"))
}

/// Success goes into the guest's own Region, an error text into a new one.
fn answer_into(guest: &mut Guest<'_>, destination: u32, answer: Result<Vec<u8>, String>) -> Result<u32, VmError> {
    match answer {
        Ok(answer) => {
            guest.write(destination, &answer)?;
            Ok(0)
        }
        Err(text) => guest.hand_over(text.as_bytes()),
    }
}
