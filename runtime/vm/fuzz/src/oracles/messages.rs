//! Messages: the host understands what the contracts' own library would, and no less. Reading and writing lose nothing.

use std::fmt::Debug;

use cosmwasm_std::{
    Binary, ContractResult, CosmosMsg, Empty, Env, MessageInfo, MigrateInfo, QueryRequest, Reply, Response, SubMsg,
    SystemResult, from_json,
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
    let written = host.as_deref();
    let library = match message {
        Message::Response => compare(text, written, has_custom),
        Message::QueryResponse => compare::<ContractResult<Binary>>(text, written, never),
        Message::QueryRequest => compare(text, written, is_custom),
        Message::SystemResult => compare::<SystemResult<ContractResult<Binary>>>(text, written, never),
        Message::Env => compare::<Env>(text, written, never),
        Message::MessageInfo => compare::<MessageInfo>(text, written, never),
        Message::MigrateInfo => compare::<MigrateInfo>(text, written, never),
        Message::Reply => compare::<Reply>(text, written, never),
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

/// Whether the library reads the text; if both do, they agree, except where the host knows nothing of the contents.
fn compare<T>(text: &[u8], written: Option<&[u8]>, is_lossy: fn(&T) -> bool) -> bool
where
    T: DeserializeOwned + PartialEq + Debug,
{
    let Ok(value) = from_json::<T>(text) else {
        return false;
    };
    if let Some(written) = written.filter(|_| !is_lossy(&value)) {
        assert_eq!(from_json::<T>(written).ok().as_ref(), Some(&value));
    }
    true
}

fn never<T>(_: &T) -> bool {
    false
}

fn has_custom(result: &ContractResult<Response>) -> bool {
    let is_custom = |message: &SubMsg| matches!(message.msg, CosmosMsg::Custom(_));
    matches!(result, ContractResult::Ok(response) if response.messages.iter().any(is_custom))
}

fn is_custom(request: &QueryRequest<Empty>) -> bool {
    matches!(request, QueryRequest::Custom(_))
}
