//! Whether a transaction or a block meets a query.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use supercloud_chain::Event;

use super::decimal::Decimal;
use super::parse::{parse_date, parse_time};
use super::{Condition, Operand, Operation, Query, parse_hash};
use crate::block::BlockRecord;

const TX_HEIGHT: &str = "tx.height";
const TX_HASH: &str = "tx.hash";
const BLOCK_HEIGHT: &str = "block.height";
const TM_EVENT: &str = "tm.event";

/// Whether `key` names a property of the transaction or block and not an event attribute.
pub(super) fn is_property(key: &str) -> bool {
    [TX_HEIGHT, TX_HASH, BLOCK_HEIGHT, TM_EVENT].contains(&key)
}

impl Query {
    /// Whether transaction `index` of the block matches.
    pub fn matches_tx(&self, record: &BlockRecord, index: usize) -> bool {
        let (Some(hash), Some(result)) = (record.tx_hashes.get(index), record.results.get(index)) else {
            return false;
        };
        let property = |condition: &Condition| match condition.key.as_str() {
            TX_HASH => match &condition.operation {
                Operation::Equal(Operand::Text(text)) => parse_hash(text).as_ref() == Some(hash),
                other => holds(other, &hex::encode_upper(hash)),
            },
            _ => is_met_by_tx_at(condition, record.header.height),
        };
        self.matches(&result.events, property)
    }

    /// Whether all conditions on properties other than the hash allow a transaction at this height.
    pub fn allows_tx_at(&self, height: u64) -> bool {
        let mut on_place = self.properties().filter(|condition| condition.key != TX_HASH);
        on_place.all(|condition| is_met_by_tx_at(condition, height))
    }

    /// Whether all conditions on properties allow a block at this height.
    pub fn allows_block_at(&self, height: u64) -> bool {
        self.properties().all(|condition| is_met_by_block_at(condition, height))
    }

    fn properties(&self) -> impl Iterator<Item = &Condition> {
        self.conditions().iter().filter(|condition| is_property(&condition.key))
    }

    /// Whether the block's own events (those outside transactions) match.
    pub fn matches_block(&self, record: &BlockRecord) -> bool {
        self.matches(&record.events, |condition| {
            is_met_by_block_at(condition, record.header.height)
        })
    }

    /// Whether an event with these tags matches: each condition by any value of its key. Unlike a search, a subscription
    /// does not ask that conditions be met by one and the same event; CometBFT's does not either.
    pub(crate) fn matches_tags(&self, tags: &BTreeMap<String, Vec<String>>) -> bool {
        self.conditions().iter().all(|condition| {
            let values = tags.get(&condition.key).map_or(&[][..], Vec::as_slice);
            values.iter().any(|value| match &condition.operation {
                // Hashes are hexadecimal, whatever the case.
                Operation::Equal(Operand::Text(text)) if condition.key == TX_HASH => {
                    text.trim_start_matches("0x").eq_ignore_ascii_case(value)
                }
                operation => holds(operation, value),
            })
        })
    }

    fn matches(&self, events: &[Event], property: impl Fn(&Condition) -> bool) -> bool {
        let mut by_type: BTreeMap<&str, Vec<&Condition>> = BTreeMap::new();
        for condition in self.conditions() {
            if is_property(&condition.key) {
                if !property(condition) {
                    return false;
                }
            } else {
                let kind = condition.key.rsplit_once('.').map_or("", |(kind, _)| kind);
                by_type.entry(kind).or_default().push(condition);
            }
        }
        by_type.values().all(|group| {
            events
                .iter()
                .any(|event| group.iter().all(|condition| event_meets(event, condition)))
        })
    }
}

fn is_met_by_tx_at(condition: &Condition, height: u64) -> bool {
    match condition.key.as_str() {
        TX_HEIGHT => holds_for_height(&condition.operation, height),
        TM_EVENT => holds(&condition.operation, "Tx"),
        _ => false,
    }
}

fn is_met_by_block_at(condition: &Condition, height: u64) -> bool {
    match condition.key.as_str() {
        BLOCK_HEIGHT => holds_for_height(&condition.operation, height),
        TM_EVENT => holds(&condition.operation, "NewBlock"),
        _ => false,
    }
}

fn event_meets(event: &Event, condition: &Condition) -> bool {
    let Some(key) = condition
        .key
        .strip_prefix(event.kind.as_str())
        .and_then(|rest| rest.strip_prefix('.'))
    else {
        return false;
    };
    event
        .attributes
        .iter()
        .any(|a| a.index && a.key == key && holds(&condition.operation, &a.value))
}

fn holds_for_height(operation: &Operation, height: u64) -> bool {
    // Clients write both `tx.height=5` and `tx.height='5'`.
    holds(operation, &height.to_string())
}

fn holds(operation: &Operation, value: &str) -> bool {
    match operation {
        Operation::Exists => true,
        Operation::Contains(text) => value.contains(text.as_str()),
        Operation::Equal(operand) => compare(value, operand) == Some(Ordering::Equal),
        Operation::Less(operand) => compare(value, operand) == Some(Ordering::Less),
        Operation::LessOrEqual(operand) => compare(value, operand).is_some_and(Ordering::is_le),
        Operation::Greater(operand) => compare(value, operand) == Some(Ordering::Greater),
        Operation::GreaterOrEqual(operand) => compare(value, operand).is_some_and(Ordering::is_ge),
    }
}

fn compare(value: &str, operand: &Operand) -> Option<Ordering> {
    match operand {
        Operand::Text(text) => Some(value.cmp(text.as_str())),
        Operand::Number(number) => Some(Decimal::find(value)?.cmp(number)),
        Operand::Time(nanos) => Some(parse_time(value).or_else(|| parse_date(value))?.cmp(nanos)),
    }
}
