//! Where compiled contracts are kept between runs. A folder belongs to one process at a time, so a second dev chain takes
//! the next one.

use std::path::{Path, PathBuf};

use supercloud_vm::{CacheError, OpenError, VmConfig, WasmtimeVm};

/// Folders tried beside the first; processes beyond them compile anew.
const SPARE_FOLDERS: u32 = 7;

/// The program's folder among the user's caches: `$XDG_CACHE_HOME/supercloud`, else `~/.cache/supercloud`.
pub(crate) fn user_folder() -> Option<PathBuf> {
    let caches = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| Some(std::env::home_dir()?.join(".cache")))?;
    Some(caches.join("supercloud"))
}

/// Compiled contracts of all chains of this user.
pub(crate) fn shared_folder() -> Option<PathBuf> {
    Some(user_folder()?.join("modules"))
}

/// An engine that keeps compiled code in `folder`, or in one beside it when that is in use. A folder that cannot be used
/// costs compiling, not the run.
pub(crate) fn open_vm(folder: Option<PathBuf>) -> Result<WasmtimeVm, OpenError> {
    let folders = folder.iter().flat_map(|first| {
        let spare = |number| first.with_file_name(format!("{}-{number}", name_of(first)));
        std::iter::once(first.clone()).chain((1..=SPARE_FOLDERS).map(spare))
    });
    for folder in folders {
        if let Some(parent) = folder.parent() {
            // If that fails, opening says why.
            let _ = std::fs::create_dir_all(parent);
        }
        let config = VmConfig {
            cache_dir: Some(folder.clone()),
            ..VmConfig::default()
        };
        match WasmtimeVm::new(config) {
            Err(OpenError::Cache(CacheError::InUse { .. })) => {}
            Err(OpenError::Cache(error)) => {
                tracing::warn!(%error, "compiled contracts are not kept");
                break;
            }
            opened => return opened,
        }
    }
    WasmtimeVm::new(VmConfig::default())
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_process_takes_the_next_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("modules");
        let _first = open_vm(Some(path.clone())).unwrap();
        let _second = open_vm(Some(path)).unwrap();
        assert!(folder.path().join("modules").is_dir());
        assert!(folder.path().join("modules-1").is_dir());
        assert!(!folder.path().join("modules-2").exists());
    }
}
