//! The peer, cosmwasm-vm, as wasmvm uses it: one cache, codes pinned, raw arguments and results.

#![allow(unsafe_code, reason = "the peer's constructor trusts its folder, which is ours alone")]

use std::path::Path;
use std::time::{Duration, Instant};

use cosmwasm_std::Order;
use cosmwasm_vm::{
    Backend, BackendApi, BackendError, BackendResult, Cache, CacheOptions, GasInfo, Instance, InstanceOptions, Querier,
    Size, Storage, VmResult, call_execute_raw, call_instantiate_raw, call_migrate_raw, call_query_raw, call_reply_raw,
    call_sudo_raw, capabilities_from_csv,
};
use supercloud_chain::vm::{Checksum, EntryPoint};

use crate::engine::{Call, Engine, GAS, Outcome};
use crate::world::{self, Answer, CANONICALIZE_COST, HUMANIZE_COST, LAST_NEXT_COST, Record, SCAN_COST, World};

/// What wasmd 0.61 offers.
const CAPABILITIES: &str = "iterator,staking,stargate,cosmwasm_1_1,cosmwasm_1_2,cosmwasm_1_3,cosmwasm_1_4,\
    cosmwasm_2_0,cosmwasm_2_1,cosmwasm_2_2,cosmwasm_3_0";
/// wasmd's default.
const INSTANCE_MEMORY: Size = Size::mebi(32);
/// Enough for all codes of the bench, so that nothing is evicted while it is measured.
const MEMORY_CACHE: Size = Size::mebi(1_000);
/// For an instance that runs many calls: the peer's counter is never refilled.
const WARM_GAS: u64 = GAS * 1_000_000;

/// cosmwasm-vm.
pub struct Peer(Cache<Api, Handle, Handle>);

impl Peer {
    fn open_with(folder: &Path, unchecked: bool) -> Self {
        let capabilities = capabilities_from_csv(CAPABILITIES);
        let options = CacheOptions::new(folder.join("peer"), capabilities, MEMORY_CACHE, INSTANCE_MEMORY);
        // SAFETY: only this process writes to the folder.
        let mut cache = unsafe { Cache::new(options) }.unwrap();
        cache.set_module_unchecked(unchecked);
        Self(cache)
    }

    fn instance(&self, checksum: &Checksum, world: &World, gas_limit: u64) -> Instance<Api, Handle, Handle> {
        let backend = Backend {
            api: Api,
            storage: Handle(world.clone()),
            querier: Handle(world.clone()),
        };
        let options = InstanceOptions { gas_limit };
        self.0.get_instance(&(*checksum).into(), backend, options).unwrap()
    }
}

impl Engine for Peer {
    const NAME: &'static str = "peer";

    type Warm<'a> = Box<dyn FnMut(&Call) -> Outcome + 'a>;

    fn open(folder: &Path) -> Self {
        Self::open_with(folder, false)
    }

    fn upload(&self, wasm: &[u8]) -> Checksum {
        *self.0.store_code(wasm, true, true).unwrap().as_ref()
    }

    fn load(&self, checksum: &Checksum, _wasm: &[u8]) {
        self.0.pin(&(*checksum).into()).unwrap();
    }

    /// The peer's faster way, which does not validate the file.
    fn time_load(folder: &Path, checksum: &Checksum, wasm: &[u8], times: u64) -> Duration {
        let engine = Self::open_with(folder, true);
        let mut total = Duration::ZERO;
        for _ in 0..times {
            let begin = Instant::now();
            engine.load(checksum, wasm);
            total += begin.elapsed();
            engine.0.unpin(&(*checksum).into()).unwrap();
        }
        total
    }

    fn instantiate(&self, checksum: &Checksum, world: &World) {
        drop(self.instance(checksum, world, GAS));
    }

    fn call(&self, checksum: &Checksum, call: &Call, world: &World) -> Outcome {
        let mut instance = self.instance(checksum, world, GAS);
        let result = enter(&mut instance, call);
        let report = instance.create_gas_report();
        Outcome {
            gas: report.limit - report.remaining,
            result: result.map_err(|error| error.to_string()),
        }
    }

    fn warm<'a>(&'a self, checksum: &'a Checksum, world: &'a World) -> Self::Warm<'a> {
        let mut instance = self.instance(checksum, world, WARM_GAS);
        Box::new(move |call| {
            let before = instance.get_gas_left();
            let result = enter(&mut instance, call);
            Outcome {
                gas: before - instance.get_gas_left(),
                result: result.map_err(|error| error.to_string()),
            }
        })
    }
}

/// Calls an entry point of a live instance.
///
/// # Errors
///
/// The peer's.
pub fn enter<A, S, Q>(instance: &mut Instance<A, S, Q>, call: &Call) -> VmResult<Vec<u8>>
where
    A: BackendApi + 'static,
    S: Storage + 'static,
    Q: Querier + 'static,
{
    let arg = |index: usize| call.args.get(index).map_or(&[][..], Vec::as_slice);
    match call.entry_point {
        EntryPoint::Instantiate => call_instantiate_raw(instance, arg(0), arg(1), arg(2)),
        EntryPoint::Execute => call_execute_raw(instance, arg(0), arg(1), arg(2)),
        EntryPoint::Query => call_query_raw(instance, arg(0), arg(1)),
        EntryPoint::Migrate => call_migrate_raw(instance, arg(0), arg(1)),
        EntryPoint::Sudo => call_sudo_raw(instance, arg(0), arg(1)),
        EntryPoint::Reply => call_reply_raw(instance, arg(0), arg(1)),
    }
}

#[derive(Clone)]
struct Api;

impl BackendApi for Api {
    fn addr_validate(&self, human: &str) -> BackendResult<()> {
        let (verdict, cost) = world::validate(human);
        (verdict.map_err(BackendError::user_err), GasInfo::with_cost(cost))
    }

    fn addr_canonicalize(&self, human: &str) -> BackendResult<Vec<u8>> {
        let answer = world::canonicalize(human).map_err(BackendError::user_err);
        (answer, GasInfo::with_cost(CANONICALIZE_COST))
    }

    fn addr_humanize(&self, canonical: &[u8]) -> BackendResult<String> {
        let answer = world::humanize(canonical).map_err(BackendError::user_err);
        (answer, GasInfo::with_cost(HUMANIZE_COST))
    }
}

struct Handle(World);

fn external(cost: usize) -> GasInfo {
    GasInfo::with_externally_used(cost as u64)
}

impl Storage for Handle {
    fn get(&self, key: &[u8]) -> BackendResult<Option<Vec<u8>>> {
        (Ok(self.0.read(key)), external(key.len()))
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> BackendResult<()> {
        self.0.write(key, value);
        (Ok(()), external(key.len() + value.len()))
    }

    fn remove(&mut self, key: &[u8]) -> BackendResult<()> {
        self.0.remove(key);
        (Ok(()), external(key.len()))
    }

    fn scan(&mut self, start: Option<&[u8]>, end: Option<&[u8]>, order: Order) -> BackendResult<u32> {
        let iterator = self.0.scan(start, end, order == Order::Descending);
        (Ok(iterator), GasInfo::with_externally_used(SCAN_COST))
    }

    fn next(&mut self, iterator: u32) -> BackendResult<Option<Record>> {
        match self.0.next(iterator) {
            None => (Err(BackendError::iterator_does_not_exist(iterator)), GasInfo::free()),
            Some(None) => (Ok(None), GasInfo::with_externally_used(LAST_NEXT_COST)),
            Some(Some((key, value))) => {
                let cost = external(key.len() + value.len());
                (Ok(Some((key, value))), cost)
            }
        }
    }
}

impl Querier for Handle {
    fn query_raw(&self, _request: &[u8], _gas_limit: u64) -> BackendResult<Answer> {
        match self.0.query() {
            Some((answer, cost)) => (Ok(answer), GasInfo::with_externally_used(cost)),
            None => (Err(BackendError::unknown("no querier")), GasInfo::free()),
        }
    }
}
