//! The signed statement: "at this slot, all messages are under this root".

use crate::error::ParseError;
use crate::merkle::Node;
use crate::reader::Reader;

/// Payload of an accumulator VAA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RootPayload {
    /// Pythnet slot; orders updates within a second.
    pub slot: u64,
    /// Size of the emitter's ring of roots; 0 with routers.
    pub ring_size: u32,
    /// Root of the message tree.
    pub root: Node,
}

impl RootPayload {
    /// Reads a payload; bytes after it are left for later versions.
    pub fn parse(payload: &[u8]) -> Result<Self, ParseError> {
        let mut reader = Reader::new(payload);
        reader.magic("payload magic", b"AUWV")?;
        reader.fixed("payload type", 0)?;
        Ok(Self {
            slot: reader.u64("slot")?,
            ring_size: reader.u32("ring size")?,
            root: *reader.array("Merkle root")?,
        })
    }
}
