//! Compiled code on disk, so that a restart need not compile again: half a second per contract.
//!
//! A file is named for the metered module that it was compiled from and begins with the SHA-256 of what follows, so a
//! torn or damaged file is noticed. wasmtime itself refuses code of another version, configuration or processor. In all
//! these cases, and when the disk fails, the module is compiled as if there were no file.
//!
//! The hash is no signature: whoever can write to the folder can make this process run native code.

#![allow(unsafe_code, reason = "wasmtime cannot prove that a file holds its own output")]

use std::path::{Path, PathBuf};
use std::{fs, io};

use wasmtime::{Engine, Module};

use crate::check::checksum;

/// Bytes of the leading hash.
const HASH: usize = 32;

/// A folder of compiled modules, or none.
#[derive(Debug)]
pub(crate) struct Artifacts {
    folder: Option<PathBuf>,
}

impl Artifacts {
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// The module of a metered binary.
    pub(crate) fn module(&self, engine: &Engine, metered: &[u8]) -> wasmtime::Result<Module> {
        let Some(folder) = &self.folder else {
            return Module::from_binary(engine, metered);
        };
        let name: String = checksum(metered).iter().map(|byte| format!("{byte:02x}")).collect();
        let path = folder.join(name).with_extension("cwasm");
        if let Some(module) = read(engine, &path) {
            return Ok(module);
        }
        let module = Module::from_binary(engine, metered)?;
        // Failing to keep it costs time at the next start and nothing else.
        let _ = module.serialize().map(|code| write(folder, &path, &code));
        Ok(module)
    }
}

fn read(engine: &Engine, path: &Path) -> Option<Module> {
    let file = fs::read(path).ok()?;
    let (hash, code) = file.split_at_checked(HASH)?;
    if checksum(code) != hash {
        return None;
    }
    // SAFETY: `code` must come from `Module::serialize`. The folder is documented to be trusted like this program's
    // own files, and the hash rules out damage.
    unsafe { Module::deserialize(engine, code) }.ok()
}

/// Never leaves half a file under the final name.
fn write(folder: &Path, path: &Path, code: &[u8]) -> io::Result<()> {
    create_private(folder)?;
    let temporary = path.with_extension(std::process::id().to_string());
    fs::write(&temporary, [&checksum(code), code].concat())?;
    fs::rename(&temporary, path)
}

/// A folder that other users cannot write to.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
