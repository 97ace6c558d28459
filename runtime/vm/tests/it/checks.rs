use supercloud_chain::vm::{Analysis, CheckLayer, CodeRules, FunctionRef, Vm};

use crate::contract::{self, ALLOCATE, FRAME, HELPERS, IMPORTS, VM, contract, load, module};

fn check(wasm: &[u8]) -> Result<Analysis, String> {
    contract::check(wasm).map_err(|error| error.reason)
}

/// The refusal of a contract with `body`.
fn refusal(parts: &[&str]) -> String {
    check(&module(parts)).unwrap_err()
}

/// A contract without imports.
fn plain(body: &str) -> Vec<u8> {
    module(&[FRAME, ALLOCATE, body])
}

#[test]
fn analysis_tells_what_a_contract_is() {
    let wasm = contract(
        r#"(func (export "requires_iterator")) (func (export "requires_cosmwasm_2_2"))
        (func (export "execute") (param i32 i32 i32) (result i32) (local.get 0))
        (func (export "query") (param i32 i32) (result i32) (local.get 0))
        (func (export "something_else"))
        (@custom "cw_migrate_version" "42")"#,
    );
    let analysis = check(&wasm).unwrap();
    assert_eq!(Vec::from_iter(analysis.entry_points), ["execute", "query"]);
    assert_eq!(
        Vec::from_iter(analysis.required_capabilities),
        ["cosmwasm_2_2", "iterator"]
    );
    assert_eq!(analysis.migrate_version, Some(42));
    assert!(!analysis.has_ibc_entry_points);
    assert_eq!(load(&wasm).unwrap().checksum, analysis.checksum);
}

#[test]
fn all_six_classic_entry_points_make_an_ibc_contract() {
    let names = [
        "channel_open",
        "channel_connect",
        "channel_close",
        "packet_receive",
        "packet_ack",
        "packet_timeout",
    ];
    let export = |name| format!("(func (export \"ibc_{name}\") (param i32 i32) (result i32) (local.get 0))");
    let all = names.map(export);
    assert!(check(&plain(&all.concat())).unwrap().has_ibc_entry_points);
    assert!(!check(&plain(&all[1..].concat())).unwrap().has_ibc_entry_points);
}

#[test]
fn anything_but_wasm_is_refused() {
    assert_eq!(
        check(b"").unwrap_err(),
        "invalid wasm: unexpected end-of-file at offset 0x0"
    );
    assert!(check(b"\0asm\x01\0\0\0\xff").unwrap_err().starts_with("invalid wasm: "));
    let mut truncated = contract("");
    truncated.truncate(truncated.len() - 1);
    assert!(check(&truncated).unwrap_err().starts_with("invalid wasm: "));
    let component = wat::parse_str("(component)").unwrap();
    assert!(check(&component).unwrap_err().starts_with("invalid wasm: "));
}

#[test]
fn interface_markers_must_be_one_of_version_eight() {
    let with = |markers: &str| refusal(&["(memory (export \"memory\") 1)", markers]);
    let marker = |name: &str| format!("(func (export \"{name}\"))");
    assert_eq!(with(""), "the marker export interface_version_8 is missing");
    assert_eq!(
        with(&marker("interface_version_7")),
        "interface_version_7 (CosmWasm 0.16) is not supported; only interface_version_8 is"
    );
    assert_eq!(
        with(&marker("cosmwasm_vm_version_4")),
        "cosmwasm_vm_version_4 (CosmWasm 0.11 to 0.13) is not supported; only interface_version_8 is"
    );
    assert_eq!(
        with(&[marker("interface_version_8"), marker("interface_version_9")].concat()),
        "more than one interface marker: interface_version_8, interface_version_9"
    );
}

#[test]
fn tables_need_a_small_maximum() {
    assert!(check(&plain("(table 5 2500 funcref)")).is_ok());
    assert_eq!(
        refusal(&[FRAME, ALLOCATE, "(table 5 2501 funcref)"]),
        "2501 elements as the table's maximum; the limit is 2500"
    );
    assert_eq!(
        refusal(&[FRAME, ALLOCATE, "(table 5 funcref)"]),
        "the table has no maximum"
    );
}

#[test]
fn memories_are_one_of_at_most_512_pages_without_maximum() {
    let with = |memory: &str| module(&["(func (export \"interface_version_8\"))", memory]);
    let reason = |memory: &str| check(&with(memory)).unwrap_err();
    assert_eq!(
        reason("(memory (export \"memory\") 512)"),
        "required export allocate is missing"
    );
    assert_eq!(
        reason("(memory (export \"memory\") 513)"),
        "513 pages of initial memory; the limit is 512"
    );
    assert_eq!(
        reason("(memory (export \"memory\") 1 2)"),
        "the memory has a maximum; it must be left to the host"
    );
    assert_eq!(reason(""), "0 memories; a contract must have one");
    assert!(reason("(memory 1) (memory 1)").starts_with("invalid wasm: "));
}

#[test]
fn required_exports_have_their_types() {
    let marker = "(func (export \"interface_version_8\"))";
    let memory = "(memory (export \"memory\") 1)";
    assert_eq!(refusal(&[marker, "(memory 1)"]), "required export memory is missing");
    assert_eq!(refusal(&[marker, memory]), "required export allocate is missing");
    assert_eq!(
        refusal(&[
            marker,
            memory,
            ALLOCATE.replace("$heap", "0").as_str(),
            "(global (mut i32) (i32.const 9))"
        ]),
        "required export deallocate is missing"
    );
    assert_eq!(
        refusal(&[
            marker,
            memory,
            "(func (export \"allocate\") (param i64) (result i32) unreachable)"
        ]),
        "export allocate has type (func (param i64) (result i32))"
    );
    assert_eq!(
        refusal(&[
            FRAME,
            ALLOCATE,
            "(func (export \"query\") (param i32) (result i32) unreachable)"
        ]),
        "entry point query has type (func (param i32) (result i32))"
    );
    assert_eq!(
        refusal(&[
            FRAME,
            ALLOCATE,
            "(func (export \"execute\") (param i32 i32) (result i32) unreachable)"
        ]),
        "entry point execute has type (func (param i32 i32) (result i32))"
    );
}

#[test]
fn imports_are_host_functions_of_the_right_type() {
    assert!(check(&module(&[IMPORTS, FRAME, ALLOCATE, HELPERS])).is_ok());
    for (import, reason) in [
        (
            "(import \"env\" \"db_read\" (func (param i64) (result i32)))",
            "import env.db_read has type (func (param i64) (result i32)), the host's is (func (param i32) (result i32))",
        ),
        (
            "(import \"env\" \"abort\" (func (param i32) (result i32)))",
            "import env.abort has type (func (param i32) (result i32)), the host's is (func (param i32))",
        ),
        (
            "(import \"env\" \"canonicalize_address\" (func (param i32 i32) (result i32)))",
            "import env.canonicalize_address is not a function of this host",
        ),
        (
            "(import \"wasi\" \"db_read\" (func (param i32) (result i32)))",
            "import wasi.db_read is not a function of this host",
        ),
        (
            "(import \"env\" \"db_read\" (global i32))",
            "import env.db_read is not a function",
        ),
    ] {
        assert_eq!(refusal(&[import, FRAME, ALLOCATE]), reason);
    }
}

#[test]
fn a_hundred_imports_are_enough() {
    let imports = |count| "(import \"env\" \"debug\" (func (param i32)))".repeat(count);
    assert!(check(&module(&[&imports(100), FRAME, ALLOCATE])).is_ok());
    assert_eq!(
        refusal(&[&imports(101), FRAME, ALLOCATE]),
        "101 imports; the limit is 100"
    );
}

#[test]
fn missing_capabilities_are_listed_in_order() {
    let body =
        "(func (export \"requires_nutrients\")) (func (export \"requires_iterator\")) (func (export \"requires_air\"))";
    assert_eq!(
        refusal(&[FRAME, ALLOCATE, body]),
        "required capabilities are not available: air, nutrients"
    );
    let mut rules = CodeRules::default();
    rules.capabilities.extend(["air".into(), "nutrients".into()]);
    assert!(VM.check(&plain(body), &rules).is_ok());
}

#[test]
fn the_default_capabilities_include_the_newest() {
    for capability in [
        "iterator",
        "staking",
        "stargate",
        "cosmwasm_1_1",
        "cosmwasm_2_2",
        "cosmwasm_3_0",
    ] {
        assert!(check(&plain(&format!("(func (export \"requires_{capability}\"))"))).is_ok());
    }
}

#[test]
fn functions_have_limits() {
    let params = |count: usize| format!("(func (param {}))", "i32 ".repeat(count));
    let locals = |count: usize| format!("(func (local {}))", "i32 ".repeat(count));
    let many = |function: &str, count: usize| function.repeat(count);
    // The frame of a test contract has 3 functions, 2 parameters and 1 local of its own.
    for (accepted, refused, reason) in [
        (
            many("(func)", 19_997),
            many("(func)", 19_998),
            "20001 functions; the limit is 20000",
        ),
        (
            params(100),
            params(101),
            "101 parameters of a function; the limit is 100",
        ),
        (
            many(&params(100), 99),
            many(&params(99), 101),
            "10001 function parameters in total; the limit is 10000",
        ),
        (locals(100), locals(101), "101 locals of a function; the limit is 100"),
        (
            many(&locals(100), 99),
            many(&locals(100), 100),
            "10001 function locals in total; the limit is 10000",
        ),
        (
            "(func (result i32) i32.const 1)".into(),
            "(func (result i32 i32) unreachable)".into(),
            "2 results of a function; the limit is 1",
        ),
        (
            many("(global i32 (i32.const 0))", 999),
            many("(global i32 (i32.const 0))", 1_000),
            "1001 globals; the limit is 1000",
        ),
        (
            format!("(func {})", many("nop ", 131_070)),
            format!("(func {})", many("nop ", 131_071)),
            "131073 bytes of a function body; the limit is 131072",
        ),
        (
            format!("(func {})", many("block end ", 9_999)),
            format!("(func {})", many("block end ", 10_000)),
            "10001 branches, calls and block ends of a function; the limit is 10000",
        ),
    ] {
        assert_eq!(check(&plain(&accepted)).err(), None);
        assert_eq!(refusal(&[FRAME, ALLOCATE, &refused]), reason);
    }
}

#[test]
fn features_beyond_the_list_are_refused() {
    for body in [
        "(table 1 1 funcref) (func (drop (table.size 0)))",
        "(table 1 1 funcref) (func (table.set (i32.const 0) (ref.null func)))",
        "(func (result funcref) (ref.null func))",
        "(func (drop (v128.const i64x2 0 0)))",
        "(func (drop (i32.atomic.load (i32.const 0))))",
        "(func $f (return_call $f))",
        "(table 1 1 funcref) (table 1 1 funcref)",
        "(tag $t) (func (throw $t))",
        "(global i32 (i32.add (i32.const 1) (i32.const 1)))",
        "(func (drop (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0))))",
        "(memory i64 1)",
    ] {
        let reason = refusal(&[FRAME, ALLOCATE, body]);
        assert!(reason.contains("invalid wasm: "), "{body}: {reason}");
    }
}

#[test]
fn a_broken_body_names_its_function() {
    let wasm = wat::parse_str(format!("(module {FRAME} {ALLOCATE} (func (result i32)))")).unwrap();
    let reason = check(&wasm).unwrap_err();
    assert!(reason.starts_with("invalid wasm: type mismatch"), "{reason}");
    let error = contract::check(&wasm).unwrap_err();
    assert_eq!(error.layer, CheckLayer::Parse);
    assert_eq!(error.function, Some(FunctionRef { index: 3, name: None }));
}

#[test]
fn start_functions_are_refused() {
    assert_eq!(
        refusal(&[FRAME, ALLOCATE, "(func $init) (start $init)"]),
        "the module has a start function; contracts must not run on loading"
    );
}

#[test]
fn the_hosts_export_names_are_reserved() {
    assert_eq!(
        refusal(&[FRAME, ALLOCATE, "(func (export \"supercloud:gas_left\"))"]),
        "export name supercloud:gas_left is reserved for the host"
    );
}

#[test]
fn migrate_versions_are_decimal_numbers() {
    let with = |text: &str| check(&plain(&format!("(@custom \"cw_migrate_version\" {text:?})")));
    assert_eq!(with("18446744073709551615").unwrap().migrate_version, Some(u64::MAX));
    for text in ["", "x", "-1", "18446744073709551616", "4 "] {
        assert_eq!(
            with(text).unwrap_err(),
            "custom section cw_migrate_version is not a decimal number of 64 bits"
        );
    }
}

fn find(bytes: &[u8], pattern: &[u8]) -> usize {
    bytes
        .windows(pattern.len())
        .position(|window| window == pattern)
        .unwrap()
}

#[test]
fn padded_table_indices_of_new_compilers_are_accepted() {
    let body = "(table 1 1 funcref) (type $t (func)) (func (call_indirect (type $t) (i32.const 0)))";
    let wasm = plain(body);
    // `i32.const 0, call_indirect`, and its table index 0 in five bytes, as LLVM writes it.
    let at = find(&wasm, &[0x41, 0, 0x11, 0, 0, 0x0b]);
    let mut padded = wasm[..at + 4].to_vec();
    padded.extend([0x80, 0x80, 0x80, 0x80, 0]);
    padded.extend(&wasm[at + 5..]);
    // Four bytes more in the body, whose size stands before its empty list of locals, and in the code section, whose
    // size stands before the count of its four functions, the first of which is empty.
    padded[at - 2] += 4;
    padded[find(&wasm, &[4, 2, 0, 0x0b]) - 1] += 4;
    assert_eq!(check(&padded).err(), None);
    assert!(load(&padded).is_ok());
}

#[test]
fn a_refusal_names_layer_and_function() {
    let refused = |body: &str| contract::check(&plain(body)).unwrap_err();
    for (body, layer, text) in [
        (
            format!("(func $big (local {}))", "i32 ".repeat(101)),
            CheckLayer::Limits,
            "static wasm check failed (limits): function 3 (big): 101 locals of a function; the limit is 100",
        ),
        (
            "(func $init) (start $init)".into(),
            CheckLayer::Interface,
            "static wasm check failed (interface): function 3 (init): the module has a start function; contracts must not \
             run on loading",
        ),
        (
            "(table 1 1 funcref) (elem func 0) (func $set (table.init 0 (i32.const 0) (i32.const 0) (i32.const 0)))"
                .into(),
            CheckLayer::Parse,
            "static wasm check failed (parse): an element segment is not active; only data segments may be passive",
        ),
        (
            "(table 1 1 funcref) (func $copy (table.copy (i32.const 0) (i32.const 0) (i32.const 0)))".into(),
            CheckLayer::Parse,
            "static wasm check failed (parse): function 3 (copy): operators on tables (table.init, table.copy, elem.drop) \
             are not accepted",
        ),
        (
            "(func (export \"requires_air\"))".into(),
            CheckLayer::Capability,
            "static wasm check failed (capability): required capabilities are not available: air",
        ),
    ] {
        let error = refused(&body);
        assert_eq!((error.layer, error.to_string().as_str()), (layer, text));
    }
}

#[test]
fn what_was_accepted_once_loads_under_stricter_rules() {
    let wasm = plain("(func (local i32 i32 i32)) (func (export \"requires_iterator\"))");
    let mut rules = CodeRules::default();
    rules.limits.function_locals = 2;
    let refused = VM.check(&wasm, &rules).unwrap_err();
    assert_eq!(refused.reason, "3 locals of a function; the limit is 2");
    rules = CodeRules::default();
    rules.capabilities.clear();
    assert_eq!(VM.check(&wasm, &rules).unwrap_err().layer, CheckLayer::Capability);
    assert_eq!(load(&wasm).err(), None);
}

#[test]
fn bulk_memory_needs_the_chains_consent() {
    for body in [
        "(func (memory.copy (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(data \"passive\") (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(data \"passive\") (func (data.drop 0))",
    ] {
        let wasm = plain(body);
        assert_eq!(check(&wasm).err(), None, "{body}");
        let rules = CodeRules {
            bulk_memory: false,
            ..CodeRules::default()
        };
        let error = VM.check(&wasm, &rules).unwrap_err();
        assert_eq!(error.layer, CheckLayer::Parse);
        assert!(error.reason.contains("bulk"), "{}", error.reason);
    }
}
