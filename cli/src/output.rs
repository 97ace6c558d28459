//! stdout, the channel of results. A reader that went away (`| head`) is no failure.

mod yaml;

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

use clap::ValueEnum;
use serde_json::Value;

/// Form of a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For people
    #[default]
    Text,
    /// One line of JSON
    Json,
}

/// Prints one line.
pub(crate) fn line(text: impl Display) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Talk on stderr. Unlike `eprintln!` it does not panic where that is a file on a full disk: a node must end in order then.
pub(crate) fn tell(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Prints a document as one line of JSON, or indented as YAML is.
pub(crate) fn document(value: &Value, form: Form) -> io::Result<()> {
    match form {
        Form::Json => line(value),
        Form::Text => line(yaml::show(value)),
    }
}
