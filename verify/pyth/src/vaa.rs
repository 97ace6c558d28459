//! A VAA: a body with an origin and a payload, and signatures over the body.

use crate::error::ParseError;
use crate::hash::keccak256;
use crate::reader::Reader;

/// Most signatures of a VAA: no set of 32 members or fewer has more.
pub const MAX_SIGNATURES: usize = 32;

/// Where a message comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Wormhole chain id.
    pub chain: u16,
    /// Emitter address.
    pub emitter: [u8; 32],
}

/// One member's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature<'a> {
    /// Position of the signer in the set.
    pub signer: u8,
    /// `r` and `s`.
    pub rs: &'a [u8; 64],
    /// Recovery id, 0 or 1.
    pub recovery_id: u8,
}

/// A parsed VAA; nothing about it is proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vaa<'a> {
    /// Index of the set that signed.
    pub set_index: u32,
    /// Signatures in the order given.
    pub signatures: Vec<Signature<'a>>,
    /// When it was emitted, seconds since the Unix epoch.
    pub timestamp: u32,
    /// Nonce.
    pub nonce: u32,
    /// Emitter.
    pub origin: Origin,
    /// Sequence number of the emitter.
    pub sequence: u64,
    /// Consistency level.
    pub consistency: u8,
    /// What is said.
    pub payload: &'a [u8],
    body: &'a [u8],
}

impl<'a> Vaa<'a> {
    /// Reads a VAA; the payload is all that follows the header.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ParseError> {
        let mut reader = Reader::new(bytes);
        reader.fixed("VAA version", 1)?;
        let set_index = reader.u32("signer set index")?;
        let count = reader.count("signatures", MAX_SIGNATURES)?;
        let mut signatures = Vec::with_capacity(count);
        for _ in 0..count {
            signatures.push(parse_signature(&mut reader)?);
        }
        let body = reader.rest();
        let timestamp = reader.u32("timestamp")?;
        let nonce = reader.u32("nonce")?;
        let origin = Origin {
            chain: reader.u16("emitter chain")?,
            emitter: *reader.array("emitter address")?,
        };
        let sequence = reader.u64("sequence")?;
        let consistency = reader.u8("consistency level")?;
        Ok(Self {
            set_index,
            signatures,
            timestamp,
            nonce,
            origin,
            sequence,
            consistency,
            payload: reader.rest(),
            body,
        })
    }

    /// What the members sign: the body hashed twice.
    pub fn compute_digest(&self) -> [u8; 32] {
        keccak256(&keccak256(self.body))
    }
}

fn parse_signature<'a>(reader: &mut Reader<'a>) -> Result<Signature<'a>, ParseError> {
    let signer = reader.u8("signer index")?;
    let rs = reader.array("signature")?;
    let offset = reader.offset();
    match reader.u8("recovery id")? {
        recovery_id @ (0 | 1) => Ok(Signature {
            signer,
            rs,
            recovery_id,
        }),
        found => Err(ParseError::Unexpected {
            what: "recovery id",
            offset,
            found: found.into(),
        }),
    }
}
