//! Writing a snapshot.

use std::io::Write;

use sha2::{Digest, Sha256};
use supercloud_chain::store::{Direction, Reader};

use crate::snapshot::{CHUNK_BYTES, FRAME, Kind, MAGIC, SnapshotError, SnapshotSize, checksum};

struct Chunks<'w> {
    out: &'w mut dyn Write,
    size: SnapshotSize,
    all: Sha256,
}

/// Writes the version that `view` shows. Other threads may commit meanwhile. Memory: one chunk.
pub fn export_snapshot(view: &dyn Reader, out: &mut dyn Write) -> Result<SnapshotSize, SnapshotError> {
    out.write_all(MAGIC)?;
    let mut chunks = Chunks {
        out,
        size: SnapshotSize {
            entries: 0,
            chunks: 0,
            bytes: MAGIC.len() as u64,
        },
        all: Sha256::new(),
    };
    chunks.put(
        Kind::Header,
        &[view.height().to_be_bytes().as_slice(), &view.root()].concat(),
    )?;
    let mut payload = Vec::with_capacity(CHUNK_BYTES + (4 << 10));
    for (key, value) in view.range(None, None, Direction::Ascending) {
        payload.extend_from_slice(&(key.len() as u16).to_be_bytes());
        payload.extend_from_slice(&key);
        payload.extend_from_slice(&(value.len() as u32).to_be_bytes());
        payload.extend_from_slice(&value);
        chunks.size.entries += 1;
        if payload.len() >= CHUNK_BYTES {
            chunks.put(Kind::Data, &payload)?;
            payload.clear();
        }
    }
    // Before the end is written: an iteration that failed looks like one that is done.
    view.check()?;
    if !payload.is_empty() {
        chunks.put(Kind::Data, &payload)?;
    }
    let all: [u8; 32] = chunks.all.clone().finalize().into();
    let end = [chunks.size.entries.to_be_bytes().as_slice(), &all].concat();
    chunks.put(Kind::End, &end)?;
    chunks.out.flush()?;
    Ok(chunks.size)
}

impl Chunks<'_> {
    fn put(&mut self, kind: Kind, payload: &[u8]) -> Result<(), SnapshotError> {
        let checksum = checksum(kind, self.size.chunks, payload);
        let len = u32::try_from(payload.len()).map_err(|_| SnapshotError::Chunk {
            chunk: self.size.chunks,
            reason: "an entry is larger than 4 GiB",
        })?;
        self.out.write_all(&[kind as u8])?;
        self.out.write_all(&len.to_be_bytes())?;
        self.out.write_all(&checksum)?;
        self.out.write_all(payload)?;
        self.all.update(checksum);
        self.size.chunks += 1;
        self.size.bytes += (FRAME + payload.len()) as u64;
        Ok(())
    }
}
