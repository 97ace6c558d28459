//! Compiled code on disk, so that a restart need not compile again: half a second per contract.
//!
//! ```text
//! <folder>/lock              held by the process that uses the folder
//! <folder>/key               32 random bytes
//! <folder>/<engine>/<sha256 of the wasm>-<metering>.cwasm    wasmtime's own format, mapped into memory
//! <folder>/<engine>/<sha256 of the wasm>-<metering>.mac      HMAC-SHA-256 by `key` of name and content
//! ```
//!
//! The files are native code, so who can write them owns the process. The folder must belong to the user who runs it
//! and be closed to writing by others; a file counts only with the code of this folder's key, which is checked once
//! per process and file and again when the file changes. So neither damage nor a folder unpacked from a stranger's
//! archive beside another key gets code run. wasmtime itself refuses code of another version, configuration or
//! processor, and such code is looked for in another `<engine>` folder in the first place.
//!
//! Anything wrong with a file, and a folder that vanishes meanwhile, costs a compilation and nothing else.

#![allow(unsafe_code, reason = "wasmtime cannot prove that a file holds its own output")]
#![allow(
    clippy::disallowed_types,
    reason = "a file's time tells that it was replaced; it reaches no result"
)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use supercloud_chain::vm::CodeKey;
use thiserror::Error;
use wasmtime::{Engine, Module};

mod folder;

/// Why a folder for compiled code cannot be used.
#[derive(Debug, Error)]
pub enum CacheError {
    /// The disk says no.
    #[error("cache folder {path}: {source}")]
    Io {
        /// The folder or a file in it.
        path: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
    /// Another process uses the folder.
    #[error("cache folder {path} is in use by another process; give each process a folder of its own")]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// Others could put native code into the folder.
    #[error(
        "cache folder {path} can be written by others (mode {mode:o}, owner {owner}); it must belong to this user with mode 700"
    )]
    NotPrivate {
        /// The folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// The user id of its owner.
        owner: u32,
    },
}

/// A folder of compiled modules.
pub(crate) struct Artifacts {
    folder: PathBuf,
    key: [u8; 32],
    /// Files whose code was right when they were as told here.
    authentic: Mutex<BTreeMap<PathBuf, Stamp>>,
    /// Unlocked when dropped.
    _lock: File,
}

/// What changes when a file is replaced.
type Stamp = (u64, SystemTime);

impl Artifacts {
    /// Takes possession of `folder` for code of this engine.
    pub(crate) fn open(folder: &Path, engine: &Engine) -> Result<Self, CacheError> {
        folder::create_private(folder)?;
        let lock = folder::lock(folder)?;
        let key = folder::load_or_create_key(folder)?;
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let folder = folder.join(format!("{:016x}", hasher.finish()));
        folder::create_private(&folder)?;
        Ok(Self {
            folder,
            key,
            authentic: Mutex::default(),
            _lock: lock,
        })
    }

    /// The compiled form of a code, if there is one and it is ours.
    pub(crate) fn load(&self, engine: &Engine, code: &CodeKey) -> Option<Module> {
        let path = self.path(code);
        let found = stamp(&path)?;
        let authentic = self.authentic().get(&path) == Some(&found);
        if !authentic {
            self.authenticate(&path)?;
            self.authentic().insert(path.clone(), found);
        }
        // SAFETY: the file must hold what `Module::serialize` returned. Its content carries a code that only this
        // folder's key makes, and nobody but this user can change it in between.
        unsafe { Module::deserialize_file(engine, &path) }.ok()
    }

    /// Keeps the compiled form of a code. Failing costs time at the next start and nothing else.
    pub(crate) fn keep(&self, code: &CodeKey, module: &Module) -> io::Result<()> {
        let path = self.path(code);
        let content = module.serialize().map_err(io::Error::other)?;
        let mac = self.mac(&path, &content).finalize().into_bytes();
        folder::write(&path.with_extension("mac"), &mac)?;
        folder::write(&path, &content)?;
        if let Some(stamp) = stamp(&path) {
            self.authentic().insert(path, stamp);
        }
        Ok(())
    }

    fn path(&self, code: &CodeKey) -> PathBuf {
        let checksum: String = code.checksum.iter().map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(format!("{checksum}-{}.cwasm", code.metering.0))
    }

    fn authenticate(&self, path: &Path) -> Option<()> {
        let content = fs::read(path).ok()?;
        let mac = fs::read(path.with_extension("mac")).ok()?;
        self.mac(path, &content).verify_slice(&mac).ok()
    }

    /// Covers the name, so that one code's file cannot stand in for another's.
    fn mac(&self, path: &Path, content: &[u8]) -> Hmac<Sha256> {
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a MAC takes a key of any length");
        mac.update(&(name.len() as u64).to_be_bytes());
        mac.update(name);
        mac.update(content);
        mac
    }

    fn authentic(&self) -> std::sync::MutexGuard<'_, BTreeMap<PathBuf, Stamp>> {
        self.authentic.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}
