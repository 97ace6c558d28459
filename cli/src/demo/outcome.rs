//! What a transaction of the demo brought about, read from its events.

use std::str::FromStr;

use supercloud_client::{Event, TxOutcome};

use super::conservation;
use super::failure::StepError;

/// A transaction that went well.
pub(crate) struct Outcome(pub(crate) TxOutcome);

impl Outcome {
    /// The first attribute of that name in an event of that kind.
    pub(crate) fn attribute<T: FromStr>(&self, kind: &str, key: &str) -> Result<T, StepError> {
        let text = self.0.expect_attribute(kind, key)?;
        text.parse()
            .map_err(|_| StepError::unexpected(format!("{kind}.{key} is {text}")))
    }

    /// Units of a denom that the transaction burned.
    pub(crate) fn burned(&self, denom: &str) -> Result<u128, StepError> {
        conservation::sum_of_flow(&self.0.events, "burn", denom)
    }

    /// Units of a denom that an address received in the transaction.
    pub(crate) fn received(&self, address: &str, denom: &str) -> Result<u128, StepError> {
        let to_address = |event: &&Event| event.kind == "coin_received" && event.attribute("receiver") == Some(address);
        let events: Vec<Event> = self.0.events.iter().filter(to_address).cloned().collect();
        conservation::sum_of_flow(&events, "coin_received", denom)
    }

    /// Block of the transaction.
    pub(crate) fn height(&self) -> u64 {
        self.0.height
    }

    /// The transaction's hash.
    pub(crate) fn hash(&self) -> &str {
        &self.0.hash
    }
}
