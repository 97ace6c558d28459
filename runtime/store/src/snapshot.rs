//! Snapshots: one version's entries as a stream of checked chunks, in the order of keys.
//!
//! A stream is `SCSNAP01` and then chunks `kind ‖ length ‖ checksum ‖ payload`: one header (height, root), data, one end
//! (number of entries, checksum over all chunks before). A chunk's checksum covers its kind and its number, so chunks can
//! be fetched apart from each other and checked alone. Whoever restores compares the root of what was read.

mod read;
mod write;

use sha2::{Digest, Sha256};
use supercloud_chain::store::{RootHash, StoreError};
use thiserror::Error;

pub use read::SnapshotReader;
pub use write::export_snapshot;

const MAGIC: &[u8; 8] = b"SCSNAP01";
/// Kind, length, checksum.
const FRAME: usize = 1 + 4 + 32;
/// A chunk is closed when it has this many bytes.
const CHUNK_BYTES: usize = 1 << 20;
/// Longest chunk that is read: the last entry of a chunk may be this large.
const MAX_CHUNK_BYTES: usize = 256 << 20;

/// What a snapshot is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotHeader {
    /// Height of the version.
    pub height: u64,
    /// Its root.
    pub root: RootHash,
}

/// What a snapshot has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotSize {
    /// Entries of the state.
    pub entries: u64,
    /// Chunks, header and end included.
    pub chunks: u64,
    /// Bytes of the stream.
    pub bytes: u64,
}

/// Why a snapshot cannot be written or read.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// The stream failed.
    #[error("snapshot stream: {0}")]
    Io(#[from] std::io::Error),
    /// Not a snapshot, or of another format.
    #[error("the stream does not begin with a snapshot of format 1")]
    Format,
    /// A chunk is damaged.
    #[error("chunk {chunk} of the snapshot is damaged: {reason}")]
    Chunk {
        /// Number of the chunk; the header is 0.
        chunk: u64,
        /// What is wrong.
        reason: &'static str,
    },
    /// The stream ended before its end chunk.
    #[error("the snapshot ends after {chunks} chunks, without an end")]
    CutOff {
        /// Whole chunks that were read.
        chunks: u64,
    },
    /// The entries give another root than the header says.
    #[error("the snapshot of height {height} gives root {got}, but its header says {expected}")]
    RootMismatch {
        /// Height of the version.
        height: u64,
        /// Root in the header, hex.
        expected: String,
        /// Root of the entries, hex.
        got: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Header = 1,
    Data = 2,
    End = 3,
}

fn checksum(kind: Kind, number: u64, payload: &[u8]) -> [u8; 32] {
    Sha256::new()
        .chain_update([kind as u8])
        .chain_update(number.to_be_bytes())
        .chain_update(payload)
        .finalize()
        .into()
}
