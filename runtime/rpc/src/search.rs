//! The query language of `tx_search` and `block_search`: conditions joined by `AND`.
//!
//! ```text
//! wasm._contract_address='akash1…' AND wasm.action='bid' AND tx.height>=5 AND transfer.amount EXISTS
//! ```
//!
//! A key is `<event type>.<attribute key>`. Conditions on one event type must be met by the *same* event, as in
//! CometBFT since 0.34.26. `tx.height`, `tx.hash`, `tm.event` and `block.height` are properties of the transaction or
//! block. Only attributes with `index: true` are searched.

mod decimal;
mod heights;
mod matching;
mod parse;

use std::collections::BTreeSet;

use thiserror::Error;

use crate::block::Hash;
use decimal::Decimal;

/// Longest query in characters, CometBFT's `maxQueryLength`.
const MAX_QUERY_CHARS: usize = 512;

/// A parsed query; matches what meets all conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    conditions: Vec<Condition>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// `<event type>.<attribute key>`, or a property.
    pub key: String,
    /// What must hold for the value.
    pub operation: Operation,
}

/// What must hold for a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// There is one.
    Exists,
    /// It contains the text.
    Contains(String),
    /// It equals the operand.
    Equal(Operand),
    /// It is below the operand.
    Less(Operand),
    /// It is at most the operand.
    LessOrEqual(Operand),
    /// It is above the operand.
    Greater(Operand),
    /// It is at least the operand.
    GreaterOrEqual(Operand),
}

/// The right side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Quoted text: compared as it is.
    Text(String),
    /// A bare number: compared with the first number in the value, so `transfer.amount > 5` sees the 10 of `10uakt`.
    Number(Decimal),
    /// `TIME` or `DATE`: nanoseconds since 1970.
    Time(i128),
}

/// Why a query is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum QueryError {
    /// Over the length limit.
    #[error("maximum query length exceeded: {got} characters, limit {MAX_QUERY_CHARS}")]
    TooLong {
        /// Characters of the query.
        got: usize,
    },
    /// No condition at all.
    #[error("query cannot be empty")]
    Empty,
    /// Not in the language.
    #[error("got unexpected text at character {at}: expected {expected}")]
    Syntax {
        /// Character position, from 0.
        at: usize,
        /// What could stand there.
        expected: &'static str,
    },
}

impl Query {
    /// Parses a query.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let got = text.chars().count();
        if got > MAX_QUERY_CHARS {
            return Err(QueryError::TooLong { got });
        }
        parse::conditions(text).map(|conditions| Self { conditions })
    }

    /// The conditions, in the order of the text.
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// The hash that `tx.hash='…'` asks for; an index can start from it. `Some(None)` is a text that is no hash, which
    /// nothing matches.
    pub fn tx_hash(&self) -> Option<Option<Hash>> {
        self.conditions.iter().find_map(|condition| match &condition.operation {
            Operation::Equal(Operand::Text(text)) if condition.key == "tx.hash" => Some(parse_hash(text)),
            _ => None,
        })
    }

    /// Key and value of every `key='value'` on an event attribute; an index can start from any of them.
    pub fn equalities(&self) -> impl Iterator<Item = (&str, &str)> {
        self.conditions
            .iter()
            .filter(|condition| !matching::is_property(&condition.key))
            .filter_map(|condition| match &condition.operation {
                Operation::Equal(Operand::Text(text)) => Some((condition.key.as_str(), text.as_str())),
                _ => None,
            })
    }

    /// Whether an index decides all but [`Query::allows_tx_at`] and [`Query::allows_block_at`]: what has all values of
    /// [`Query::equalities`] meets the other conditions, too. Conditions on one event type must be met by one event, which an
    /// index of values does not know.
    pub fn is_decided_by_values(&self) -> bool {
        let mut kinds = BTreeSet::new();
        self.conditions.iter().all(|condition| {
            if matching::is_property(&condition.key) {
                return condition.key != "tx.hash";
            }
            let kind = condition.key.rsplit_once('.').map_or("", |(kind, _)| kind);
            matches!(condition.operation, Operation::Equal(Operand::Text(_))) && kinds.insert(kind)
        })
    }
}

fn parse_hash(text: &str) -> Option<Hash> {
    hex::decode(text.strip_prefix("0x").unwrap_or(text))
        .ok()?
        .try_into()
        .ok()
}
