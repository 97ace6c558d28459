//! What the state machine needs of a contract engine. `supercloud-vm` implements [`Vm`] on wasmtime; tests use a fake.
//!
//! Gas here is *CosmWasm gas* ("CW gas"); one SDK gas is [`CW_GAS_PER_SDK_GAS`] of it.

use std::any::Any;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use thiserror::Error;

mod rules;

pub use rules::{CodeRules, MAX_MEMORY_PAGES, RulesError, WasmLimits};

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
#[error("static wasm check failed ({layer}): {}{reason}", place(.function.as_ref()))]
pub struct CheckError {
    /// Which check refused.
    pub layer: CheckLayer,
    /// The function at fault, where the refusal is about one.
    pub function: Option<FunctionRef>,
    /// What is wrong, with the value seen and the limit.
    pub reason: String,
}

/// The checks of a module, in the order in which they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckLayer {
    /// The bytes are Wasm of the accepted features, and every function body is valid.
    Parse,
    /// Numbers of things: memory, table, functions, parameters, locals, imports.
    Limits,
    /// Version marker, exports, imports and their types.
    Interface,
    /// Capabilities that the module demands and the chain lacks.
    Capability,
    /// The engine compiles the metered module. A refusal here is the engine's fault or limit.
    Compile,
}

impl fmt::Display for CheckLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parse => "parse",
            Self::Limits => "limits",
            Self::Interface => "interface",
            Self::Capability => "capability",
            Self::Compile => "compile",
        })
    }
}

/// A function of a module, as people find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionRef {
    /// Index in the module's function index space, imports first.
    pub index: u32,
    /// Its name from the name section, demangled; most contracts are stripped of it.
    pub name: Option<String>,
}

impl fmt::Display for FunctionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "function {} ({name})", self.index),
            None => write!(f, "function {}", self.index),
        }
    }
}

fn place(function: Option<&FunctionRef>) -> String {
    function.map(|function| format!("{function}: ")).unwrap_or_default()
}

/// Version of the rule by which gas and stack height are written into a module. A code keeps the version under which
/// it was stored, so a later rule changes nothing for codes that exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MeteringVersion(pub u32);

impl MeteringVersion {
    /// The rule for codes that are stored now.
    pub const CURRENT: Self = Self(1);
}

/// What an engine knows a code by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeKey {
    /// SHA-256 of the original bytes.
    pub checksum: Checksum,
    /// The rule by which they are metered.
    pub metering: MeteringVersion,
}

impl CodeKey {
    /// The key of a code that is stored now.
    pub const fn current(checksum: Checksum) -> Self {
        Self {
            checksum,
            metering: MeteringVersion::CURRENT,
        }
    }
}

macro_rules! entry_points {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        /// Contract entry points.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum EntryPoint {
            $($(#[$doc])* $variant,)*
        }

        impl EntryPoint {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name of the Wasm export.
            pub const fn export_name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

entry_points! {
    /// `instantiate(env, info, msg)`
    Instantiate = "instantiate";
    /// `execute(env, info, msg)`
    Execute = "execute";
    /// `query(env, msg)`; storage is read-only
    Query = "query";
    /// `migrate(env, msg[, migrate_info])`
    Migrate = "migrate";
    /// `sudo(env, msg)`
    Sudo = "sudo";
    /// `reply(env, reply)`
    Reply = "reply";
    /// `ibc_channel_open(env, msg)`
    IbcChannelOpen = "ibc_channel_open";
    /// `ibc_channel_connect(env, msg)`
    IbcChannelConnect = "ibc_channel_connect";
    /// `ibc_channel_close(env, msg)`
    IbcChannelClose = "ibc_channel_close";
    /// `ibc_packet_receive(env, msg)`
    IbcPacketReceive = "ibc_packet_receive";
    /// `ibc_packet_ack(env, msg)`
    IbcPacketAck = "ibc_packet_ack";
    /// `ibc_packet_timeout(env, msg)`
    IbcPacketTimeout = "ibc_packet_timeout";
    /// `ibc_source_callback(env, msg)`
    IbcSourceCallback = "ibc_source_callback";
    /// `ibc_destination_callback(env, msg)`
    IbcDestinationCallback = "ibc_destination_callback";
    /// `ibc2_packet_receive(env, msg)`
    Ibc2PacketReceive = "ibc2_packet_receive";
    /// `ibc2_packet_ack(env, msg)`
    Ibc2PacketAck = "ibc2_packet_ack";
    /// `ibc2_packet_timeout(env, msg)`
    Ibc2PacketTimeout = "ibc2_packet_timeout";
    /// `ibc2_packet_send(env, msg)`
    Ibc2PacketSend = "ibc2_packet_send";
}

/// One call into a contract.
#[derive(Clone, Copy)]
pub struct VmCall<'a> {
    /// Which code.
    pub code: CodeKey,
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
    /// Functions that were running when guest code was stopped, innermost first, by index; at most
    /// [`MAX_TRACE_FRAMES`]. For people: nodes need not agree on it.
    pub trace: Vec<u32>,
}

/// Most frames of a [`VmReport::trace`].
pub const MAX_TRACE_FRAMES: usize = 64;

/// Why a call returned no `ContractResult`. Texts never reach state: the chain redacts all but the class.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum VmError {
    /// The gas limit was reached, inside Wasm or inside the backend.
    #[error("out of gas")]
    OutOfGas,
    /// The engine does not hold the code; nothing ran. Call [`Vm::load`] and try again: an engine may forget codes.
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

/// A code that its engine keeps callable for as long as this is held, whatever else needs its room meanwhile.
#[derive(Clone)]
pub struct HeldCode {
    /// What it is called by.
    pub key: CodeKey,
    /// What the engine holds it by.
    _hold: Arc<dyn Any + Send + Sync>,
}

impl HeldCode {
    /// A code that lives as long as `hold`.
    pub fn new(key: CodeKey, hold: Arc<dyn Any + Send + Sync>) -> Self {
        Self { key, _hold: hold }
    }
}

impl fmt::Debug for HeldCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldCode")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// A contract engine. Calls may nest: a backend's `query` may call the same engine again.
pub trait Vm: Send + Sync {
    /// Static checks of an upload by the chain's rules; stores nothing.
    fn check(&self, wasm: &[u8], rules: &CodeRules) -> Result<Analysis, CheckError>;
    /// Makes a code that once passed [`Vm::check`] callable, whatever the rules are by now. A second load of the same
    /// code is free. An engine may forget a code, but not one whose answer is still held: whether a call finds its code
    /// must not depend on what other threads load.
    fn load(&self, wasm: &[u8], metering: MeteringVersion) -> Result<HeldCode, CheckError>;
    /// Makes a code callable for as long as the answer is held, as [`Vm::load`] does it but without a trace: for codes that
    /// nobody paid for. An engine that has no way for that loads it for good.
    fn lend(&self, wasm: &[u8], metering: MeteringVersion) -> Result<HeldCode, CheckError> {
        self.load(wasm, metering)
    }
    /// Keeps a loaded code in memory until it is unpinned; whether the engine holds it.
    fn pin(&self, code: &CodeKey) -> bool;
    /// Lets the engine forget a code again.
    fn unpin(&self, code: &CodeKey);
    /// Runs one entry point in a fresh instance; [`VmError::NotLoaded`] asks for [`Vm::load`].
    fn call(&self, call: VmCall<'_>, backend: &mut dyn Backend) -> VmReport;
    /// Names of functions, out of the module's name section, demangled.
    fn symbolise(&self, wasm: &[u8], functions: &[u32]) -> Vec<FunctionRef>;
}
