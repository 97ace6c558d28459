//! What `supercloud wasm check` says of each file. The JSON's first ten fields are what other tools may rely on.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Write};

use anyhow::Result;
use serde::Serialize;
use supercloud_chain::compute_store_gas;
use supercloud_chain::vm::{CheckError, FunctionRef};

/// How reports are shown.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// For people.
    Text,
    /// One array.
    Json,
}

/// Everything about one file. What does not apply is null.
#[derive(Serialize)]
pub(super) struct Report {
    file: String,
    ok: bool,
    /// Which check refused: `read`, `parse`, `limits`, `interface`, `capability`, `compile`.
    layer: Option<String>,
    /// What is wrong, with the place, the value seen and the limit.
    error: Option<String>,
    /// SHA-256 of the uncompressed Wasm.
    checksum: Option<String>,
    interface: Option<&'static str>,
    entry_points: Option<BTreeSet<String>>,
    capabilities: Option<BTreeSet<String>>,
    migrate_version: Option<u64>,
    ibc: Option<bool>,
    /// The function at fault.
    function: Option<Function>,
    wasm_bytes: Option<usize>,
    gzip_bytes: Option<usize>,
    compile_ms: Option<u64>,
    largest_function: Option<Function>,
    store_gas: Option<StoreGas>,
}

#[derive(Serialize)]
struct Function {
    index: u32,
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<usize>,
}

/// SDK gas of storing the code, by the form in which it is uploaded.
#[derive(Serialize)]
struct StoreGas {
    plain: u64,
    gzip: u64,
}

/// Why a file was refused.
pub(super) struct Refusal {
    layer: String,
    error: String,
    function: Option<FunctionRef>,
}

impl Refusal {
    /// The file itself cannot be read or unpacked.
    pub(super) fn of_file(error: String) -> Self {
        Self {
            layer: "read".to_owned(),
            error,
            function: None,
        }
    }
}

impl From<CheckError> for Refusal {
    fn from(refused: CheckError) -> Self {
        let CheckError {
            layer,
            function,
            reason,
        } = refused;
        Self {
            layer: layer.to_string(),
            error: match &function {
                Some(function) => format!("{function}: {reason}"),
                None => reason,
            },
            function,
        }
    }
}

/// What is known of a file that passed.
pub(super) struct Accepted {
    pub(super) interface: &'static str,
    pub(super) entry_points: BTreeSet<String>,
    pub(super) capabilities: BTreeSet<String>,
    pub(super) migrate_version: Option<u64>,
    pub(super) ibc: bool,
    pub(super) wasm_bytes: usize,
    pub(super) gzip_bytes: usize,
    pub(super) compile_ms: u64,
    pub(super) largest_function: Option<LargestFunction>,
}

/// The function with the longest body.
pub(super) struct LargestFunction {
    pub(super) function: FunctionRef,
    pub(super) bytes: usize,
}

impl Report {
    pub(super) fn accepted(file: String, checksum: String, accepted: Accepted) -> Self {
        Self {
            file,
            ok: true,
            layer: None,
            error: None,
            checksum: Some(checksum),
            interface: Some(accepted.interface),
            entry_points: Some(accepted.entry_points),
            capabilities: Some(accepted.capabilities),
            migrate_version: accepted.migrate_version,
            ibc: Some(accepted.ibc),
            function: None,
            wasm_bytes: Some(accepted.wasm_bytes),
            gzip_bytes: Some(accepted.gzip_bytes),
            compile_ms: Some(accepted.compile_ms),
            largest_function: accepted
                .largest_function
                .map(|LargestFunction { function, bytes }| Function::new(function, Some(bytes))),
            store_gas: Some(StoreGas {
                plain: compute_store_gas(accepted.wasm_bytes, None),
                gzip: compute_store_gas(accepted.wasm_bytes, Some(accepted.gzip_bytes)),
            }),
        }
    }

    pub(super) fn refused(file: String, checksum: Option<String>, refusal: Refusal) -> Self {
        Self {
            file,
            ok: false,
            layer: Some(refusal.layer),
            error: Some(refusal.error),
            checksum,
            interface: None,
            entry_points: None,
            capabilities: None,
            migrate_version: None,
            ibc: None,
            function: refusal.function.map(|function| Function::new(function, None)),
            wasm_bytes: None,
            gzip_bytes: None,
            compile_ms: None,
            largest_function: None,
            store_gas: None,
        }
    }

    pub(super) fn passed(&self) -> bool {
        self.ok
    }
}

impl Function {
    fn new(function: FunctionRef, bytes: Option<usize>) -> Self {
        let FunctionRef { index, name } = function;
        Self { index, name, bytes }
    }
}

/// All reports as one text, without the last line's end.
pub(super) fn show(reports: &[Report], form: Form) -> Result<String> {
    match form {
        Form::Json => Ok(serde_json::to_string_pretty(reports)?),
        Form::Text => {
            let mut text: String = reports.iter().map(|report| format!("{report}\n")).collect();
            let passed = reports.iter().filter(|report| report.ok).count();
            write!(text, "{passed} passed, {} refused", reports.len() - passed)?;
            Ok(text)
        }
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.ok { "pass" } else { "fail" };
        writeln!(f, "{}: {verdict}", self.file)?;
        row(f, "layer", self.layer.as_ref())?;
        row(f, "error", self.error.as_ref())?;
        row(f, "checksum", self.checksum.as_ref())?;
        row(f, "interface", self.interface)?;
        row(f, "entry points", self.entry_points.as_ref().map(list))?;
        row(f, "capabilities", self.capabilities.as_ref().map(list))?;
        row(f, "migrate version", self.migrate_version)?;
        row(f, "ibc", self.ibc.map(|ibc| if ibc { "yes" } else { "no" }))?;
        if let (Some(wasm), Some(gzip)) = (self.wasm_bytes, self.gzip_bytes) {
            row(f, "size", Some(format!("{wasm} bytes, {gzip} as gzip")))?;
        }
        row(f, "compiled in", self.compile_ms.map(|ms| format!("{ms} ms")))?;
        row(f, "largest function", self.largest_function.as_ref())?;
        if let Some(StoreGas { plain, gzip }) = &self.store_gas {
            row(f, "gas to store", Some(format!("{plain}, as gzip {gzip}")))?;
        }
        Ok(())
    }
}

impl Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.index)?;
        if let Some(name) = &self.name {
            write!(f, " ({name})")?;
        }
        match self.bytes {
            Some(bytes) => write!(f, ", {bytes} bytes"),
            None => Ok(()),
        }
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, value: Option<impl Display>) -> fmt::Result {
    match value {
        Some(value) => writeln!(f, "  {name:<16} {value}"),
        None => Ok(()),
    }
}

fn list(names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
