//! The Wormhole "Core" packet that announces the next signer set. The receiver takes no such packet by itself: whoever
//! proposes a set to governance reads the packet with this and checks its VAA against the current set.

use crate::error::ParseError;
use crate::reader::Reader;
use crate::vaa::MAX_SIGNATURES;
use crate::verify::Address;

/// "Core", left padded to 32 bytes.
const MODULE: &[u8; 32] = b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0Core";
const ACTION_SET_UPGRADE: u8 = 2;

/// A new signer set, as its predecessor announces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetUpgrade {
    /// Chain it is meant for, 0 for all.
    pub chain: u16,
    /// Index of the new set.
    pub index: u32,
    /// Its members.
    pub addresses: Vec<Address>,
}

impl SetUpgrade {
    /// Reads the payload of a VAA; no byte may follow.
    pub fn parse(payload: &[u8]) -> Result<Self, ParseError> {
        let mut reader = Reader::new(payload);
        let module: &[u8; 32] = reader.array("module")?;
        if module != MODULE {
            let found = module.last_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
            return Err(ParseError::Unexpected {
                what: "module",
                offset: 0,
                found,
            });
        }
        reader.fixed("action", ACTION_SET_UPGRADE)?;
        let chain = reader.u16("target chain")?;
        let index = reader.u32("new set index")?;
        let count = reader.count("members", MAX_SIGNATURES)?;
        let mut addresses = Vec::with_capacity(count);
        for _ in 0..count {
            addresses.push(*reader.array("member")?);
        }
        reader.finish()?;
        Ok(Self {
            chain,
            index,
            addresses,
        })
    }
}
