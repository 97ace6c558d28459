//! Which past versions are kept, and the filter that drops the others when tables are compacted.
//!
//! Logical first: a version that is not kept cannot be asked for. What it alone needed goes when the engine next merges
//! the tables that hold it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fjall::compaction::filter::{CompactionFilter, Context, Factory, ItemAccessor, Verdict};

use crate::disk::config::Pruning;
use crate::disk::rows::{MARKER, parse_block_key, parse_past, parse_past_key};

/// What is kept. Heights only ever leave.
#[derive(Debug)]
pub(crate) struct Retention {
    last: Option<u64>,
    every: Option<u64>,
    /// Heights below may be gone from the tables, but for the kept multiples.
    cut: AtomicU64,
    /// Multiples of `every` below may be gone too: the policy was another one.
    every_since: AtomicU64,
}

impl Retention {
    /// A policy over a history that begins, whole, at `first`.
    pub(crate) fn new(pruning: Pruning, first: u64) -> Self {
        let (last, every) = match pruning {
            Pruning::Archive => (None, None),
            Pruning::KeepLast(last) => (Some(last.max(1)), None),
            Pruning::KeepLastAndEvery { last, every } => (Some(last.max(1)), Some(every.max(1))),
        };
        Self {
            last,
            every,
            cut: AtomicU64::new(first),
            every_since: AtomicU64::new(first),
        }
    }

    /// Takes over what the tables say: whole from `cut` on, and multiples of `every` from `every_since` on.
    pub(crate) fn restore(&self, cut: u64, every: u64, every_since: u64) {
        self.cut.store(cut, Ordering::Relaxed);
        let same = self.every.unwrap_or_default() == every;
        self.every_since
            .store(if same { every_since } else { cut }, Ordering::Relaxed);
    }

    /// Cut, distance of kept multiples, and since when: what [`Retention::restore`] takes.
    pub(crate) fn numbers(&self) -> [u64; 3] {
        [
            self.cut.load(Ordering::Relaxed),
            self.every.unwrap_or_default(),
            self.every_since.load(Ordering::Relaxed),
        ]
    }

    /// The history begins at `first`: for a store without blocks.
    pub(crate) fn begin(&self, first: u64) {
        self.cut.store(first, Ordering::Relaxed);
        self.every_since.store(first, Ordering::Relaxed);
    }

    /// Lowest height from which on all versions are kept once `latest` is committed.
    pub(crate) fn floor(&self, latest: u64) -> u64 {
        let cut = self.cut.load(Ordering::Relaxed);
        self.last.map_or(cut, |last| cut.max((latest + 1).saturating_sub(last)))
    }

    /// From now on the tables may drop what only versions below the floor of `latest` need.
    pub(crate) fn advance(&self, latest: u64) {
        self.cut.store(self.floor(latest), Ordering::Relaxed);
    }

    pub(crate) fn is_kept(&self, height: u64, latest: u64) -> bool {
        height <= latest && (height >= self.floor(latest) || self.is_kept_multiple(height))
    }

    fn is_kept_multiple(&self, height: u64) -> bool {
        let since = self.every_since.load(Ordering::Relaxed);
        self.every
            .is_some_and(|every| height.is_multiple_of(every) && height >= since)
    }

    /// Whether a kept version has the value that was written at `since` and replaced at `until`.
    pub(crate) fn needs(&self, since: u64, until: u64) -> bool {
        if until > self.cut.load(Ordering::Relaxed) {
            return true;
        }
        let Some(last) = until.checked_sub(1) else {
            return false;
        };
        self.every.is_some_and(|every| {
            let multiple = last - last % every;
            multiple >= since && self.is_kept_multiple(multiple)
        })
    }
}

/// Makes the filter of one table.
pub(crate) struct FilterFactory {
    pub(crate) retention: Arc<Retention>,
    pub(crate) decide: Decide,
}

/// Whether a row stays.
pub(crate) type Decide = fn(&Retention, &[u8], &[u8]) -> bool;

impl Factory for FilterFactory {
    fn name(&self) -> &str {
        "retention"
    }

    fn make_filter(&self, _ctx: &Context) -> Box<dyn CompactionFilter> {
        Box::new(Filter {
            retention: self.retention.clone(),
            decide: self.decide,
        })
    }
}

struct Filter {
    retention: Arc<Retention>,
    decide: Decide,
}

impl CompactionFilter for Filter {
    fn filter_item(&mut self, item: ItemAccessor<'_>, _ctx: &Context) -> Result<Verdict, fjall::LsmError> {
        let key = item.key();
        let stays = **key == MARKER || (self.decide)(&self.retention, key, &item.value()?);
        // Rows of these tables are written once, or again with the same content, so nothing older can reappear.
        Ok(if stays { Verdict::Keep } else { Verdict::Destroy })
    }
}

/// Rows that do not parse stay: a check will find them.
pub(crate) fn keeps_past(retention: &Retention, key: &[u8], value: &[u8]) -> bool {
    let until = parse_past_key(key).map(|(_, until)| until);
    let since = parse_past(value).map(|before| before.map_or(0, |before| before.since));
    until
        .zip(since)
        .is_none_or(|(until, since)| retention.needs(since, until))
}

pub(crate) fn keeps_block(retention: &Retention, key: &[u8], _value: &[u8]) -> bool {
    parse_block_key(key)
        .is_none_or(|height| height >= retention.cut.load(Ordering::Relaxed) || retention.is_kept_multiple(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_versions_are_kept_up_to_the_limit() {
        let retention = Retention::new(Pruning::KeepLast(3), 10);
        assert!(!retention.is_kept(9, 11));
        assert!(retention.is_kept(10, 11));
        assert!(retention.is_kept(10, 12));
        assert!(!retention.is_kept(10, 13));
        assert!(retention.is_kept(11, 13));
        assert!(!retention.is_kept(14, 13));
    }

    #[test]
    fn values_are_needed_while_a_kept_version_has_them() {
        let pruning = Pruning::KeepLastAndEvery { last: 2, every: 10 };
        let retention = Retention::new(pruning, 5);
        retention.advance(35);
        assert_eq!(retention.floor(35), 34);
        assert!(retention.needs(33, 35), "version 34 has it");
        assert!(!retention.needs(31, 34));
        assert!(retention.needs(30, 34));
        assert!(retention.needs(21, 34));
        assert!(!retention.needs(21, 30));
        assert!(retention.needs(6, 11));
        assert!(!retention.needs(0, 5), "height 0 was never here");
        assert!(!retention.needs(0, 0));
        assert!(retention.is_kept(10, 35) && retention.is_kept(34, 35) && !retention.is_kept(33, 35));
    }

    #[test]
    fn other_multiples_count_from_where_the_history_is_whole() {
        let pruning = |every| Pruning::KeepLastAndEvery { last: 2, every };
        let first = Retention::new(pruning(10), 5);
        first.advance(35);
        let [cut, every, since] = first.numbers();
        assert_eq!([cut, every, since], [34, 10, 5]);
        let same = Retention::new(pruning(10), 0);
        same.restore(cut, every, since);
        assert!(same.is_kept(10, 35));
        let other = Retention::new(pruning(5), 0);
        other.restore(cut, every, since);
        assert!(!other.is_kept(10, 35) && other.is_kept(35, 40));
    }
}
