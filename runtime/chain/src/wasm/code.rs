//! Wasm bytes in the state and in the engine.

use std::io::Read;

use flate2::bufread::GzDecoder;

use crate::error::{SdkError, TxError};
use crate::machine::{Machine, Mode, read_u64};
use crate::state_key;
use crate::vm::{CheckError, Checksum, CodeKey, HeldCode, MeteringVersion};
use crate::wasm::WasmError;

const GZIP_MAGIC: [u8; 3] = [0x1f, 0x8b, 0x08];

/// What the engine knows a stored code by. Free of gas, like the code itself.
pub(crate) fn load_key(machine: &Machine<'_>, checksum: &Checksum) -> Result<CodeKey, TxError> {
    let stored = machine.state.get(&state_key::wasm::metering(checksum));
    let metering = match stored {
        Some(bytes) => u32::try_from(read_u64(&bytes)?).unwrap_or(u32::MAX),
        None => return Err(SdkError::Logic(format!("wasm {} has no metering version", hex::encode(checksum))).into()),
    };
    Ok(CodeKey {
        checksum: *checksum,
        metering: MeteringVersion(metering),
    })
}

/// Makes the engine know a stored code: after a restart it knows none, and it may forget some.
pub(crate) fn load_into_engine(machine: &Machine<'_>, code: &CodeKey) -> Result<HeldCode, TxError> {
    let wasm = load_blob(machine, &code.checksum)?;
    Ok(machine.env.vm.load(&wasm, code.metering).map_err(refused)?)
}

/// As [`load_into_engine`], for a call; other threads cannot take the code away before the answer is dropped. What only a
/// simulation has stored, nobody paid for: the engine keeps it as long as the simulation runs, and no longer.
pub(crate) fn load_for_call(machine: &mut Machine<'_>, code: &CodeKey) -> Result<HeldCode, TxError> {
    let is_new = !machine.state.is_committed(&state_key::wasm::blob(&code.checksum));
    if machine.mode == Mode::Simulate && is_new {
        let wasm = load_blob(machine, &code.checksum)?;
        let lent = machine.env.vm.lend(&wasm, code.metering).map_err(refused)?;
        machine.lent_codes.push(lent.clone());
        return Ok(lent);
    }
    load_into_engine(machine, code)
}

fn refused(error: CheckError) -> WasmError {
    let reason = error.to_string();
    WasmError::Vm { reason }
}

/// Stored bytes of a code, uncompressed. Free of gas: wasmd reads them from a file.
pub(crate) fn load_blob(machine: &Machine<'_>, checksum: &Checksum) -> Result<Vec<u8>, TxError> {
    let blob = machine.state.get(&state_key::wasm::blob(checksum));
    Ok(blob.ok_or_else(|| SdkError::Logic(format!("wasm {} is missing", hex::encode(checksum))))?)
}

pub(crate) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&GZIP_MAGIC)
}

/// Unpacks one gzip member of at most `limit` bytes, checksum included; nothing may follow it.
pub(crate) fn uncompress(bytes: &[u8], limit: usize) -> Result<Vec<u8>, WasmError> {
    let refused = |reason: String| WasmError::Create { reason };
    let mut decoder = GzDecoder::new(bytes);
    let mut wasm = Vec::new();
    // One byte more than allowed shows that there is more, without unpacking a bomb.
    let mut limited = Read::take(&mut decoder, limit as u64 + 1);
    limited
        .read_to_end(&mut wasm)
        .map_err(|error| refused(format!("uncompress wasm archive: {error}")))?;
    if wasm.len() > limit {
        return Err(refused(format!("uncompressed wasm exceeds limit {limit}")));
    }
    let rest = decoder.into_inner().len();
    if rest > 0 {
        return Err(refused(format!("{rest} bytes follow the wasm archive")));
    }
    Ok(wasm)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn archive_at_the_limit_is_unpacked_and_one_byte_more_is_not() {
        let archive = gzip(&[7; 1_000]);
        assert_eq!(uncompress(&archive, 1_000), Ok(vec![7; 1_000]));
        let refused = WasmError::Create {
            reason: "uncompressed wasm exceeds limit 999".into(),
        };
        assert_eq!(uncompress(&archive, 999), Err(refused));
    }

    #[test]
    fn broken_checksum_and_trailing_bytes_are_refused() {
        let mut archive = gzip(&[7; 1_000]);
        let crc = archive.len() - 8;
        archive[crc] ^= 1;
        assert!(uncompress(&archive, 1_000).is_err());
        let trailing = [gzip(b"a"), vec![0]].concat();
        let refused = WasmError::Create {
            reason: "1 bytes follow the wasm archive".into(),
        };
        assert_eq!(uncompress(&trailing, 1_000), Err(refused));
    }
}
