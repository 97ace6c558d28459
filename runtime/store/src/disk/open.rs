//! Opening a store, or making one.

use std::collections::VecDeque;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, RwLock};

use crate::disk::config::DiskConfig;
use crate::disk::engine::Engine;
use crate::disk::error::OpenError;
use crate::disk::head::{Acknowledged, Head};
use crate::disk::history::TreeAt;
use crate::disk::log::{Log, create_dir, sync_dir};
use crate::disk::old_trees::OldTrees;
use crate::disk::pages::new_page_cache;
use crate::disk::reader::DiskReader;
use crate::disk::recover::{Recovered, RecoveredTree, recover};
use crate::disk::retention::Retention;
use crate::disk::rollback::finish_rollback;
use crate::disk::row_cache::RowCache;
use crate::disk::shared::Shared;
use crate::disk::{DiskStore, stamp};

/// Says what the folder is, and in which format.
const FORMAT_FILE: &str = "FORMAT";
const FORMAT: &str = "supercloud-store 1\n";
/// The format file while it is written.
const FORMAT_TEMP: &str = "FORMAT.new";
/// There while a restore is not done.
pub(super) const RESTORING_FILE: &str = "RESTORING";
pub(super) const LOG_DIR: &str = "log";
const TABLES_DIR: &str = "tables";
pub(super) const HEAD_FILE: &str = "head";

impl DiskStore {
    /// Opens the store in `dir`; makes an empty one when the folder is missing or empty.
    ///
    /// Everything that was committed is there afterwards, or this fails and says what is wrong. Torn ends of files, damaged
    /// tree pages and a lost head are repaired: see [`DiskStore::recovery`].
    pub fn open(dir: &Path, config: DiskConfig) -> Result<Self, OpenError> {
        finish_rollback(dir)?;
        if is_vacant(dir)? {
            create(dir)?;
        }
        if dir.join(RESTORING_FILE).exists() {
            return Err(OpenError::Incomplete { path: dir.to_owned() });
        }
        assert_format(dir)?;
        Self::open_existing(dir, config)
    }

    /// The last height whose commit returned, as the store in `dir` notes it, without opening it; none when it has no note.
    /// The store may have one more block than this, and lacks this one only when its files are damaged.
    pub fn acknowledged_height(dir: &Path) -> Option<u64> {
        Head::read(&dir.join(HEAD_FILE)).map(|acknowledged| acknowledged.height)
    }

    pub(super) fn open_existing(dir: &Path, config: DiskConfig) -> Result<Self, OpenError> {
        let retention = Arc::new(Retention::new(config.pruning, 0));
        let engine = Engine::open(&dir.join(TABLES_DIR), config.cache_bytes / 8, &retention)?;
        let head_path = dir.join(HEAD_FILE);
        let (mut head, acknowledged) = Head::open(&head_path, config.sync).map_err(OpenError::io(&head_path))?;
        let shared = Arc::new(Shared {
            engine,
            retention,
            page_cache: Arc::new(new_page_cache(config.cache_bytes / 8 * 3)),
            rows: RowCache::new(config.cache_bytes / 2),
            blocks: RwLock::default(),
            old_trees: OldTrees::new(config.write_buffer_bytes / 2),
            proof_changes: config.proof_changes,
        });
        let log_dir = dir.join(LOG_DIR);
        let recovered = recover(&shared, &log_dir, &config, acknowledged)?;
        let Recovered {
            committed,
            tree,
            view,
            segments,
            recovery,
        } = recovered;
        let RecoveredTree {
            tree,
            written,
            removed,
            unwritten,
        } = tree;
        let root = tree.root();
        if let Some(height) = committed
            && acknowledged != Some(Acknowledged { height, root })
        {
            head.reset(Acknowledged { height, root })
                .map_err(OpenError::io(&head_path))?;
        }
        let height = committed.unwrap_or_default();
        shared.rows.begin_commit(height);
        drop(shared.old_trees.renew(view.base));
        let view = Arc::new(view);
        let latest = Arc::new(DiskReader {
            height,
            root,
            view: view.clone(),
            tree: TreeAt::Here(tree.clone()),
            shared: shared.clone(),
            fault: std::sync::OnceLock::new(),
        });
        let log = Log::open(&log_dir, config.sync, segments).map_err(OpenError::io(&log_dir))?;
        Ok(Self {
            dir: dir.to_owned(),
            config,
            shared,
            log,
            head,
            view,
            latest,
            committed,
            tree,
            recent: VecDeque::new(),
            written,
            removed,
            unwritten,
            running: None,
            freeing: None,
            broken: None,
            recovery,
        })
    }
}

/// Whether there is no such folder, or nothing in it but what [`create`] leaves when it is interrupted.
pub(super) fn is_vacant(dir: &Path) -> Result<bool, OpenError> {
    if !dir.exists() {
        return Ok(true);
    }
    for entry in fs::read_dir(dir).map_err(OpenError::io(dir))? {
        let entry = entry.map_err(OpenError::io(dir))?;
        let is_leftover = match entry.file_name().to_str() {
            Some(FORMAT_TEMP) => true,
            Some(LOG_DIR) => is_empty_folder(&entry.path())?,
            _ => false,
        };
        if !is_leftover {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_empty_folder(dir: &Path) -> Result<bool, OpenError> {
    if !dir.is_dir() {
        return Ok(false);
    }
    let mut entries = fs::read_dir(dir).map_err(OpenError::io(dir))?;
    Ok(entries.next().is_none())
}

/// Makes the folders of an empty store, which is there once its format is.
pub(super) fn create(dir: &Path) -> Result<(), OpenError> {
    let log_dir = dir.join(LOG_DIR);
    create_dir(&log_dir).map_err(OpenError::io(&log_dir))?;
    let (temp, format) = (dir.join(FORMAT_TEMP), dir.join(FORMAT_FILE));
    let write = || {
        let mut file = fs::File::create(&temp)?;
        file.write_all(FORMAT.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temp, &format)?;
        sync_dir(dir)
    };
    write().map_err(OpenError::io(&format))
}

fn assert_format(dir: &Path) -> Result<(), OpenError> {
    let not_a_store = |reason: String| OpenError::Format {
        path: dir.to_owned(),
        reason,
    };
    let found = fs::read(dir.join(FORMAT_FILE)).map_err(|error| not_a_store(format!("{FORMAT_FILE}: {error}")))?;
    if found != FORMAT.as_bytes() {
        let text = String::from_utf8_lossy(&found[..found.len().min(40)]).into_owned();
        return Err(not_a_store(format!("{FORMAT_FILE} says {text:?}")));
    }
    let log_dir = dir.join(LOG_DIR);
    create_dir(&log_dir).map_err(OpenError::io(&log_dir))
}

/// Pages of this version and older are on disk once a checkpoint of `height` is.
pub(super) fn written_at(height: Option<u64>) -> u64 {
    height.map_or(0, stamp)
}
