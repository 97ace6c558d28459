//! Our engine. All that the bench knows of its interface is in this file.

use std::path::Path;
use std::time::{Duration, Instant};

use cosmwasm_std::to_json_vec;
use supercloud_chain::vm::{
    Backend, BackendError, BackendResult, Checksum, CodeKey, CodeRules, MeteringVersion, Order, Record, Vm, VmCall,
};
use supercloud_vm::internals::with_instance;
use supercloud_vm::{Tiers, VmConfig, WasmtimeVm};

use crate::engine::{Call, Engine, GAS, Outcome, WarmCall};
use crate::world::{self, CANONICALIZE_COST, HUMANIZE_COST, LAST_NEXT_COST, SCAN_COST, World};

/// supercloud-vm.
pub struct Ours(WasmtimeVm);

impl Ours {
    fn open_with(folder: &Path, tiers: Tiers) -> Self {
        let config = VmConfig {
            cache_dir: Some(folder.join("ours")),
            tiers,
            ..VmConfig::default()
        };
        Self(WasmtimeVm::new(config).unwrap())
    }
}

impl Engine for Ours {
    const NAME: &'static str = "ours";

    fn open(folder: &Path) -> Self {
        Self::open_with(folder, VmConfig::default().tiers)
    }

    /// One tier: it compiles on all processors.
    fn open_for_bulk(folder: &Path) -> Self {
        Self::open_with(folder, Tiers::Optimized)
    }

    fn accepts(wasm: &[u8]) -> bool {
        let folder = tempfile::tempdir().unwrap();
        Self::open(folder.path()).0.check(wasm, &CodeRules::default()).is_ok()
    }

    fn upload(&self, wasm: &[u8]) -> Checksum {
        let analysis = self.0.check(wasm, &CodeRules::default()).unwrap();
        self.0.load(wasm, MeteringVersion::CURRENT).unwrap();
        analysis.checksum
    }

    fn settle(&self) {
        self.0.finish_compiling();
    }

    fn load(&self, checksum: &Checksum) {
        assert!(self.0.pin(&CodeKey::current(*checksum)), "not in the folder");
    }

    fn time_load(&self, checksum: &Checksum, times: u64) -> Duration {
        let mut total = Duration::ZERO;
        for _ in 0..times {
            self.0.forget(&CodeKey::current(*checksum));
            let begin = Instant::now();
            self.load(checksum);
            total += begin.elapsed();
        }
        total
    }

    fn instantiate(&self, checksum: &Checksum, world: &World) {
        let code = CodeKey::current(*checksum);
        with_instance(&self.0, &code, &mut Handle(world), GAS, |_| ()).unwrap();
    }

    fn call(&self, checksum: &Checksum, call: &Call, world: &World) -> Outcome {
        let call = VmCall {
            code: CodeKey::current(*checksum),
            entry_point: call.entry_point,
            args: &borrow(call)[..call.args.len()],
            gas_limit: GAS,
        };
        let report = self.0.call(call, &mut Handle(world));
        Outcome {
            gas: report.gas_internal + report.gas_external,
            result: report.result.map_err(|error| error.to_string()),
        }
    }

    fn with_warm<R>(&self, checksum: &Checksum, world: &World, body: impl FnOnce(&mut WarmCall<'_>) -> R) -> R {
        let code = CodeKey::current(*checksum);
        with_instance(&self.0, &code, &mut Handle(world), GAS, |instance| {
            body(&mut |call| {
                instance.set_gas(GAS).unwrap();
                let result = instance.call(call.entry_point, &borrow(call)[..call.args.len()]);
                result.map_err(|error| error.to_string())
            })
        })
        .unwrap()
    }
}

/// The arguments, without an allocation.
fn borrow(call: &Call) -> [&[u8]; 3] {
    let mut args: [&[u8]; 3] = [&[]; 3];
    for (slot, arg) in args.iter_mut().zip(&call.args) {
        *slot = arg;
    }
    args
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
