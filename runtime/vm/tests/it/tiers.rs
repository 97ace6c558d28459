//! The two compilers: whatever a contract does, its answer, gas, writes and class of error are the same under both.

use std::path::Path;
use std::sync::LazyLock;

use arbitrary::Unstructured;
use serde_json::json;
use supercloud_chain::vm::{CodeRules, EntryPoint, MeteringVersion, Vm, VmCall, VmError, VmReport};
use supercloud_vm::fuzzing::{Compiler, engine_settings, inject};
use supercloud_vm::{Tiers, VmConfig, WasmtimeVm};
use wasmtime::{Engine, Module};

use crate::backend::MockBackend;
use crate::contract::{GAS, contract};
use crate::fuzz::generators::{modules, seeds};
use crate::json::{base64, env, info, penniless};

static OPTIMIZED: LazyLock<WasmtimeVm> = LazyLock::new(|| vm(Tiers::Optimized));
static BASELINE: LazyLock<WasmtimeVm> = LazyLock::new(|| vm(Tiers::Baseline));

fn vm(tiers: Tiers) -> WasmtimeVm {
    WasmtimeVm::new(VmConfig {
        tiers,
        ..VmConfig::default()
    })
    .unwrap()
}

/// A call and all that it left behind.
type Seen = (VmReport, MockBackend);

fn run(vm: &WasmtimeVm, wasm: &[u8], entry_point: EntryPoint, args: &[&[u8]], gas_limit: u64) -> Seen {
    let code = vm.load(wasm, MeteringVersion::CURRENT).unwrap().key;
    let mut backend = penniless();
    backend.storage.insert(b"key".to_vec(), b"value".to_vec());
    let call = VmCall {
        code,
        entry_point,
        args,
        gas_limit,
    };
    (vm.call(call, &mut backend), backend)
}

/// Runs a call under both compilers and compares; the trace is for people and may differ.
#[track_caller]
fn same(wasm: &[u8], entry_point: EntryPoint, args: &[&[u8]], gas_limit: u64) -> VmReport {
    let (optimized, left) = run(&OPTIMIZED, wasm, entry_point, args, gas_limit);
    let (baseline, left_by_baseline) = run(&BASELINE, wasm, entry_point, args, gas_limit);
    assert_eq!(baseline.result, optimized.result);
    assert_eq!(
        (baseline.gas_internal, baseline.gas_external),
        (optimized.gas_internal, optimized.gas_external)
    );
    assert_eq!(left_by_baseline.storage, left.storage);
    assert_eq!(left_by_baseline.debug_lines, left.debug_lines);
    optimized
}

/// The contracts of this repository, `conformance` among them.
fn artifacts() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../artifacts");
    let mut found = Vec::new();
    for folder in [root.clone(), root.join("test")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "wasm") {
                let name = path.file_stem().unwrap().to_string_lossy().into_owned();
                found.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    assert!(found.len() >= 9, "{} artifacts", found.len());
    found
}

fn conformance() -> Vec<u8> {
    let found = artifacts().into_iter().find(|(name, _)| name == "conformance");
    found.unwrap().1
}

#[test]
fn baseline_compiler_takes_every_contract_of_this_repository() {
    let engine = Engine::new(&engine_settings(Compiler::Baseline)).unwrap();
    for (name, wasm) in artifacts() {
        let metered = inject(&wasm, &CodeRules::default()).unwrap().unwrap();
        assert!(Module::from_binary(&engine, &metered).is_ok(), "{name}");
    }
}

#[test]
fn contracts_answer_the_same() {
    let (env, info) = (env(), info("creator", 15));
    let mut answered = 0;
    for (_, wasm) in artifacts() {
        let entry_points = OPTIMIZED.check(&wasm, &CodeRules::default()).unwrap().entry_points;
        for entry_point in EntryPoint::ALL {
            if !entry_points.contains(entry_point.export_name()) {
                continue;
            }
            for msg in [
                &b"{}"[..],
                b"?",
                br#"{"config":{}}"#,
                br#"{"nonsense":{"a":[1,2.5,null]}}"#,
            ] {
                let args: &[&[u8]] = match entry_point {
                    EntryPoint::Instantiate | EntryPoint::Execute => &[&env, &info, msg],
                    EntryPoint::Migrate => &[&env, msg, br#"{"sender":"s","old_migrate_version":null}"#],
                    _ => &[&env, msg],
                };
                answered += u32::from(same(&wasm, *entry_point, args, GAS).result.is_ok());
            }
        }
    }
    assert!(answered >= 50, "{answered}");
}

#[test]
fn conformance_contract_does_the_same_in_all_it_can_do() {
    let wasm = conformance();
    let (env, info) = (env(), info("creator", 15));
    let key = base64(b"k");
    let mut ends = std::collections::BTreeMap::<&str, u32>::new();
    for msg in [
        json!({"noop": {}}),
        json!({"fail": {"text": "no"}}),
        json!({"set": {"key": key, "value": base64(b"v")}}),
        json!({"write": {"key_len": 1000, "value_len": 5000}}),
        json!({"write": {"key_len": 65_537, "value_len": 1}}),
        json!({"remove": {"key": base64(b"key")}}),
        json!({"debug": {"lines": ["one", "two"]}}),
        json!({"abort": {}}),
        json!({"unreachable": {}}),
        json!({"recurse": {"depth": 1_000}}),
        json!({"recurse": {"depth": 1_000_000}}),
        json!({"grow": {"pages": 100}}),
        json!({"grow": {"pages": 600}}),
        json!({"cpu_loop": {}}),
        json!({"storage_loop": {}}),
        json!({"memory_loop": {}}),
        json!({"flood": {"attributes": 200, "events": 5, "event_attributes": 20, "value_len": 30}}),
        json!({"raw": {"region": {"offset": 200, "capacity": 4, "length": 5}}}),
        json!({"unknown": {}}),
    ] {
        let msg = msg.to_string();
        let report = same(
            &wasm,
            EntryPoint::Execute,
            &[&env, &info, msg.as_bytes()],
            2_000_000_000,
        );
        let end = match report.result {
            Ok(_) => "answer",
            Err(VmError::OutOfGas) => "out of gas",
            Err(VmError::Trap(_)) => "trap",
            Err(VmError::Aborted(_)) => "abort",
            Err(VmError::Communication(_) | VmError::Backend(_)) => "refusal",
            Err(other) => panic!("{msg}: {other:?}"),
        };
        *ends.entry(end).or_default() += 1;
    }
    for end in ["answer", "out of gas", "trap", "abort", "refusal"] {
        assert!(ends.contains_key(end), "{end} is missing: {ends:?}");
    }
}

#[test]
fn gas_runs_out_at_the_same_operator() {
    let wasm = conformance();
    let (env, info) = (env(), info("creator", 15));
    let msg = json!({"set": {"key": base64(b"k"), "value": base64(b"v")}}).to_string();
    let args: [&[u8]; 3] = [&env, &info, msg.as_bytes()];
    let full = same(&wasm, EntryPoint::Execute, &args, GAS);
    let needed = full.gas_internal + full.gas_external;
    assert!(full.result.is_ok());
    assert!(same(&wasm, EntryPoint::Execute, &args, needed).result.is_ok());
    for parts in 0..40 {
        let limit = needed * parts / 40 + parts % 3;
        assert_eq!(
            same(&wasm, EntryPoint::Execute, &args, limit).result,
            Err(VmError::OutOfGas)
        );
    }
    assert_eq!(
        same(&wasm, EntryPoint::Execute, &args, needed - 1).result,
        Err(VmError::OutOfGas)
    );
}

#[test]
fn traps_are_of_the_same_class() {
    for (body, text) in [
        ("unreachable", "unreachable"),
        (
            "(drop (i32.load (i32.const 0x7fffffff)))",
            "memory access out of bounds",
        ),
        ("(drop (i32.load (i32.const -1)))", "memory access out of bounds"),
        (
            "(i64.store offset=0xffffffff (i32.const -1) (i64.const 1))",
            "memory access out of bounds",
        ),
        (
            "(memory.fill (i32.const 1000000) (i32.const 0) (i32.const 200000))",
            "memory access out of bounds",
        ),
        (
            "(drop (i32.div_u (i32.const 1) (i32.const 0)))",
            "integer division by zero",
        ),
        (
            "(drop (i64.rem_s (i64.const 1) (i64.const 0)))",
            "integer division by zero",
        ),
        (
            "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))",
            "integer overflow",
        ),
        (
            "(drop (i32.trunc_f64_s (f64.const nan)))",
            "invalid conversion to integer",
        ),
        ("(drop (i32.trunc_f32_u (f32.const -1)))", "integer overflow"),
        ("(drop (i64.trunc_f64_s (f64.const 1e300)))", "integer overflow"),
        ("(call_indirect (type $unit) (i32.const 0))", "indirect call to null"),
        (
            "(call_indirect (type $unit) (i32.const 2))",
            "table access out of bounds",
        ),
        (
            "(call_indirect (type $unit) (i32.const 1))",
            "indirect call type mismatch",
        ),
        ("(call $again)", "call stack exhausted"),
    ] {
        let wasm = contract(&format!(
            r#"(type $unit (func)) (table 2 2 funcref) (elem (i32.const 1) $length)
            (func $again (call $again))
            (func (export "query") (param i32 i32) (result i32) {body} (local.get 0))"#
        ));
        let report = same(&wasm, EntryPoint::Query, &[b"", b""], GAS);
        assert_eq!(report.result, Err(VmError::Trap(text)), "{body}");
    }
}

#[test]
fn floats_have_the_same_bits() {
    let operands32 = [
        "nan:0x200001",
        "-nan:0x1234",
        "-0",
        "1.5",
        "-inf",
        "3.4028234e38",
        "1e-45",
    ];
    let operands64 = [
        "nan:0x1",
        "-nan:0x8000000001234",
        "-0",
        "1.5",
        "-inf",
        "1.7976931348623157e308",
        "5e-324",
    ];
    let mut stores = Vec::new();
    let mut keep = |width: u32, result: String| {
        let at = 2_048 + 8 * stores.len();
        let store = match width {
            32 => format!("(f32.store (i32.const {at}) {result})"),
            _ => format!("(f64.store (i32.const {at}) {result})"),
        };
        stores.push(store);
    };
    for (width, operands) in [(32, operands32), (64, operands64)] {
        let ty = format!("f{width}");
        for a in operands {
            for op in ["abs", "neg", "sqrt", "ceil", "floor", "trunc", "nearest"] {
                keep(width, format!("({ty}.{op} (call $opaque{width} ({ty}.const {a})))"));
            }
            for b in operands {
                for op in ["add", "sub", "mul", "div", "min", "max", "copysign"] {
                    let operand = |value: &str| format!("(call $opaque{width} ({ty}.const {value}))");
                    keep(width, format!("({ty}.{op} {} {})", operand(a), operand(b)));
                }
            }
        }
    }
    for a in operands64 {
        keep(32, format!("(f32.demote_f64 (call $opaque64 (f64.const {a})))"));
    }
    for a in operands32 {
        keep(64, format!("(f64.promote_f32 (call $opaque32 (f32.const {a})))"));
    }
    // A function per 50 stores: one would be too long for the limits.
    let functions: String = stores
        .chunks(50)
        .enumerate()
        .map(|(index, stores)| format!("(func $part{index} {})", stores.concat()))
        .collect();
    let calls: String = (0..stores.chunks(50).len())
        .map(|index| format!("(call $part{index})"))
        .collect();
    let wasm = contract(&format!(
        r#"(func $opaque32 (param f32) (result f32) (local.get 0))
        (func $opaque64 (param f64) (result f64) (local.get 0))
        {functions}
        (func (export "query") (param i32 i32) (result i32)
            {calls} (call $of (i32.const 2048) (i32.const {})))"#,
        8 * stores.len()
    ));
    let bytes = same(&wasm, EntryPoint::Query, &[b"", b""], GAS).result.unwrap();
    // The first: abs of a NaN keeps the payload. The eighth: a NaN plus a NaN is the canonical one.
    assert_eq!(bytes[..4], 0x7fa0_0001u32.to_le_bytes());
    assert_eq!(bytes[56..60], 0x7fc0_0000u32.to_le_bytes());
}

#[test]
fn generated_modules_do_the_same() {
    let mut ends = [0, 0];
    for seed in 1_000..1_100 {
        let Ok(wasm) = modules::module(&mut Unstructured::new(&seeds::bytes(seed, 4_000))) else {
            continue;
        };
        if OPTIMIZED.check(&wasm, &CodeRules::default()).is_err() {
            continue;
        }
        for (entry_point, args) in [
            (EntryPoint::Instantiate, &[&b"a"[..], b"bc", b"def"][..]),
            (EntryPoint::Query, &[b"", b"x"]),
        ] {
            let report = same(&wasm, entry_point, args, 10_000_000);
            assert!(!matches!(report.result, Err(VmError::Bug(_))), "{:?}", report.result);
            ends[usize::from(report.gas_internal > 0)] += 1;
        }
    }
    assert!(ends[1] >= 100, "{ends:?}");
}
