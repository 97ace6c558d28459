//! JSON on the command line: in the argument itself, in a file after `@`, or on stdin as `-`.

use std::io::Read;

use anyhow::{Context, Result};
use serde_json::Value;

/// Reads it.
pub(crate) fn read(text: &str) -> Result<Value> {
    if let Some(path) = text.strip_prefix('@') {
        return read_file(path);
    }
    if text == "-" {
        return read_file(text);
    }
    serde_json::from_str(text).with_context(|| format!("{text:?} is no JSON; quote it for the shell, or pass @FILE"))
}

/// Reads a file, or stdin as `-`.
pub(crate) fn read_file(path: &str) -> Result<Value> {
    let mut text = String::new();
    if path == "-" {
        std::io::stdin()
            .read_to_string(&mut text)
            .context("cannot read stdin")?;
    } else {
        text = std::fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    }
    serde_json::from_str(&text).with_context(|| format!("{path} holds no JSON"))
}
