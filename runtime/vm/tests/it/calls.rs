use supercloud_chain::vm::{BackendError, CodeKey, EntryPoint, MAX_TRACE_FRAMES, Vm, VmCall, VmError, VmReport};

use crate::backend::MockBackend;
use crate::contract::{GAS, VM, call, communication, contract, execute, load, query};

const ECHO: &str = r#"
    (func (export "query") (param i32 i32) (result i32) (local.get 1))
    (func (export "sudo") (param i32 i32) (result i32) (local.get 0))
    (func (export "execute") (param i32 i32 i32) (result i32) (local.get 2))
"#;

#[test]
fn arguments_go_in_and_the_result_comes_out() {
    let wasm = contract(ECHO);
    assert_eq!(query(&wasm, [b"env", b"msg"]), Ok(b"msg".to_vec()));
    assert_eq!(execute(&wasm, [b"env", b"info", b"msg"]), Ok(b"msg".to_vec()));
    let report = call(&wasm, EntryPoint::Sudo, &[b"env", b"msg"], &mut MockBackend::default());
    assert_eq!(report.result, Ok(b"env".to_vec()));
}

#[test]
fn a_missing_entry_point_is_named_after_its_arguments_were_paid() {
    let report = call(
        &contract(ECHO),
        EntryPoint::Reply,
        &[b"env", b"msg"],
        &mut MockBackend::default(),
    );
    assert_eq!(report.result, Err(VmError::MissingExport("reply".into())));
    assert!(report.gas_internal > 2 * 230_000);
}

#[test]
fn a_code_must_be_loaded() {
    let call = VmCall {
        code: CodeKey::current([7; 32]),
        entry_point: EntryPoint::Query,
        args: &[],
        gas_limit: 5,
    };
    let report = VM.call(call, &mut MockBackend::default());
    assert_eq!(report.result, Err(VmError::NotLoaded));
    assert_eq!((report.gas_internal, report.gas_external), (0, 0));
    assert!(!VM.pin(&CodeKey::current([7; 32])));
}

#[test]
fn migrate_gets_as_many_arguments_as_it_declares() {
    let args: [&[u8]; 3] = [b"env", b"msg", b"migrate info"];
    let three = contract("(func (export \"migrate\") (param i32 i32 i32) (result i32) (local.get 2))");
    let report = call(&three, EntryPoint::Migrate, &args, &mut MockBackend::default());
    assert_eq!(report.result, Ok(b"migrate info".to_vec()));
    let two = contract("(func (export \"migrate\") (param i32 i32) (result i32) (local.get 1))");
    let report = call(&two, EntryPoint::Migrate, &args, &mut MockBackend::default());
    assert_eq!(report.result, Ok(b"msg".to_vec()));
}

#[test]
fn abort_carries_the_guests_last_words() {
    let wasm =
        contract("(func (export \"query\") (param i32 i32) (result i32) (call $abort (local.get 1)) unreachable)");
    assert_eq!(
        query(&wasm, [b"", b"panicked at lib.rs"]),
        Err(VmError::Aborted("panicked at lib.rs".into()))
    );
    assert_eq!(query(&wasm, [b"", b"\xff!"]), Err(VmError::Aborted("\u{fffd}!".into())));
}

#[test]
fn traps_have_fixed_texts() {
    for (body, text) in [
        ("unreachable", "unreachable"),
        ("(i32.load (i32.const -1))", "memory access out of bounds"),
        ("(i32.div_s (i32.const 1) (i32.const 0))", "integer division by zero"),
        ("(i32.div_s (i32.const 0x80000000) (i32.const -1))", "integer overflow"),
        ("(i32.trunc_f32_s (f32.const nan))", "invalid conversion to integer"),
        ("(call_indirect (type $t) (i32.const 0))", "indirect call to null"),
        ("(call_indirect (type $t) (i32.const 1))", "indirect call type mismatch"),
        ("(call_indirect (type $t) (i32.const 9))", "table access out of bounds"),
    ] {
        let wasm = contract(&format!(
            r#"(type $t (func (result i32)))
            (table 2 2 funcref)
            (elem (i32.const 1) $byte)
            (func (export "query") (param i32 i32) (result i32) {body})"#
        ));
        assert_eq!(query(&wasm, [b"", b""]), Err(VmError::Trap(text)), "{body}");
    }
}

#[test]
fn an_active_segment_outside_of_memory_traps_on_every_call() {
    let body = "(data (i32.const 1114111) \"ab\") (func (export \"query\") (param i32 i32) (result i32) (local.get 0))";
    assert_eq!(
        query(&contract(body), [b"", b""]),
        Err(VmError::Trap("memory access out of bounds"))
    );
}

#[test]
fn debug_lines_reach_the_backend_and_cost_the_same_as_any() {
    let body = r#"(func (export "query") (param i32 i32) (result i32)
        (call $debug (local.get 0)) (call $debug (local.get 1)) (local.get 0))"#;
    let mut backend = MockBackend::default();
    let report = call(&contract(body), EntryPoint::Query, &[b"one", b"t\xffo"], &mut backend);
    assert_eq!(report.result, Ok(b"one".to_vec()));
    assert_eq!(backend.debug_lines, ["one", "t\u{fffd}o"]);
}

const ASK: &str = "(func (export \"query\") (param i32 i32) (result i32) (call $query_chain (local.get 1)))";

#[test]
fn queries_go_to_the_backend_with_the_gas_that_is_left() {
    let mut backend = MockBackend::with_querier(|request, gas_left| {
        assert_eq!(request, b"who");
        assert!(gas_left < GAS && gas_left > GAS - 10_000_000);
        (Ok(b"me".to_vec()), 1_000)
    });
    let report = call(&contract(ASK), EntryPoint::Query, &[b"", b"who"], &mut backend);
    assert_eq!(report.result, Ok(b"me".to_vec()));
    assert_eq!(report.gas_external, 1_000);
}

#[test]
fn query_requests_are_limited_to_64_kib() {
    let mut backend = MockBackend::with_querier(|_, _| (Ok(b"ok".to_vec()), 0));
    let mut ask = |length| {
        call(
            &contract(ASK),
            EntryPoint::Query,
            &[b"", &vec![b'x'; length]],
            &mut backend,
        )
        .result
    };
    assert_eq!(ask(65_536), Ok(b"ok".to_vec()));
    assert_eq!(
        ask(65_537),
        communication("region of 65537 bytes is too long, limit is 65536")
    );
}

#[test]
fn backend_failures_keep_their_class() {
    for (error, expected) in [
        (BackendError::OutOfGas, VmError::OutOfGas),
        (BackendError::Fatal("disk".into()), VmError::Backend("disk".into())),
        (BackendError::User("no".into()), VmError::Backend("no".into())),
    ] {
        let mut backend = MockBackend::with_querier(move |_, _| (Err(error.clone()), 3));
        let report = call(&contract(ASK), EntryPoint::Query, &[b"", b""], &mut backend);
        assert_eq!(report.result, Err(expected));
        assert_eq!(report.gas_external, 3);
    }
}

#[test]
fn a_panicking_backend_does_not_take_the_host_down() {
    let mut backend = MockBackend::with_querier(|_, _| panic!("broken backend"));
    let report = call(&contract(ASK), EntryPoint::Query, &[b"", b""], &mut backend);
    assert_eq!(report.result, Err(VmError::Bug("host panicked: broken backend".into())));
    assert_eq!(report.gas_internal, GAS);
}

#[test]
fn loading_is_idempotent_and_calls_run_in_parallel() {
    let wasm = contract(ECHO);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let code = load(&wasm).unwrap();
                assert!(VM.pin(&code));
                for _ in 0..50 {
                    assert_eq!(query(&wasm, [b"", b"echo"]), Ok(b"echo".to_vec()));
                }
            });
        }
    });
}

#[test]
fn a_stopped_call_tells_which_functions_were_running() {
    let wasm = contract(
        r#"(func $inner (if (i32.const 1) (then unreachable)))
        (func $outer (call $inner))
        (func (export "query") (param i32 i32) (result i32) (call $outer) (local.get 0))
        (func (export "sudo") (param i32 i32) (result i32) (call $abort (local.get 1)) (local.get 0))
        (func (export "execute") (param i32 i32 i32) (result i32) (call $outer) (local.get 0))"#,
    );
    let run = |entry_point, args: &[&[u8]]| call(&wasm, entry_point, args, &mut MockBackend::default());
    let trapped = run(EntryPoint::Query, &[b"", b""]);
    assert_eq!(trapped.result, Err(VmError::Trap("unreachable")));
    let names = |report: &VmReport| -> Vec<String> {
        let functions = VM.symbolise(&wasm, &report.trace);
        functions
            .into_iter()
            .map(|function| function.name.unwrap_or_default())
            .collect()
    };
    assert_eq!(names(&trapped), ["inner", "outer", ""]);
    let aborted = run(EntryPoint::Sudo, &[b"", b"last words"]);
    assert_eq!(aborted.result, Err(VmError::Aborted("last words".into())));
    assert_eq!(aborted.trace.len(), 1);
    let fine = call(
        &contract(ECHO),
        EntryPoint::Query,
        &[b"", b""],
        &mut MockBackend::default(),
    );
    assert_eq!(fine.trace, Vec::<u32>::new());
}

#[test]
fn a_trace_has_a_bound() {
    let body = "(func $f (call $f)) (func (export \"query\") (param i32 i32) (result i32) (call $f) (local.get 0))";
    let report = call(
        &contract(body),
        EntryPoint::Query,
        &[b"", b""],
        &mut MockBackend::default(),
    );
    assert_eq!(report.result, Err(VmError::Trap("call stack exhausted")));
    assert_eq!(report.trace.len(), MAX_TRACE_FRAMES);
}
