//! The parts of a module that the checks look at, read in one pass that also validates the module's structure.
//! Function bodies are kept aside: the cheap limits come first.

use std::collections::{BTreeMap, BTreeSet};

use supercloud_chain::vm::{CheckError, CheckLayer, FunctionRef};
use wasmparser::{
    CompositeInnerType, Element, ElementItems, ElementKind, Export, ExternalKind, FuncToValidate, FuncType,
    FunctionBody, Import, MemoryType, Parser, Payload, TableType, TypeRef, ValidPayload, Validator, ValidatorResources,
    WasmFeatures,
};

use super::interface::ALLOCATE;
use super::names;

/// Custom section with a decimal number, see [`Analysis::migrate_version`](supercloud_chain::vm::Analysis).
const MIGRATE_VERSION_SECTION: &str = "cw_migrate_version";

/// A function body with what is needed to validate it.
pub(super) type Body<'a> = (FuncToValidate<ValidatorResources>, FunctionBody<'a>);

/// A parsed module; only its structure is valid so far.
#[derive(Default)]
pub(super) struct Outline<'a> {
    wasm: &'a [u8],
    pub(super) types: Vec<FuncType>,
    pub(super) imports: Vec<Import<'a>>,
    /// Type index of each function that the module imports.
    imported_functions: Vec<u32>,
    /// Type index of each function that the module defines.
    pub(super) functions: Vec<u32>,
    pub(super) tables: Vec<TableType>,
    pub(super) memories: Vec<MemoryType>,
    pub(super) globals: u32,
    pub(super) exports: Vec<Export<'a>>,
    /// Functions that the table holds after loading.
    in_table: Vec<u32>,
    pub(super) bodies: Vec<Body<'a>>,
    /// Declared locals of each function.
    pub(super) locals: Vec<u64>,
    pub(super) migrate_version: Option<u64>,
}

impl<'a> Outline<'a> {
    /// Parses `wasm` and validates all but the function bodies.
    pub(super) fn read(wasm: &'a [u8], features: WasmFeatures) -> Result<Self, CheckError> {
        let mut outline = Self {
            wasm,
            ..Self::default()
        };
        let mut validator = Validator::new_with_features(features);
        let mut parser = Parser::new(0);
        parser.set_features(features);
        for payload in parser.parse_all(wasm) {
            let payload = payload.map_err(invalid)?;
            if let ValidPayload::Func(function, body) = validator.payload(&payload).map_err(invalid)? {
                outline.locals.push(count_locals(&body).map_err(invalid)?);
                outline.bodies.push((function, body));
            }
            outline.take(payload)?;
        }
        Ok(outline)
    }

    fn take(&mut self, payload: Payload<'a>) -> Result<(), CheckError> {
        match payload {
            Payload::TypeSection(section) => {
                for group in section {
                    for ty in group.map_err(invalid)?.into_types() {
                        match ty.composite_type.inner {
                            CompositeInnerType::Func(function) => self.types.push(function),
                            _ => return refuse("only function types are supported"),
                        }
                    }
                }
            }
            Payload::ImportSection(section) => {
                self.imports = collect(section.into_imports())?;
                let functions = self.imports.iter().filter_map(|import| match import.ty {
                    TypeRef::Func(ty) => Some(ty),
                    _ => None,
                });
                self.imported_functions = functions.collect();
            }
            Payload::FunctionSection(section) => self.functions = collect(section)?,
            Payload::TableSection(section) => {
                self.tables = collect(section.into_iter().map(|table| table.map(|table| table.ty)))?;
            }
            Payload::MemorySection(section) => self.memories = collect(section)?,
            Payload::GlobalSection(section) => self.globals = section.count(),
            Payload::ExportSection(section) => self.exports = collect(section)?,
            Payload::ElementSection(section) => {
                for element in section {
                    self.in_table.extend(check_element(&element.map_err(invalid)?)?);
                }
            }
            Payload::StartSection { func, .. } => {
                return Err(CheckError {
                    layer: CheckLayer::Interface,
                    function: Some(names::find(self.wasm, func)),
                    reason: "the module has a start function; contracts must not run on loading".to_owned(),
                });
            }
            Payload::CustomSection(section) if section.name() == MIGRATE_VERSION_SECTION => {
                self.migrate_version = Some(parse_migrate_version(section.data())?);
            }
            _ => {}
        }
        Ok(())
    }

    /// Exported functions.
    pub(super) fn exported_functions(&self) -> impl Iterator<Item = (&'a str, u32)> {
        let functions = self.exports.iter().filter(|export| export.kind == ExternalKind::Func);
        functions.map(|export| (export.name, export.index))
    }

    /// Type of a function, imported or defined. Validation has made sure that there is one.
    pub(super) fn function_type(&self, index: u32) -> Result<&FuncType, CheckError> {
        let all = self.imported_functions.iter().chain(&self.functions);
        let type_index = all.copied().nth(index as usize);
        type_index
            .and_then(|type_index| self.types.get(type_index as usize))
            .ok_or_else(|| CheckError {
                layer: CheckLayer::Parse,
                function: Some(FunctionRef { index, name: None }),
                reason: "the function has no type".to_owned(),
            })
    }

    /// Where calls lead, looked up once: a module may have as many types as calls.
    pub(super) fn find_targets(&self) -> CallTargets {
        let mut first = BTreeMap::new();
        let canonical = self
            .types
            .iter()
            .zip(0..)
            .map(|(ty, index)| *first.entry(ty).or_insert(index));
        let canonical = canonical.collect();
        let imported = self.imported_functions.len();
        let mut functions = self.exported_functions();
        let allocate = functions.find(|(name, _)| *name == ALLOCATE);
        CallTargets {
            imported,
            allocate: allocate.and_then(|(_, index)| (index as usize).checked_sub(imported)),
            canonical,
        }
    }

    /// Functions that indirect calls may run, by type.
    pub(super) fn find_indirect(&self, targets: &CallTargets) -> BTreeMap<u32, BTreeSet<usize>> {
        let mut found = BTreeMap::<u32, BTreeSet<usize>>::new();
        let types: Vec<_> = self.imported_functions.iter().chain(&self.functions).copied().collect();
        for function in &self.in_table {
            if let (Some(ty), Some(body)) = (types.get(*function as usize), targets.find_body(*function)) {
                found.entry(targets.canonical_type(*ty)).or_default().insert(body);
            }
        }
        found
    }

    /// Adds the place to a refusal of the function with this body.
    pub(super) fn in_body(&self, body: usize, error: CheckError) -> CheckError {
        let index = self.imported_functions.len().saturating_add(body);
        let function = names::find(self.wasm, u32::try_from(index).unwrap_or(u32::MAX));
        CheckError {
            function: Some(function),
            ..error
        }
    }
}

/// Which function or type a call means.
pub(super) struct CallTargets {
    imported: usize,
    /// Position of `allocate` in the code section, which every host function may call.
    allocate: Option<usize>,
    /// Of each type, the first that is equal to it.
    canonical: Vec<u32>,
}

impl CallTargets {
    /// The function that a call of `index` runs, by position in the code section.
    pub(super) fn find_body(&self, index: u32) -> Option<usize> {
        (index as usize).checked_sub(self.imported).or(self.allocate)
    }

    /// One index for all types that are equal.
    pub(super) fn canonical_type(&self, index: u32) -> u32 {
        self.canonical.get(index as usize).copied().unwrap_or(index)
    }
}

/// Tables are filled on loading and never again: what could change them later is not metered. Returns what the segment
/// puts into the table.
fn check_element(element: &Element<'_>) -> Result<Vec<u32>, CheckError> {
    match (&element.kind, &element.items) {
        (ElementKind::Active { .. }, ElementItems::Functions(functions)) => collect(functions.clone()),
        (ElementKind::Active { .. }, ElementItems::Expressions(..)) => {
            refuse("an element segment holds expressions; list the functions by index")
        }
        (ElementKind::Passive | ElementKind::Declared, _) => {
            refuse("an element segment is not active; only data segments may be passive")
        }
    }
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, CheckError> {
    super::refuse(CheckLayer::Parse, reason)
}

fn collect<T>(items: impl IntoIterator<Item = wasmparser::Result<T>>) -> Result<Vec<T>, CheckError> {
    items.into_iter().collect::<wasmparser::Result<_>>().map_err(invalid)
}

fn count_locals(body: &FunctionBody<'_>) -> wasmparser::Result<u64> {
    let mut total = 0u64;
    for locals in body.get_locals_reader()? {
        let (count, _) = locals?;
        total += u64::from(count);
    }
    Ok(total)
}

fn parse_migrate_version(data: &[u8]) -> Result<u64, CheckError> {
    let text = std::str::from_utf8(data).ok();
    let version = text.and_then(|text| text.parse().ok());
    version.ok_or_else(|| CheckError {
        layer: CheckLayer::Interface,
        function: None,
        reason: format!("custom section {MIGRATE_VERSION_SECTION} is not a decimal number of 64 bits"),
    })
}

/// The bytes are not the Wasm that is accepted here.
pub(super) fn invalid(error: wasmparser::Error) -> CheckError {
    CheckError {
        layer: CheckLayer::Parse,
        function: None,
        reason: format!("invalid wasm: {} at offset {:#x}", error.message(), error.offset()),
    }
}
