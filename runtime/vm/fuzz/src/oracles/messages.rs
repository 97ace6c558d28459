//! Messages: the host understands what the contracts' own library would, and no less. Reading and writing lose nothing.

use std::fmt::Debug;

use cosmwasm_std::{
    Binary, ContractResult, Env, MessageInfo, MigrateInfo, QueryRequest, Reply, Response, SystemResult, from_json,
};
use serde::de::DeserializeOwned;
use supercloud_chain::fuzzing::Message;

/// Who understands a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Understood {
    /// The host.
    pub host: bool,
    /// The contracts' library.
    pub library: bool,
}

/// Any text: the host does not panic, what it writes is what it read, and the library reads the same out of what the
/// host wrote as out of the text.
pub fn assert_text_is_read_as_by_the_library(message: Message, text: &[u8]) -> Understood {
    let host = message.rewrite(text);
    if let Ok(written) = &host {
        assert_eq!(message.rewrite(written).as_ref(), Ok(written));
    }
    let host = host.ok();
    let library = match message {
        Message::Response => compare::<ContractResult<Response>>(text, host.as_deref()),
        Message::QueryResponse => compare::<ContractResult<Binary>>(text, host.as_deref()),
        Message::QueryRequest => compare_query(text, host.as_deref()),
        Message::SystemResult => compare::<SystemResult<ContractResult<Binary>>>(text, host.as_deref()),
        Message::Env => compare::<Env>(text, host.as_deref()),
        Message::MessageInfo => compare::<MessageInfo>(text, host.as_deref()),
        Message::MigrateInfo => compare::<MigrateInfo>(text, host.as_deref()),
        Message::Reply => compare::<Reply>(text, host.as_deref()),
    };
    let understood = Understood {
        host: host.is_some(),
        library,
    };
    let from_contract = matches!(
        message,
        Message::Response | Message::QueryResponse | Message::QueryRequest
    );
    assert!(
        understood.host || !(from_contract && understood.library),
        "a contract may write this {message:?} and the host does not read it: {}",
        String::from_utf8_lossy(text)
    );
    understood
}

/// Whether the library reads the text; if both do, they agree.
fn compare<T: DeserializeOwned + PartialEq + Debug>(text: &[u8], written: Option<&[u8]>) -> bool {
    let Ok(value) = from_json::<T>(text) else {
        return false;
    };
    if let Some(written) = written {
        assert_eq!(from_json::<T>(written).ok().as_ref(), Some(&value));
    }
    true
}

/// The host drops the data of a query by path: it knows no such query yet.
fn compare_query(text: &[u8], written: Option<&[u8]>) -> bool {
    let by_path = matches!(from_json(text), Ok(QueryRequest::<cosmwasm_std::Empty>::Grpc(_)));
    compare::<QueryRequest>(text, written.filter(|_| !by_path))
}
