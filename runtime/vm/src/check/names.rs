//! Names of functions, for people: out of the name section, which most contracts are stripped of.

use std::collections::BTreeMap;

use rustc_demangle::demangle;
use supercloud_chain::vm::FunctionRef;
use wasmparser::{KnownCustom, Name, Parser, Payload};

/// Longest name that is shown, in characters: generic Rust functions have names of kilobytes.
const MAX_NAME: usize = 120;

/// One function by index.
pub(crate) fn find(wasm: &[u8], index: u32) -> FunctionRef {
    find_all(wasm, &[index])
        .pop()
        .unwrap_or(FunctionRef { index, name: None })
}

/// Functions by index, in the order asked for. A damaged name section names nothing from the damage on.
pub(crate) fn find_all(wasm: &[u8], indices: &[u32]) -> Vec<FunctionRef> {
    let mut names: BTreeMap<u32, Option<String>> = indices.iter().map(|index| (*index, None)).collect();
    for payload in Parser::new(0).parse_all(wasm) {
        let Ok(payload) = payload else { break };
        let Payload::CustomSection(section) = payload else {
            continue;
        };
        if let KnownCustom::Name(subsections) = section.as_known() {
            for subsection in subsections {
                let Ok(Name::Function(map)) = subsection else { continue };
                for naming in map {
                    let Ok(naming) = naming else { break };
                    if let Some(slot) = names.get_mut(&naming.index) {
                        *slot = Some(shorten(naming.name));
                    }
                }
            }
        }
    }
    let to_ref = |index: &u32| FunctionRef {
        index: *index,
        name: names.get(index).cloned().flatten(),
    };
    indices.iter().map(to_ref).collect()
}

/// Demangled, without the hash, of bounded length.
fn shorten(name: &str) -> String {
    let name = format!("{:#}", demangle(name));
    match name.char_indices().nth(MAX_NAME) {
        Some((end, _)) => format!("{}...", &name[..end]),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_demangled_and_shortened() {
        let long = "x".repeat(MAX_NAME + 1);
        let wasm = wat::parse_str(format!(
            "(module (func $_ZN4core3fmt5write17h0123456789abcdefE) (func ${long}) (func))"
        ))
        .unwrap();
        let names: Vec<_> = find_all(&wasm, &[2, 0, 1, 9]).into_iter().map(|f| f.name).collect();
        let short = format!("{}...", "x".repeat(MAX_NAME));
        assert_eq!(names, [None, Some("core::fmt::write".into()), Some(short), None]);
        assert_eq!(find(&wasm, 0).to_string(), "function 0 (core::fmt::write)");
        assert_eq!(find(b"no wasm", 7).to_string(), "function 7");
    }
}
