//! Places in the instance pool. Running out of pool slots would fail a call on one node and not on another, so the
//! pool never runs out: an outermost call takes a permit worth [`MAX_NESTING`] slots and waits for one if it must;
//! calls nested in it (by queries, on the same thread) use its share.
//!
//! Nesting deeper than the share is refused. That depth is a function of the transaction, hence deterministic, and
//! above what a chain allows.

use std::cell::Cell;
use std::sync::{Condvar, Mutex, PoisonError};

/// Calls alive at once on one stack. wasmd stops query recursion at 10.
pub(crate) const MAX_NESTING: usize = 16;

thread_local! {
    static NESTING: Cell<usize> = const { Cell::new(0) };
}

/// Permits for outermost calls.
#[derive(Debug)]
pub(crate) struct Slots {
    free: Mutex<usize>,
    returned: Condvar,
}

/// The right to hold one instance; given back on drop.
#[derive(Debug)]
pub(crate) struct Slot<'a> {
    slots: &'a Slots,
}

impl Slots {
    /// Room for `calls` outermost calls at a time, at least one.
    pub(crate) fn new(calls: usize) -> Self {
        Self {
            free: Mutex::new(calls.max(1)),
            returned: Condvar::new(),
        }
    }

    /// Waits for a slot; `None` when calls nest too deeply.
    pub(crate) fn take(&self) -> Option<Slot<'_>> {
        let nesting = NESTING.get();
        if nesting == MAX_NESTING {
            return None;
        }
        if nesting == 0 {
            let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
            let mut free = self
                .returned
                .wait_while(free, |free| *free == 0)
                .unwrap_or_else(PoisonError::into_inner);
            *free -= 1;
        }
        NESTING.set(nesting + 1);
        Some(Slot { slots: self })
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let nesting = NESTING.get() - 1;
        NESTING.set(nesting);
        if nesting == 0 {
            *self.slots.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            self.slots.returned.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_bounded_and_takes_one_permit() {
        let slots = Slots::new(1);
        let held: Vec<_> = (0..MAX_NESTING).map(|_| slots.take().unwrap()).collect();
        assert!(slots.take().is_none());
        drop(held);
        assert!(slots.take().is_some());
    }

    #[test]
    fn an_outermost_call_waits_for_a_permit() {
        let slots = Slots::new(1);
        let first = slots.take().unwrap();
        std::thread::scope(|scope| {
            let second = scope.spawn(|| slots.take().is_some());
            drop(first);
            assert!(second.join().unwrap());
        });
    }
}
