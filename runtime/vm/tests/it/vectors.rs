//! The public modules of other repositories, see the table in section 8 of the specification. They are no part of this
//! project: `SUPERCLOUD_WASM_VECTORS` names a folder that holds them flat, each under a name such as
//! `vm__hackatom.wasm`. Without the variable every test here says that it is skipped; with it, a missing module fails
//! the test that wants it. The same modules on a chain are in `tests/tests/it/vectors`.

use std::path::PathBuf;

use serde_json::{Value, json};
use supercloud_chain::vm::{CodeKey, EntryPoint, Vm, VmCall, VmError, VmReport};
use supercloud_vm::WasmtimeVm;

use crate::backend::MockBackend;
use crate::contract::{GAS, VM, load};
use crate::json::{answer, env, env_with, info, success, unbase64};

mod cyberpunk;
mod floaty;
mod hackatom;
mod ibc;
mod queue;
mod table;

const FOLDER: &str = "SUPERCLOUD_WASM_VECTORS";

/// Bytes of a module by its name without the ending.
fn vector(name: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        eprintln!("skipped: {FOLDER} names no folder with {name}.wasm");
        return None;
    };
    let path = folder.join(format!("{name}.wasm"));
    match std::fs::read(&path) {
        Ok(wasm) => Some(wasm),
        Err(error) => panic!("{}: {error}", path.display()),
    }
}

/// A module with its storage, called as the peer's tests do.
struct Contract<'a> {
    vm: &'a WasmtimeVm,
    code: CodeKey,
    backend: MockBackend,
    gas_limit: u64,
}

impl Contract<'static> {
    fn new(name: &str, backend: MockBackend) -> Option<Self> {
        let wasm = vector(name)?;
        let code = load(&wasm).unwrap_or_else(|error| panic!("{name}: {error}"));
        Some(Self {
            vm: &VM,
            code,
            backend,
            gas_limit: GAS,
        })
    }
}

impl Contract<'_> {
    fn call(&mut self, entry_point: EntryPoint, args: &[&[u8]]) -> VmReport {
        self.backend.iterators.clear();
        let call = VmCall {
            code: self.code,
            entry_point,
            args,
            gas_limit: self.gas_limit,
        };
        self.vm.call(call, &mut self.backend)
    }

    fn instantiate(&mut self, msg: &str) -> VmReport {
        self.call(
            EntryPoint::Instantiate,
            &[&env(), &info("creator", 1_000), msg.as_bytes()],
        )
    }

    fn execute_report(&mut self, sender: &str, earth: u64, msg: &str) -> VmReport {
        self.call(EntryPoint::Execute, &[&env(), &info(sender, earth), msg.as_bytes()])
    }

    fn execute(&mut self, sender: &str, msg: &Value) -> Result<Result<Value, String>, VmError> {
        answer(self.execute_report(sender, 0, &msg.to_string()))
    }

    /// Data of an execution that must succeed.
    fn data(&mut self, msg: &Value) -> Vec<u8> {
        unbase64(&self.execute("creator", msg).unwrap().unwrap()["data"])
    }

    fn query_report(&mut self, msg: &str) -> VmReport {
        self.call(EntryPoint::Query, &[&env(), msg.as_bytes()])
    }

    /// The answer to a query that must succeed, asked from outside of any transaction.
    fn query(&mut self, msg: &Value) -> Value {
        let report = self.call(EntryPoint::Query, &[&env_with("null"), msg.to_string().as_bytes()]);
        serde_json::from_slice(&unbase64(&success(report))).unwrap()
    }

    fn two(&mut self, entry_point: EntryPoint, msg: &Value) -> Result<Result<Value, String>, VmError> {
        answer(self.call(entry_point, &[&env(), msg.to_string().as_bytes()]))
    }

    fn migrate(&mut self, msg: &Value, old_version: Option<u64>) -> Result<Result<Value, String>, VmError> {
        let migrate_info = json!({"sender": crate::json::address("creator"), "old_migrate_version": old_version});
        let (msg, migrate_info) = (msg.to_string(), migrate_info.to_string());
        answer(self.call(EntryPoint::Migrate, &[&env(), msg.as_bytes(), migrate_info.as_bytes()]))
    }
}

fn total(report: &VmReport) -> u64 {
    report.gas_internal + report.gas_external
}
