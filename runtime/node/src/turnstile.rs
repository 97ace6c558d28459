//! How many queries run at once: all that the processors can use, and never so many that a block has to wait for them.
//! The contract engine has 32 places for calls, and a simulation may keep one for seconds.

use std::sync::{Condvar, Mutex, PoisonError};

/// Most queries at once, whatever the machine: half of the engine's places.
const MOST: usize = 16;

#[derive(Debug)]
pub(crate) struct Turnstile {
    free: Mutex<usize>,
    changed: Condvar,
}

/// One place, given back when dropped.
pub(crate) struct Place<'t>(&'t Turnstile);

impl Turnstile {
    /// Two places per processor: some queries wait for the disk.
    pub(crate) fn for_this_machine() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self::new((2 * processors).min(MOST))
    }

    fn new(places: usize) -> Self {
        Self {
            free: Mutex::new(places),
            changed: Condvar::new(),
        }
    }

    /// Waits for a place.
    pub(crate) fn enter(&self) -> Place<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self
            .changed
            .wait_while(free, |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Place(self)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn no_more_pass_than_there_are_places_and_all_pass_in_the_end() {
        let turnstile = Turnstile::new(2);
        let (inside, most, passed) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let _place = turnstile.enter();
                    most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                    passed.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(passed.load(Ordering::SeqCst), 8);
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)));
        assert_eq!(*turnstile.free.lock().unwrap(), 2);
    }
}
