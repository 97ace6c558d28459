//! Contract storage and its iterators.

use supercloud_chain::vm::{Order, Record, VmError};

use crate::guest::Guest;
use crate::sections;

/// 64 KiB.
const MAX_KEY: usize = 64 * 1024;
/// 128 KiB.
const MAX_VALUE: usize = 128 * 1024;
/// Iterators that one call may open, as in wasmvm: they hold memory until the call ends.
const MAX_ITERATORS: u32 = 32_768;

pub(super) fn read(guest: &mut Guest<'_>, key: u32) -> Result<u32, VmError> {
    let key = guest.read(key, MAX_KEY)?;
    let value = guest.storage(|backend, gas| backend.read(&key, gas))?;
    hand_over_optional(guest, value)
}

pub(super) fn write(guest: &mut Guest<'_>, key: u32, value: u32) -> Result<(), VmError> {
    assert_writable(guest)?;
    let key = guest.read(key, MAX_KEY).map_err(|error| named("key", error))?;
    let value = guest.read(value, MAX_VALUE).map_err(|error| named("value", error))?;
    guest.storage(|backend, gas| backend.write(&key, &value, gas))
}

pub(super) fn remove(guest: &mut Guest<'_>, key: u32) -> Result<(), VmError> {
    assert_writable(guest)?;
    let key = guest.read(key, MAX_KEY)?;
    guest.storage(|backend, gas| backend.remove(&key, gas))
}

pub(super) fn scan(guest: &mut Guest<'_>, start: u32, end: u32, order: u32) -> Result<u32, VmError> {
    let start = guest.read_optional(start, MAX_KEY)?;
    let end = guest.read_optional(end, MAX_KEY)?;
    let order = match order {
        1 => Order::Ascending,
        2 => Order::Descending,
        other => return Err(VmError::Communication(format!("unknown order {}", other.cast_signed()))),
    };
    if guest.state().iterators == MAX_ITERATORS {
        return Err(VmError::Communication(format!(
            "more than {MAX_ITERATORS} iterators in one call"
        )));
    }
    guest.state().iterators += 1;
    guest.storage(|backend, gas| backend.scan(start.as_deref(), end.as_deref(), order, gas))
}

/// Key and value as two sections; an empty key says that there are no more.
pub(super) fn next(guest: &mut Guest<'_>, iterator: u32) -> Result<u32, VmError> {
    let (key, value) = advance(guest, iterator)?.unwrap_or_default();
    guest.hand_over(&sections::encode(&[&key, &value])?)
}

pub(super) fn next_key(guest: &mut Guest<'_>, iterator: u32) -> Result<u32, VmError> {
    let key = advance(guest, iterator)?.map(|(key, _)| key);
    hand_over_optional(guest, key)
}

pub(super) fn next_value(guest: &mut Guest<'_>, iterator: u32) -> Result<u32, VmError> {
    let value = advance(guest, iterator)?.map(|(_, value)| value);
    hand_over_optional(guest, value)
}

fn advance(guest: &mut Guest<'_>, iterator: u32) -> Result<Option<Record>, VmError> {
    guest.storage(|backend, gas| backend.next(iterator, gas))
}

/// Pointer 0 means absent.
fn hand_over_optional(guest: &mut Guest<'_>, data: Option<Vec<u8>>) -> Result<u32, VmError> {
    data.map_or(Ok(0), |data| guest.hand_over(&data))
}

/// Before the key is looked at: a refused write costs the host call only.
fn assert_writable(guest: &mut Guest<'_>) -> Result<(), VmError> {
    if guest.state().read_only {
        Err(VmError::WriteAccessDenied)
    } else {
        Ok(())
    }
}

/// Says which of the two arguments was wrong.
fn named(argument: &str, error: VmError) -> VmError {
    match error {
        VmError::Communication(text) => VmError::Communication(format!("{argument}: {text}")),
        other => other,
    }
}
