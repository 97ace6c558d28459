//! What a chain can set about its engine. Capabilities and limits decide which modules are accepted and how they run,
//! hence are consensus: all nodes of a chain must use the same values.

use std::collections::BTreeSet;
use std::path::PathBuf;

/// Settings of a [`WasmtimeVm`](crate::WasmtimeVm).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VmConfig {
    /// What a contract may demand by `requires_*` exports.
    pub capabilities: BTreeSet<String>,
    /// Static limits of a module and the memory limit of an instance.
    pub limits: WasmLimits,
    /// How many outermost calls may run at the same time; more wait. Not consensus.
    pub concurrent_calls: usize,
    /// Where compiled code is kept between runs of the program; without it everything is compiled anew. Only this
    /// program may be able to write there: the files are native code. Not consensus.
    pub artifact_dir: Option<PathBuf>,
}

/// Capabilities that this host implements. wasmd's own list stops at `cosmwasm_2_2` although it serves `RawRange`.
const CAPABILITIES: [&str; 11] = [
    "iterator",
    "staking",
    "stargate",
    "cosmwasm_1_1",
    "cosmwasm_1_2",
    "cosmwasm_1_3",
    "cosmwasm_1_4",
    "cosmwasm_2_0",
    "cosmwasm_2_1",
    "cosmwasm_2_2",
    "cosmwasm_3_0",
];

impl Default for VmConfig {
    fn default() -> Self {
        Self {
            capabilities: CAPABILITIES.map(str::to_owned).into(),
            limits: WasmLimits::default(),
            concurrent_calls: 32,
            artifact_dir: None,
        }
    }
}

/// Static limits of a module. The defaults are wasmd's, except the last three, which wasmd lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WasmLimits {
    /// Pages of 64 KiB: of the initial memory, and of a running instance, where `memory.grow` answers -1 beyond it.
    /// 512 pages = 32 MiB.
    pub memory_pages: u32,
    /// Declared maximum of the table.
    pub table_elements: u32,
    /// Number of imports.
    pub imports: usize,
    /// Number of functions in the module.
    pub functions: usize,
    /// Parameters of one function type.
    pub function_params: usize,
    /// Parameters of all functions together.
    pub total_function_params: usize,
    /// Results of one function type.
    pub function_results: usize,
    /// Declared locals of one function.
    pub function_locals: u64,
    /// Declared locals of all functions together.
    pub total_function_locals: u64,
    /// Number of globals: they live in the instance, whose size the engine bounds. Rust contracts have one or two.
    pub globals: usize,
    /// Bytes of one function body: compilers give up on huge ones, each version at a point of its own. Real contracts
    /// were seen to have up to 46 KiB.
    pub function_bytes: usize,
    /// Branches, calls and block ends of one function. Compilation takes time with the square of it: 3 s for 10,000,
    /// minutes for 60,000. Real contracts were seen to have up to 4,200.
    pub function_branches: usize,
}

impl Default for WasmLimits {
    fn default() -> Self {
        Self {
            memory_pages: 512,
            table_elements: 2_500,
            imports: 100,
            functions: 20_000,
            function_params: 100,
            total_function_params: 10_000,
            function_results: 1,
            function_locals: 100,
            total_function_locals: 10_000,
            globals: 1_000,
            function_bytes: 128 * 1024,
            function_branches: 10_000,
        }
    }
}
