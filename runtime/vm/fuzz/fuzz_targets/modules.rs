//! Modules: what the checks accept compiles, runs the same with and without metering and on every compiler.
//!
//! The first byte chooses: the rest is a module as it is, or what a module is generated from, or what a damaged one is.
//! As a capital letter it says that rules are generated first, from bytes at the end.

#![no_main]

use libfuzzer_sys::arbitrary::{Error, Result, Unstructured};
use libfuzzer_sys::{Corpus, fuzz_target};
use supercloud_chain::vm::CodeRules;
use supercloud_vm_fuzz::generators::modules::{damaged_module, module, rules};
use supercloud_vm_fuzz::oracles::metering::{Verdict, assert_metering_is_transparent};

/// Bytes that rules are generated from.
const RULES: usize = 48;

fn case(data: &[u8]) -> Result<(Vec<u8>, CodeRules)> {
    let (choice, rest) = data.split_first().ok_or(Error::NotEnoughData)?;
    let (rest, rules) = if choice.is_ascii_uppercase() {
        let (rest, last) = rest.split_last_chunk::<RULES>().ok_or(Error::NotEnoughData)?;
        (rest, rules(&mut Unstructured::new(last))?)
    } else {
        (rest, CodeRules::default())
    };
    let wasm = match choice.to_ascii_lowercase() {
        b'r' => rest.to_vec(),
        b'd' => damaged_module(&mut Unstructured::new(rest))?,
        _ => module(&mut Unstructured::new(rest))?,
    };
    Ok((wasm, rules))
}

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok((wasm, rules)) = case(data) else {
        return Corpus::Reject;
    };
    match assert_metering_is_transparent(&wasm, &rules) {
        Verdict::Ran(_) | Verdict::Refused(_) => Corpus::Keep,
    }
});
