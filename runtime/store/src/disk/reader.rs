//! A view of one version, as the state machine and queries use it.

use std::sync::{Arc, OnceLock};

use supercloud_chain::store::{Direction, Entry, Proved, Reader, RootHash, StoreError};

use crate::disk::history::TreeAt;
use crate::disk::range::KeyRange;
use crate::disk::row_cache::Row;
use crate::disk::shared::Shared;
use crate::disk::view::View;
use crate::prove::prove;

/// One version of a store on disk.
pub(crate) struct DiskReader {
    pub(crate) height: u64,
    pub(crate) root: RootHash,
    pub(crate) view: Arc<View>,
    pub(crate) tree: TreeAt,
    pub(crate) shared: Arc<Shared>,
    /// The first failure of a read.
    pub(crate) fault: OnceLock<StoreError>,
}

impl DiskReader {
    fn load(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let value = self.shared.rows.get_or_load(key, self.height, || {
            let (since, value) = self.view.get(key, self.height)?;
            Ok::<_, StoreError>(Row {
                since,
                value: value.map(Arc::from),
            })
        })?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn remember<T>(&self, result: Result<T, StoreError>) -> Option<T> {
        result
            .map_err(|error| {
                // Only the first failure is kept: later ones follow from it, or say the same.
                let _ = self.fault.set(error);
            })
            .ok()
    }
}

impl Reader for DiskReader {
    fn height(&self) -> u64 {
        self.height
    }

    fn root(&self) -> RootHash {
        self.root
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.remember(self.load(key)).flatten()
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        direction: Direction,
    ) -> Box<dyn Iterator<Item = Entry> + 'a> {
        let keys = KeyRange { start, end, direction };
        let entries = self.view.range(keys, self.height);
        Box::new(entries.map_while(|entry| self.remember(entry)))
    }

    fn prove(&self, key: &[u8]) -> Result<Proved, StoreError> {
        let tree = self.tree.load(self)?;
        prove(&tree, key, &|key| self.load(key))
    }

    fn check(&self) -> Result<(), StoreError> {
        self.fault.get().map_or(Ok(()), |error| Err(copy_error(error)))
    }
}

/// The error again: it cannot be cloned, as it may come from the system.
pub(crate) fn copy_error(error: &StoreError) -> StoreError {
    match error {
        StoreError::Damaged { what } => StoreError::Damaged { what: what.clone() },
        other => StoreError::Io(other.to_string()),
    }
}
