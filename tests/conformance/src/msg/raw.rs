//! Addresses, and host calls that the standard library never makes.

use cosmwasm_std::Binary;
use serde::{Deserialize, Serialize};

use super::{Advance, CryptoFunction};

/// An address function.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddrCall {
    /// Text is an address.
    Validate {
        /// The text.
        input: String,
    },
    /// Text to bytes.
    Canonicalize {
        /// The text.
        input: String,
    },
    /// Bytes to text.
    Humanize {
        /// The bytes.
        input: Binary,
    },
}

/// Host calls that the standard library never makes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RawCall {
    /// Advances an iterator that this call did not open.
    Advance {
        /// Its number.
        id: u32,
        /// How.
        step: Advance,
    },
    /// Reads storage under a key whose Region has these fields.
    Region {
        /// Start in memory.
        offset: u32,
        /// Bytes reserved.
        capacity: u32,
        /// Bytes used.
        length: u32,
    },
    /// Reads storage under a key whose Region is at this address.
    Pointer {
        /// Address.
        address: u32,
    },
    /// Stores a value that may be empty.
    Write {
        /// Key.
        key: Binary,
        /// Value.
        value: Binary,
    },
    /// `addr_validate` of any bytes. Data: the error text, or null.
    Validate {
        /// The bytes.
        input: Binary,
    },
    /// `addr_canonicalize` of any bytes into a Region of any capacity. Data: [`Converted`].
    Canonicalize {
        /// The bytes.
        input: Binary,
        /// Of the Region for the answer.
        capacity: u32,
    },
    /// `addr_humanize` into a Region of any capacity. Data: [`Converted`].
    Humanize {
        /// The bytes.
        input: Binary,
        /// Of the Region for the answer.
        capacity: u32,
    },
    /// `query_chain` of a request of this length, all spaces.
    QueryLength {
        /// Bytes.
        length: u32,
    },
    /// `debug` of a line of this length.
    DebugLength {
        /// Bytes.
        length: u32,
    },
    /// `abort` with these bytes.
    Abort {
        /// May be anything.
        message: Binary,
    },
    /// A crypto function whose first input has this length, all zero, and whose others are empty. Data: [`Verdict`].
    CryptoLength {
        /// Which one.
        function: CryptoFunction,
        /// Bytes of each input.
        lengths: Vec<u32>,
    },
}

/// What an address conversion answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Converted {
    /// The host's text, or null.
    pub error: Option<String>,
    /// Bytes in the Region afterwards.
    pub output: Binary,
}
