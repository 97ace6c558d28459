//! Why a demo step did not come out as stated.

use std::fmt;

use serde::Serialize;

/// A failed step, as `--json` prints it.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    /// Always false.
    pub(crate) ok: bool,
    /// Step number, 1 to 10.
    pub(crate) failed_step: u32,
    /// `<codespace>/<code>` of a transaction, `gateway/<code>` of the gateway, or `demo/<what>`.
    pub(crate) error_code: String,
    /// The contract's own words, when a contract refused.
    pub(crate) contract_error: Option<String>,
    /// The whole story.
    pub(crate) message: String,
}

/// An error inside a step; the step number is added by the runner.
#[derive(Debug)]
pub(crate) struct StepError {
    /// See [`Failure::error_code`].
    pub(crate) code: String,
    /// See [`Failure::contract_error`].
    pub(crate) contract_error: Option<String>,
    /// What happened.
    pub(crate) message: String,
}

impl StepError {
    /// A fact that is not as the step states.
    pub(crate) fn unexpected(message: impl fmt::Display) -> Self {
        Self {
            code: "demo/unexpected".into(),
            contract_error: None,
            message: message.to_string(),
        }
    }

    /// Adds the step.
    pub(crate) fn in_step(self, step: u32) -> Failure {
        Failure {
            ok: false,
            failed_step: step,
            error_code: self.code,
            contract_error: self.contract_error,
            message: self.message,
        }
    }
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl From<anyhow::Error> for StepError {
    fn from(error: anyhow::Error) -> Self {
        Self {
            code: "demo/internal".into(),
            contract_error: None,
            message: format!("{error:#}"),
        }
    }
}

/// The contract's words in a transaction log: `…: <text>: execute wasm contract failed`.
pub(crate) fn contract_error(log: &str) -> Option<String> {
    const SUFFIXES: [&str; 4] = [
        ": execute wasm contract failed",
        ": instantiate wasm contract failed",
        ": migrate wasm contract failed",
        ": query wasm contract failed",
    ];
    let text = SUFFIXES.iter().find_map(|suffix| {
        log.strip_suffix(suffix)
            .or_else(|| log.split(suffix).next().filter(|head| head.len() < log.len()))
    })?;
    let text = match text.strip_prefix("failed to execute message; message index: ") {
        Some(rest) => rest.split_once(": ").map_or(rest, |(_, words)| words),
        None => text,
    };
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::contract_error;

    #[test]
    fn the_contracts_words_are_cut_out_of_the_log() {
        assert_eq!(
            contract_error(
                "failed to execute message; message index: 0: quorum not reached: 1 of 3: execute wasm contract failed"
            ),
            Some("quorum not reached: 1 of 3".into())
        );
        assert_eq!(
            contract_error("out of gas in location: X; gasWanted: 1, gasUsed: 2: out of gas"),
            None
        );
    }
}
