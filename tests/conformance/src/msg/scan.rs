//! Iterating.

use cosmwasm_std::Binary;
use serde::{Deserialize, Serialize};

/// A scan by the standard library.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scan {
    /// First key.
    #[serde(default)]
    pub start: Option<Binary>,
    /// Key after the last.
    #[serde(default)]
    pub end: Option<Binary>,
    /// Direction.
    pub order: ScanOrder,
    /// At most so many.
    pub take: u32,
    /// After so many.
    #[serde(default)]
    pub skip: u32,
    /// What of each record.
    #[serde(default)]
    pub part: Part,
}

/// Direction of a scan.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanOrder {
    /// Smallest key first.
    Ascending,
    /// Largest key first.
    Descending,
}

/// Part of a record.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Key and value.
    #[default]
    Records,
    /// By `db_next_key`.
    Keys,
    /// By `db_next_value`.
    Values,
}

/// A scan by single host calls.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Iterate {
    /// First key.
    #[serde(default)]
    pub start: Option<Binary>,
    /// Key after the last.
    #[serde(default)]
    pub end: Option<Binary>,
    /// 1 and 2 are known.
    pub order: u32,
    /// Calls, in order.
    pub steps: Vec<Advance>,
}

/// A way to advance an iterator.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advance {
    /// `db_next`
    Next,
    /// `db_next_key`
    NextKey,
    /// `db_next_value`
    NextValue,
}

/// What one advance answered; both absent at the end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Found {
    /// Empty key after `db_next`, null after the others: exhausted.
    pub key: Option<Binary>,
    /// The value where it was asked for.
    pub value: Option<Binary>,
}
