//! What a node chooses about its engine. Nothing here is consensus: results, gas and refusals are the same whatever is
//! chosen. What a chain decides is [`CodeRules`](supercloud_chain::vm::CodeRules).

use std::path::PathBuf;

/// Settings of a [`WasmtimeVm`](crate::WasmtimeVm).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VmConfig {
    /// How many outermost calls may run at the same time; more wait.
    pub concurrent_calls: usize,
    /// Where compiled code is kept between runs of the program; without it everything is compiled anew. The folder is
    /// created for its owner alone and locked against a second process: the files are native code.
    pub cache_dir: Option<PathBuf>,
    /// Bytes of compiled code that are kept at hand, pinned codes not counted; the least recently called go first. With
    /// a folder they are files mapped into memory, of which only touched pages take room.
    pub memory_cache_bytes: usize,
    /// How code is compiled.
    pub tiers: Tiers,
}

/// Which compilers make a code. Gas, results and traps are the same for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tiers {
    /// Once, optimised: slow to compile, fast to run.
    Optimized,
    /// Once, with little effort: fast to compile, slower to run. For tests that compare tiers.
    Baseline,
    /// The baseline first, so that a new code can be called at once; a thread compiles the optimised form meanwhile.
    Tiered,
}

impl Default for VmConfig {
    fn default() -> Self {
        Self {
            concurrent_calls: 32,
            cache_dir: None,
            memory_cache_bytes: 512 << 20,
            tiers: Tiers::Tiered,
        }
    }
}
