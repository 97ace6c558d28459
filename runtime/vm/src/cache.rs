//! Compiled codes, by the checksum of their original bytes. They stay until the VM is dropped: a chain's codes are
//! few, because uploading is permissioned.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use supercloud_chain::vm::{CheckError, Checksum, EntryPoint};
use wasmtime::{Engine, InstancePre, Linker, ModuleExport};

use crate::artifacts::Artifacts;
use crate::check::{ALLOCATE, CheckedModule, DEALLOCATE, MEMORY};
use crate::config::VmConfig;
use crate::engine::new_engine;
use crate::guest::CallState;
use crate::imports;
use crate::inject::{self, GAS_EXHAUSTED, GAS_LEFT, STACK_LEFT};

/// A code that is ready to be instantiated.
pub(crate) struct Code {
    pub(crate) instance: InstancePre<CallState>,
    pub(crate) memory: ModuleExport,
    pub(crate) allocate: ModuleExport,
    pub(crate) deallocate: ModuleExport,
    pub(crate) gas_left: ModuleExport,
    pub(crate) gas_exhausted: ModuleExport,
    pub(crate) stack_left: ModuleExport,
    /// Entry points that a chain calls, with their number of parameters.
    pub(crate) entry_points: BTreeMap<EntryPoint, (ModuleExport, usize)>,
}

const ENTRY_POINTS: [EntryPoint; 6] = [
    EntryPoint::Instantiate,
    EntryPoint::Execute,
    EntryPoint::Query,
    EntryPoint::Migrate,
    EntryPoint::Sudo,
    EntryPoint::Reply,
];

/// All compiled codes.
pub(crate) struct Codes {
    linker: Linker<CallState>,
    artifacts: Artifacts,
    by_checksum: RwLock<BTreeMap<Checksum, Arc<Code>>>,
    /// One compilation at a time: it uses all processors by itself, and nobody compiles the same code twice.
    compiling: Mutex<()>,
}

impl Codes {
    /// No codes yet.
    pub(crate) fn new(config: &VmConfig) -> wasmtime::Result<Self> {
        let mut linker = Linker::new(&new_engine(config)?);
        imports::define(&mut linker)?;
        Ok(Self {
            linker,
            artifacts: Artifacts::new(config.artifact_dir.clone()),
            by_checksum: RwLock::default(),
            compiling: Mutex::default(),
        })
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.linker.engine()
    }

    pub(crate) fn get(&self, checksum: &Checksum) -> Option<Arc<Code>> {
        let codes = self.by_checksum.read().unwrap_or_else(PoisonError::into_inner);
        codes.get(checksum).cloned()
    }

    /// Compiles the module unless somebody has. An error means that the engine refuses what the checks accepted.
    pub(crate) fn load(&self, module: &CheckedModule<'_>) -> Result<(), CheckError> {
        let checksum = module.analysis().checksum;
        let _compiling = self.compiling.lock().unwrap_or_else(PoisonError::into_inner);
        if self.get(&checksum).is_none() {
            let code = self.compile(module).map_err(|reason| CheckError { reason })?;
            let mut codes = self.by_checksum.write().unwrap_or_else(PoisonError::into_inner);
            codes.insert(checksum, Arc::new(code));
        }
        Ok(())
    }

    fn compile(&self, checked: &CheckedModule<'_>) -> Result<Code, String> {
        let metered = inject::inject(checked)?;
        let refused = |error: wasmtime::Error| format!("engine refused the module: {error:#}");
        let module = self.artifacts.module(self.engine(), &metered).map_err(refused)?;
        let instance = self.linker.instantiate_pre(&module).map_err(refused)?;
        let export = |name: &str| {
            module
                .get_export_index(name)
                .ok_or_else(|| format!("export {name} is lost"))
        };
        let mut entry_points = BTreeMap::new();
        for entry_point in ENTRY_POINTS {
            if let Some(params) = checked.entry_points().get(entry_point.export_name()) {
                entry_points.insert(entry_point, (export(entry_point.export_name())?, *params));
            }
        }
        Ok(Code {
            memory: export(MEMORY)?,
            allocate: export(ALLOCATE)?,
            deallocate: export(DEALLOCATE)?,
            gas_left: export(GAS_LEFT)?,
            gas_exhausted: export(GAS_EXHAUSTED)?,
            stack_left: export(STACK_LEFT)?,
            entry_points,
            instance,
        })
    }
}
