//! Keeps raised errors with their type.
//!
//! cw-multi-test turns an error into text at every contract call it passes. Whatever the kit's modules raise is
//! therefore kept here, per thread, and found again by the text at the end of what came out.

use std::cell::RefCell;
use std::error::Error;

use cosmwasm_std::{StdError, StdResult, StdResultExt};

thread_local! {
    static RAISED: RefCell<Vec<StdError>> = const { RefCell::new(Vec::new()) };
}

fn text_of(error: &StdError) -> String {
    let inner: &dyn Error = &**error;
    inner.to_string()
}

/// Keeps an error and gives the one to return in its place.
pub(crate) fn raise(error: impl Into<StdError>) -> StdError {
    let error = error.into();
    let text = StdError::msg(text_of(&error));
    RAISED.with_borrow_mut(|raised| raised.push(error));
    text
}

/// [`raise`] for a whole result.
pub(crate) fn raised<T>(outcome: Result<T, impl Into<StdError>>) -> StdResult<T> {
    outcome.map_err(raise)
}

/// Forgets what earlier calls raised.
pub(crate) fn forget() {
    RAISED.with_borrow_mut(Vec::clear);
}

/// The error behind what a call returned: the kept one when there is one with this text, else the returned one.
pub(crate) fn original(error: StdError) -> Box<dyn Error + Send + Sync> {
    let text = text_of(&error);
    let kept = RAISED.with_borrow_mut(|raised| {
        let position = raised.iter().rposition(|kept| text.ends_with(&text_of(kept)))?;
        Some(raised.remove(position))
    });
    let found: StdResult<()> = Err(kept.unwrap_or(error));
    found.unwrap_std_error().expect_err("the value is an error")
}
