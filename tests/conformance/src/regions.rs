//! Host calls that an honest contract never makes: Regions that lie, over-long inputs, ids that nobody opened.

use cosmwasm_std::{Binary, StdResult, to_json_binary};

use crate::crypto;
use crate::host::{self, Out, Region};
use crate::msg::{Converted, RawCall};
use crate::storage;

/// Makes the call; the finding, if the host lets it return.
pub(crate) fn call(call: &RawCall) -> StdResult<Binary> {
    match call {
        RawCall::Advance { id, step } => to_json_binary(&storage::advance(*id, *step)),
        RawCall::Region {
            offset,
            capacity,
            length,
        } => {
            let (offset, capacity, length) = (*offset, *capacity, *length);
            read(&Region {
                offset,
                capacity,
                length,
            })
        }
        RawCall::Pointer { address } => to_json_binary(&host::take(host::db_read(*address)).map(Binary::from)),
        RawCall::Write { key, value } => {
            host::db_write(Region::of(key).pointer(), Region::of(value).pointer());
            Ok(Binary::default())
        }
        RawCall::Validate { input } => {
            to_json_binary(&host::take_text(host::addr_validate(Region::of(input).pointer())))
        }
        RawCall::Canonicalize { input, capacity } => convert(host::addr_canonicalize, input, *capacity),
        RawCall::Humanize { input, capacity } => convert(host::addr_humanize, input, *capacity),
        RawCall::QueryLength { length } => {
            let request = vec![b' '; *length as usize];
            Ok(host::take(host::query_chain(Region::of(&request).pointer()))
                .unwrap_or_default()
                .into())
        }
        RawCall::DebugLength { length } => {
            host::debug(Region::of(&vec![b'd'; *length as usize]).pointer());
            Ok(Binary::default())
        }
        RawCall::Abort { message } => {
            host::abort(Region::of(message).pointer());
            Ok(Binary::default())
        }
        RawCall::CryptoLength { function, lengths } => to_json_binary(&crypto::call_with_lengths(*function, lengths)),
    }
}

fn read(key: &Region) -> StdResult<Binary> {
    to_json_binary(&host::take(host::db_read(key.pointer())).map(Binary::from))
}

fn convert(function: fn(u32, u32) -> u32, input: &[u8], capacity: u32) -> StdResult<Binary> {
    let mut out = Out::new(capacity);
    let error = host::take_text(function(Region::of(input).pointer(), out.pointer()));
    let output = out.take().into();
    to_json_binary(&Converted { error, output })
}

/// Writes although the caller has no storage to write to, as a query must not.
pub(crate) fn write_blindly() {
    host::db_write(Region::of(b"key").pointer(), Region::of(b"value").pointer());
}

/// Removes, likewise.
pub(crate) fn remove_blindly() {
    host::db_remove(Region::of(b"key").pointer());
}
