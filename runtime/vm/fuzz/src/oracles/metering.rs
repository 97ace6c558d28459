//! The static checks and the injection: what the checks accept compiles; metered it does what it does unmetered, until
//! a meter stops it; and all compilers agree on all of it, gas included.

use std::sync::LazyLock;

use supercloud_chain::vm::{CheckError, CodeRules};
use supercloud_vm::fuzzing::{self, Compiler, GAS_EXHAUSTED, GAS_LEFT, STACK_LEFT};
use wasmtime::{Engine, Module, OptLevel, Trap};

use super::run::{Ending, HostCalls, Run, functions};

/// Gas of one run: about 40,000 operators.
const GAS: u64 = 5_000_000;
/// Far more operators than the gas pays for: only a module that the gas did not stop uses it up.
const FUEL: u64 = 50_000_000;
/// Most exports that are called.
const MAX_EXPORTS: usize = 12;
/// Calls of an export, one after the other in one instance.
const CALLS: usize = 2;

static UNMETERED: LazyLock<Engine> = LazyLock::new(|| {
    let mut settings = fuzzing::engine_settings(Compiler::Optimizing);
    engine(settings.consume_fuel(true))
});
static OPTIMIZED: LazyLock<Engine> = LazyLock::new(|| engine(&fuzzing::engine_settings(Compiler::Optimizing)));
static UNOPTIMIZED: LazyLock<Engine> = LazyLock::new(|| {
    let mut settings = fuzzing::engine_settings(Compiler::Optimizing);
    engine(settings.cranelift_opt_level(OptLevel::None))
});
static BASELINE: LazyLock<Engine> = LazyLock::new(|| engine(&fuzzing::engine_settings(Compiler::Baseline)));

fn engine(settings: &wasmtime::Config) -> Engine {
    Engine::new(settings).expect("wasmtime runs here")
}

/// What became of a module.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The checks refused it.
    Refused(CheckError),
    /// It ran and everything was as it must be.
    Ran(Summary),
}

/// What the runs were like, for tests that must not be empty.
#[derive(Debug, PartialEq, Eq)]
pub struct Summary {
    /// Calls that returned.
    pub returned: usize,
    /// Calls that trapped by themselves.
    pub trapped: usize,
    /// Calls that a meter stopped.
    pub stopped: usize,
    /// Calls of host functions.
    pub host_calls: usize,
    /// Whether the baseline compiler took it.
    pub baseline: bool,
}

/// Everything that can be seen of a run.
#[derive(Debug, PartialEq, Eq)]
struct Observation {
    started: Result<(), Trap>,
    endings: Vec<Ending>,
    host_calls: HostCalls,
    globals: Vec<(String, u64)>,
    memory: Vec<u8>,
}

/// A metered run of one export.
#[derive(Debug, PartialEq, Eq)]
struct Metered {
    observation: Observation,
    /// Whether a meter stopped the last call, which then has no ending.
    stopped: bool,
    gas_left: u64,
    stack_left: i32,
    gas_exhausted: bool,
}

/// Judges, meters and runs `wasm`.
pub fn assert_metering_is_transparent(wasm: &[u8], rules: &CodeRules) -> Verdict {
    let metered = match fuzzing::inject(wasm, rules) {
        Err(refused) => return Verdict::Refused(refused),
        Ok(injected) => injected.expect("what passed the checks can be metered"),
    };
    fuzzing::on_large_stack(|| {
        let optimized = compile(&OPTIMIZED, &metered);
        let unoptimized = compile(&UNOPTIMIZED, &metered);
        // This compiler may give up on a function; the optimising one is used then.
        let baseline = Module::from_binary(&BASELINE, &metered).ok();
        let unmetered = Module::from_binary(&UNMETERED, wasm).expect("the metered form compiled");
        let exports = functions(&optimized).into_iter().take(MAX_EXPORTS);
        let runs: Vec<Metered> = exports
            .map(|export| {
                let seen = run_metered(&optimized, &export);
                for module in [Some(&unoptimized), baseline.as_ref()].into_iter().flatten() {
                    assert_same(&run_metered(module, &export), &seen);
                }
                assert_same_unmetered(&unmetered, &export, &seen);
                seen
            })
            .collect();
        Verdict::Ran(summarize(&runs, baseline.is_some()))
    })
}

fn summarize(runs: &[Metered], baseline: bool) -> Summary {
    let endings = || runs.iter().flat_map(|run| &run.observation.endings);
    let trapped = endings().filter(|ending| matches!(ending, Ending::Trap(_))).count();
    Summary {
        returned: endings().count() - trapped,
        trapped,
        stopped: runs.iter().filter(|run| run.stopped).count(),
        host_calls: runs.iter().map(|run| run.observation.host_calls.len()).sum(),
        baseline,
    }
}

fn compile(engine: &Engine, metered: &[u8]) -> Module {
    Module::from_binary(engine, metered).expect("what passed the checks compiles")
}

fn assert_same(other: &Metered, seen: &Metered) {
    assert_eq!(brief(other), brief(seen));
    assert!(other == seen, "memories differ");
}

/// All but the memory, which would fill the screen.
fn brief(metered: &Metered) -> impl PartialEq + std::fmt::Debug + '_ {
    let Observation {
        started,
        endings,
        host_calls,
        globals,
        ..
    } = &metered.observation;
    let meters = (
        metered.stopped,
        metered.gas_left,
        metered.stack_left,
        metered.gas_exhausted,
    );
    (started, endings, host_calls, globals, meters)
}

fn run_metered(module: &Module, export: &str) -> Metered {
    let mut run = match Run::start(module, None) {
        Ok(run) => run,
        Err(trap) => return Metered::failed(trap),
    };
    run.set_global(GAS_LEFT, GAS);
    let mut endings = Vec::new();
    let mut stopped = false;
    for turn in 0..CALLS {
        let ending = run.call(export, turn);
        let trapped = matches!(ending, Ending::Trap(_));
        stopped = trapped && (meter(&mut run, GAS_EXHAUSTED) != 0 || stack_left(&mut run) < 0);
        if !stopped {
            endings.push(ending);
        }
        if trapped {
            // A contract's instance is not called again.
            break;
        }
    }
    Metered {
        stopped,
        gas_left: meter(&mut run, GAS_LEFT),
        stack_left: stack_left(&mut run),
        gas_exhausted: meter(&mut run, GAS_EXHAUSTED) != 0,
        observation: Observation::of(&mut run, endings),
    }
}

impl Metered {
    fn failed(trap: Trap) -> Self {
        Self {
            observation: Observation {
                started: Err(trap),
                endings: Vec::new(),
                host_calls: Vec::new(),
                globals: Vec::new(),
                memory: Vec::new(),
            },
            stopped: false,
            gas_left: GAS,
            stack_left: 0,
            gas_exhausted: false,
        }
    }
}

impl Observation {
    fn of(run: &mut Run, endings: Vec<Ending>) -> Self {
        Self {
            started: Ok(()),
            endings,
            host_calls: run.host_calls().clone(),
            globals: run.globals(|name| !name.starts_with("supercloud:")),
            memory: run.memory().to_vec(),
        }
    }
}

/// Runs the module as it was uploaded, for as many calls as the metered one came to an end of.
fn assert_same_unmetered(module: &Module, export: &str, seen: &Metered) {
    let expected = &seen.observation;
    let mut run = match Run::start(module, Some(FUEL)) {
        Ok(run) => run,
        Err(trap) => return assert_eq!(expected.started, Err(trap)),
    };
    assert_eq!(expected.started, Ok(()));
    let endings: Vec<Ending> = (0..expected.endings.len()).map(|turn| run.call(export, turn)).collect();
    assert_eq!(expected.endings, endings);
    if !seen.stopped {
        let unmetered = Observation::of(&mut run, endings);
        assert_eq!(expected.host_calls, unmetered.host_calls);
        assert_eq!(expected.globals, unmetered.globals);
        assert!(expected.memory == unmetered.memory, "memories differ");
    }
}

fn meter(run: &mut Run, name: &str) -> u64 {
    match run.globals(|global| global == name).as_slice() {
        [(_, bits)] => *bits,
        others => panic!("{name} is {others:?}"),
    }
}

fn stack_left(run: &mut Run) -> i32 {
    let bits = meter(run, STACK_LEFT);
    u32::try_from(bits).expect("it is an i32").cast_signed()
}
