//! Folder of the user's own files: keys, and a node's chain when none is named.

use std::path::PathBuf;

/// `~/.supercloud`.
pub(crate) fn default_home() -> PathBuf {
    std::env::home_dir().unwrap_or_default().join(".supercloud")
}
