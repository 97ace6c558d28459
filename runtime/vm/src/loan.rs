//! A borrowed [`Backend`] inside a wasmtime store. Store data must be `'static`, while a backend is borrowed for one
//! call; a [`Loan`] is a `'static` value that hands the backend out only as long as the borrow lasts.

#![allow(
    unsafe_code,
    reason = "the lifetime of the borrowed backend is checked at run time instead"
)]

use std::cell::Cell;
use std::ptr::NonNull;
use std::rc::Rc;

use supercloud_chain::vm::Backend;

/// The pointer while it may be used, `None` while somebody uses it and after the loan has ended.
type Slot = Cell<Option<NonNull<dyn Backend>>>;

/// Access to a backend that may have been taken back.
#[derive(Clone)]
pub(crate) struct Loan(Rc<Slot>);

/// Takes the backend back when dropped, also on unwinding.
struct End<'a>(&'a Slot);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.set(None);
    }
}

/// Lends `backend` for the time of `body`.
pub(crate) fn lend<R>(backend: &mut dyn Backend, body: impl FnOnce(Loan) -> R) -> R {
    // SAFETY: only the lifetime bound of the trait object changes, which has no effect on its layout. The pointer is
    // dereferenced by `Loan::with` alone, which finds it only between here and the drop of `end` below, while
    // `backend` is exclusively borrowed by this function.
    let pointer =
        unsafe { std::mem::transmute::<NonNull<dyn Backend + '_>, NonNull<dyn Backend>>(NonNull::from(backend)) };
    let slot = Rc::new(Cell::new(Some(pointer)));
    let end = End(&slot);
    let result = body(Loan(Rc::clone(&slot)));
    drop(end);
    result
}

impl Loan {
    /// Runs `body` on the backend; `None` when the loan has ended or the backend is in use further up the stack.
    pub(crate) fn with<R>(&self, body: impl FnOnce(&mut dyn Backend) -> R) -> Option<R> {
        let mut pointer = self.0.take()?;
        // SAFETY: the slot held the pointer, so `lend` is still on the stack of this thread (`Rc` does not cross
        // threads) and its exclusive borrow lives. The slot is empty while `body` runs, so this is the only reference.
        let result = body(unsafe { pointer.as_mut() });
        self.0.set(Some(pointer));
        Some(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::tests::NoBackend;

    #[test]
    fn a_loan_ends_with_its_scope() {
        let kept = lend(&mut NoBackend, |loan| {
            assert!(loan.with(|_| ()).is_some());
            loan
        });
        assert!(kept.with(|_| ()).is_none());
    }

    #[test]
    fn a_backend_in_use_is_not_lent_twice() {
        lend(&mut NoBackend, |loan| {
            let inner = loan.with(|_| loan.with(|_| ()).is_none());
            assert_eq!(inner, Some(true));
            assert!(loan.with(|_| ()).is_some());
        });
    }
}
