//! The contract side of the binary interface: version marker, exports, imports, capabilities.

use std::collections::BTreeSet;

use supercloud_chain::vm::{CheckError, CheckLayer, WasmLimits};
use wasmparser::{ExternalKind, FuncType, TypeRef, ValType};

use super::limits::assert_count;
use super::outline::Outline;
use crate::imports::{self, MODULE};

/// The guest's memory.
pub(crate) const MEMORY: &str = "memory";
/// `(size) -> pointer to Region`
pub(crate) const ALLOCATE: &str = "allocate";
/// `(pointer to Region)`
pub(crate) const DEALLOCATE: &str = "deallocate";

const INTERFACE_PREFIX: &str = "interface_version_";
const INTERFACE_VERSION: &str = "interface_version_8";
const CAPABILITY_PREFIX: &str = "requires_";

/// Entry points that take three arguments; `migrate` takes two or three.
const THREE_ARGUMENTS: [&str; 3] = ["instantiate", "execute", "migrate"];

/// Entry points that take two arguments.
const TWO_ARGUMENTS: [&str; 16] = [
    "migrate",
    "query",
    "sudo",
    "reply",
    "ibc_channel_open",
    "ibc_channel_connect",
    "ibc_channel_close",
    "ibc_packet_receive",
    "ibc_packet_ack",
    "ibc_packet_timeout",
    "ibc_source_callback",
    "ibc_destination_callback",
    "ibc2_packet_receive",
    "ibc2_packet_ack",
    "ibc2_packet_timeout",
    "ibc2_packet_send",
];

/// A contract with all of these is an IBC contract.
const IBC: [&str; 6] = [
    "ibc_channel_open",
    "ibc_channel_connect",
    "ibc_channel_close",
    "ibc_packet_receive",
    "ibc_packet_ack",
    "ibc_packet_timeout",
];

/// Exactly one marker, of version 8.
pub(super) fn check_version(outline: &Outline<'_>) -> Result<(), CheckError> {
    let is_marker = |name: &&str| name.starts_with(INTERFACE_PREFIX);
    let markers: Vec<_> = outline
        .exported_functions()
        .map(|(name, _)| name)
        .filter(is_marker)
        .collect();
    match markers.as_slice() {
        [INTERFACE_VERSION] => Ok(()),
        [other] => refuse(format!(
            "{other} ({}) is not supported; only {INTERFACE_VERSION} is",
            age(other)
        )),
        [] => refuse(match old_marker(outline) {
            Some(old) => format!("{old} ({}) is not supported; only {INTERFACE_VERSION} is", age(old)),
            None => format!("the marker export {INTERFACE_VERSION} is missing"),
        }),
        several => refuse(format!("more than one interface marker: {}", several.join(", "))),
    }
}

/// Markers from before CosmWasm 0.14.
fn old_marker<'a>(outline: &Outline<'a>) -> Option<&'a str> {
    let mut names = outline.exported_functions().map(|(name, _)| name);
    names.find(|name| name.starts_with("cosmwasm_vm_version_") || name.starts_with("cosmwasm_api_"))
}

/// The CosmWasm release that an interface marker belongs to.
fn age(marker: &str) -> &'static str {
    match marker {
        "interface_version_7" => "CosmWasm 0.16",
        "interface_version_6" => "CosmWasm 0.15",
        "interface_version_5" => "CosmWasm 0.14",
        "cosmwasm_vm_version_4" => "CosmWasm 0.11 to 0.13",
        "cosmwasm_vm_version_3" => "CosmWasm 0.10",
        "cosmwasm_vm_version_2" => "CosmWasm 0.9",
        "cosmwasm_vm_version_1" => "CosmWasm 0.8",
        "cosmwasm_api_0_6" => "CosmWasm 0.7",
        _ => "unknown release",
    }
}

/// The three exports that the host needs, with their types.
pub(super) fn check_exports(outline: &Outline<'_>) -> Result<(), CheckError> {
    let memory = outline.exports.iter().find(|export| export.name == MEMORY);
    if memory.is_none_or(|export| export.kind != ExternalKind::Memory) {
        return refuse(format!("required export {MEMORY} is missing"));
    }
    for (name, results) in [(ALLOCATE, 1), (DEALLOCATE, 0)] {
        let Some((_, index)) = outline.exported_functions().find(|(export, _)| *export == name) else {
            return refuse(format!("required export {name} is missing"));
        };
        let ty = outline.function_type(index)?;
        if !is_pointers(ty, 1, results) {
            return refuse(format!("export {name} has type {ty}"));
        }
    }
    Ok(())
}

/// Entry points, all with the right type.
pub(super) fn find_entry_points(outline: &Outline<'_>) -> Result<BTreeSet<String>, CheckError> {
    let mut entry_points = BTreeSet::new();
    for (name, index) in outline.exported_functions() {
        let (two, three) = (TWO_ARGUMENTS.contains(&name), THREE_ARGUMENTS.contains(&name));
        if !two && !three {
            continue;
        }
        let ty = outline.function_type(index)?;
        let params = ty.params().len();
        if !((two && params == 2 || three && params == 3) && is_pointers(ty, params, 1)) {
            return refuse(format!("entry point {name} has type {ty}"));
        }
        entry_points.insert(name.to_owned());
    }
    Ok(entry_points)
}

/// All six classic IBC entry points are there.
pub(super) fn is_ibc(entry_points: &BTreeSet<String>) -> bool {
    IBC.iter().all(|name| entry_points.contains(*name))
}

/// Only host functions, with the types that the host gives them.
pub(super) fn check_imports(outline: &Outline<'_>, limits: &WasmLimits) -> Result<(), CheckError> {
    assert_count(outline.imports.len(), limits.imports, "imports")?;
    for import in &outline.imports {
        let name = format!("{}.{}", import.module, import.name);
        let known = imports::SIGNATURES
            .iter()
            .find(|known| import.module == MODULE && import.name == known.name);
        let Some(signature) = known else {
            return refuse(format!("import {name} is not a function of this host"));
        };
        let TypeRef::Func(ty) = import.ty else {
            return refuse(format!("import {name} is not a function"));
        };
        let Some(ty) = outline.types.get(ty as usize) else {
            return refuse(format!("import {name} has no type"));
        };
        if ty.params() != signature.params || ty.results() != signature.results {
            let expected = FuncType::new(signature.params.iter().copied(), signature.results.iter().copied());
            return refuse(format!("import {name} has type {ty}, the host's is {expected}"));
        }
    }
    Ok(())
}

/// What the module requires.
pub(super) fn find_capabilities(outline: &Outline<'_>) -> BTreeSet<String> {
    let names = outline.exported_functions().map(|(name, _)| name);
    names
        .filter_map(|name| name.strip_prefix(CAPABILITY_PREFIX))
        .map(str::to_owned)
        .collect()
}

/// All that is required is available.
pub(super) fn check_capabilities(required: &BTreeSet<String>, available: &BTreeSet<String>) -> Result<(), CheckError> {
    let missing: Vec<_> = required.difference(available).map(String::as_str).collect();
    if missing.is_empty() {
        Ok(())
    } else {
        super::refuse(
            CheckLayer::Capability,
            format!("required capabilities are not available: {}", missing.join(", ")),
        )
    }
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, CheckError> {
    super::refuse(CheckLayer::Interface, reason)
}

fn is_pointers(ty: &FuncType, params: usize, results: usize) -> bool {
    let all = ty.params().iter().chain(ty.results());
    ty.params().len() == params && ty.results().len() == results && all.into_iter().all(|ty| *ty == ValType::I32)
}
