//! Messages. Byte strings are base64; a message has no field that it does not need, and unknown fields are refused.

mod crypto;
mod floats;
mod plan;
mod raw;
mod scan;

use cosmwasm_std::{Binary, Empty, QueryRequest, Uint256};
use serde::{Deserialize, Serialize};

pub use crypto::{CryptoCall, CryptoFunction, HashToCurve, Recoverable, Signed, Verdict};
pub use floats::{FloatCall, FloatOp};
pub use plan::{Flood, PacketPlan, Plan, Seen, Step};
pub use raw::{AddrCall, Converted, RawCall};
pub use scan::{Advance, Found, Iterate, Part, Scan, ScanOrder};

/// Messages of `execute`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExecuteMsg {
    /// Does nothing.
    Noop {},
    /// Ends with a contract error.
    Fail {
        /// The error's whole text.
        text: String,
    },
    /// Answers with one message that sends coins.
    BankSend {
        /// Who gets them.
        to: String,
        /// Which coin.
        denom: String,
        /// How much.
        amount: Uint256,
    },
    /// Answers with everything that an answer can hold.
    Messages(Plan),
    /// Stores a value.
    Set {
        /// Any bytes.
        key: Binary,
        /// Not empty: the standard library panics then.
        value: Binary,
    },
    /// Stores `value_len` times `v` under `key_len` times `k`.
    Write {
        /// Bytes.
        key_len: u32,
        /// Bytes.
        value_len: u32,
    },
    /// Removes a key.
    Remove {
        /// Any bytes.
        key: Binary,
    },
    /// Iterates by the standard library. Data: list of pairs or of byte strings.
    Scan(Scan),
    /// Iterates by single host calls. Data: list of [`Found`].
    Iterate(Iterate),
    /// Opens iterators and keeps them.
    OpenIterators {
        /// How many.
        count: u32,
    },
    /// The address functions, by the standard library. Data: `Result` of text or bytes.
    Addr(AddrCall),
    /// The crypto functions, by single host calls. Data: [`Verdict`].
    Crypto(CryptoCall),
    /// Prints.
    Debug {
        /// One call each.
        lines: Vec<String>,
    },
    /// Panics, so that the standard library calls `abort`.
    Abort {},
    /// Traps without telling why.
    Unreachable {},
    /// Grows the memory. Data: the page count before, as big-endian u32.
    Grow {
        /// Pages of 64 KiB.
        pages: u32,
    },
    /// Calls itself on the Wasm stack. Data: the depth, as big-endian u32.
    Recurse {
        /// How deep.
        depth: u32,
    },
    /// Hashes 32 bytes again and again. Data: the last hash.
    ShaLoop {
        /// How often.
        rounds: u32,
    },
    /// Computes until gas ends.
    CpuLoop {},
    /// Writes until gas ends.
    StorageLoop {},
    /// Allocates until gas or memory ends.
    MemoryLoop {},
    /// Sends this message to itself.
    MessageLoop {},
    /// Answers with many attributes and events.
    Flood(Flood),
    /// Asks the chain. Data: `SystemResult<ContractResult<Binary>>`.
    Chain {
        /// A well-formed request.
        request: QueryRequest<Empty>,
    },
    /// Asks the chain with any bytes. Data: as for `chain`.
    ChainRaw {
        /// What goes to the host.
        request: Binary,
    },
    /// Asks itself, which asks itself. Data: the depth reached.
    RecurseQuery {
        /// How deep.
        depth: u32,
    },
    /// Data: the environment.
    MirrorEnv {},
    /// Data: sender and funds.
    MirrorInfo {},
    /// Computes with floats. Data: list of bit patterns, as strings.
    Float {
        /// One operation each.
        calls: Vec<FloatCall>,
    },
    /// Host calls that the standard library never makes.
    Raw(RawCall),
}

/// Messages of `query`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueryMsg {
    /// Answers `{}`.
    Noop {},
    /// The value under a key, or null.
    Get {
        /// Any bytes.
        key: Binary,
    },
    /// The environment.
    MirrorEnv {},
    /// The lines that plans logged.
    Log {},
    /// The replies that came, as list of [`Seen`].
    Replies {},
    /// Writes, which must trap.
    WriteAttempt {},
    /// Removes, which must trap.
    RemoveAttempt {},
    /// Iterates by the standard library.
    Scan(Scan),
    /// Asks the chain.
    Chain {
        /// A well-formed request.
        request: QueryRequest<Empty>,
    },
    /// Asks itself.
    RecurseQuery {
        /// How deep.
        depth: u32,
    },
    /// Hashes; the last hash.
    ShaLoop {
        /// How often.
        rounds: u32,
    },
    /// Computes until gas ends.
    CpuLoop {},
    /// Ends with a contract error.
    Fail {
        /// The error's whole text.
        text: String,
    },
    /// Panics.
    Abort {},
}
