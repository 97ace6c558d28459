//! An accumulator message: one VAA and the messages that its root vouches for.

use crate::error::ParseError;
use crate::merkle::Node;
use crate::message::{FeedId, MessageKind, feed_id_of};
use crate::payload::RootPayload;
use crate::reader::Reader;
use crate::vaa::Vaa;

/// Most bytes of an update, 16 KiB; thirteen signatures and sixteen feeds take about 7 KiB.
pub const MAX_UPDATE_BYTES: usize = 16 * 1024;
/// Most messages of an update.
pub const MAX_UPDATES: usize = 16;
/// Most nodes of a proof: a tree of 2^32 leaves. Real proofs have 10 to 12.
pub const MAX_PROOF_NODES: usize = 32;

/// A message with the proof that is said to lead to the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProvenMessage<'a> {
    /// The message's bytes.
    pub message: &'a [u8],
    /// Siblings from the leaf upwards.
    pub proof: &'a [Node],
}

impl ProvenMessage<'_> {
    /// What the message is about.
    pub fn kind(&self) -> MessageKind {
        MessageKind::of(self.message)
    }

    /// The feed it is about, if it is of a kind that has one.
    pub fn feed_id(&self) -> Option<FeedId> {
        feed_id_of(self.message)
    }
}

/// A parsed update; nothing about it is proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update<'a> {
    /// The signed part.
    pub vaa: Vaa<'a>,
    /// What was signed.
    pub root: RootPayload,
    /// Messages in the order given.
    pub messages: Vec<ProvenMessage<'a>>,
}

impl<'a> Update<'a> {
    /// Reads an update. No cryptography: a caller can turn an update down by its times first.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ParseError> {
        if bytes.len() > MAX_UPDATE_BYTES {
            return Err(ParseError::TooLarge {
                len: bytes.len(),
                limit: MAX_UPDATE_BYTES,
            });
        }
        let mut reader = Reader::new(bytes);
        reader.magic("magic", b"PNAU")?;
        reader.fixed("major version", 1)?;
        reader.u8("minor version")?;
        let trailing_len = reader.u8("trailing header length")?;
        reader.take("trailing header", trailing_len.into())?;
        reader.fixed("update type", 0)?;
        let vaa_len = reader.u16("VAA length")?;
        let vaa = Vaa::parse(reader.take("VAA", vaa_len.into())?)?;
        let root = RootPayload::parse(vaa.payload)?;
        let count = reader.count("messages", MAX_UPDATES)?;
        let mut messages = Vec::with_capacity(count);
        for _ in 0..count {
            messages.push(parse_message(&mut reader)?);
        }
        reader.finish()?;
        Ok(Self { vaa, root, messages })
    }
}

fn parse_message<'a>(reader: &mut Reader<'a>) -> Result<ProvenMessage<'a>, ParseError> {
    let len = reader.u16("message length")?;
    let message = reader.take("message", len.into())?;
    let nodes = reader.count("proof nodes", MAX_PROOF_NODES)?;
    let (proof, _) = reader
        .take("proof", nodes.saturating_mul(size_of::<Node>()))?
        .as_chunks();
    Ok(ProvenMessage { message, proof })
}
