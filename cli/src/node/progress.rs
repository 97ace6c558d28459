//! Progress of long reading and writing, on stderr.

use std::io::{self, Read, Write};

/// Bytes between two words.
const STEP: u64 = 256 << 20;

/// A stream that says how far it has come.
pub(super) struct Counted<S> {
    stream: S,
    what: &'static str,
    bytes: u64,
}

impl<S> Counted<S> {
    pub(super) fn new(stream: S, what: &'static str) -> Self {
        Self { stream, what, bytes: 0 }
    }

    fn count(&mut self, bytes: usize) {
        let before = self.bytes / STEP;
        self.bytes += bytes as u64;
        if self.bytes / STEP > before {
            eprintln!("{} MiB {}", self.bytes >> 20, self.what);
        }
    }
}

impl<S: Write> Write for Counted<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.stream.write(bytes)?;
        self.count(written);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl<S: Read> Read for Counted<S> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(bytes)?;
        self.count(read);
        Ok(read)
    }
}
