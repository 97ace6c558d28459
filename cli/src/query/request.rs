//! From an argument of the command line to a field of a request.

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// How an argument is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is.
    Text,
    /// A whole number of 64 bits.
    Number,
    /// JSON, in the text or in a file after `@`.
    Json,
    /// Hex bytes.
    Hex,
}

/// The field's value.
pub(super) fn read(form: Form, text: &str) -> Result<Value> {
    match form {
        Form::Text => Ok(text.into()),
        Form::Number => match text.parse::<u64>() {
            Ok(number) => Ok(number.to_string().into()),
            Err(_) => bail!("{text:?} is no whole number"),
        },
        Form::Json => crate::json_arg::read(text),
        Form::Hex => {
            let bytes = hex::decode(text.trim_start_matches("0x")).with_context(|| format!("{text:?} is no hex"))?;
            Ok(STANDARD.encode(bytes).into())
        }
    }
}
