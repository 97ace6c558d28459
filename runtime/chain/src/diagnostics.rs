//! What developers want to know of a transaction and consensus does not keep: where Wasm was stopped, what contracts
//! caught and saw only the class of, what they printed.
//!
//! Nodes need not agree on it: it goes to the node's operator or client and never into state, events or hashes. It
//! outlives the failures that it tells of.

pub(crate) mod calls;

pub use calls::{CallLog, CallText, CallTrace, ContractCall, GasLine};

/// Whether a node collects what developers want to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tracing {
    /// Nothing is collected.
    #[default]
    Off,
    /// `info` of transactions and queries tells, in at most [`MAX_INFO_LEN`] bytes.
    On,
}

/// Most bytes of an `info`: more is cut off, so that a transaction cannot fill a node's memory.
pub const MAX_INFO_LEN: usize = 16 * 1024;

const CUT: &str = "... (cut off)\n";

/// The lines of one transaction or query.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diagnostics {
    text: String,
    full: bool,
}

impl Diagnostics {
    pub(crate) fn new(tracing: Tracing) -> Option<Self> {
        match tracing {
            Tracing::Off => None,
            Tracing::On => Some(Self::default()),
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.full
    }

    pub(crate) fn add(&mut self, text: &str) {
        let room = MAX_INFO_LEN - CUT.len() - self.text.len();
        if text.len() < room {
            self.text.push_str(text);
            self.text.push('\n');
            return;
        }
        let end = (0..=room).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        self.text.push_str(&text[..end]);
        self.text.push_str(CUT);
        self.full = true;
    }

    /// All lines so far; what comes later starts anew.
    pub(crate) fn take(&mut self) -> String {
        std::mem::take(self).text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_its_limit_between_characters() {
        let mut diagnostics = Diagnostics::default();
        diagnostics.add("first");
        diagnostics.add(&"ä".repeat(MAX_INFO_LEN));
        assert!(diagnostics.is_full());
        let text = diagnostics.take();
        assert!(text.len() <= MAX_INFO_LEN && text.len() > MAX_INFO_LEN - 3);
        assert!(text.starts_with("first\nä") && text.ends_with(CUT));
        assert!(!diagnostics.is_full());
    }
}
