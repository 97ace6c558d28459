//! Compiled codes: found in memory, else on disk, else compiled.
//!
//! ```text
//! find: memory ──> queue of the optimising thread ──> disk ──> none
//! load: find, else check, inject, compile ──> memory, disk
//! ```
//!
//! - A code is compiled once, however many ask for it: they wait for the first, while others are served.
//! - A code that one compiler refuses is made by the other, whatever the tiers: which modules a node accepts does not
//!   depend on its settings.
//! - With [`Tiers::Tiered`] a new code is there as soon as the baseline compiler is done; a thread of its own makes the
//!   optimised form and puts it in its place. Only optimised forms go to disk.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use supercloud_chain::vm::{Analysis, CheckError, CheckLayer, CodeKey, CodeRules, MeteringVersion};
use wasmtime::{Engine, Linker, Module};

use crate::artifacts::Artifacts;
use crate::check::{self, CheckedModule, Facts};
use crate::code::Code;
use crate::config::{Tiers, VmConfig};
use crate::engine::{Compiler, new_engine};
use crate::error::OpenError;
use crate::guest::CallState;
use crate::held::HeldCodes;
use crate::memory_tier::MemoryTier;
use crate::upgrade::Upgrades;
use crate::{imports, inject};

/// All codes.
pub(crate) struct Codes {
    config: VmConfig,
    /// Made when it is first needed.
    baseline: OnceLock<Linker<CallState>>,
    upgrades: Option<Upgrades>,
    store: Arc<CodeStore>,
    held: HeldCodes,
    /// One lock per code that is being compiled.
    compiling: Mutex<BTreeMap<CodeKey, Arc<Mutex<()>>>>,
    /// The module that was accepted last, which is most often the next to be loaded.
    accepted: Mutex<Option<Arc<Facts>>>,
}

/// What the upgrading thread shares with callers.
pub(crate) struct CodeStore {
    optimizing: Linker<CallState>,
    memory: MemoryTier,
    artifacts: Option<Artifacts>,
}

impl Codes {
    /// No codes but those on disk.
    pub(crate) fn new(config: &VmConfig) -> Result<Self, OpenError> {
        // The thread leaves a processor to those who call codes meanwhile.
        let parallel = config.tiers != Tiers::Tiered;
        let optimizing = new_linker(config, Compiler::Optimizing, parallel)?;
        let baseline = match config.tiers {
            Tiers::Optimized => OnceLock::new(),
            Tiers::Baseline | Tiers::Tiered => new_linker(config, Compiler::Baseline, true)?.into(),
        };
        let artifacts = match &config.cache_dir {
            Some(folder) => Some(Artifacts::open(folder, optimizing.engine())?),
            None => None,
        };
        let store = Arc::new(CodeStore {
            optimizing,
            memory: MemoryTier::new(config.memory_cache_bytes),
            artifacts,
        });
        let upgrades = match config.tiers {
            Tiers::Tiered => Some(Upgrades::start(Arc::clone(&store)).map_err(OpenError::Thread)?),
            Tiers::Optimized | Tiers::Baseline => None,
        };
        Ok(Self {
            config: config.clone(),
            baseline,
            upgrades,
            store,
            held: HeldCodes::default(),
            compiling: Mutex::default(),
            accepted: Mutex::default(),
        })
    }

    /// Judges an upload.
    pub(crate) fn check(&self, wasm: &[u8], rules: &CodeRules) -> Result<Analysis, CheckError> {
        let module = CheckedModule::new(wasm, rules)?;
        let facts = Arc::clone(module.facts());
        let analysis = facts.analysis.clone();
        *lock(&self.accepted) = Some(facts);
        Ok(analysis)
    }

    /// A code that was compiled before.
    pub(crate) fn find(&self, key: &CodeKey) -> Option<Arc<Code>> {
        if let Some(code) = self.store.memory.get(key) {
            return Some(code);
        }
        if let Some(code) = self.upgrades.as_ref().and_then(|upgrades| upgrades.find(key)) {
            return Some(code);
        }
        if self.config.tiers == Tiers::Baseline {
            return None;
        }
        let code = Arc::new(self.store.read(key)?);
        self.store.memory.insert(*key, Arc::clone(&code));
        Some(code)
    }

    /// A code that can be called: one for good, or one that somebody holds.
    pub(crate) fn find_callable(&self, key: &CodeKey) -> Option<Arc<Code>> {
        self.find(key).or_else(|| self.held.find(key))
    }

    /// Keeps a code in memory; whether there is one.
    pub(crate) fn pin(&self, key: &CodeKey) -> bool {
        let Some(code) = self.find_callable(key) else {
            return false;
        };
        self.store.memory.pin(*key, code);
        true
    }

    pub(crate) fn unpin(&self, key: &CodeKey) {
        self.store.memory.unpin(key);
    }

    #[cfg(feature = "internals")]
    pub(crate) fn forget(&self, key: &CodeKey) {
        self.store.memory.remove(key);
    }

    /// Compiles an accepted module unless somebody has. It can be called for as long as the answer is held, and after that
    /// until its room in memory is needed and there is no file of it.
    pub(crate) fn load(&self, wasm: &[u8], metering: MeteringVersion) -> Result<(CodeKey, Arc<Code>), CheckError> {
        let key = new_key(wasm, metering)?;
        let code = match self.find(&key) {
            Some(code) => code,
            None => self.compile_once(key, wasm)?,
        };
        Ok((key, self.held.hold(key, code)))
    }

    fn compile_once(&self, key: CodeKey, wasm: &[u8]) -> Result<Arc<Code>, CheckError> {
        let turn = Arc::clone(self.compiling().entry(key).or_default());
        let result = {
            let _mine = turn.lock().unwrap_or_else(PoisonError::into_inner);
            match self.find(&key) {
                Some(code) => Ok(code),
                None => self.compile(key, wasm),
            }
        };
        self.compiling().remove(&key);
        result
    }

    /// A code for as long as the answer is held; it is not optimised either.
    pub(crate) fn lend(&self, wasm: &[u8], metering: MeteringVersion) -> Result<(CodeKey, Arc<Code>), CheckError> {
        let key = new_key(wasm, metering)?;
        let code = match self.find_callable(&key) {
            Some(code) => code,
            None => {
                let metered = self.meter(&key, wasm)?;
                let optimizing = &self.store.optimizing;
                let code = self.compile_baseline(&metered).or_else(|_| {
                    let module = compile_module(optimizing.engine(), &metered)?;
                    Code::new(optimizing, &module)
                });
                Arc::new(code.map_err(|error| compile_error(format!("both compilers refused the module: {error:#}")))?)
            }
        };
        Ok((key, self.held.hold(key, code)))
    }

    /// Waits until no code waits for its optimised form.
    pub(crate) fn finish_upgrades(&self) {
        if let Some(upgrades) = &self.upgrades {
            upgrades.finish();
        }
    }

    /// The module as it runs, with its meter.
    fn meter(&self, key: &CodeKey, wasm: &[u8]) -> Result<Vec<u8>, CheckError> {
        let facts = lock(&self.accepted).take();
        let module = match facts.filter(|facts| facts.analysis.checksum == key.checksum) {
            Some(facts) => CheckedModule::known(wasm, facts),
            None => CheckedModule::accepted(wasm)?,
        };
        inject::inject(&module).map_err(compile_error)
    }

    fn compile(&self, key: CodeKey, wasm: &[u8]) -> Result<Arc<Code>, CheckError> {
        let metered = self.meter(&key, wasm)?;
        let mut refusals = Vec::new();
        if self.config.tiers != Tiers::Optimized {
            match self.compile_baseline(&metered) {
                Ok(code) => {
                    let code = self.store.insert(key, code);
                    if let Some(upgrades) = &self.upgrades {
                        upgrades.request(key, metered, Arc::clone(&code));
                    }
                    return Ok(code);
                }
                Err(error) => refusals.push(error),
            }
        }
        match self.store.compile(key, &metered) {
            Ok(code) => return Ok(code),
            Err(error) => refusals.push(error),
        }
        if self.config.tiers == Tiers::Optimized {
            match self.compile_baseline(&metered) {
                Ok(code) => return Ok(self.store.insert(key, code)),
                Err(error) => refusals.push(error),
            }
        }
        let reasons: Vec<_> = refusals.iter().map(|error| format!("{error:#}")).collect();
        Err(compile_error(format!(
            "both compilers refused the module: {}",
            reasons.join("; ")
        )))
    }

    fn compile_baseline(&self, metered: &[u8]) -> wasmtime::Result<Code> {
        let linker = match self.baseline.get() {
            Some(linker) => linker,
            None => {
                let linker = new_linker(&self.config, Compiler::Baseline, true);
                let linker = linker.map_err(|error| wasmtime::Error::msg(error.to_string()))?;
                self.baseline.get_or_init(|| linker)
            }
        };
        Code::new(linker, &compile_module(linker.engine(), metered)?)
    }

    fn compiling(&self) -> MutexGuard<'_, BTreeMap<CodeKey, Arc<Mutex<()>>>> {
        lock(&self.compiling)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl CodeStore {
    fn read(&self, key: &CodeKey) -> Option<Code> {
        let module = self.artifacts.as_ref()?.load(self.optimizing.engine(), key)?;
        Code::new(&self.optimizing, &module).ok()
    }

    /// Makes the optimised form, keeps it on disk and uses it from now on.
    pub(crate) fn compile(&self, key: CodeKey, metered: &[u8]) -> wasmtime::Result<Arc<Code>> {
        let module = compile_module(self.optimizing.engine(), metered)?;
        // A file mapped into memory takes less of it than what the compiler left there.
        let kept = self
            .artifacts
            .as_ref()
            .is_some_and(|artifacts| artifacts.keep(&key, &module).is_ok());
        let code = if kept { self.read(&key) } else { None };
        let code = match code {
            Some(code) => code,
            None => Code::new(&self.optimizing, &module)?,
        };
        Ok(self.insert(key, code))
    }

    fn insert(&self, key: CodeKey, code: Code) -> Arc<Code> {
        let code = Arc::new(code);
        self.memory.insert(key, Arc::clone(&code));
        code
    }
}

fn new_key(wasm: &[u8], metering: MeteringVersion) -> Result<CodeKey, CheckError> {
    if metering != MeteringVersion::CURRENT {
        return Err(compile_error(format!(
            "metering version {} is not known, the newest is {}",
            metering.0,
            MeteringVersion::CURRENT.0
        )));
    }
    Ok(CodeKey {
        checksum: check::checksum(wasm),
        metering,
    })
}

fn new_linker(config: &VmConfig, compiler: Compiler, parallel: bool) -> Result<Linker<CallState>, OpenError> {
    let engine = |error: wasmtime::Error| OpenError::Engine(format!("{error:#}"));
    let mut linker = Linker::new(&new_engine(config, compiler, parallel).map_err(engine)?);
    imports::define(&mut linker).map_err(engine)?;
    Ok(linker)
}

/// A compiler that panics has refused: no upload may take the host down, or the thread that makes optimised forms.
fn compile_module(engine: &Engine, metered: &[u8]) -> wasmtime::Result<Module> {
    catch_unwind(AssertUnwindSafe(|| Module::from_binary(engine, metered)))
        .unwrap_or_else(|_| Err(wasmtime::Error::msg("the compiler panicked")))
}

fn compile_error(reason: String) -> CheckError {
    CheckError {
        layer: CheckLayer::Compile,
        function: None,
        reason,
    }
}
