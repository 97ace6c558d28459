//! Manifests on disk, so that a restart continues instead of losing what tenants sent.
//!
//! One file per lease, replaced as a whole; a file that cannot be read is reported and skipped.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use supercloud_schema::id::LeaseId;
use supercloud_schema::resource::GroupSpec;
use supercloud_sdl::ManifestGroup;

use crate::cluster::folder;
use crate::private_file;

/// What a lease runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) lease: LeaseId,
    pub(crate) spec: GroupSpec,
    pub(crate) group: ManifestGroup,
}

/// The folder with the entries.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    dir: PathBuf,
}

impl Journal {
    pub(crate) fn open(dir: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&dir)?;
        Ok(Self { dir })
    }

    fn path(&self, lease: &LeaseId) -> PathBuf {
        self.dir.join(format!("{}.json", folder(lease)))
    }

    /// Keeps an entry until it is removed.
    pub(crate) fn write(&self, entry: &Entry) -> io::Result<()> {
        private_file::write(&self.path(&entry.lease), &serde_json::to_vec(entry)?)
    }

    /// Forgets a lease.
    pub(crate) fn remove(&self, lease: &LeaseId) {
        match std::fs::remove_file(self.path(lease)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%lease, %error, "the manifest of an ended lease stays on disk");
            }
            _ => {}
        }
    }

    /// The entry of one lease.
    pub(crate) fn read(&self, lease: &LeaseId) -> Option<Entry> {
        serde_json::from_slice(&std::fs::read(self.path(lease)).ok()?).ok()
    }

    /// All entries.
    pub(crate) fn entries(&self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for file in std::fs::read_dir(&self.dir)? {
            let path = file?.path();
            if path.extension().is_none_or(|ending| ending != "json") {
                continue;
            }
            match std::fs::read(&path).map(|bytes| serde_json::from_slice(&bytes)) {
                Ok(Ok(entry)) => entries.push(entry),
                Ok(Err(error)) => tracing::warn!(path = %path.display(), %error, "unreadable journal entry"),
                Err(error) => tracing::warn!(path = %path.display(), %error, "unreadable journal entry"),
            }
        }
        Ok(entries)
    }
}
