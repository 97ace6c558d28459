//! stdout, the channel of results. A reader that went away (`| head`) is no failure.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

/// Prints one line.
pub(crate) fn line(text: impl Display) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
