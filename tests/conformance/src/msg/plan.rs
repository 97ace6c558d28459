//! What to answer, and what was answered.

use cosmwasm_std::{Attribute, Binary, CosmosMsg, Empty, Event, ReplyOn, SubMsgResult};
use serde::{Deserialize, Serialize};

/// What to store, to answer and to send. `{}` does nothing and succeeds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Plan {
    /// A line appended to the log, which shows the order of calls.
    pub log: Option<String>,
    /// Keys and values to store.
    pub set: Vec<(Binary, Binary)>,
    /// The contract error to end with, after storing.
    pub fail: Option<String>,
    /// Panics with this text, after storing.
    pub panic: Option<String>,
    /// Attributes of the answer.
    pub attributes: Vec<Attribute>,
    /// Events of the answer.
    pub events: Vec<Event>,
    /// Data of the answer.
    pub data: Option<Binary>,
    /// Messages of the answer, sent as they stand.
    pub messages: Vec<Step>,
}

/// A submessage, as it appears in an answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Comes back in the reply.
    #[serde(default)]
    pub id: u64,
    /// Comes back in the reply.
    #[serde(default)]
    pub payload: Binary,
    /// What to send.
    pub msg: CosmosMsg<Empty>,
    /// SDK gas that the submessage may use.
    #[serde(default)]
    pub gas_limit: Option<u64>,
    /// `always`, `error`, `success` or `never`.
    pub reply_on: ReplyOn,
}

/// A reply that came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Seen {
    /// Of the submessage.
    pub id: u64,
    /// SHA-256 of the payload.
    pub payload_hash: Binary,
    /// Bytes of the payload.
    pub payload_len: u32,
    /// As the host said.
    pub gas_used: u64,
    /// As the host said.
    pub result: SubMsgResult,
}

/// Content of a packet that is received.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PacketPlan {
    /// The acknowledgement; null for none yet.
    pub ack: Option<Binary>,
    /// What else to do. Its data is not used.
    pub plan: Plan,
}

/// Sizes of an answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flood {
    /// Attributes of the answer itself.
    pub attributes: u32,
    /// Events.
    pub events: u32,
    /// Attributes of each event.
    pub event_attributes: u32,
    /// Bytes of each value.
    pub value_len: u32,
}
