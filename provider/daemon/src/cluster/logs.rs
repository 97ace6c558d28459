//! What a service writes, kept within bounds: the newest lines win.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt};

/// Lines kept per lease.
const MAX_LINES: usize = 5_000;
/// Bytes kept per lease.
const MAX_BYTES: usize = 1 << 20;
/// A longer line is cut into pieces of this many bytes.
const MAX_LINE: usize = 8 << 10;

/// Where a line was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Service and replica, such as `web-0`.
    pub name: String,
    /// Service.
    pub service: String,
    /// Where it was written.
    pub stream: LogStream,
    /// The line without its end.
    pub message: String,
}

/// The lines of one lease.
#[derive(Debug, Default)]
pub(super) struct LogBuffer {
    inner: Mutex<Lines>,
}

#[derive(Debug, Default)]
struct Lines {
    lines: VecDeque<LogLine>,
    bytes: usize,
}

impl LogBuffer {
    /// Adds a line and drops the oldest ones when there are too many.
    pub(super) fn push(&self, line: LogLine) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.bytes += line.message.len();
        inner.lines.push_back(line);
        while inner.lines.len() > MAX_LINES || inner.bytes > MAX_BYTES {
            let Some(oldest) = inner.lines.pop_front() else { break };
            inner.bytes -= oldest.message.len();
        }
    }

    /// The last lines of some services, oldest first.
    pub(super) fn tail(&self, services: &[String], tail: Option<usize>) -> Vec<LogLine> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = |line: &&LogLine| services.is_empty() || services.contains(&line.service);
        let mut lines: Vec<LogLine> = inner
            .lines
            .iter()
            .rev()
            .filter(wanted)
            .take(tail.unwrap_or(MAX_LINES))
            .cloned()
            .collect();
        lines.reverse();
        lines
    }

    /// Reads a pipe to its end. Bytes that are not UTF-8 are shown as replacement characters.
    pub(super) async fn fill(&self, mut pipe: impl AsyncRead + Unpin, service: &str, replica: u32, stream: LogStream) {
        let mut pending: Vec<u8> = Vec::new();
        let mut chunk = [0u8; 4096];
        let line = |bytes: &[u8]| LogLine {
            name: format!("{service}-{replica}"),
            service: service.to_owned(),
            stream,
            message: String::from_utf8_lossy(bytes).trim_end_matches('\r').to_owned(),
        };
        while let Ok(read @ 1..) = pipe.read(&mut chunk).await {
            for byte in &chunk[..read] {
                if *byte == b'\n' {
                    self.push(line(&pending));
                    pending.clear();
                    continue;
                }
                pending.push(*byte);
                if pending.len() == MAX_LINE {
                    self.push(line(&pending));
                    pending.clear();
                }
            }
        }
        if !pending.is_empty() {
            self.push(line(&pending));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(service: &str, message: &str) -> LogLine {
        LogLine {
            name: format!("{service}-0"),
            service: service.into(),
            stream: LogStream::Stdout,
            message: message.into(),
        }
    }

    #[test]
    fn the_newest_lines_survive() {
        let buffer = LogBuffer::default();
        for index in 0..MAX_LINES + 10 {
            buffer.push(line("web", &index.to_string()));
        }
        assert_eq!(buffer.tail(&[], None).len(), MAX_LINES);
        assert_eq!(buffer.tail(&[], Some(1))[0].message, (MAX_LINES + 9).to_string());
        buffer.push(line("web", &"x".repeat(MAX_BYTES)));
        assert_eq!(buffer.tail(&[], None).len(), 1);
    }

    #[test]
    fn a_tail_is_taken_after_the_choice_of_services() {
        let buffer = LogBuffer::default();
        buffer.push(line("db", "one"));
        buffer.push(line("web", "two"));
        buffer.push(line("web", "three"));
        assert_eq!(buffer.tail(&["db".into()], Some(1)), [line("db", "one")]);
        assert_eq!(buffer.tail(&[], Some(2)), [line("web", "two"), line("web", "three")]);
    }

    #[tokio::test]
    async fn long_lines_are_cut_and_the_last_line_needs_no_end() {
        let buffer = LogBuffer::default();
        let text = format!("{}\r\nshort\nlast", "x".repeat(MAX_LINE + 1));
        buffer.fill(text.as_bytes(), "web", 0, LogStream::Stderr).await;
        let lengths: Vec<_> = buffer.tail(&[], None).iter().map(|line| line.message.len()).collect();
        assert_eq!(lengths, [MAX_LINE, 1, 5, 4]);
    }
}
