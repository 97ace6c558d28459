//! Runs a module without a contract around it and tells all that it did: results, traps, calls of the host, memory,
//! globals.

use wasmtime::{
    ExternType, FuncType, Global, Instance, Linker, Module, Mutability, Store, StoreLimits, StoreLimitsBuilder, Trap,
    Val, ValType,
};

/// Bytes that a memory may grow to, as in a call.
const MAX_MEMORY: usize = 512 * 65_536;

/// Calls of host functions with their arguments.
pub type HostCalls = Vec<(String, Vec<u64>)>;

struct HostState {
    calls: HostCalls,
    limits: StoreLimits,
}

/// How one call of an export ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ending {
    /// Bits of the results.
    Results(Vec<u64>),
    /// The class of the trap.
    Trap(Trap),
}

/// Names of the exported functions.
pub fn functions(module: &Module) -> Vec<String> {
    let exports = module.exports();
    let functions = exports.filter(|export| matches!(export.ty(), ExternType::Func(_)));
    functions.map(|export| export.name().to_owned()).collect()
}

/// A module that was instantiated.
pub struct Run {
    store: Store<HostState>,
    instance: Instance,
}

impl Run {
    /// Instantiates `module`; every import is a function that answers by its arguments alone. The error is the trap of
    /// a module that does not fit into its own memory or table.
    pub fn start(module: &Module, fuel: Option<u64>) -> Result<Self, Trap> {
        let limits = StoreLimitsBuilder::new().memory_size(MAX_MEMORY).build();
        let state = HostState {
            calls: Vec::new(),
            limits,
        };
        let mut store = Store::new(module.engine(), state);
        store.limiter(|state| &mut state.limits);
        if let Some(fuel) = fuel {
            store.set_fuel(fuel).expect("the engine counts fuel");
        }
        let mut linker = Linker::new(module.engine());
        // A module may import the same function twice.
        linker.allow_shadowing(true);
        for import in module.imports() {
            let ExternType::Func(ty) = import.ty() else {
                panic!("the checks let the import {} pass", import.name());
            };
            define_host_function(&mut linker, import.name(), ty);
        }
        match linker.instantiate(&mut store, module) {
            Ok(instance) => Ok(Self { store, instance }),
            Err(error) => Err(trap(&error)),
        }
    }

    /// Calls an export with arguments that depend on `turn` alone.
    pub fn call(&mut self, name: &str, turn: usize) -> Ending {
        let function = self.instance.get_func(&mut self.store, name).expect("it is an export");
        let ty = function.ty(&self.store);
        let arguments: Vec<Val> = ty
            .params()
            .enumerate()
            .map(|(index, ty)| argument(&ty, turn + index))
            .collect();
        let mut results: Vec<Val> = ty.results().map(|ty| zero(&ty)).collect();
        match function.call(&mut self.store, &arguments, &mut results) {
            Ok(()) => Ending::Results(results.iter().map(bits).collect()),
            Err(error) => Ending::Trap(trap(&error)),
        }
    }

    /// Calls of host functions so far.
    pub fn host_calls(&self) -> &HostCalls {
        &self.store.data().calls
    }

    /// The exported memory.
    pub fn memory(&mut self) -> &[u8] {
        let memory = self.instance.get_memory(&mut self.store, "memory");
        memory.expect("contracts export their memory").data(&self.store)
    }

    /// The bits of every exported global that `wanted` names.
    pub fn globals(&mut self, wanted: impl Fn(&str) -> bool) -> Vec<(String, u64)> {
        let exports = self.instance.exports(&mut self.store);
        let globals: Vec<(String, Global)> = exports
            .filter(|export| wanted(export.name()))
            .filter_map(|export| {
                let name = export.name().to_owned();
                export.into_global().map(|global| (name, global))
            })
            .collect();
        let read = |(name, global): (String, Global)| (name, bits(&global.get(&mut self.store)));
        globals.into_iter().map(read).collect()
    }

    /// Sets an exported global, if there is one that can be set.
    pub fn set_global(&mut self, name: &str, value: u64) {
        let global = self.instance.get_global(&mut self.store, name);
        let global = global.filter(|global| global.ty(&self.store).mutability() == Mutability::Var);
        let global = global.expect("the injected globals can be set");
        global
            .set(&mut self.store, Val::I64(value.cast_signed()))
            .expect("it is an i64");
    }
}

fn define_host_function(linker: &mut Linker<HostState>, name: &str, ty: FuncType) {
    let (key, called) = (name.to_owned(), name.to_owned());
    let result_types: Vec<ValType> = ty.results().collect();
    let answer = move |mut caller: wasmtime::Caller<'_, HostState>, arguments: &[Val], results: &mut [Val]| {
        let arguments: Vec<u64> = arguments.iter().map(bits).collect();
        let sum = arguments.iter().fold(called.len(), |sum, bits| {
            sum.wrapping_mul(31) + *bits as usize % 1_000_003
        });
        caller.data_mut().calls.push((called.clone(), arguments));
        for (result, ty) in results.iter_mut().zip(&result_types) {
            *result = argument(ty, sum);
        }
        Ok(())
    };
    linker.func_new("env", &key, ty, answer).expect("shadowing is allowed");
}

/// Numbers that programs have trouble with.
fn argument(ty: &ValType, turn: usize) -> Val {
    const WORDS: [u64; 10] = [
        0,
        1,
        u64::MAX,
        65_536,
        1 << 63 | 1 << 31,
        0x7fff_ffff_7fff_ffff,
        // A signalling NaN of either size.
        0x7ff0_0000_7f80_0001,
        0xfff8_0000_ffc0_0000,
        0x4070_0000_4380_0000,
        100_000,
    ];
    let word = WORDS[turn % WORDS.len()];
    match ty {
        ValType::I32 => Val::I32((word as u32).cast_signed()),
        ValType::I64 => Val::I64(word.cast_signed()),
        ValType::F32 => Val::F32(word as u32),
        ValType::F64 => Val::F64(word),
        other => panic!("the checks let a {other} pass"),
    }
}

fn zero(ty: &ValType) -> Val {
    Val::default_for_ty(ty).expect("numbers have a default")
}

fn bits(value: &Val) -> u64 {
    match *value {
        Val::I32(number) => u64::from(number.cast_unsigned()),
        Val::I64(number) => number.cast_unsigned(),
        Val::F32(bits) => u64::from(bits),
        Val::F64(bits) => bits,
        ref other => panic!("the checks let {other:?} pass"),
    }
}

fn trap(error: &wasmtime::Error) -> Trap {
    *error
        .downcast_ref()
        .unwrap_or_else(|| panic!("no trap stopped the module: {error:?}"))
}
