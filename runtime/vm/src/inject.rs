//! Writes gas and stack metering into a module: wasm in, wasm out. What is injected, and where, is consensus; change
//! it only together with a new version of the chain.
//!
//! Three globals are added and exported under names that uploads may not use: gas left, a flag that gas ran out, and
//! stack left. Indices of existing things do not change. Custom sections are dropped.
//!
//! Each function `body` becomes
//!
//! ```text
//! take the frame's slots from stack_left, trap if it gets negative        (see `stack`)
//! block $exhausted
//!     block $body
//!         body, with a charge before each accounting operator             (see `metering`)
//!         that branches to $exhausted when it cannot be paid,
//!         and `return` turned into a branch to the end of $body
//!     end
//!     give the slots back, return
//! end
//! set the flag, trap
//! ```
//!
//! One place to run out of gas per function instead of one per charge keeps the code small: charges are most of it.

mod metering;
mod stack;

use std::convert::Infallible;

use supercloud_chain::vm::{CheckError, CheckLayer};
use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ExportKind, ExportSection, Function, GlobalSection, GlobalType, Instruction,
    Module, SectionId, ValType,
};
use wasmparser::{CustomSectionReader, ExportSectionReader, FunctionBody, GlobalSectionReader, Operator, Parser};

use crate::check::{CheckedModule, Frame};
use metering::Meter;
pub(crate) use metering::is_accounting;
pub(crate) use stack::STACK_SLOTS;

/// Prefix of the injected exports.
const RESERVED_PREFIX: &str = "supercloud:";
/// Gas left, `i64`, unsigned.
pub(crate) const GAS_LEFT: &str = "supercloud:gas_left";
/// 1 when gas ran out inside Wasm, `i32`.
pub(crate) const GAS_EXHAUSTED: &str = "supercloud:gas_exhausted";
/// Stack slots left, `i32`; negative when a call did not fit.
pub(crate) const STACK_LEFT: &str = "supercloud:stack_left";

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
        globals: Globals::after(module.globals()),
        globals_written: false,
        frames: module.frames().iter(),
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
    gas_exhausted: u32,
    stack_left: u32,
}

impl Globals {
    fn after(existing: u32) -> Self {
        Self {
            gas_left: existing,
            gas_exhausted: existing + 1,
            stack_left: existing + 2,
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
        section.global(mutable(ValType::I32), &ConstExpr::i32_const(0));
        section.global(mutable(ValType::I32), &ConstExpr::i32_const(STACK_SLOTS));
    }

    fn export(self, section: &mut ExportSection) {
        section.export(GAS_LEFT, ExportKind::Global, self.gas_left);
        section.export(GAS_EXHAUSTED, ExportKind::Global, self.gas_exhausted);
        section.export(STACK_LEFT, ExportKind::Global, self.stack_left);
    }
}

struct Injector<'a> {
    globals: Globals,
    globals_written: bool,
    frames: std::slice::Iter<'a, Frame>,
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

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<(), Error> {
        let frame = *self.frames.next().ok_or(Error::InvalidCodeSectionSize)?;
        let mut locals = Vec::new();
        for group in body.get_locals_reader()? {
            let (count, ty) = group?;
            locals.push((count, self.val_type(ty)?));
        }
        // One local more, for the length of bulk operators; unused it costs nothing.
        let length_local = frame.params + frame.locals;
        locals.push((1, ValType::I32));

        let mut out = Function::new(locals);
        stack::enter(&mut out.instructions(), self.globals, &frame);
        let block = match frame.result {
            Some(result) => BlockType::Result(self.val_type(result)?),
            None => BlockType::Empty,
        };
        out.instructions().block(BlockType::Empty).block(block);
        self.copy_operators(&mut out, &body, Meter::new(self.globals, &frame, length_local))?;
        stack::leave(&mut out.instructions(), self.globals, &frame);
        out.instructions().return_().end();
        metering::exhausted(&mut out.instructions(), self.globals);
        out.instructions().end();
        code.function(&out);
        Ok(())
    }
}

impl Injector<'_> {
    /// Copies a body with its charges. Its last `end` closes `$body`.
    fn copy_operators(&mut self, out: &mut Function, body: &FunctionBody<'_>, mut meter: Meter) -> Result<(), Error> {
        // Label of `$exhausted`, seen from the outermost level of the body.
        const EXHAUSTED: u32 = 1;
        let mut blocks = 0;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let operator = operators.read()?;
            meter.charge(&mut out.instructions(), &operator, blocks + EXHAUSTED);
            match operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => blocks += 1,
                // The last one ends the body and would get below zero.
                Operator::End => blocks = u32::saturating_sub(blocks, 1),
                _ => {}
            }
            let instruction = match operator {
                Operator::Return => Instruction::Br(blocks),
                other => self.instruction(other)?,
            };
            out.instruction(&instruction);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
