//! What keys had in the tables before a checkpoint, for keys of which memory does not know it.
//!
//! Keys are asked for in ascending order. Many keys of a small table are found by one scan, few of a large one by lookups.

use fjall::{Iter, Keyspace, Readable, Snapshot};
use supercloud_chain::store::StoreError;

use crate::disk::engine::failed;
use crate::disk::memtable::{Before, Memtable};
use crate::disk::rows::latest_key;

/// A scan step costs about this part of a lookup.
const SCAN_STEPS_PER_LOOKUP: usize = 12;

pub(crate) struct BeforeFinder<'a> {
    table: &'a Keyspace,
    snapshot: &'a Snapshot,
    scan: Option<Scan>,
}

struct Scan {
    rows: Iter,
    /// The row that was read last: it is at or after the key that was asked for last.
    current: Option<(fjall::Slice, fjall::Slice)>,
}

impl<'a> BeforeFinder<'a> {
    pub(crate) fn new(table: &'a Keyspace, snapshot: &'a Snapshot, memtable: &Memtable) -> Self {
        let mut unknown = 0;
        let counted = memtable.for_each(|_, versions| {
            unknown += usize::from(matches!(versions.before, Before::InTables));
            Ok::<(), std::convert::Infallible>(())
        });
        let Ok(()) = counted;
        let scans = unknown.saturating_mul(SCAN_STEPS_PER_LOOKUP) > table.approximate_len();
        let scan = scans.then(|| Scan {
            rows: snapshot.range(table, latest_key(&[])..),
            current: None,
        });
        Self { table, snapshot, scan }
    }

    /// The row of `latest`, which is also the row of `past`.
    pub(crate) fn find(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let wanted = latest_key(key);
        let failed = |error: fjall::Error| failed(self.table, &error);
        let Some(scan) = &mut self.scan else {
            let row = self.snapshot.get(self.table, wanted).map_err(failed)?;
            return Ok(row.map(|row| row.to_vec()));
        };
        loop {
            match &scan.current {
                Some((found, row)) if **found == *wanted => return Ok(Some(row.to_vec())),
                Some((found, _)) if **found > *wanted => return Ok(None),
                _ => match scan.rows.next() {
                    Some(guard) => scan.current = Some(guard.into_inner().map_err(failed)?),
                    None => return Ok(None),
                },
            }
        }
    }
}
