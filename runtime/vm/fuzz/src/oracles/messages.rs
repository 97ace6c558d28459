//! Messages: the host understands what the contracts' own library would, and no less. Reading and writing lose nothing.

use std::fmt::Debug;

use cosmwasm_std::{
    Binary, ContractResult, CosmosMsg, Empty, Env, MessageInfo, MigrateInfo, QueryRequest, Reply, Response, SubMsg,
    SystemResult, from_json, to_json_vec,
};
use serde::Serialize;
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
/// host wrote as out of the text. Of what contracts write, which is UTF-8, the host understands as much as the library,
/// except that base64 must be padded, as for wasmd and as the library writes it.
pub fn assert_text_is_read_as_by_the_library(message: Message, text: &[u8]) -> Understood {
    let host = message.rewrite(text);
    if let Ok(written) = &host {
        assert_eq!(message.rewrite(written).as_ref(), Ok(written));
    }
    let written = host.as_deref().ok();
    let library = match message {
        Message::Response => compare(text, written, has_unsupported),
        Message::QueryResponse => compare::<ContractResult<Binary>>(text, written, never),
        Message::QueryRequest => compare(text, written, is_unsupported),
        Message::SystemResult => compare::<SystemResult<ContractResult<Binary>>>(text, written, never),
        Message::Env => compare::<Env>(text, written, never),
        Message::MessageInfo => compare::<MessageInfo>(text, written, never),
        Message::MigrateInfo => compare::<MigrateInfo>(text, written, never),
        Message::Reply => compare::<Reply>(text, written, never),
    };
    let from_contract = matches!(
        message,
        Message::Response | Message::QueryResponse | Message::QueryRequest
    );
    if let (true, Some(library), Ok(text)) = (from_contract, &library, str::from_utf8(text)) {
        if let Err(reason) = &host {
            assert!(reason.contains(UNPADDED), "{message:?} is not read: {reason}: {text}");
        }
        let padded = message.rewrite(library);
        assert!(padded.is_ok(), "as the library writes it: {padded:?}: {text}");
    }
    Understood {
        host: host.is_ok(),
        library: library.is_some(),
    }
}

/// What the host says of base64 without padding.
const UNPADDED: &str = "Invalid padding";

/// What the library understands, as it writes it; if the host read the text too, they agree, except where the host
/// knows nothing of the contents.
fn compare<T>(text: &[u8], written: Option<&[u8]>, is_lossy: fn(&T) -> bool) -> Option<Vec<u8>>
where
    T: DeserializeOwned + Serialize + PartialEq + Debug,
{
    let value = from_json::<T>(text).ok()?;
    if let Some(written) = written.filter(|_| !is_lossy(&value)) {
        assert_eq!(from_json::<T>(written).ok().as_ref(), Some(&value));
    }
    Some(to_json_vec(&value).expect("what was read can be written"))
}

fn never<T>(_: &T) -> bool {
    false
}

/// Whether a message is of a kind that the host runs nothing of, or reads only in part.
fn has_unsupported(result: &ContractResult<Response>) -> bool {
    let is_kept = |message: &SubMsg| matches!(message.msg, CosmosMsg::Bank(_) | CosmosMsg::Wasm(_) | CosmosMsg::Any(_));
    matches!(result, ContractResult::Ok(response) if !response.messages.iter().all(is_kept))
}

fn is_unsupported(request: &QueryRequest<Empty>) -> bool {
    !matches!(
        request,
        QueryRequest::Bank(_) | QueryRequest::Wasm(_) | QueryRequest::Grpc(_)
    )
}
