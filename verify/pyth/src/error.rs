//! What can be wrong with an update: its shape ([`ParseError`]) or its proof ([`VerifyError`]).

use thiserror::Error;

/// Why bytes are not an update. Offsets count from the first byte of the part that was being read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ParseError {
    /// More bytes than one update may have.
    #[error("update of {len} bytes exceeds {limit}")]
    TooLarge {
        /// Bytes given.
        len: usize,
        /// Most bytes.
        limit: usize,
    },
    /// The bytes end early.
    #[error("{what} at offset {offset} needs {needed} bytes but {available} are left")]
    Truncated {
        /// Field.
        what: &'static str,
        /// Where it starts.
        offset: usize,
        /// Its length.
        needed: usize,
        /// What is left.
        available: usize,
    },
    /// A field with a fixed value has another one.
    #[error("{what} at offset {offset} is {found}")]
    Unexpected {
        /// Field.
        what: &'static str,
        /// Where it starts.
        offset: usize,
        /// Its value.
        found: u64,
    },
    /// More entries than are read.
    #[error("{found} {what} at offset {offset} exceed {limit}")]
    TooMany {
        /// Field.
        what: &'static str,
        /// Where the count is.
        offset: usize,
        /// The count.
        found: usize,
        /// Most entries.
        limit: usize,
    },
    /// Bytes after the end of the envelope.
    #[error("{extra} bytes follow the last update at offset {offset}")]
    Trailing {
        /// Where they start.
        offset: usize,
        /// How many.
        extra: usize,
    },
}

/// Why a well-formed update is not believed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum VerifyError {
    /// A part of the update does not parse.
    #[error("{0}")]
    Parse(#[from] ParseError),
    /// The emitter is not one that is trusted.
    #[error("emitter {} of chain {chain} is not trusted", hex(.emitter))]
    UntrustedOrigin {
        /// Wormhole chain id.
        chain: u16,
        /// Emitter address.
        emitter: [u8; 32],
    },
    /// No set with this index is trusted.
    #[error("signer set {index} is unknown")]
    UnknownSet {
        /// Index in the message.
        index: u32,
    },
    /// The set is no longer trusted.
    #[error("signer set {index} expired at {expires_at}, it is {now}")]
    ExpiredSet {
        /// Index.
        index: u32,
        /// First second at which it is not valid.
        expires_at: u64,
        /// The time it was checked against.
        now: u64,
    },
    /// The set has no members.
    #[error("signer set {index} is empty")]
    EmptySet {
        /// Index.
        index: u32,
    },
    /// Fewer or more signatures than the rule asks for.
    #[error("{found} signatures, {needed} to {members} are needed")]
    SignatureCount {
        /// Signatures.
        found: usize,
        /// Quorum.
        needed: usize,
        /// Members of the set.
        members: usize,
    },
    /// Signer indices must rise, so that nobody signs twice.
    #[error("signer {index} follows signer {previous}")]
    SignerOrder {
        /// Offending index.
        index: u8,
        /// Index before it.
        previous: u8,
    },
    /// The set has no such member.
    #[error("signer {index} is outside a set of {members}")]
    SignerIndex {
        /// Offending index.
        index: u8,
        /// Members of the set.
        members: usize,
    },
    /// The update has no message at this position.
    #[error("there is no message {position} among {count}")]
    NoMessage {
        /// Position asked for.
        position: usize,
        /// Messages in the update.
        count: usize,
    },
    /// The proof does not lead to the signed root.
    #[error("message {position} is not under the signed root")]
    BadProof {
        /// Position of the message.
        position: usize,
    },
    /// The signature yields no key.
    #[error("signature of signer {index} is not recoverable")]
    Unrecoverable {
        /// Signer.
        index: u8,
    },
    /// The signature is somebody else's.
    #[error("signature of signer {index} recovers to {}, not {}", hex(.found), hex(.expected))]
    WrongSigner {
        /// Signer.
        index: u8,
        /// Address in the set.
        expected: [u8; 20],
        /// Address of the key that signed.
        found: [u8; 20],
    },
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
