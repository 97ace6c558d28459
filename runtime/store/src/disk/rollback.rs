//! Going back to an older version.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use supercloud_chain::store::{Store, StoreError};

use crate::disk::DiskStore;
use crate::disk::config::DiskConfig;
use crate::disk::error::OpenError;
use crate::disk::head::{Acknowledged, Head};
use crate::disk::log::{cut_log_after, sync_dir};
use crate::disk::open::{HEAD_FILE, LOG_DIR};
use crate::disk::restore::RestoreError;
use crate::snapshot::{SnapshotReader, export_snapshot};

/// Names, after the store's own, of what a rollback makes beside it.
const SNAPSHOT: &str = ".rollback-snapshot";
const COPY: &str = ".rollback";
const OLD: &str = ".before-rollback";

impl DiskStore {
    /// Opens the store in `dir` with the kept version `height` as its last; all later versions are gone for good.
    ///
    /// Versions that are still in the log, which usually are the last hundreds, are cut off there, and the history before
    /// stays. To go back further the version is copied, and history begins anew with it.
    pub fn rollback(dir: &Path, config: DiskConfig, height: u64) -> Result<Self, RestoreError> {
        let store = Self::open(dir, config)?;
        if store.committed == Some(height) {
            return Ok(store);
        }
        let Some(view) = store.at(height) else {
            let reason = format!(
                "heights {} to {} are kept",
                store.oldest(),
                store.committed.unwrap_or_default()
            );
            return Err(StoreError::Io(format!("cannot go back to height {height}: {reason}")).into());
        };
        let root = view.root();
        if store.view.base.is_none_or(|base| base <= height) && store.tables_end_by(height)? {
            drop((view, store));
            return Ok(cut_log(dir, config, Acknowledged { height, root })?);
        }
        let [snapshot, copy, old] = [SNAPSHOT, COPY, OLD].map(|name| beside(dir, name));
        // Left by a rollback that was interrupted before it changed anything.
        for folder in [&copy, &old] {
            remove_folder(folder)?;
        }
        let mut file = File::create(&snapshot).map_err(OpenError::io(&snapshot))?;
        export_snapshot(&*view, &mut BufWriter::new(&mut file))?;
        drop((view, store));
        let file = File::open(&snapshot).map_err(OpenError::io(&snapshot))?;
        drop(Self::restore(
            &copy,
            config,
            &mut SnapshotReader::open(BufReader::new(file))?,
        )?);
        fs::rename(dir, &old).map_err(OpenError::io(dir))?;
        fs::rename(&copy, dir).map_err(OpenError::io(&copy))?;
        sync_parent(dir)?;
        remove_folder(&old)?;
        fs::remove_file(&snapshot).map_err(OpenError::io(&snapshot))?;
        Ok(Self::open(dir, config)?)
    }

    /// Whether no table has anything of later versions.
    fn tables_end_by(&self, height: u64) -> Result<bool, StoreError> {
        let engine = &self.shared.engine;
        for table in [&engine.blocks, &engine.past, &engine.latest, &engine.pages()] {
            let marker = engine.load_marker(table)?;
            if marker.is_some_and(|numbers| numbers.first().is_some_and(|at| *at > height)) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Ends a rollback that was interrupted between its two renames, when the store has no folder: the copy is whole by then.
pub(super) fn finish_rollback(dir: &Path) -> Result<(), OpenError> {
    let copy = beside(dir, COPY);
    if !dir.exists() && beside(dir, OLD).exists() && copy.exists() {
        fs::rename(&copy, dir).map_err(OpenError::io(&copy))?;
        sync_parent(dir)?;
    }
    Ok(())
}

fn remove_folder(path: &Path) -> Result<(), OpenError> {
    if path.exists() {
        fs::remove_dir_all(path).map_err(OpenError::io(path))?;
    }
    Ok(())
}

fn sync_parent(dir: &Path) -> Result<(), OpenError> {
    match dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => sync_dir(parent).map_err(OpenError::io(parent)),
        None => Ok(()),
    }
}

/// Ends the log with this version.
fn cut_log(dir: &Path, config: DiskConfig, last: Acknowledged) -> Result<DiskStore, OpenError> {
    // The head first: should the cut not happen, the log still has the later versions and nothing changed.
    let path = dir.join(HEAD_FILE);
    let (mut head, _) = Head::open(&path, config.sync).map_err(OpenError::io(&path))?;
    head.reset(last).map_err(OpenError::io(&path))?;
    cut_log_after(&dir.join(LOG_DIR), last.height)?;
    DiskStore::open(dir, config)
}

fn beside(dir: &Path, suffix: &str) -> PathBuf {
    let mut name = dir.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
