//! Ends of gas, memory and stack; panics, logs and floats.

use serde_json::json;
use supercloud_chain::vm::{EntryPoint, VmError};

use super::{base64, call_with_gas, execute, execute_on, failure, find, probe};
use crate::contract::communication;
use crate::json::{answer, penniless};

#[test]
fn endless_work_ends_with_all_gas_used() {
    let limit = 2_000_000_000;
    for name in ["cpu_loop", "storage_loop", "memory_loop"] {
        let msg = json!({ name: {} }).to_string();
        let report = call_with_gas(EntryPoint::Execute, msg.as_bytes(), &mut penniless(), limit);
        assert_eq!(report.gas_internal + report.gas_external, limit, "{name}");
        assert_eq!(answer(report), Err(VmError::OutOfGas), "{name}");
    }
}

#[test]
fn memory_ends_in_an_orderly_way() {
    // Enough gas for 512 pages: the allocator finds no more and Rust aborts without a panic message.
    let report = call_with_gas(
        EntryPoint::Execute,
        br#"{"memory_loop":{}}"#,
        &mut penniless(),
        u64::MAX / 2,
    );
    assert_eq!(answer(report), Err(VmError::Trap("unreachable")));
    let before = |pages: u32| execute(&json!({"grow": {"pages": pages}}));
    let pages = u32::from_be_bytes(probe(&json!({"grow": {"pages": 0}})).try_into().unwrap());
    assert!(before(512 - pages).unwrap().is_ok());
    assert_eq!(before(513 - pages), Ok(Err("memory.grow failed".into())));
    assert_eq!(before(u32::MAX), Ok(Err("memory.grow failed".into())));
}

#[test]
fn the_stack_ends_in_an_orderly_way() {
    assert_eq!(probe(&json!({"recurse": {"depth": 1_000}})), 1_000u32.to_be_bytes());
    let failure = failure(&json!({"recurse": {"depth": 1_000_000}}));
    // The guest's own stack lies below its data and ends first, or the host's meter does.
    assert!(
        [
            VmError::Trap("call stack exhausted"),
            VmError::Trap("memory access out of bounds")
        ]
        .contains(&failure),
        "{failure}"
    );
}

#[test]
fn panics_carry_their_text_and_traps_do_not() {
    let VmError::Aborted(text) = failure(&json!({"abort": {}})) else {
        panic!("no abort")
    };
    assert!(
        text.starts_with("panicked at tests/conformance/src/contract.rs:"),
        "{text}"
    );
    assert!(text.ends_with("this abort is intended"), "{text}");
    assert_eq!(failure(&json!({"unreachable": {}})), VmError::Trap("unreachable"));
    assert_eq!(
        failure(&json!({"raw": {"abort": {"message": base64(b"bye \xff")}}})),
        VmError::Aborted("bye \u{fffd}".into())
    );
}

#[test]
fn log_lines_reach_the_backend_up_to_two_mebibytes() {
    let mut backend = penniless();
    execute_on(&mut backend, &json!({"debug": {"lines": ["one", "", "zwei ü"]}}))
        .unwrap()
        .unwrap();
    assert_eq!(backend.debug_lines, ["one", "", "zwei ü"]);
    let line = |length: usize| json!({"raw": {"debug_length": {"length": length}}});
    let mut backend = penniless();
    execute_on(&mut backend, &line(2 << 20)).unwrap().unwrap();
    assert_eq!(backend.debug_lines[0].len(), 2 << 20);
    let reason = "region of 2097153 bytes is too long, limit is 2097152";
    assert_eq!(failure(&line((2 << 20) + 1)), communication::<()>(reason).unwrap_err());
}

#[test]
fn floats_come_out_with_the_same_bits_everywhere() {
    const NAN32: u64 = 0x7fc0_0000;
    const NAN64: u64 = 0x7ff8_0000_0000_0000;
    for (op, a, b, expected) in [
        ("f32_add", 0x7fa0_0001u64, 0x3f80_0000u64, NAN32),
        ("f32_div", 0, 0, NAN32),
        ("f32_sqrt", 0xbf80_0000, 0, NAN32),
        ("f32_neg", 0x7fa0_0001, 0, 0xffa0_0001),
        ("f32_abs", 0xffa0_0001, 0, 0x7fa0_0001),
        ("f32_demote_f64", 0x7ff4_0000_0000_0001, 0, NAN32),
        (
            "f64_add",
            0x3fb9_9999_9999_999a,
            0x3fc9_9999_9999_999a,
            0x3fd3_3333_3333_3334,
        ),
        ("f64_sub", 0x7ff0_0000_0000_0000, 0x7ff0_0000_0000_0000, NAN64),
        ("f64_promote_f32", 0xffa0_0001, 0, NAN64),
        ("f64_trunc", 0xfff0_0000_0000_0001, 0, NAN64),
        ("i64_trunc_f64", 0x7ff8_0000_0000_0000, 0, 0),
        ("i64_trunc_f64", 0x7e37_e43c_8800_759c, 0, i64::MAX as u64),
        ("f64_convert_i64", 0x8000_0000_0000_0001, 0, 0xc3e0_0000_0000_0000),
    ] {
        let call = json!({"float": {"calls": [{"op": op, "a": a, "b": b}]}});
        assert_eq!(find(&call), json!([expected.to_string()]), "{op} {a:#x} {b:#x}");
    }
}

#[test]
fn regions_that_lie_trap_with_their_reason() {
    let region = |offset: u32, capacity: u32, length: u32| {
        failure(&json!({"raw": {"region": {"offset": offset, "capacity": capacity, "length": length}}}))
    };
    for (failure, reason) in [
        (region(0, 1, 1), "invalid region: offset is zero"),
        (region(200, 4, 5), "invalid region: length 5 exceeds capacity 4"),
        (
            region(2, u32::MAX - 1, 0),
            "invalid region: offset 2 and capacity 4294967294 exceed the address space",
        ),
    ] {
        assert_eq!(failure, communication::<()>(reason).unwrap_err());
    }
    for failure in [
        region(u32::MAX, 0, 0),
        region(1 << 31, 1, 1),
        self::failure(&json!({"raw": {"pointer": {"address": u32::MAX - 7}}})),
    ] {
        assert!(
            matches!(&failure, VmError::Communication(text) if text.contains("memory")),
            "{failure}"
        );
    }
}

#[test]
fn many_attributes_and_events_come_out_whole() {
    let flood = json!({"flood": {"attributes": 2_000, "events": 50, "event_attributes": 20, "value_len": 30}});
    let answer = execute(&flood).unwrap().unwrap();
    assert_eq!(answer["attributes"].as_array().unwrap().len(), 2_000);
    assert_eq!(answer["events"].as_array().unwrap().len(), 50);
    assert_eq!(
        answer["events"][49]["attributes"][19],
        json!({"key": "key19", "value": "x".repeat(30)})
    );
}
