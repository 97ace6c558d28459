//! Records of the log: `length ‖ kind ‖ checksum ‖ payload`, where the checksum is the first half of the SHA-256 of kind
//! and payload.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use prost::Message;
use sha2::{Digest, Sha256};
use supercloud_chain::BlockOutput;
use supercloud_rpc::BlockRecord;

use super::ArchiveError;
use super::stored::{StoredBlock, StoredResults};
use crate::archive::ProposedBlock;

/// Length, kind, checksum.
const FRAME: usize = 4 + 1 + 16;
/// Longest payload: a block has at most 21 MiB, its results rarely more than a few times that.
const MAX_PAYLOAD: u32 = 1 << 30;

/// What a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A block as it was sealed.
    Block = 1,
    /// What it did.
    Results = 2,
}

/// A record that was read.
pub(super) enum Record {
    /// A block as it was sealed.
    Block(Box<ProposedBlock>),
    /// The height of a block and what it did.
    Results(u64, BlockOutput),
}

pub(super) fn encode_block(block: &ProposedBlock) -> Vec<u8> {
    encode(Kind::Block, &StoredBlock::from(block))
}

pub(super) fn encode_results(record: &BlockRecord) -> Vec<u8> {
    encode(Kind::Results, &StoredResults::from(record))
}

fn encode(kind: Kind, message: &impl Message) -> Vec<u8> {
    let mut record = Vec::with_capacity(FRAME + message.encoded_len());
    record.extend_from_slice(&[0; FRAME]);
    message.encode(&mut record).expect("a vector grows as needed");
    let len = u32::try_from(record.len() - FRAME).expect("blocks and results are far smaller than 4 GiB");
    let checksum = checksum(kind as u8, &record[FRAME..]);
    record[..4].copy_from_slice(&len.to_be_bytes());
    record[4] = kind as u8;
    record[5..FRAME].copy_from_slice(&checksum);
    record
}

fn checksum(kind: u8, payload: &[u8]) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::new()
        .chain_update([kind])
        .chain_update(payload)
        .finalize()
        .into();
    std::array::from_fn(|i| digest[i])
}

/// Reads the record at the start of `bytes` and how long it is; the error says what is wrong with it.
pub(super) fn parse(bytes: &[u8]) -> Result<(Record, usize), String> {
    let frame: &[u8; FRAME] = bytes.first_chunk().ok_or("the record's frame is cut off")?;
    let len = payload_len(frame)?;
    let payload = bytes.get(FRAME..FRAME + len).ok_or("the record is cut off")?;
    Ok((parse_payload(frame, payload)?, FRAME + len))
}

/// Whether a whole record follows the one at the start of `bytes`, which cannot be read but says how long it is.
pub(super) fn follows_damaged(bytes: &[u8]) -> bool {
    let next = bytes.first_chunk().and_then(|frame| {
        let len = payload_len(frame).ok()?;
        bytes.get(FRAME + len..)
    });
    next.is_some_and(|next| parse(next).is_ok())
}

fn payload_len(frame: &[u8; FRAME]) -> Result<usize, String> {
    let len = u32::from_be_bytes([frame[0], frame[1], frame[2], frame[3]]);
    if len == 0 || len > MAX_PAYLOAD {
        return Err(format!("the record's length is {len}"));
    }
    Ok(len as usize)
}

fn parse_payload(frame: &[u8; FRAME], payload: &[u8]) -> Result<Record, String> {
    if checksum(frame[4], payload) != frame[5..] {
        return Err("the record's checksum is wrong".to_owned());
    }
    let broken = |error: &dyn std::fmt::Display| format!("the record does not parse: {error}");
    match frame[4] {
        kind if kind == Kind::Block as u8 => {
            let stored = StoredBlock::decode(payload).map_err(|error| broken(&error))?;
            let block = stored.try_into().map_err(|error| broken(&error))?;
            Ok(Record::Block(Box::new(block)))
        }
        kind if kind == Kind::Results as u8 => {
            let stored = StoredResults::decode(payload).map_err(|error| broken(&error))?;
            let (height, output) = stored.try_into().map_err(|error| broken(&error))?;
            Ok(Record::Results(height, output))
        }
        kind => Err(format!("the record is of unknown kind {kind}")),
    }
}

/// Both records of a block, one after the other.
pub(crate) fn encode_record(record: &BlockRecord) -> Vec<u8> {
    [encode_block(&ProposedBlock::from(record)), encode_results(record)].concat()
}

/// Reads what [`encode_record`] wrote; the error says what is wrong.
pub(crate) fn decode_record(bytes: &[u8]) -> Result<BlockRecord, String> {
    let (block, len) = parse(bytes)?;
    let (results, _) = parse(&bytes[len..])?;
    match (block, results) {
        (Record::Block(block), Record::Results(height, output)) if block.height() == height => {
            Ok(block.executed(output))
        }
        _ => Err("a block and its results do not follow each other".to_owned()),
    }
}

/// Reads the block's record at `offset`, and says how many bytes it has.
pub(super) fn read_block(file: &mut File, path: &Path, offset: u64) -> Result<(ProposedBlock, u64), ArchiveError> {
    match read(file, path, offset)? {
        (Record::Block(block), bytes) => Ok((*block, bytes)),
        (Record::Results(..), _) => Err(damaged(
            path,
            offset,
            "there are results in place of a block".to_owned(),
        )),
    }
}

/// Reads the record of results at `offset`, and says how many bytes it has.
pub(super) fn read_results(file: &mut File, path: &Path, offset: u64) -> Result<(BlockOutput, u64), ArchiveError> {
    match read(file, path, offset)? {
        (Record::Results(_, output), bytes) => Ok((output, bytes)),
        (Record::Block(_), _) => Err(damaged(path, offset, "there is a block in place of results".to_owned())),
    }
}

fn read(file: &mut File, path: &Path, offset: u64) -> Result<(Record, u64), ArchiveError> {
    let mut frame = [0; FRAME];
    let cut_off = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => damaged(path, offset, "the record is cut off".to_owned()),
        _ => ArchiveError::io(path)(error),
    };
    file.seek(SeekFrom::Start(offset)).map_err(ArchiveError::io(path))?;
    file.read_exact(&mut frame).map_err(cut_off)?;
    let len = payload_len(&frame).map_err(|reason| damaged(path, offset, reason))?;
    // Grows with what is there, not with what the length says.
    let mut payload = Vec::new();
    file.take(len as u64)
        .read_to_end(&mut payload)
        .map_err(ArchiveError::io(path))?;
    if payload.len() < len {
        return Err(damaged(path, offset, "the record is cut off".to_owned()));
    }
    let record = parse_payload(&frame, &payload).map_err(|reason| damaged(path, offset, reason))?;
    Ok((record, (FRAME + len) as u64))
}

pub(super) fn damaged(path: &Path, offset: u64, reason: String) -> ArchiveError {
    ArchiveError::Damaged {
        path: path.to_owned(),
        offset,
        reason,
    }
}
