//! The head: which height was committed last, apart from the log that holds it.
//!
//! When the end of the log is lost, the log alone looks like one that ends earlier. The head, written after the log and
//! before the commit returns, tells the difference. Two slots are written in turn, so a torn write leaves the other.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::disk::config::SyncPolicy;
use crate::disk::log::sync_dir;
use crate::hash::Hash;

/// Distance of the slots: they never share a sector or a page.
const SLOT: u64 = 4096;
const MAGIC: &[u8; 8] = b"SCSHEAD1";
/// Magic, height, root, first half of their SHA-256.
const LEN: usize = 8 + 8 + 32 + 16;

/// Height and root of a commit that returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    pub(crate) height: u64,
    pub(crate) root: Hash,
}

/// The head file, open for writing.
pub(crate) struct Head {
    file: File,
    sync: SyncPolicy,
    next_slot: u64,
}

impl Head {
    /// Opens the file, or makes it, and reads what was acknowledged last.
    pub(crate) fn open(path: &Path, sync: SyncPolicy) -> io::Result<(Self, Option<Acknowledged>)> {
        let is_new = !path.exists();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        if let Some(dir) = path.parent().filter(|_| is_new) {
            sync_dir(dir)?;
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let last = find_last(&bytes);
        let next_slot = last.map_or(0, |(_, index)| 1 - index);
        let head = Self { file, sync, next_slot };
        Ok((head, last.map(|(acknowledged, _)| acknowledged)))
    }

    /// What was acknowledged last, if there is a head.
    pub(crate) fn read(path: &Path) -> Option<Acknowledged> {
        let bytes = std::fs::read(path).ok()?;
        find_last(&bytes).map(|(acknowledged, _)| acknowledged)
    }

    pub(crate) fn write(&mut self, acknowledged: Acknowledged) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.next_slot * SLOT))?;
        self.file.write_all(&encode(acknowledged))?;
        if self.sync == SyncPolicy::EveryBlock {
            self.file.sync_data()?;
        }
        self.next_slot = 1 - self.next_slot;
        Ok(())
    }

    /// Writes both slots, so that nothing higher is left.
    pub(crate) fn reset(&mut self, acknowledged: Acknowledged) -> io::Result<()> {
        self.write(acknowledged)?;
        self.write(acknowledged)?;
        self.file.sync_all()
    }
}

/// The highest of the slots that are whole, and which one that is.
fn find_last(bytes: &[u8]) -> Option<(Acknowledged, u64)> {
    let slot = |index: u64| {
        let start = (index * SLOT) as usize;
        let acknowledged = parse(bytes.get(start..start + LEN)?)?;
        Some((acknowledged, index))
    };
    let slots = [slot(0), slot(1)].into_iter().flatten();
    slots.max_by_key(|(acknowledged, _)| acknowledged.height)
}

fn encode(acknowledged: Acknowledged) -> [u8; LEN] {
    let mut slot = [0; LEN];
    slot[..8].copy_from_slice(MAGIC);
    slot[8..16].copy_from_slice(&acknowledged.height.to_be_bytes());
    slot[16..48].copy_from_slice(&acknowledged.root);
    let digest: [u8; 32] = Sha256::digest(&slot[..48]).into();
    slot[48..].copy_from_slice(&digest[..16]);
    slot
}

fn parse(slot: &[u8]) -> Option<Acknowledged> {
    let (height, rest) = slot.strip_prefix(MAGIC)?.split_first_chunk()?;
    let (root, _) = rest.split_first_chunk()?;
    let acknowledged = Acknowledged {
        height: u64::from_be_bytes(*height),
        root: *root,
    };
    (encode(acknowledged) == slot).then_some(acknowledged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(height: u64) -> Acknowledged {
        Acknowledged {
            height,
            root: [height as u8; 32],
        }
    }

    #[test]
    fn the_highest_whole_slot_counts() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("head");
        let (mut head, found) = Head::open(&path, SyncPolicy::EveryBlock).unwrap();
        assert_eq!(found, None);
        for height in 1..=3 {
            head.write(at(height)).unwrap();
            let (_, found) = Head::open(&path, SyncPolicy::EveryBlock).unwrap();
            assert_eq!(found, Some(at(height)));
        }
        let whole = std::fs::read(&path).unwrap();
        for index in 0..LEN {
            let mut torn = whole.clone();
            torn[index] ^= 1;
            std::fs::write(&path, torn).unwrap();
            let (mut head, found) = Head::open(&path, SyncPolicy::EveryBlock).unwrap();
            assert_eq!(found, Some(at(2)), "byte {index}");
            head.write(at(9)).unwrap();
            assert_eq!(Head::open(&path, SyncPolicy::EveryBlock).unwrap().1, Some(at(9)));
        }
        std::fs::write(&path, vec![0; 5_000]).unwrap();
        assert_eq!(Head::open(&path, SyncPolicy::EveryBlock).unwrap().1, None);
    }
}
