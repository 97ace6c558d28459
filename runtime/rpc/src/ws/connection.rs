//! One WebSocket connection: requests in order, replies, events, keep-alive.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at, timeout};

use super::hub::{MAX_SUBSCRIPTIONS, MAX_WAITING};
use super::queue::{Outbox, Queued};
use crate::backend::Backend;
use crate::budget::{self, Held};
use crate::calls::{self, Answer};
use crate::error::RpcError;
use crate::params::Params;
use crate::server::MAX_BODY_BYTES;

/// Pause between two pings, CometBFT's.
const PING_PERIOD: Duration = Duration::from_secs(27);
/// A connection without any sign of life (a pong is one) for this long is closed.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// A message that cannot be written for this long closes the connection, CometBFT's `defaultWSWriteWait`.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Replies that wait to be written; the next request is read when there is room.
const MAX_REPLIES: usize = 64;

/// `GET /websocket`.
pub(crate) async fn upgrade(State(backend): State<Arc<Backend>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .max_message_size(MAX_BODY_BYTES)
        .max_frame_size(MAX_BODY_BYTES)
        .on_upgrade(move |socket| serve(socket, backend))
}

async fn serve(socket: WebSocket, backend: Arc<Backend>) {
    let connection = backend.hub.connect();
    let (sink, stream) = socket.split();
    let (replies, waiting_replies) = mpsc::channel(MAX_REPLIES);
    let (events, waiting_events) = mpsc::channel(MAX_WAITING);
    let (endings, waiting_endings) = mpsc::channel(MAX_SUBSCRIPTIONS);
    let session = Session {
        backend: backend.clone(),
        connection,
        outbox: Outbox {
            events,
            endings,
            waiting_bytes: Arc::default(),
        },
        replies,
    };
    let inbox = Inbox {
        replies: waiting_replies,
        endings: waiting_endings,
        events: waiting_events,
    };
    tokio::select! {
        () = session.read(stream) => {}
        () = inbox.write(sink) => {}
    }
    backend.hub.disconnect(connection);
}

/// The receiving ends of the connection's queues.
struct Inbox {
    replies: mpsc::Receiver<Reply>,
    endings: mpsc::Receiver<Utf8Bytes>,
    events: mpsc::Receiver<Queued>,
}

/// A reply with the room that it takes until it is written.
type Reply = (Utf8Bytes, Held);

impl Inbox {
    /// Writes until the client is gone or too slow.
    async fn write(mut self, mut sink: impl Sink<Message> + Unpin) {
        let mut pings = interval_at(Instant::now() + PING_PERIOD, PING_PERIOD);
        loop {
            // What is being written still counts as waiting.
            let (mut replying, mut telling) = (None, None);
            let message = tokio::select! {
                biased;
                Some((reply, held)) = self.replies.recv() => {
                    replying = Some(held);
                    Message::Text(reply)
                }
                Some(ending) = self.endings.recv() => Message::Text(ending),
                _ = pings.tick() => Message::Ping(Default::default()),
                Some(event) = self.events.recv() => Message::Text(telling.insert(event).frame.clone()),
                else => return,
            };
            let written = timeout(WRITE_TIMEOUT, sink.send(message)).await;
            drop((replying, telling));
            if !matches!(written, Ok(Ok(()))) {
                return;
            }
        }
    }
}

struct Session {
    backend: Arc<Backend>,
    connection: u64,
    outbox: Outbox,
    replies: mpsc::Sender<Reply>,
}

impl Session {
    /// Reads until the client closes.
    async fn read<E>(&self, mut stream: impl Stream<Item = Result<Message, E>> + Unpin) {
        while let Ok(Some(Ok(message))) = timeout(READ_TIMEOUT, stream.next()).await {
            let going_on = match &message {
                Message::Text(text) => self.request(text.as_bytes()).await,
                Message::Binary(bytes) => self.request(bytes).await,
                Message::Close(_) => false,
                Message::Ping(_) | Message::Pong(_) => true,
            };
            if !going_on {
                return;
            }
        }
    }

    /// Handles one request; `false` when the connection is gone.
    async fn request(&self, body: &[u8]) -> bool {
        let request = match serde_json::from_slice::<Value>(body) {
            Ok(request) => request,
            Err(error) => {
                let error = RpcError::Parse(format!("error unmarshaling request: {error}"));
                return self.reply(calls::failure(&Value::Null, &error)).await;
            }
        };
        let method = request.get("method").and_then(Value::as_str);
        let answer = match method {
            Some(method @ ("subscribe" | "unsubscribe" | "unsubscribe_all")) => {
                let Some(id) = request.get("id").cloned() else {
                    return true;
                };
                match self.subscription_call(method, &request, &id).await {
                    Ok(Confirmed::Already) => return true,
                    Ok(Confirmed::Not) => Some(calls::success(&id, "{}")),
                    Err(error) => Some(calls::failure(&id, &error)),
                }
            }
            _ => calls::answer_one(&self.backend, &request).await,
        };
        match answer {
            Some(answer) => self.reply(answer).await,
            None => true,
        }
    }

    async fn reply(&self, answer: Answer) -> bool {
        self.replies.send(self.with_room(answer)).await.is_ok()
    }

    /// The reply, or an error in its place when there is no room for it.
    fn with_room(&self, Answer { id, text }: Answer) -> Reply {
        match self.backend.room.take(text.len()) {
            Some(held) => (text.into(), held),
            None => {
                let error = RpcError::Internal(budget::no_room(text.len()));
                (calls::failure(&id, &error).text.into(), Held::none())
            }
        }
    }

    async fn subscription_call(&self, method: &str, request: &Value, id: &Value) -> Result<Confirmed, RpcError> {
        let hub = &self.backend.hub;
        if method == "unsubscribe_all" {
            return hub.unsubscribe_all(self.connection).map(|()| Confirmed::Not);
        }
        let params = Params::from_json(request.get("params"), &["query"])?;
        let query = params.text("query")?.unwrap_or_default();
        if method == "unsubscribe" {
            return hub.unsubscribe(self.connection, &query).map(|()| Confirmed::Not);
        }
        // Room for the reply first: it must be queued before the first event is.
        let Ok(permit) = self.replies.reserve().await else {
            return Ok(Confirmed::Already);
        };
        let reply = calls::success(id, "{}").text;
        let confirm = || permit.send((reply.into(), Held::none()));
        hub.subscribe(self.connection, &self.outbox, query, id.clone(), confirm)
            .map(|()| Confirmed::Already)
    }
}

/// Whether the reply is queued.
enum Confirmed {
    Already,
    Not,
}
