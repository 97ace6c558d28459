//! The peer, cosmwasm-vm, as wasmvm uses it: one cache, codes pinned, raw arguments and results.

#![allow(
    unsafe_code,
    reason = "the peer's constructor trusts its folder, which is ours alone"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use cosmwasm_std::Order;
use cosmwasm_vm::internals::{Logger, check_wasm};
use cosmwasm_vm::{
    Backend, BackendApi, BackendError, BackendResult, Cache, CacheOptions, GasInfo, Instance, InstanceOptions, Querier,
    Size, Storage, VmError, WasmLimits, capabilities_from_csv,
};
use supercloud_chain::vm::Checksum;

use crate::engine::{Call, Engine, GAS, Outcome, WarmCall};
use crate::entry::enter;
use crate::world::{self, Answer, CANONICALIZE_COST, HUMANIZE_COST, LAST_NEXT_COST, Record, SCAN_COST, World};

/// What wasmd offers, and `ibc2`, which its chains may add.
const CAPABILITIES: &str = "ibc2,iterator,staking,stargate,cosmwasm_1_1,cosmwasm_1_2,cosmwasm_1_3,cosmwasm_1_4,\
    cosmwasm_2_0,cosmwasm_2_1,cosmwasm_2_2,cosmwasm_3_0";
/// wasmd's default.
const INSTANCE_MEMORY: Size = Size::mebi(32);
/// Enough for all codes of the bench, so that nothing is evicted while it is measured.
const MEMORY_CACHE: Size = Size::mebi(1_000);
/// For an instance that runs many calls: the peer's counter cannot be refilled.
const WARM_GAS: u64 = GAS * 1_000_000;

/// cosmwasm-vm.
pub struct Peer(Cache<Api, Handle, Handle>);

/// An instance of the peer in a [`World`].
pub type PeerInstance = Instance<Api, Handle, Handle>;

impl Peer {
    /// A live instance.
    pub fn instance(&self, checksum: &Checksum, world: &World, gas_limit: u64) -> PeerInstance {
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

    /// Files are loaded in the peer's faster way, which does not validate them.
    fn open(folder: &Path) -> Self {
        let capabilities = capabilities_from_csv(CAPABILITIES);
        let options = CacheOptions::new(folder.join("peer"), capabilities, MEMORY_CACHE, INSTANCE_MEMORY);
        // SAFETY: only this process writes to the folder.
        let mut cache = unsafe { Cache::new(options) }.unwrap();
        cache.set_module_unchecked(true);
        Self(cache)
    }

    fn accepts(wasm: &[u8]) -> bool {
        let capabilities = capabilities_from_csv(CAPABILITIES);
        check_wasm(wasm, &capabilities, &WasmLimits::default(), Logger::Off).is_ok()
    }

    fn upload(&self, wasm: &[u8]) -> Checksum {
        *self.0.store_code(wasm, true, true).unwrap().as_ref()
    }

    fn load(&self, checksum: &Checksum) {
        self.0.pin(&(*checksum).into()).unwrap();
    }

    fn time_load(&self, checksum: &Checksum, times: u64) -> Duration {
        let mut total = Duration::ZERO;
        for _ in 0..times {
            self.0.unpin(&(*checksum).into()).unwrap();
            let begin = Instant::now();
            self.load(checksum);
            total += begin.elapsed();
        }
        total
    }

    fn instantiate(&self, checksum: &Checksum, world: &World) {
        drop(self.instance(checksum, world, GAS));
    }

    fn call(&self, checksum: &Checksum, call: &Call, world: &World) -> Outcome {
        let mut instance = self.instance(checksum, world, GAS);
        let result = enter(&mut instance, call);
        Outcome {
            gas: GAS - instance.get_gas_left(),
            result: result.map_err(|error| error.to_string()),
        }
    }

    fn with_warm<R>(&self, checksum: &Checksum, world: &World, body: impl FnOnce(&mut WarmCall<'_>) -> R) -> R {
        let mut instance = self.instance(checksum, world, WARM_GAS);
        body(&mut |call| enter(&mut instance, call).map_err(|error: VmError| error.to_string()))
    }
}

/// The address functions of a [`World`].
#[derive(Clone)]
pub struct Api;

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

/// Storage and querier of a [`World`].
pub struct Handle(World);

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contracts;
    use crate::script::{assert_good, execute, instantiate, query};
    use crate::world::{Storage, address};

    /// The peer's own benchmark of its own contract, whose gas its own tests state.
    #[test]
    fn the_peer_gives_its_golden_numbers_here() {
        let Some(hackatom) = contracts::vectors()
            .into_iter()
            .find(|contract| contract.name == "vm__hackatom")
        else {
            eprintln!("skipped: no vm__hackatom.wasm");
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let peer = Peer::open(folder.path());
        let checksum = peer.upload(&hackatom.wasm);
        let world = World::with_storage(Storage::new());
        let (verifier, beneficiary) = (address("verifies"), address("benefits"));
        let msg = format!(r#"{{"verifier": "{verifier}", "beneficiary": "{beneficiary}"}}"#);
        let mut instance = peer.instance(&checksum, &world, GAS);
        for (call, gas) in [
            (instantiate(&msg), 18_034_576),
            (execute("verifies", 15, r#"{"release":{"denom":"earth"}}"#), 24_624_366),
            (query(r#"{"verifier":{}}"#), 11_105_566),
        ] {
            let before = instance.get_gas_left();
            assert_good(&enter(&mut instance, &call).map_err(|error| error.to_string()));
            assert_eq!(before - instance.get_gas_left(), gas);
        }
    }
}
