//! Modules: what the checks accept compiles, runs the same with and without metering and on every compiler.
//!
//! The first byte chooses: the rest is a module as it is, or what a module is generated from, or what a damaged one is.

#![no_main]

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::{Corpus, fuzz_target};
use supercloud_chain::vm::CodeRules;
use supercloud_vm_fuzz::generators::modules::{damaged_module, module};
use supercloud_vm_fuzz::oracles::metering::{Verdict, assert_metering_is_transparent};

fn wasm(data: &[u8]) -> Result<Vec<u8>> {
    match data {
        [b'r', rest @ ..] => Ok(rest.to_vec()),
        [b'd', rest @ ..] => damaged_module(&mut Unstructured::new(rest)),
        [_, rest @ ..] => module(&mut Unstructured::new(rest)),
        [] => Err(libfuzzer_sys::arbitrary::Error::NotEnoughData),
    }
}

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(wasm) = wasm(data) else {
        return Corpus::Reject;
    };
    match assert_metering_is_transparent(&wasm, &CodeRules::default()) {
        Verdict::Ran(_) | Verdict::Refused(_) => Corpus::Keep,
    }
});
