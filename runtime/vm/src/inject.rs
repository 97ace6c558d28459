//! Writes gas and stack metering into a module: wasm in, wasm out. What is injected, and where, is consensus; change
//! it only together with a new version of the chain.
//!
//! Two globals are added and exported under names that uploads may not use: gas left and stack left. Indices of existing
//! things do not change. Custom sections are dropped, and so is code that never runs.
//!
//! Each function `body` becomes
//!
//! ```text
//! take the frame's slots from stack_left, trap if it gets negative        (see `stack`)
//! block $exhausted
//!     block $body
//!         body, with a charge before each accounting operator             (see `metering`)
//!         and a branch to $exhausted where a charge must have been paid,
//!         and `return` turned into a branch to the end of $body
//!     end
//!     give the slots back, return
//! end
//! trap
//! ```
//!
//! One place to run out of gas per function instead of one per charge keeps the code small.

mod flow;
mod metering;
mod stack;

use std::convert::Infallible;
use std::ops::Range;

use rayon::prelude::*;
use supercloud_chain::vm::{CheckError, CheckLayer};
use wasm_encoder::reencode::{self, Reencode, RoundtripReencoder, utils};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ExportKind, ExportSection, Function, GlobalSection, GlobalType, Module,
    SectionId, ValType,
};
use wasmparser::{
    BinaryReader, CustomSectionReader, ExportSectionReader, FunctionBody, GlobalSectionReader, Operator, Parser,
};

use crate::check::{CheckedModule, Frame};
use flow::{Flow, Step};
use metering::Meter;
pub(crate) use metering::{is_accounting, is_bulk};
pub(crate) use stack::STACK_SLOTS;

/// Prefix of the injected exports.
const RESERVED_PREFIX: &str = "supercloud:";
/// Gas left, `i64`; negative when gas ran out inside Wasm.
pub(crate) const GAS_LEFT: &str = "supercloud:gas_left";
/// Stack slots left, `i32`; negative when a call did not fit.
pub(crate) const STACK_LEFT: &str = "supercloud:stack_left";

/// Number of the form that is written here; compiled code of another form is not used. It is not consensus, as
/// [`MeteringVersion`](supercloud_chain::vm::MeteringVersion) is: two forms of one version cost the same and do the same.
pub(crate) const FORM: u32 = 2;

type Error = reencode::Error<Infallible>;

/// Refuses modules whose exports would collide with the injected ones.
pub(crate) fn check_names<'a>(exports: impl IntoIterator<Item = &'a str>) -> Result<(), CheckError> {
    match exports.into_iter().find(|name| name.starts_with(RESERVED_PREFIX)) {
        Some(name) => Err(CheckError {
            layer: CheckLayer::Interface,
            function: None,
            reason: format!("export name {name} is reserved for the host"),
        }),
        None => Ok(()),
    }
}

/// The metered module. It cannot fail on a checked module; the error is for the caller to report as a bug.
pub(crate) fn inject(module: &CheckedModule<'_>) -> Result<Vec<u8>, String> {
    let mut injector = Injector {
        wasm: module.wasm(),
        globals: Globals::after(module.globals()),
        globals_written: false,
        frames: module.frames(),
        bodies: Vec::with_capacity(module.frames().len()),
    };
    let mut out = Module::new();
    injector
        .parse_core_module(&mut out, Parser::new(0), module.wasm())
        .map_err(|error| format!("injection failed: {error}"))?;
    Ok(out.finish())
}

/// Indices of the injected globals.
#[derive(Clone, Copy)]
struct Globals {
    gas_left: u32,
    stack_left: u32,
}

impl Globals {
    fn after(existing: u32) -> Self {
        Self {
            gas_left: existing,
            stack_left: existing + 1,
        }
    }

    /// Gas starts at zero: the host sets it before the first call.
    fn define(section: &mut GlobalSection) {
        let mutable = |val_type| GlobalType {
            val_type,
            mutable: true,
            shared: false,
        };
        section.global(mutable(ValType::I64), &ConstExpr::i64_const(0));
        section.global(mutable(ValType::I32), &ConstExpr::i32_const(STACK_SLOTS));
    }

    fn export(self, section: &mut ExportSection) {
        section.export(GAS_LEFT, ExportKind::Global, self.gas_left);
        section.export(STACK_LEFT, ExportKind::Global, self.stack_left);
    }
}

struct Injector<'a> {
    wasm: &'a [u8],
    globals: Globals,
    globals_written: bool,
    frames: &'a [Frame],
    /// Where the bodies are that were met.
    bodies: Vec<Range<usize>>,
}

impl Reencode for Injector<'_> {
    type Error = Infallible;

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: GlobalSectionReader<'_>,
    ) -> Result<(), Error> {
        utils::parse_global_section(self, globals, section)?;
        Globals::define(globals);
        self.globals_written = true;
        Ok(())
    }

    /// A checked module has exports, and the globals go right before them: here they are added to a module without.
    fn intersperse_section_hook(
        &mut self,
        module: &mut Module,
        _after: Option<SectionId>,
        before: Option<SectionId>,
    ) -> Result<(), Error> {
        if before == Some(SectionId::Export) && !self.globals_written {
            let mut globals = GlobalSection::new();
            Globals::define(&mut globals);
            module.section(&globals);
            self.globals_written = true;
        }
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Result<(), Error> {
        utils::parse_export_section(self, exports, section)?;
        self.globals.export(exports);
        Ok(())
    }

    fn parse_custom_section(&mut self, _module: &mut Module, _section: CustomSectionReader<'_>) -> Result<(), Error> {
        Ok(())
    }

    /// Bodies are kept until all are here, and then written on all processors.
    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<(), Error> {
        self.bodies.push(body.range());
        if self.bodies.len() < self.frames.len() {
            return Ok(());
        }
        let bodies = self.bodies.par_iter().zip(self.frames);
        let functions: Vec<_> = bodies.map(|(body, frame)| self.write_body(body, frame)).collect();
        for function in functions {
            code.function(&function?);
        }
        Ok(())
    }
}

impl Injector<'_> {
    fn write_body(&self, range: &Range<usize>, frame: &Frame) -> Result<Function, Error> {
        let bytes = self.wasm.get(range.clone()).ok_or(Error::InvalidCodeSectionSize)?;
        let body = FunctionBody::new(BinaryReader::new(bytes, range.start));
        let mut locals = Vec::new();
        for group in body.get_locals_reader()? {
            let (count, ty) = group?;
            locals.push((count, RoundtripReencoder.val_type(ty)?));
        }
        locals.extend(Meter::locals(frame));
        let meter = Meter::new(self.globals, frame, frame.params + frame.locals);

        let mut out = Function::new(locals);
        stack::enter(&mut out.instructions(), self.globals, frame);
        let block = match frame.result {
            Some(result) => BlockType::Result(RoundtripReencoder.val_type(result)?),
            None => BlockType::Empty,
        };
        meter.reload(&mut out.instructions());
        out.instructions().block(BlockType::Empty).block(block);
        self.copy_operators(&mut out, &body, meter)?;
        stack::leave(&mut out.instructions(), self.globals, frame);
        out.instructions().return_().end().unreachable().end();
        Ok(out)
    }

    /// Copies a body with its charges, operators byte by byte. Its last `end` closes `$body`.
    fn copy_operators(&self, out: &mut Function, body: &FunctionBody<'_>, mut meter: Meter) -> Result<(), Error> {
        // Label of `$exhausted`, seen from the outermost level of the body.
        const EXHAUSTED: u32 = 1;
        let mut flow = Flow::default();
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let (operator, begin) = operators.read_with_offset()?;
            let depth = flow.depth();
            let goes_back = flow.goes_back(&operator);
            match flow.pass(&operator) {
                Step::Dead => continue,
                Step::Revives => meter.skip(),
                Step::Live => meter.charge(&mut out.instructions(), &operator, depth + EXHAUSTED, goes_back),
            }
            if let Operator::Return = operator {
                out.instructions().br(depth);
            } else {
                let bytes = self.wasm.get(begin..operators.original_position());
                out.raw(bytes.unwrap_or_default().iter().copied());
            }
            if metering::is_call(&operator) {
                meter.reload(&mut out.instructions());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
