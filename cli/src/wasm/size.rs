//! Sizes of a module that was accepted: of its archive, of its functions.

use std::io::Read;

use flate2::Compression;
use flate2::read::GzEncoder;
use wasmparser::{Parser, Payload, TypeRef};

/// Bytes of the smallest gzip archive that can be uploaded in the module's place.
pub(super) fn compute_gzip_len(wasm: &[u8]) -> usize {
    let mut archive = Vec::new();
    GzEncoder::new(wasm, Compression::best())
        .read_to_end(&mut archive)
        .expect("reading from and writing to memory does not fail")
}

/// Index and body bytes of the largest function, the first of several; none in a module without code.
pub(super) fn find_largest_function(wasm: &[u8]) -> Option<(u32, usize)> {
    let mut index = 0;
    let mut largest: Option<(u32, usize)> = None;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.ok()? {
            Payload::ImportSection(section) => {
                let functions = section
                    .into_imports()
                    .filter(|import| matches!(import, Ok(import) if matches!(import.ty, TypeRef::Func(_))));
                index = u32::try_from(functions.count()).ok()?;
            }
            Payload::CodeSectionEntry(body) => {
                let bytes = body.range().len();
                if largest.is_none_or(|(_, most)| bytes > most) {
                    largest = Some((index, bytes));
                }
                index += 1;
            }
            _ => {}
        }
    }
    largest
}
