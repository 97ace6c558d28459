//! The interface that both engines are measured through.

use std::path::Path;
use std::time::Duration;

use supercloud_chain::vm::{Checksum, EntryPoint};

use crate::world::World;

/// Gas of a call that shall not run out: a second of work.
pub const GAS: u64 = 1_000_000_000_000;

/// One call of an entry point.
#[derive(Clone, Debug)]
pub struct Call {
    /// Which one.
    pub entry_point: EntryPoint,
    /// Its arguments, JSON.
    pub args: Vec<Vec<u8>>,
}

/// What a call gave.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// All gas that it used, the backend's included.
    pub gas: u64,
    /// The contract's answer, or why there is none.
    pub result: Result<Vec<u8>, String>,
}

/// A contract engine with one of its caches in a folder.
pub trait Engine: Sync + Sized {
    /// Name in the reports.
    const NAME: &'static str;

    /// Opens the engine on `folder`, which may hold what an earlier one compiled. No code is in memory.
    fn open(folder: &Path) -> Self;

    /// Opens it to compile many codes that nobody waits for.
    fn open_for_bulk(folder: &Path) -> Self {
        Self::open(folder)
    }

    /// Whether the engine's static checks accept a module.
    fn accepts(wasm: &[u8]) -> bool;

    /// All that happens at an upload: checks, compilation, storage on disk. The code may be called afterwards.
    fn upload(&self, wasm: &[u8]) -> Checksum;

    /// Waits until what an upload began in the background has ended.
    fn settle(&self) {}

    /// Brings a code that was uploaded in `folder` into memory, to stay.
    fn load(&self, checksum: &Checksum);

    /// How long it takes to do so `times` times, the compiled file being known to be good. It is in memory before.
    fn time_load(&self, checksum: &Checksum, times: u64) -> Duration;

    /// Makes an instance and drops it.
    fn instantiate(&self, checksum: &Checksum, world: &World);

    /// Calls an entry point of a fresh instance.
    fn call(&self, checksum: &Checksum, call: &Call, world: &World) -> Outcome;

    /// Gives `body` a way to call one instance again and again, which a chain never does.
    fn with_warm<R>(&self, checksum: &Checksum, world: &World, body: impl FnOnce(&mut WarmCall<'_>) -> R) -> R;
}

/// Calls an instance that was called before.
pub type WarmCall<'a> = dyn FnMut(&Call) -> Result<Vec<u8>, String> + 'a;
