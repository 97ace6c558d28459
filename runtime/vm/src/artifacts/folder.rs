//! The folder itself: private, locked, with a key.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;

use super::CacheError;

const LOCK: &str = "lock";
const KEY: &str = "key";

/// Makes a folder that only its owner can enter, or makes sure that an existing one is closed to writing by others.
pub(super) fn create_private(folder: &Path) -> Result<(), CacheError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| failed(folder, source))?;
    assert_private(folder)
}

#[cfg(unix)]
fn assert_private(folder: &Path) -> Result<(), CacheError> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(folder).map_err(|source| failed(folder, source))?;
    let (mode, owner) = (metadata.mode() & 0o777, metadata.uid());
    if mode & 0o022 != 0 || owner != rustix::process::geteuid().as_raw() {
        return Err(CacheError::NotPrivate {
            path: folder.to_owned(),
            mode,
            owner,
        });
    }
    Ok(())
}

#[cfg(not(unix))]
fn assert_private(_: &Path) -> Result<(), CacheError> {
    Ok(())
}

/// Held until the file is dropped.
pub(super) fn lock(folder: &Path) -> Result<File, CacheError> {
    let path = folder.join(LOCK);
    let file = private().create(true).truncate(false).open(&path);
    let file = file.map_err(|source| failed(&path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(CacheError::InUse {
            path: folder.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(failed(&path, source)),
    }
}

/// The key of the folder; a damaged one is replaced, which makes all files strangers.
pub(super) fn load_or_create_key(folder: &Path) -> Result<[u8; 32], CacheError> {
    let path = folder.join(KEY);
    if let Ok(key) = fs::read(&path).unwrap_or_default().try_into() {
        return Ok(key);
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| failed(&path, io::Error::other(error.to_string())))?;
    write(&path, &key).map_err(|source| failed(&path, source))?;
    Ok(key)
}

/// Never leaves half a file under the final name.
pub(super) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let temporary = path.with_extension("new");
    let mut file = private().create(true).truncate(true).open(&temporary)?;
    file.write_all(content)?;
    fs::rename(&temporary, path)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn failed(path: &Path, source: io::Error) -> CacheError {
    CacheError::Io {
        path: path.to_owned(),
        source,
    }
}
