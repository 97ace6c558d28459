//! Our engine. All that the bench knows of its interface is in this file.

use std::path::Path;
use std::time::{Duration, Instant};

use cosmwasm_std::to_json_vec;
use supercloud_chain::vm::{
    Backend, BackendError, BackendResult, Checksum, EntryPoint, Order, Record, Vm, VmCall, VmError,
};
use supercloud_vm::{VmConfig, WasmtimeVm};

use crate::engine::{Call, Engine, GAS, Outcome};
use crate::world::{self, CANONICALIZE_COST, HUMANIZE_COST, LAST_NEXT_COST, SCAN_COST, World};

/// supercloud-vm.
pub struct Ours(WasmtimeVm);

impl Engine for Ours {
    const NAME: &'static str = "ours";

    type Warm<'a> = Box<dyn FnMut(&Call) -> Outcome + 'a>;

    fn open(folder: &Path) -> Self {
        let config = VmConfig {
            artifact_dir: Some(folder.join("ours")),
            ..VmConfig::default()
        };
        Self(WasmtimeVm::new(config).unwrap())
    }

    fn upload(&self, wasm: &[u8]) -> Checksum {
        self.0.load(wasm).unwrap()
    }

    fn load(&self, _checksum: &Checksum, wasm: &[u8]) {
        self.0.load(wasm).unwrap();
    }

    fn time_load(folder: &Path, checksum: &Checksum, wasm: &[u8], times: u64) -> Duration {
        let mut total = Duration::ZERO;
        for _ in 0..times {
            let engine = Self::open(folder);
            let begin = Instant::now();
            engine.load(checksum, wasm);
            total += begin.elapsed();
        }
        total
    }

    /// A call without arguments: it ends right after instantiation, for want of an export or of arguments.
    fn instantiate(&self, checksum: &Checksum, world: &World) {
        let call = VmCall {
            checksum,
            entry_point: EntryPoint::Reply,
            args: &[],
            gas_limit: GAS,
        };
        let report = self.0.call(call, &mut Handle(world));
        assert!(matches!(
            report.result,
            Err(VmError::MissingExport(_) | VmError::Bug(_))
        ));
    }

    fn call(&self, checksum: &Checksum, call: &Call, world: &World) -> Outcome {
        let mut args: [&[u8]; 3] = [&[]; 3];
        for (slot, arg) in args.iter_mut().zip(&call.args) {
            *slot = arg;
        }
        let call = VmCall {
            checksum,
            entry_point: call.entry_point,
            args: &args[..call.args.len()],
            gas_limit: GAS,
        };
        let report = self.0.call(call, &mut Handle(world));
        Outcome {
            gas: report.gas_internal + report.gas_external,
            result: report.result.map_err(|error| error.to_string()),
        }
    }

    /// Every call of ours is in a fresh instance.
    fn warm<'a>(&'a self, checksum: &'a Checksum, world: &'a World) -> Self::Warm<'a> {
        Box::new(move |call| self.call(checksum, call, world))
    }
}

struct Handle<'a>(&'a World);

impl Backend for Handle<'_> {
    fn read(&mut self, key: &[u8], _gas_left: u64) -> BackendResult<Option<Vec<u8>>> {
        (Ok(self.0.read(key)), key.len() as u64)
    }

    fn write(&mut self, key: &[u8], value: &[u8], _gas_left: u64) -> BackendResult<()> {
        self.0.write(key, value);
        (Ok(()), (key.len() + value.len()) as u64)
    }

    fn remove(&mut self, key: &[u8], _gas_left: u64) -> BackendResult<()> {
        self.0.remove(key);
        (Ok(()), key.len() as u64)
    }

    fn scan(&mut self, start: Option<&[u8]>, end: Option<&[u8]>, order: Order, _gas_left: u64) -> BackendResult<u32> {
        (Ok(self.0.scan(start, end, order == Order::Descending)), SCAN_COST)
    }

    fn next(&mut self, iterator: u32, _gas_left: u64) -> BackendResult<Option<Record>> {
        match self.0.next(iterator) {
            None => (Err(BackendError::UnknownIterator(iterator)), 0),
            Some(None) => (Ok(None), LAST_NEXT_COST),
            Some(Some((key, value))) => {
                let cost = (key.len() + value.len()) as u64;
                (Ok(Some((key, value))), cost)
            }
        }
    }

    fn query(&mut self, _request: &[u8], _gas_left: u64) -> BackendResult<Vec<u8>> {
        match self.0.query() {
            Some((answer, cost)) => (Ok(to_json_vec(&answer).unwrap()), cost),
            None => (Err(BackendError::Fatal("no querier".into())), 0),
        }
    }

    fn addr_validate(&mut self, human: &str) -> BackendResult<()> {
        let (verdict, cost) = world::validate(human);
        (verdict.map_err(user), cost)
    }

    fn addr_canonicalize(&mut self, human: &str) -> BackendResult<Vec<u8>> {
        (world::canonicalize(human).map_err(user), CANONICALIZE_COST)
    }

    fn addr_humanize(&mut self, canonical: &[u8]) -> BackendResult<String> {
        (world::humanize(canonical).map_err(user), HUMANIZE_COST)
    }

    fn debug(&mut self, _line: &str) {}
}

fn user(text: &str) -> BackendError {
    BackendError::User(text.to_owned())
}
