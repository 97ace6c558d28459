//! Bytes from anywhere: the checks never panic, and what they accept also compiles, runs and ends.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use supercloud_chain::vm::EntryPoint;

use crate::backend::MockBackend;
use crate::contract::{call_with_gas, check, contract, load};

/// A contract that does a little of everything.
static CONTRACT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    contract(
        r#"(table 3 3 funcref) (elem (i32.const 1) $byte $length)
        (data (i32.const 500) "some bytes")
        (func (export "query") (param i32 i32) (result i32)
            (local $left i32) (local $float f64)
            (local.set $left (i32.const 3))
            (loop $more
                (drop (call $db_read (local.get 0)))
                (local.set $float (f64.sqrt (f64.convert_i32_u (local.get $left))))
                (if (f64.gt (local.get $float) (f64.const 1)) (then (memory.fill (i32.const 9) (i32.const 1) (i32.const 9))))
                (br_if $more (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
            (call_indirect (param i32) (result i32) (i32.load (i32.load (local.get 1))) (i32.const 1)))"#,
    )
});

/// Must not panic or hang; a refusal by the engine of what the checks accepted is a fault.
fn survive(wasm: &[u8]) -> Result<(), TestCaseError> {
    let checked = check(wasm).map_err(|error| error.reason);
    if checked.is_err() {
        return Ok(());
    }
    prop_assert_eq!(load(wasm).err(), None);
    let mut backend = MockBackend::with_storage([("env", "value")]);
    let report = call_with_gas(wasm, EntryPoint::Query, &[b"env", b"message"], &mut backend, 50_000_000);
    prop_assert!(report.gas_internal <= 50_000_000);
    let faults = report
        .result
        .err()
        .map(|error| format!("{error:?}"))
        .filter(|text| text.contains("Bug"));
    prop_assert_eq!(faults, None);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn changed_contracts_do_no_harm(changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut wasm = CONTRACT.clone();
        for (at, byte) in changes {
            let at = at.index(wasm.len());
            wasm[at] = byte;
        }
        survive(&wasm)?;
    }

    #[test]
    fn truncated_contracts_are_refused(length in any::<prop::sample::Index>()) {
        let wasm = &CONTRACT[..length.index(CONTRACT.len())];
        prop_assert!(check(wasm).is_err() || wasm.len() > CONTRACT.len() / 2);
    }

    #[test]
    fn random_bytes_are_refused(bytes in vec(any::<u8>(), 0..200)) {
        prop_assert!(check(&[&b"\0asm\x01\0\0\0"[..], &bytes].concat()).is_err());
    }
}
