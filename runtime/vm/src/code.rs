//! A code that is ready to be instantiated: symbols are resolved once, exports are found by index.

use std::collections::BTreeMap;

use supercloud_chain::vm::EntryPoint;
use wasmtime::{Engine, InstancePre, Linker, Module, ModuleExport};

use crate::check::{ALLOCATE, DEALLOCATE, MEMORY};
use crate::entry::GuestFunction;
use crate::guest::CallState;
use crate::inject::{GAS_LEFT, STACK_LEFT};

/// A compiled module with all that a call needs of it.
pub(crate) struct Code {
    pub(crate) instance: InstancePre<CallState>,
    pub(crate) memory: ModuleExport,
    pub(crate) allocate: GuestFunction,
    pub(crate) deallocate: GuestFunction,
    pub(crate) gas_left: ModuleExport,
    pub(crate) stack_left: ModuleExport,
    pub(crate) entry_points: BTreeMap<EntryPoint, GuestFunction>,
    /// Bytes of the compiled image.
    pub(crate) bytes: usize,
}

impl Code {
    /// Binds a compiled module to the host functions.
    pub(crate) fn new(linker: &Linker<CallState>, module: &Module) -> wasmtime::Result<Self> {
        let lost = |name: &str| wasmtime::Error::msg(format!("export {name} is lost or has another type"));
        let export = |name: &str| module.get_export_index(name).ok_or_else(|| lost(name));
        let function = |name: &str| GuestFunction::find(module, name).ok_or_else(|| lost(name));
        let mut entry_points = BTreeMap::new();
        for entry_point in EntryPoint::ALL {
            let name = entry_point.export_name();
            if module.get_export_index(name).is_some() {
                entry_points.insert(*entry_point, function(name)?);
            }
        }
        let image = module.image_range();
        Ok(Self {
            memory: export(MEMORY)?,
            allocate: function(ALLOCATE)?,
            deallocate: function(DEALLOCATE)?,
            gas_left: export(GAS_LEFT)?,
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
