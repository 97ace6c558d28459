//! Questions before what cannot be taken back.

use std::io::{IsTerminal, stdin};

use anyhow::{Context, Result};

/// Asks on the terminal; `false` where nobody can answer.
pub(crate) fn ask(question: &str) -> Result<bool> {
    if !stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("{question} [y/N] ");
    let mut answer = String::new();
    stdin().read_line(&mut answer).context("cannot read the answer")?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
