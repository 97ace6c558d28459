//! The static checks and the injection: what the checks accept compiles; metered it does what it does unmetered, until
//! a meter stops it; and all compilers agree on all of it, gas included.

use std::sync::LazyLock;

use supercloud_chain::vm::{CheckError, CodeRules};
use supercloud_vm::fuzzing::{self, Compiler, GAS_EXHAUSTED, GAS_LEFT, STACK_LEFT};
use wasmtime::{Engine, Module, OptLevel, Trap};

use super::run::{Ending, HostCalls, Run};

/// Gas of one run: about 100,000 operators.
const GAS: u64 = 20_000_000;
/// Far more operators than the gas pays for: only a module that the gas did not stop uses it up.
const FUEL: u64 = 100_000_000;
/// Most exports that are called.
const MAX_CALLS: usize = 12;

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

/// What a run was like, for tests that must not be empty.
#[derive(Debug, PartialEq, Eq)]
pub struct Summary {
    /// Calls that returned or trapped by themselves.
    pub calls: usize,
    /// Whether a meter stopped the run.
    pub stopped: bool,
    /// Whether the baseline compiler took it.
    pub baseline: bool,
    /// Gas used.
    pub gas: u64,
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

/// A metered run.
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
        let seen = run_metered(&OPTIMIZED, &optimized);
        assert_same_on(&UNOPTIMIZED, &compile(&UNOPTIMIZED, &metered), &seen);
        // This compiler may give up on a function; the optimising one is used then.
        let baseline = Module::from_binary(&BASELINE, &metered).ok();
        if let Some(module) = &baseline {
            assert_same_on(&BASELINE, module, &seen);
        }
        assert_same_unmetered(wasm, &seen);
        Verdict::Ran(Summary {
            calls: seen.observation.endings.len(),
            stopped: seen.stopped,
            baseline: baseline.is_some(),
            gas: GAS - seen.gas_left,
        })
    })
}

fn compile(engine: &Engine, metered: &[u8]) -> Module {
    Module::from_binary(engine, metered).expect("what passed the checks compiles")
}

fn assert_same_on(engine: &Engine, module: &Module, seen: &Metered) {
    let other = run_metered(engine, module);
    assert_eq!(brief(&other), brief(seen));
    assert!(other == *seen, "memories differ");
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
    let meters = (metered.stopped, metered.gas_left, metered.stack_left, metered.gas_exhausted);
    (started, endings, host_calls, globals, meters)
}

fn run_metered(engine: &Engine, module: &Module) -> Metered {
    let mut run = match Run::start(engine, module, None) {
        Ok(run) => run,
        Err(trap) => return Metered::failed(trap),
    };
    run.set_global(GAS_LEFT, GAS);
    let mut endings = Vec::new();
    let mut stopped = false;
    for (turn, name) in calls(&run).into_iter().enumerate() {
        let ending = run.call(&name, turn);
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
fn assert_same_unmetered(wasm: &[u8], seen: &Metered) {
    let module = Module::from_binary(&UNMETERED, wasm).expect("the metered form compiled");
    let expected = &seen.observation;
    let mut run = match Run::start(&UNMETERED, &module, Some(FUEL)) {
        Ok(run) => run,
        Err(trap) => return assert_eq!(expected.started, Err(trap)),
    };
    assert_eq!(expected.started, Ok(()));
    let calls = calls(&run).into_iter().take(expected.endings.len());
    let endings: Vec<Ending> = calls.enumerate().map(|(turn, name)| run.call(&name, turn)).collect();
    assert_eq!(expected.endings, endings);
    if !seen.stopped {
        let unmetered = Observation::of(&mut run, endings);
        assert_eq!(expected.host_calls, unmetered.host_calls);
        assert_eq!(expected.globals, unmetered.globals);
        assert!(expected.memory == unmetered.memory, "memories differ");
    }
}

fn calls(run: &Run) -> Vec<String> {
    run.functions().iter().take(MAX_CALLS).cloned().collect()
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
