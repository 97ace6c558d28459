//! What became of a transaction.

use supercloud_proto::cosmos::base::abci::v1beta1::TxMsgData;
use supercloud_proto::prost::{Message, Name};
use supercloud_proto::prost_types::Any;

use crate::error::ClientError;
use crate::event::{Event, Events};

/// A transaction in a block, with its result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxOutcome {
    /// Hash, upper-case hex.
    pub hash: String,
    /// Height of the block.
    pub height: u64,
    /// Position in the block.
    pub index: u32,
    /// 0 is success.
    pub code: u32,
    /// Table of the code.
    pub codespace: String,
    /// The chain's words; empty on success.
    pub log: String,
    /// Gas limit.
    pub gas_wanted: u64,
    /// Gas used.
    pub gas_used: u64,
    /// Events in order.
    pub events: Vec<Event>,
    /// Encoded `TxMsgData`.
    pub data: Vec<u8>,
    /// The transaction itself.
    pub raw: Vec<u8>,
}

impl Events for TxOutcome {
    fn events(&self) -> &[Event] {
        &self.events
    }
}

impl TxOutcome {
    /// Responses of the messages, in order.
    pub fn responses(&self) -> Result<Vec<Any>, ClientError> {
        let data = TxMsgData::decode(self.data.as_slice())
            .map_err(|error| ClientError::malformed(format!("transaction {}", self.hash), error))?;
        Ok(data.msg_responses)
    }

    /// Response of message `index` as its own type.
    pub fn response<M: Message + Name + Default>(&self, index: usize) -> Result<M, ClientError> {
        let what = || format!("response {index} of transaction {}", self.hash);
        let responses = self.responses()?;
        let response = responses
            .get(index)
            .ok_or_else(|| ClientError::malformed(what(), "there is none"))?;
        let expected = supercloud_proto::type_url::<M>();
        if response.type_url != expected {
            let reason = format!("expected {expected}, got {}", response.type_url);
            return Err(ClientError::malformed(what(), reason));
        }
        M::decode(response.value.as_slice()).map_err(|error| ClientError::malformed(what(), error))
    }

    /// First value of `key` in the events of type `kind`.
    pub fn attribute(&self, kind: &str, key: &str) -> Option<&str> {
        Events::attribute(self, kind, key)
    }

    /// Same, as an error when absent.
    pub fn expect_attribute(&self, kind: &str, key: &str) -> Result<&str, ClientError> {
        self.attribute(kind, key).ok_or_else(|| {
            ClientError::malformed(
                format!("transaction {}", self.hash),
                format!("no {key} in any event {kind}"),
            )
        })
    }

    /// Code id of the first upload in this transaction.
    pub fn code_id(&self) -> Result<u64, ClientError> {
        let text = self.expect_attribute("store_code", "code_id")?;
        text.parse()
            .map_err(|error| ClientError::malformed("store_code.code_id", error))
    }

    /// Address of the first contract that this transaction instantiated.
    pub fn contract_address(&self) -> Result<&str, ClientError> {
        self.expect_attribute("instantiate", "_contract_address")
    }
}
