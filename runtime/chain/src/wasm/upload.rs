//! What an upload is before any engine sees it: for tools that judge a file as the chain would.

use std::borrow::Cow;

use crate::wasm::{WasmError, code, gas_register, host_params};

/// Most bytes of Wasm, packed and unpacked, that any chain takes. By default a chain takes less, see `HostParams`.
pub const MAX_CODE_BYTES: usize = host_params::HIGHEST_CODE_BYTES as usize;

/// The Wasm in an upload, which may be gzipped; at most `limit` bytes of it.
///
/// # Errors
///
/// [`WasmError::Create`] for a broken archive and for one of more than `limit` bytes, [`WasmError::Limit`] for plain
/// Wasm of more.
pub fn unpack_wasm(upload: &[u8], limit: usize) -> Result<Cow<'_, [u8]>, WasmError> {
    if code::is_gzip(upload) {
        return code::uncompress(upload, limit).map(Cow::Owned);
    }
    let got = upload.len();
    if got > limit {
        let field = "code bytes";
        return Err(WasmError::Limit { field, got, limit });
    }
    Ok(Cow::Borrowed(upload))
}

/// SDK gas that the code of a `MsgStoreCode` costs, which is most of what the message costs: `wasm_len` bytes of Wasm,
/// sent as an archive of `archive_len` bytes or plain.
pub fn compute_store_gas(wasm_len: usize, archive_len: Option<usize>) -> u64 {
    let compile = gas_register::COMPILE_PER_BYTE.saturating_mul(wasm_len as u64);
    compile.saturating_add(archive_len.map_or(0, gas_register::compute_uncompress))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_wasm_at_the_limit_is_taken_and_one_byte_more_is_not() {
        assert_eq!(unpack_wasm(b"\0asm", 4), Ok(Cow::Borrowed(&b"\0asm"[..])));
        let refused = WasmError::Limit {
            field: "code bytes",
            got: 4,
            limit: 3,
        };
        assert_eq!(unpack_wasm(b"\0asm", 3), Err(refused));
    }

    #[test]
    fn storing_costs_three_per_byte_and_an_archive_more() {
        assert_eq!(compute_store_gas(1_000, None), 3_000);
        assert_eq!(compute_store_gas(1_000, Some(399)), 3_059);
    }
}
