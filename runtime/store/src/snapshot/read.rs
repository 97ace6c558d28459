//! Reading a snapshot. Whatever the bytes are, reading ends with an error and without a large allocation.

use std::io::{ErrorKind, Read};

use sha2::{Digest, Sha256};
use supercloud_chain::store::{Entry, MAX_KEY_BYTES};

use crate::snapshot::{Kind, MAGIC, MAX_CHUNK_BYTES, SnapshotError, SnapshotHeader, checksum};

/// A snapshot being read, chunk by chunk.
pub struct SnapshotReader<R> {
    input: R,
    header: SnapshotHeader,
    chunks: u64,
    entries: u64,
    all: Sha256,
    last_key: Vec<u8>,
    is_done: bool,
}

impl<R: Read> SnapshotReader<R> {
    /// Reads the header.
    pub fn open(mut input: R) -> Result<Self, SnapshotError> {
        let mut magic = [0; MAGIC.len()];
        input.read_exact(&mut magic).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => SnapshotError::Format,
            _ => error.into(),
        })?;
        if magic != *MAGIC {
            return Err(SnapshotError::Format);
        }
        let mut reader = Self {
            input,
            header: SnapshotHeader {
                height: 0,
                root: [0; 32],
            },
            chunks: 0,
            entries: 0,
            all: Sha256::new(),
            last_key: Vec::new(),
            is_done: false,
        };
        let payload = match reader.next_payload()? {
            (Kind::Header, payload) => payload,
            _ => return Err(reader.damaged("the first chunk is no header")),
        };
        let (height, root) = payload
            .split_first_chunk()
            .and_then(|(height, root)| Some((u64::from_be_bytes(*height), root.try_into().ok()?)))
            .ok_or_else(|| reader.damaged("the header does not parse"))?;
        reader.header = SnapshotHeader { height, root };
        Ok(reader)
    }

    /// What the snapshot is of, as it says itself.
    pub fn header(&self) -> SnapshotHeader {
        self.header
    }

    /// The next entries, in ascending order of keys; none after the last.
    pub fn next_entries(&mut self) -> Result<Option<Vec<Entry>>, SnapshotError> {
        if self.is_done {
            return Ok(None);
        }
        let all: [u8; 32] = self.all.clone().finalize().into();
        match self.next_payload()? {
            (Kind::Data, payload) => self.parse_entries(&payload).map(Some),
            (Kind::End, payload) => {
                let expected = [self.entries.to_be_bytes().as_slice(), &all].concat();
                if payload != expected {
                    return Err(self.damaged("the end does not fit the chunks before"));
                }
                self.is_done = true;
                Ok(None)
            }
            (Kind::Header, _) => Err(self.damaged("there is a second header")),
        }
    }

    /// Entries read so far.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    fn next_payload(&mut self) -> Result<(Kind, Vec<u8>), SnapshotError> {
        let chunk = self.chunks;
        let cut_off = move |error: std::io::Error| match error.kind() {
            ErrorKind::UnexpectedEof => SnapshotError::CutOff { chunks: chunk },
            _ => error.into(),
        };
        let (mut kind, mut len, mut expected) = ([0], [0; 4], [0; 32]);
        self.input.read_exact(&mut kind).map_err(cut_off)?;
        self.input.read_exact(&mut len).map_err(cut_off)?;
        self.input.read_exact(&mut expected).map_err(cut_off)?;
        let kind = match kind {
            [1] => Kind::Header,
            [2] => Kind::Data,
            [3] => Kind::End,
            _ => {
                return Err(SnapshotError::Chunk {
                    chunk,
                    reason: "it is of no known kind",
                });
            }
        };
        let len = u64::from(u32::from_be_bytes(len));
        if len > MAX_CHUNK_BYTES as u64 {
            return Err(SnapshotError::Chunk {
                chunk,
                reason: "it is longer than 256 MiB",
            });
        }
        // Grows with what is there, not with what the length says.
        let mut payload = Vec::new();
        self.input.by_ref().take(len).read_to_end(&mut payload)?;
        if (payload.len() as u64) < len {
            return Err(SnapshotError::CutOff { chunks: chunk });
        }
        if checksum(kind, chunk, &payload) != expected {
            return Err(SnapshotError::Chunk {
                chunk,
                reason: "its checksum is wrong",
            });
        }
        self.all.update(expected);
        self.chunks += 1;
        Ok((kind, payload))
    }

    fn parse_entries(&mut self, mut payload: &[u8]) -> Result<Vec<Entry>, SnapshotError> {
        let mut entries = Vec::new();
        while !payload.is_empty() {
            let (key, value, rest) = parse_entry(payload).ok_or_else(|| self.damaged("an entry does not parse"))?;
            if key.is_empty() || key.len() > MAX_KEY_BYTES || *key <= *self.last_key {
                return Err(self.damaged("keys are not in order, or too long"));
            }
            self.last_key = key.to_vec();
            entries.push((key.to_vec(), value.to_vec()));
            payload = rest;
        }
        self.entries += entries.len() as u64;
        Ok(entries)
    }

    /// About the chunk that was read last.
    fn damaged(&self, reason: &'static str) -> SnapshotError {
        SnapshotError::Chunk {
            chunk: self.chunks.saturating_sub(1),
            reason,
        }
    }
}

fn parse_entry(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (len, bytes) = bytes.split_first_chunk()?;
    let (key, bytes) = bytes.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
    let (len, bytes) = bytes.split_first_chunk()?;
    let (value, bytes) = bytes.split_at_checked(u32::from_be_bytes(*len) as usize)?;
    Some((key, value, bytes))
}
