//! The chain's parameters for uploads: who changes them changes which modules are accepted from then on, and nothing
//! for codes that were accepted before.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What an upload is held against. Consensus: all nodes must use the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CodeRules {
    /// What a contract may demand by `requires_*` exports.
    pub capabilities: BTreeSet<String>,
    /// Whether `memory.copy`, `memory.fill`, `memory.init` and `data.drop` are accepted. They are what Rust emits since
    /// 1.87; wasmd refuses them. Charged by length.
    pub bulk_memory: bool,
    /// Static limits of a module.
    pub limits: WasmLimits,
}

/// A limit that no engine promises to serve.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("code rules: {name} is {got}, the highest possible is {highest}")]
pub struct RulesError {
    /// Which limit.
    pub name: &'static str,
    /// Value seen.
    pub got: u32,
    /// Highest value that every engine serves.
    pub highest: u32,
}

impl CodeRules {
    /// Refuses limits above what engines are built for.
    ///
    /// # Errors
    ///
    /// [`RulesError`] names the first limit that is too high.
    pub fn assert_valid(&self) -> Result<(), RulesError> {
        for (name, get) in WasmLimits::FIELDS {
            let (got, highest) = (get(&self.limits), get(&WasmLimits::HIGHEST));
            if got > highest {
                return Err(RulesError { name, got, highest });
            }
        }
        Ok(())
    }
}

/// Capabilities that this host implements. wasmd's own list stops at `cosmwasm_2_2` although it serves `RawRange`.
const CAPABILITIES: [&str; 12] = [
    "ibc2",
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

impl Default for CodeRules {
    fn default() -> Self {
        Self {
            capabilities: CAPABILITIES.map(str::to_owned).into(),
            bulk_memory: true,
            limits: WasmLimits::default(),
        }
    }
}

/// Pages of 64 KiB that an instance may have: 32 MiB, as wasmd. `memory.grow` answers -1 beyond, on every node alike.
pub const MAX_MEMORY_PAGES: u32 = 512;

/// Static limits of a module. The defaults are wasmd's, except the last three, which wasmd lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WasmLimits {
    /// Pages of 64 KiB of the initial memory. At most [`MAX_MEMORY_PAGES`].
    pub memory_pages: u32,
    /// Declared maximum of the table.
    pub table_elements: u32,
    /// Number of imports.
    pub imports: u32,
    /// Number of functions in the module.
    pub functions: u32,
    /// Parameters of one function type.
    pub function_params: u32,
    /// Parameters of all functions together.
    pub total_function_params: u32,
    /// Results of one function type.
    pub function_results: u32,
    /// Declared locals of one function.
    pub function_locals: u32,
    /// Declared locals of all functions together.
    pub total_function_locals: u32,
    /// Number of globals: they live in the instance, whose size the engine bounds. Rust contracts have one or two.
    pub globals: u32,
    /// Bytes of one function body: compilers give up on huge ones, each version at a point of its own. Real contracts
    /// were seen to have up to 46 KiB.
    pub function_bytes: u32,
    /// Branches, calls and block ends of one function; a `br_table` counts with its targets. Compilation takes time with the square of it: 3 s for 10,000,
    /// minutes for 60,000. Real contracts were seen to have up to 4,200.
    pub function_branches: u32,
}

/// Reads one of the limits.
type Limit = fn(&WasmLimits) -> u32;

impl WasmLimits {
    /// What every engine must be able to serve: governance cannot go above.
    pub const HIGHEST: Self = Self {
        memory_pages: MAX_MEMORY_PAGES,
        table_elements: 10_000,
        imports: 1_000,
        functions: 100_000,
        function_params: 500,
        total_function_params: 100_000,
        // The injected metering wraps each body in a block of its one result.
        function_results: 1,
        function_locals: 10_000,
        total_function_locals: 1_000_000,
        globals: 10_000,
        function_bytes: 1024 * 1024,
        function_branches: 60_000,
    };

    /// Every limit with its name.
    const FIELDS: [(&str, Limit); 12] = [
        ("memory_pages", |limits| limits.memory_pages),
        ("table_elements", |limits| limits.table_elements),
        ("imports", |limits| limits.imports),
        ("functions", |limits| limits.functions),
        ("function_params", |limits| limits.function_params),
        ("total_function_params", |limits| limits.total_function_params),
        ("function_results", |limits| limits.function_results),
        ("function_locals", |limits| limits.function_locals),
        ("total_function_locals", |limits| limits.total_function_locals),
        ("globals", |limits| limits.globals),
        ("function_bytes", |limits| limits.function_bytes),
        ("function_branches", |limits| limits.function_branches),
    ];
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_may_reach_the_highest_limits_and_not_go_above() {
        let mut rules = CodeRules {
            limits: WasmLimits::HIGHEST,
            ..CodeRules::default()
        };
        assert_eq!(rules.assert_valid(), Ok(()));
        rules.limits.memory_pages = 513;
        let refused = RulesError {
            name: "memory_pages",
            got: 513,
            highest: 512,
        };
        assert_eq!(rules.assert_valid(), Err(refused));
    }

    #[test]
    fn several_results_cannot_be_allowed() {
        let mut rules = CodeRules::default();
        rules.limits.function_results = 2;
        let refused = RulesError {
            name: "function_results",
            got: 2,
            highest: 1,
        };
        assert_eq!(rules.assert_valid(), Err(refused));
    }

    #[test]
    fn rules_that_name_nothing_are_the_default() {
        assert_eq!(serde_json::from_str::<CodeRules>("{}").unwrap(), CodeRules::default());
        assert!(serde_json::from_str::<CodeRules>(r#"{"limits":{"pages":1}}"#).is_err());
    }
}
