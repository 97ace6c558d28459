//! A code that is ready to be instantiated: symbols are resolved once, exports are found by index.

use std::collections::BTreeMap;

use supercloud_chain::vm::EntryPoint;
use wasmtime::{Engine, InstancePre, Linker, Module, ModuleExport};

use crate::check::{ALLOCATE, DEALLOCATE, MEMORY};
use crate::guest::CallState;
use crate::inject::{GAS_EXHAUSTED, GAS_LEFT, STACK_LEFT};

/// A compiled module with all that a call needs of it.
pub(crate) struct Code {
    pub(crate) instance: InstancePre<CallState>,
    pub(crate) memory: ModuleExport,
    pub(crate) allocate: ModuleExport,
    pub(crate) deallocate: ModuleExport,
    pub(crate) gas_left: ModuleExport,
    pub(crate) gas_exhausted: ModuleExport,
    pub(crate) stack_left: ModuleExport,
    /// Entry points with their number of parameters.
    pub(crate) entry_points: BTreeMap<EntryPoint, (ModuleExport, usize)>,
    /// Bytes of the compiled image.
    pub(crate) bytes: usize,
}

impl Code {
    /// Binds a compiled module to the host functions.
    pub(crate) fn new(linker: &Linker<CallState>, module: &Module) -> wasmtime::Result<Self> {
        let export = |name: &str| {
            let found = module.get_export_index(name);
            found.ok_or_else(|| wasmtime::Error::msg(format!("export {name} is lost")))
        };
        let mut entry_points = BTreeMap::new();
        for entry_point in EntryPoint::ALL {
            let Some(found) = module.get_export(entry_point.export_name()) else {
                continue;
            };
            let params = found.func().map_or(0, |ty| ty.params().len());
            entry_points.insert(*entry_point, (export(entry_point.export_name())?, params));
        }
        let image = module.image_range();
        Ok(Self {
            memory: export(MEMORY)?,
            allocate: export(ALLOCATE)?,
            deallocate: export(DEALLOCATE)?,
            gas_left: export(GAS_LEFT)?,
            gas_exhausted: export(GAS_EXHAUSTED)?,
            stack_left: export(STACK_LEFT)?,
            entry_points,
            instance: linker.instantiate_pre(module)?,
            bytes: (image.end as usize).saturating_sub(image.start as usize),
        })
    }

    /// The engine that made it and that must run it.
    pub(crate) fn engine(&self) -> &Engine {
        self.instance.module().engine()
    }
}
