//! The 24 host functions, all in module `env`. This table is the only place that knows their signatures: the static
//! check and the linker are both made from it.
//!
//! Each call pays [`gas::HOST_CALL`] first, then for reading its Regions, then for the work; lengths are checked after
//! they are paid for. Limits are wasmd's. A limit that is exceeded traps; what a contract may handle itself comes back
//! as a code or a text.

mod address;
mod bls;
mod log;
mod query;
mod signatures;
mod storage;

use supercloud_chain::vm::VmError;
use wasmparser::ValType;
use wasmtime::{AsContextMut, Caller, Linker};

use crate::gas;
use crate::guest::{CallState, Guest};

/// The module that contracts import from.
pub(crate) const MODULE: &str = "env";

/// Name and type of a host function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signature {
    pub(crate) name: &'static str,
    pub(crate) params: &'static [ValType],
    pub(crate) results: &'static [ValType],
}

/// The Wasm results of a Rust return type.
trait Results {
    const TYPES: &'static [ValType];
}

impl Results for () {
    const TYPES: &'static [ValType] = &[];
}

impl Results for u32 {
    const TYPES: &'static [ValType] = &[ValType::I32];
}

impl Results for u64 {
    const TYPES: &'static [ValType] = &[ValType::I64];
}

macro_rules! host_functions {
    ($($name:ident($($param:ident),*) -> $result:ty = $function:path;)*) => {
        /// All host functions; parameters are `i32` without exception.
        pub(crate) const SIGNATURES: &[Signature] = &[$(Signature {
            name: stringify!($name),
            params: &[$({ let _ = stringify!($param); ValType::I32 }),*],
            results: <$result as Results>::TYPES,
        }),*];

        /// Defines all host functions in `linker`.
        pub(crate) fn define(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
            $(linker.func_wrap(
                MODULE,
                stringify!($name),
                |mut caller: Caller<'_, CallState>, $($param: u32),*| -> wasmtime::Result<$result> {
                    host_call(&mut caller, |guest| $function(guest, $($param),*))
                },
            )?;)*
            Ok(())
        }
    };
}

host_functions! {
    db_read(key) -> u32 = storage::read;
    db_write(key, value) -> () = storage::write;
    db_remove(key) -> () = storage::remove;
    db_scan(start, end, order) -> u32 = storage::scan;
    db_next(iterator) -> u32 = storage::next;
    db_next_key(iterator) -> u32 = storage::next_key;
    db_next_value(iterator) -> u32 = storage::next_value;
    addr_validate(human) -> u32 = address::validate;
    addr_canonicalize(human, canonical) -> u32 = address::canonicalize;
    addr_humanize(canonical, human) -> u32 = address::humanize;
    query_chain(request) -> u32 = query::query_chain;
    secp256k1_verify(hash, signature, key) -> u32 = signatures::secp256k1_verify;
    secp256k1_recover_pubkey(hash, signature, parity) -> u64 = signatures::secp256k1_recover;
    secp256r1_verify(hash, signature, key) -> u32 = signatures::secp256r1_verify;
    secp256r1_recover_pubkey(hash, signature, parity) -> u64 = signatures::secp256r1_recover;
    ed25519_verify(message, signature, key) -> u32 = signatures::ed25519_verify;
    ed25519_batch_verify(messages, signatures, keys) -> u32 = signatures::ed25519_batch_verify;
    bls12_381_aggregate_g1(points, out) -> u32 = bls::aggregate_g1;
    bls12_381_aggregate_g2(points, out) -> u32 = bls::aggregate_g2;
    bls12_381_pairing_equality(ps, qs, r, s) -> u32 = bls::pairing_equality;
    bls12_381_hash_to_g1(hash_function, message, dst, out) -> u32 = bls::hash_to_g1;
    bls12_381_hash_to_g2(hash_function, message, dst, out) -> u32 = bls::hash_to_g2;
    debug(message) -> () = log::debug;
    abort(message) -> () = log::abort;
}

fn host_call<R>(
    caller: &mut Caller<'_, CallState>,
    function: impl FnOnce(&mut Guest<'_>) -> Result<R, VmError>,
) -> wasmtime::Result<R> {
    let mut guest = Guest::new(caller.as_context_mut());
    guest.charge(gas::HOST_CALL)?;
    Ok(function(&mut guest)?)
}
