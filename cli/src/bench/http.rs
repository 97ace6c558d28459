//! JSON-RPC over one HTTP/1.1 connection that is kept open. The generator must cost little beside the node, so this is
//! the little of HTTP that a node answers with: a status line, `content-length`, a body.

use std::ops::Range;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longest head of an answer.
const MAX_HEAD: usize = 16 << 10;

/// One connection.
pub(crate) struct Http {
    authority: String,
    stream: TcpStream,
    request: Vec<u8>,
    buffer: Vec<u8>,
}

impl Http {
    /// Connects to `http://host:port`.
    pub(crate) async fn connect(url: &str) -> Result<Self> {
        let authority = url
            .strip_prefix("http://")
            .with_context(|| format!("{url} does not begin with http://"))?
            .trim_end_matches('/')
            .to_owned();
        Ok(Self {
            stream: open(&authority).await?,
            authority,
            request: Vec::new(),
            buffer: Vec::new(),
        })
    }

    /// Posts a body and returns the body of the answer, which must have status 200. A node closes connections on which
    /// nothing comes for a while: then it is posted once more on a new one. What the load posts may come twice.
    pub(crate) async fn post(&mut self, body: &str) -> Result<&[u8]> {
        self.request.clear();
        let head = format!(
            "POST / HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.authority,
            body.len()
        );
        self.request.extend_from_slice(head.as_bytes());
        self.request.extend_from_slice(body.as_bytes());
        let answer = match self.exchange().await {
            Err(_) if self.buffer.is_empty() => {
                self.stream = open(&self.authority).await?;
                self.exchange().await?
            }
            answer => answer?,
        };
        Ok(&self.buffer[answer])
    }

    /// Sends the request and reads the answer; returns where its body is in the buffer.
    async fn exchange(&mut self) -> Result<Range<usize>> {
        self.buffer.clear();
        self.stream
            .write_all(&self.request)
            .await
            .context("the node does not listen any more")?;
        let (head_len, body_len) = loop {
            if let Some(found) = parse_head(&self.buffer)? {
                break found;
            }
            if self.buffer.len() > MAX_HEAD {
                bail!("the head of an answer has more than {MAX_HEAD} bytes");
            }
            self.read_more().await?;
        };
        while self.buffer.len() < head_len + body_len {
            self.read_more().await?;
        }
        Ok(head_len..head_len + body_len)
    }

    async fn read_more(&mut self) -> Result<()> {
        let got = self
            .stream
            .read_buf(&mut self.buffer)
            .await
            .context("the connection broke")?;
        if got == 0 {
            bail!("the node closed the connection");
        }
        Ok(())
    }
}

async fn open(authority: &str) -> Result<TcpStream> {
    let stream = TcpStream::connect(authority)
        .await
        .with_context(|| format!("cannot connect to {authority}"))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Lengths of head and body, once the head is whole.
fn parse_head(bytes: &[u8]) -> Result<Option<(usize, usize)>> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&bytes[..end]).context("the head of an answer is no text")?;
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("200") {
        bail!("the node answered {status:?}");
    }
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .with_context(|| format!("an answer without content-length: {head:?}"))?;
    let length = length.1.trim().parse().context("content-length")?;
    Ok(Some((end + 4, length)))
}

/// A batch of `broadcast_tx_sync`; the id of each call is its place.
pub(crate) fn broadcast_batch(raws: &[Vec<u8>]) -> String {
    let bytes: usize = raws.iter().map(|raw| raw.len() * 4 / 3 + 96).sum();
    let mut body = String::with_capacity(bytes);
    for (place, raw) in raws.iter().enumerate() {
        body.push(if place == 0 { '[' } else { ',' });
        let head = format!(r#"{{"jsonrpc":"2.0","id":{place},"method":"broadcast_tx_sync","params":{{"tx":""#);
        body.push_str(&head);
        STANDARD.encode_string(raw, &mut body);
        body.push_str(r#""}}"#);
    }
    body.push(']');
    body
}

/// A call with a height.
pub(crate) fn at_height(method: &str, height: u64) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":0,"method":"{method}","params":{{"height":"{height}"}}}}"#)
}

/// A query by its gRPC path.
pub(crate) fn abci_query(path: &str, data: &[u8]) -> String {
    let data = hex::encode(data);
    format!(
        r#"{{"jsonrpc":"2.0","id":0,"method":"abci_query","params":{{"path":"{path}","data":"{data}","prove":false}}}}"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read_once_they_are_whole() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(parse_head(answer).unwrap(), Some((answer.len() - 2, 2)));
        assert_eq!(parse_head(&answer[..20]).unwrap(), None);
        let refusal = parse_head(b"HTTP/1.1 503 Busy\r\n\r\n").unwrap_err();
        assert_eq!(refusal.to_string(), r#"the node answered "HTTP/1.1 503 Busy""#);
        let chunked = parse_head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").unwrap_err();
        assert!(
            chunked.to_string().starts_with("an answer without content-length"),
            "{chunked}"
        );
    }

    #[tokio::test]
    async fn a_connection_that_the_node_closed_is_opened_again() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let node = tokio::spawn(async move {
            for _ in 0..2 {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = [0; 1_024];
                assert!(stream.read(&mut request).await.unwrap() > 0);
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
                    .await
                    .unwrap();
            }
        });
        let mut http = Http::connect(&url).await.unwrap();
        assert_eq!(http.post("{}").await.unwrap(), b"{}");
        assert_eq!(http.post("{}").await.unwrap(), b"{}");
        node.await.unwrap();
        assert!(http.post("{}").await.is_err(), "nobody listens any more");
    }

    #[test]
    fn a_batch_is_json_with_places_as_ids() {
        let batch: serde_json::Value = serde_json::from_str(&broadcast_batch(&[vec![1, 2], vec![3]])).unwrap();
        assert_eq!(batch[1]["id"], 1);
        assert_eq!(batch[0]["params"]["tx"], "AQI=");
        assert_eq!(batch.as_array().map(Vec::len), Some(2));
    }
}
