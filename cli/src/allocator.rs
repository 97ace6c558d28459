//! The allocator of the process and its options.

#![allow(unsafe_code, reason = "the allocator's options are C functions")]

use libmimalloc_sys::{mi_option_set_default, mi_option_t};

/// Many threads allocate here and others free: the system's allocator spends a quarter of a market node's time on that and
/// keeps what it was given.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Number of the option that says for how many milliseconds freed memory stays; arenas stay ten times as long.
const PURGE_DELAY: mi_option_t = 15;

/// Above what lies between two blocks: each frees about what the next one takes, and faulting it in again takes up to a
/// tenth of a node's time. The allocator's default is 10.
const PURGE_DELAY_MS: i16 = 250;

/// Keeps freed memory for longer than the allocator does by itself, unless `MIMALLOC_PURGE_DELAY` is set.
pub(crate) fn keep_freed_memory_for_a_while() {
    // SAFETY: it stores a number, and any thread may call it.
    unsafe { mi_option_set_default(PURGE_DELAY, PURGE_DELAY_MS.into()) }
}

#[cfg(test)]
mod tests {
    use std::ffi::c_long;

    use libmimalloc_sys::{mi_option_get, mi_option_t};

    use super::*;

    fn get(option: mi_option_t) -> c_long {
        // SAFETY: it reads a number, and any thread may call it.
        unsafe { mi_option_get(option) }
    }

    /// The option's number is not part of the binding: an update of the allocator that renumbers it fails here.
    #[test]
    fn purge_delay_is_the_option_that_has_the_default_of_ten_milliseconds() {
        if std::env::var_os("MIMALLOC_PURGE_DELAY").is_some() {
            return;
        }
        assert_eq!(get(PURGE_DELAY), 10);
        let others = || (0..PURGE_DELAY).chain(PURGE_DELAY + 1..30).map(get).collect::<Vec<_>>();
        let before = others();
        keep_freed_memory_for_a_while();
        assert_eq!(get(PURGE_DELAY), c_long::from(PURGE_DELAY_MS));
        assert_eq!(others(), before);
    }
}
