//! What the state machine needs of a contract engine. `supercloud-vm` implements [`Vm`] on wasmtime; tests use a fake.
//!
//! Gas here is *CosmWasm gas* ("CW gas"); one SDK gas is [`CW_GAS_PER_SDK_GAS`] of it.

use std::collections::BTreeSet;

use thiserror::Error;

/// CW gas in one SDK gas; wasmd's `DefaultGasMultiplier`.
pub const CW_GAS_PER_SDK_GAS: u64 = 140_000;

/// SHA-256 of the uncompressed, original Wasm.
pub type Checksum = [u8; 32];

/// What static analysis learned about a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Analysis {
    /// SHA-256 of the bytes that were checked.
    pub checksum: Checksum,
    /// Entry points that the module exports, by export name.
    pub entry_points: BTreeSet<String>,
    /// Capabilities that the module demands by `requires_*` exports; all are available on this engine.
    pub required_capabilities: BTreeSet<String>,
    /// Number in the custom section `cw_migrate_version`, if there is one.
    pub migrate_version: Option<u64>,
    /// All six classic IBC entry points are present.
    pub has_ibc_entry_points: bool,
}

/// Why a module was refused at upload. The text is shown to the uploader and is deterministic.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("static wasm check failed: {reason}")]
pub struct CheckError {
    /// What is wrong, with the value seen and the limit.
    pub reason: String,
}

/// Contract entry points that this chain calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryPoint {
    /// `instantiate(env, info, msg)`
    Instantiate,
    /// `execute(env, info, msg)`
    Execute,
    /// `query(env, msg)`; storage is read-only
    Query,
    /// `migrate(env, msg[, migrate_info])`
    Migrate,
    /// `sudo(env, msg)`
    Sudo,
    /// `reply(env, reply)`
    Reply,
}

impl EntryPoint {
    /// The name of the Wasm export.
    pub const fn export_name(self) -> &'static str {
        match self {
            Self::Instantiate => "instantiate",
            Self::Execute => "execute",
            Self::Query => "query",
            Self::Migrate => "migrate",
            Self::Sudo => "sudo",
            Self::Reply => "reply",
        }
    }
}

/// One call into a contract.
#[derive(Clone, Copy)]
pub struct VmCall<'a> {
    /// Which code.
    pub checksum: &'a Checksum,
    /// Which entry point.
    pub entry_point: EntryPoint,
    /// JSON arguments in the order of the export. For [`EntryPoint::Migrate`] always three
    /// (`env`, `msg`, `migrate_info`): the engine leaves out the third for a two-parameter export.
    pub args: &'a [&'a [u8]],
    /// CW gas that the call may use, the backend's charges included.
    pub gas_limit: u64,
}

/// The outcome of one call; gas is reported on failure too, because failure gas is consensus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VmReport {
    /// CW gas used by Wasm operators and host functions.
    pub gas_internal: u64,
    /// CW gas that the [`Backend`] charged (storage, queries, address API).
    pub gas_external: u64,
    /// The JSON `ContractResult` that the contract returned, or why there is none.
    pub result: Result<Vec<u8>, VmError>,
}

/// Why a call returned no `ContractResult`. Texts never reach state: the chain redacts all but the class.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum VmError {
    /// The gas limit was reached, inside Wasm or inside the backend.
    #[error("out of gas")]
    OutOfGas,
    /// The code is not loaded: call [`Vm::load`] first.
    #[error("code is not loaded")]
    NotLoaded,
    /// The module lacks the entry point.
    #[error("missing export {0}")]
    MissingExport(String),
    /// The guest called `abort`, as Rust's panic handler does.
    #[error("aborted: {0}")]
    Aborted(String),
    /// A Wasm trap; the text is from a closed set.
    #[error("trap: {0}")]
    Trap(&'static str),
    /// The guest broke the calling convention (bad Region, zero address, call depth, over-long data).
    #[error("communication with the contract failed: {0}")]
    Communication(String),
    /// A write in a read-only call.
    #[error("write access denied")]
    WriteAccessDenied,
    /// The backend failed for a reason that is not the guest's.
    #[error("backend failed: {0}")]
    Backend(String),
    /// A state that should be impossible: reported, never a panic.
    #[error("engine fault: {0}")]
    Bug(String),
}

/// Iteration order of [`Backend::scan`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Smallest key first.
    Ascending,
    /// Largest key first.
    Descending,
}

/// Why a backend call failed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BackendError {
    /// Goes back to the guest as text (address API only).
    #[error("{0}")]
    User(String),
    /// The gas given to the call is spent.
    #[error("out of gas")]
    OutOfGas,
    /// No iterator has this id.
    #[error("iterator {0} does not exist")]
    UnknownIterator(u32),
    /// Traps the guest.
    #[error("{0}")]
    Fatal(String),
}

/// Result of a backend call and the CW gas it cost, charged whether it failed or not.
pub type BackendResult<T> = (Result<T, BackendError>, u64);

/// A key and its value.
pub type Record = (Vec<u8>, Vec<u8>);

/// All that one contract call can reach: its own storage (keys without the contract's prefix), the querier and the
/// address rules. Every method returns its external gas in CW gas.
///
/// `gas_left` is what the call still has in CW gas; an implementation that would exceed it returns
/// [`BackendError::OutOfGas`].
pub trait Backend {
    /// Value under `key`.
    fn read(&mut self, key: &[u8], gas_left: u64) -> BackendResult<Option<Vec<u8>>>;
    /// Sets `key`.
    fn write(&mut self, key: &[u8], value: &[u8], gas_left: u64) -> BackendResult<()>;
    /// Removes `key`; absent is no error.
    fn remove(&mut self, key: &[u8], gas_left: u64) -> BackendResult<()>;
    /// Opens an iterator over `start..end` (start inclusive, end exclusive, inverted is empty).
    fn scan(&mut self, start: Option<&[u8]>, end: Option<&[u8]>, order: Order, gas_left: u64) -> BackendResult<u32>;
    /// Advances an iterator.
    fn next(&mut self, iterator: u32, gas_left: u64) -> BackendResult<Option<Record>>;
    /// Answers a JSON `QueryRequest` with JSON `SystemResult<ContractResult<Binary>>`.
    fn query(&mut self, request: &[u8], gas_left: u64) -> BackendResult<Vec<u8>>;
    /// Checks a bech32 address in its normal form.
    fn addr_validate(&mut self, human: &str) -> BackendResult<()>;
    /// Bech32 to bytes.
    fn addr_canonicalize(&mut self, human: &str) -> BackendResult<Vec<u8>>;
    /// Bytes to bech32.
    fn addr_humanize(&mut self, canonical: &[u8]) -> BackendResult<String>;
    /// A line that the contract printed; off consensus.
    fn debug(&mut self, line: &str);
}

/// A contract engine. Calls may nest: a backend's `query` may call the same engine again.
pub trait Vm: Send + Sync {
    /// Static checks of an upload; stores nothing.
    fn check(&self, wasm: &[u8]) -> Result<Analysis, CheckError>;
    /// Compiles `wasm` so that [`Vm::call`] can find it; a second load of the same code is free.
    fn load(&self, wasm: &[u8]) -> Result<Checksum, CheckError>;
    /// Whether [`Vm::call`] would find the code.
    fn is_loaded(&self, checksum: &Checksum) -> bool;
    /// Runs one entry point in a fresh instance.
    fn call(&self, call: VmCall<'_>, backend: &mut dyn Backend) -> VmReport;
}
