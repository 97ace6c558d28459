//! Calls of exported functions. Their types are looked at once per code: wasmtime's own typed calls look into tables that
//! all instances share, which is a good part of a small call, and more when several threads call.

#![allow(unsafe_code, reason = "wasmtime does not know that types were looked at before")]

use wasmtime::{AsContextMut, Extern, Func, Instance, Module, ModuleExport, ValRaw, ValType};

/// Parameters that an entry point may have.
const MAX_PARAMS: usize = 3;

/// An exported function that takes pointers and returns one or nothing.
///
/// Invariant: in its module, `export` is a function with `params` parameters, at most [`MAX_PARAMS`], and at most one
/// result, all of them `i32`.
#[derive(Clone, Copy)]
pub(crate) struct GuestFunction {
    export: ModuleExport,
    params: usize,
    has_result: bool,
}

impl GuestFunction {
    /// Finds an export of that kind.
    pub(crate) fn find(module: &Module, name: &str) -> Option<Self> {
        let export = module.get_export_index(name)?;
        let ty = module.get_export(name)?;
        let ty = ty.func()?;
        let is_pointer = |ty: ValType| matches!(ty, ValType::I32);
        let params = ty.params().len();
        let fits = params <= MAX_PARAMS && ty.results().len() <= 1;
        (fits && ty.params().all(is_pointer) && ty.results().all(is_pointer)).then_some(Self {
            export,
            params,
            has_result: ty.results().len() == 1,
        })
    }

    /// Number of parameters.
    pub(crate) fn params(&self) -> usize {
        self.params
    }

    /// The function of an instance.
    ///
    /// # Errors
    ///
    /// The instance is not of the function's module.
    pub(crate) fn bind(&self, instance: Instance, mut store: impl AsContextMut) -> wasmtime::Result<BoundFunction> {
        let export = instance.get_module_export(&mut store, &self.export);
        match export.and_then(Extern::into_func) {
            Some(function) => Ok(BoundFunction { function, of: *self }),
            None => Err(wasmtime::Error::msg("the function belongs to another module")),
        }
    }
}

/// A [`GuestFunction`] of one instance.
///
/// Invariant: `function` is what `of` found in its module.
#[derive(Clone, Copy)]
pub(crate) struct BoundFunction {
    function: Func,
    of: GuestFunction,
}

impl BoundFunction {
    /// Calls it; without a result it returns 0.
    ///
    /// # Errors
    ///
    /// What stopped the guest, or that the number of arguments is not right.
    pub(crate) fn call(&self, mut store: impl AsContextMut, args: &[u32]) -> wasmtime::Result<u32> {
        if args.len() != self.of.params {
            let message = format!("{} arguments for {} parameters", args.len(), self.of.params);
            return Err(wasmtime::Error::msg(message));
        }
        let mut values = [ValRaw::u32(0); MAX_PARAMS];
        for (value, arg) in values.iter_mut().zip(args) {
            *value = ValRaw::u32(*arg);
        }
        // SAFETY: by the invariants the function has `params` parameters and at most one result, all `i32`. The array
        // has room for the parameters, which are set, and for the result. The store is the one that the function is of,
        // or wasmtime panics. Calls are never asynchronous here.
        unsafe { self.function.call_unchecked(&mut store, &raw mut values)? };
        let [result, ..] = values;
        Ok(if self.of.has_result { result.get_u32() } else { 0 })
    }
}
