//! Gas of single functions, to be checked by hand: `O` is an operator, `A` an accounting operator.

use supercloud_chain::vm::CodeRules;
use wasmtime::{Engine, Instance, Module, Store, Val};

use super::*;
use crate::engine::{Compiler, on_large_stack, settings};

const O: u64 = 115;
const A: u64 = 1_610;
const LIMIT: u64 = 1_000_000;

/// What a run of the exported function `f` left.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    used: u64,
    exhausted: bool,
    stack_left: i32,
    trapped: bool,
}

fn metered(functions: &str) -> Vec<u8> {
    let wat = format!(
        r#"(module
            (memory (export "memory") 1)
            (table 2 2 funcref)
            (elem (i32.const 1) $leaf)
            (data $some "some")
            (type $unit (func))
            (func (export "interface_version_8"))
            (func (export "allocate") (param i32) (result i32) unreachable)
            (func (export "deallocate") (param i32))
            (func $leaf)
            {functions})"#
    );
    let wasm = wat::parse_str(wat).unwrap();
    inject(&CheckedModule::new(&wasm, &CodeRules::default()).unwrap()).unwrap()
}

/// The outcome, which no compiler may change.
fn run(functions: &str, limit: u64) -> Outcome {
    let optimized = run_compiled(Compiler::Optimizing, functions, limit);
    assert_eq!(run_compiled(Compiler::Baseline, functions, limit), optimized);
    optimized
}

fn run_compiled(compiler: Compiler, functions: &str, limit: u64) -> Outcome {
    let engine = Engine::new(&settings(compiler)).unwrap();
    let module = Module::new(&engine, metered(functions)).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let gas = instance.get_global(&mut store, GAS_LEFT).unwrap();
    gas.set(&mut store, Val::I64(limit.cast_signed())).unwrap();
    let f = instance.get_func(&mut store, "f").unwrap();
    let trapped = f.call(&mut store, &[], &mut []).is_err();
    let flag =
        |store: &mut Store<()>, name: &str| instance.get_global(&mut *store, name).unwrap().get(store).unwrap_i32();
    Outcome {
        used: limit - gas.get(&mut store).unwrap_i64().cast_unsigned(),
        exhausted: flag(&mut store, GAS_EXHAUSTED) != 0,
        stack_left: flag(&mut store, STACK_LEFT),
        trapped,
    }
}

#[test]
fn every_operator_is_charged_by_the_rule() {
    let locals = |count: usize| format!("(local {})", "i32 ".repeat(count));
    for (body, used) in [
        // The end of the function is an operator too.
        (String::new(), A),
        ("nop".into(), O + A),
        ("(drop (i32.add (i32.const 1) (i32.const 2)))".into(), 4 * O + A),
        // A block costs an operator, its end is accounting.
        ("(block)".into(), O + A + A),
        ("(block (nop))".into(), 2 * O + A + A),
        ("(loop)".into(), A + A + A),
        ("(loop (nop))".into(), A + O + A + A),
        // Taken or not, `if` charges itself; the end of the arm that is skipped is skipped with it.
        ("(if (i32.const 1) (then nop))".into(), O + A + O + A + A),
        ("(if (i32.const 0) (then nop))".into(), O + A + A),
        // The first arm ends with `else`, the second with `end`.
        ("(if (i32.const 1) (then nop) (else nop nop))".into(), O + A + O + A + A),
        (
            "(if (i32.const 0) (then nop) (else nop nop))".into(),
            O + A + 2 * O + A + A,
        ),
        // Branches out of a block skip its end, and what comes before it.
        ("(block (br 0) nop nop)".into(), O + A + A),
        ("(block (br_if 0 (i32.const 1)) nop nop)".into(), 2 * O + A + A),
        (
            "(block (br_if 0 (i32.const 0)) nop nop)".into(),
            2 * O + A + 2 * O + A + A,
        ),
        ("(block (br_table 0 1 (i32.const 0)))".into(), 2 * O + A + A),
        ("(return)".into(), A),
        ("nop (return) nop".into(), O + A),
        ("(block (return))".into(), O + A),
        ("(call $leaf)".into(), A + A + A),
        ("(call_indirect (type $unit) (i32.const 1))".into(), O + A + A + A),
        ("(drop (memory.grow (i32.const 0)))".into(), 3 * O + A),
        ("(drop (f64.sqrt (f64.const 2)))".into(), 3 * O + A),
        // Up to 29 locals are free; above, they are charged before the first operator.
        (locals(29), A),
        (locals(30), O + A),
        (locals(31) + "nop", 2 * O + O + A),
        (locals(100) + "(loop)", 71 * O + A + A + A),
        ("(data.drop $some)".into(), O + A),
        (
            "(memory.init $some (i32.const 0) (i32.const 0) (i32.const 4))".into(),
            4 * O + 4 * O + A,
        ),
        // Bulk operators: themselves, their operands and a price per byte.
        (
            "(memory.fill (i32.const 0) (i32.const 0) (i32.const 10))".into(),
            4 * O + 10 * O + A,
        ),
        (
            "(memory.copy (i32.const 0) (i32.const 0) (i32.const 0))".into(),
            4 * O + A,
        ),
    ] {
        let outcome = run(&format!("(func (export \"f\") {body})"), LIMIT);
        let expected = Outcome {
            used,
            exhausted: false,
            stack_left: STACK_SLOTS,
            trapped: false,
        };
        assert_eq!(outcome, expected, "{body}");
    }
}

#[test]
fn operators_behind_a_branch_are_charged_to_what_follows() {
    // wasmd adds them to the accumulator although they never run: the end of the block carries two `nop`s, but it is
    // jumped over, and the function's end carries none.
    let outcome = run("(func (export \"f\") (block (br 0) nop nop) nop)", LIMIT);
    assert_eq!(outcome.used, O + A + O + A);
    // Here the end of the block is reached by falling through from the inner block.
    let outcome = run("(func (export \"f\") (block (block (br 0) nop nop)))", LIMIT);
    assert_eq!(outcome.used, 2 * O + A + A + A);
}

#[test]
fn a_charge_that_cannot_be_paid_deducts_nothing() {
    let body = "(func (export \"f\") nop (call $leaf))";
    let all = O + A + A + A;
    assert!(!run(body, all).trapped);
    let short = run(body, all - 1);
    assert_eq!((short.used, short.exhausted, short.trapped), (O + A + A, true, true));
    let none = run(body, 0);
    assert_eq!((none.used, none.exhausted, none.trapped), (0, true, true));
}

#[test]
fn a_trap_of_the_guest_leaves_the_flag_alone() {
    // `unreachable` is charged with what follows, which does not come: it is free.
    let outcome = run("(func (export \"f\") nop unreachable)", LIMIT);
    assert_eq!((outcome.used, outcome.exhausted, outcome.trapped), (0, false, true));
    assert_eq!(outcome.stack_left, STACK_SLOTS);
    // What a call paid for stays taken: nobody calls the instance again.
    let outcome = run(
        "(func $f (export \"f\") (if (i32.const 1) (then unreachable)) (call $f))",
        LIMIT,
    );
    assert_eq!(outcome.stack_left, STACK_SLOTS - 17);
}

#[test]
fn frames_on_a_cycle_take_slots_for_parameters_locals_and_operands() {
    let outcome = run(
        r#"(func $g (param i64 i64) (result i64) (local f32 f64 i32) (i64.add (local.get 0) (local.get 1)) (call $f) unreachable)
        (func $f (export "f") (if (i32.load (i32.const 0)) (then unreachable))
            (i32.store (i32.const 0) (i32.const 1))
            (drop (call $g (i64.const 1) (i64.const 2))))"#,
        LIMIT,
    );
    assert_eq!(outcome.stack_left, STACK_SLOTS - 2 * (16 + 2) - (16 + 2 + 3 + 2));
}

#[test]
fn endless_recursion_ends_by_the_meter_not_by_the_machine() {
    let outcome = run("(func $f (export \"f\") (call $f))", u64::MAX / 2);
    assert!(outcome.trapped && !outcome.exhausted);
    assert!(outcome.stack_left < 0);
    assert_eq!(outcome.used, 4_096 * A);
}

#[test]
fn recursion_through_the_table_ends_by_the_meter_under_any_name_of_its_type() {
    let outcome = run(
        r#"(type $twin (func)) (elem (i32.const 0) $f)
        (func $f (export "f") (type $unit) (call_indirect (type $twin) (i32.const 0)))"#,
        u64::MAX / 2,
    );
    assert!(outcome.trapped && outcome.stack_left < 0, "{outcome:?}");
}

#[test]
fn frames_that_spill_hit_the_meter_first() {
    // Functions whose native frames are large for what they hold by the meter: a long series of values that take turns
    // in a few locals, each alive across several calls.
    for (locals, values) in [(4, 4_000), (30, 4_000), (100, 4_000)] {
        let turns: String = (0..values)
            .map(|turn| {
                let (set, get) = (turn % locals, (turn + 1) % locals);
                format!(
                    "(local.set {set} (i64.load (i32.const {turn}))) (call $leaf) (i64.store (i32.const 0) (local.get {get}))"
                )
            })
            .collect();
        let locals = format!("(local {})", "i64 ".repeat(locals));
        let function = format!("(func $f (export \"f\") {locals} {turns} (call $f))");
        let outcome = on_large_stack(|| run(&function, u64::MAX / 2));
        assert!(outcome.trapped && outcome.stack_left < 0, "{outcome:?}");
    }
}

#[test]
fn custom_sections_are_dropped_and_exports_are_added() {
    let wasm = metered("(func (export \"f\")) (@custom \"name\" \"xx\")");
    let names: Vec<_> = Parser::new(0)
        .parse_all(&wasm)
        .filter_map(|payload| match payload.unwrap() {
            wasmparser::Payload::ExportSection(section) => Some(section),
            wasmparser::Payload::CustomSection(section) => panic!("{}", section.name()),
            _ => None,
        })
        .flatten()
        .map(|export| export.unwrap().name.to_owned())
        .collect();
    assert_eq!(names[names.len() - 3..], [GAS_LEFT, GAS_EXHAUSTED, STACK_LEFT]);
}

#[test]
fn existing_globals_keep_their_indices() {
    let outcome = run(
        "(global $mine (mut i32) (i32.const 7)) (func (export \"f\") (if (i32.ne (global.get $mine) (i32.const 7)) (then unreachable)))",
        LIMIT,
    );
    assert!(!outcome.trapped);
}
