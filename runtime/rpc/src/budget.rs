//! Limits on the bytes of answers: of one, and of all that wait to be read.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::RpcError;

/// Most bytes of a page, and of a batch beyond which no further call of it is run.
pub(crate) const MAX_ANSWER_BYTES: usize = 64 << 20;

/// Most bytes of large answers that wait to be read, over all clients.
const ROOM_BYTES: usize = 1 << 30;

/// Answers below this need no room: clients that do not read can keep others only from large answers.
const UNIT: usize = 1 << 20;

/// In such pieces large answers are sent.
const PIECE_BYTES: usize = 64 << 10;

/// About how many bytes `value` has when it is written.
fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
        Value::String(text) => text.len() + 3,
        Value::Array(entries) => 2 + entries.iter().map(size).sum::<usize>(),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| name.len() + 4 + size(value);
            2 + members.iter().map(member).sum::<usize>()
        }
    }
}

/// The entries of a page, as long as it is not too large.
pub(crate) fn collect(entries: impl Iterator<Item = Value>) -> Result<Vec<Value>, RpcError> {
    let mut bytes = 0;
    let mut page = Vec::new();
    for entry in entries {
        bytes += size(&entry);
        if bytes > MAX_ANSWER_BYTES {
            return Err(RpcError::Internal(format!(
                "the page is larger than {MAX_ANSWER_BYTES} bytes after {} entries; ask for fewer with per_page",
                page.len()
            )));
        }
        page.push(entry);
    }
    Ok(page)
}

/// Answers of a batch so far, as they are sent.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    list: Vec<String>,
    bytes: usize,
}

impl Answers {
    /// Whether no further call is run.
    pub(crate) fn are_enough(&self) -> bool {
        self.bytes > MAX_ANSWER_BYTES
    }

    pub(crate) fn push(&mut self, answer: String) {
        self.bytes += answer.len();
        self.list.push(answer);
    }

    /// An empty list for the answers after these, whose bytes count there, too.
    pub(crate) fn begin_next(&self) -> Self {
        Self {
            list: Vec::new(),
            bytes: self.bytes,
        }
    }

    /// Adds what [`Answers::begin_next`] began.
    pub(crate) fn extend(&mut self, next: Self) {
        self.list.extend(next.list);
        self.bytes = next.bytes;
    }

    pub(crate) fn into_list(self) -> Vec<String> {
        self.list
    }
}

/// The answer to calls of a batch that has enough answers.
pub(crate) fn batch_is_full() -> RpcError {
    RpcError::Internal(format!(
        "not run: the answers of this batch already have more than {MAX_ANSWER_BYTES} bytes; ask in smaller batches"
    ))
}

/// The answer to those whose large answer finds no room.
pub(crate) fn no_room(bytes: usize) -> String {
    format!(
        "the answer of {bytes} bytes finds no room: {ROOM_BYTES} bytes of large answers wait to be read; try again later \
         or ask for less"
    )
}

/// Room for large answers until they are read.
#[derive(Clone, Debug)]
pub(crate) struct Room(Arc<Semaphore>);

/// A part of the room, given back when dropped.
#[derive(Debug)]
pub(crate) struct Held(Option<OwnedSemaphorePermit>);

impl Held {
    /// For small answers.
    pub(crate) fn none() -> Self {
        Self(None)
    }
}

impl Default for Room {
    fn default() -> Self {
        Self::of(ROOM_BYTES)
    }
}

impl Room {
    fn of(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes / UNIT)))
    }

    /// Room for so many bytes; `None` when there is none now.
    pub(crate) fn take(&self, bytes: usize) -> Option<Held> {
        let units = u32::try_from(bytes / UNIT).ok()?;
        if units == 0 {
            return Some(Held::none());
        }
        let taken = self.0.clone().try_acquire_many_owned(units);
        taken.ok().map(|permit| Held(Some(permit)))
    }
}

/// A JSON answer that keeps its room until it is sent.
pub(crate) fn respond(status: StatusCode, text: String, held: Held) -> Response {
    let length = HeaderValue::from(text.len());
    let kind = HeaderValue::from_static("application/json");
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_LENGTH, length)];
    (status, headers, body(text, held)).into_response()
}

fn body(text: String, held: Held) -> Body {
    if held.0.is_none() {
        return Body::from(text);
    }
    let pieces = stream::unfold((Bytes::from(text), held), |(mut rest, held)| async move {
        if rest.is_empty() {
            return None;
        }
        let piece = rest.split_to(rest.len().min(PIECE_BYTES));
        Some((Ok::<_, Infallible>(piece), (rest, held)))
    });
    Body::from_stream(pieces)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sizes_are_near_what_is_written() {
        let value = json!({ "a": ["text", 5, null, true], "longer": { "b": "x".repeat(1_000) } });
        let written = value.to_string().len();
        let told = size(&value);
        assert!((written..written + 40).contains(&told), "{told} {written}");
    }

    #[test]
    fn a_page_ends_with_an_error_at_the_limit() {
        let entry = || Value::String("x".repeat((16 << 20) - 3));
        assert_eq!(collect((0..4).map(|_| entry())).unwrap().len(), 4);
        let mut built = 0;
        let endless = std::iter::repeat_with(|| {
            built += 1;
            entry()
        });
        let error = collect(endless).unwrap_err();
        let text = "the page is larger than 67108864 bytes after 4 entries; ask for fewer with per_page";
        assert_eq!((error, built), (RpcError::Internal(text.into()), 5));
    }

    #[test]
    fn room_is_given_back_and_small_answers_need_none() {
        let room = Room::of(4 * UNIT);
        let held = room.take(3 * UNIT).unwrap();
        assert!(room.take(2 * UNIT).is_none());
        assert!(room.take(UNIT).is_some());
        drop(held);
        let all = room.take(4 * UNIT).unwrap();
        assert!(room.take(UNIT - 1).is_some());
        assert!(room.take(UNIT).is_none());
        drop(body("x".repeat(4 * UNIT), all));
        assert!(room.take(4 * UNIT).is_some());
    }
}
