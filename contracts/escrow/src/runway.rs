//! When an account must next be looked at: once to warn that its runway is low, once to end it.
//!
//! The index [`DUE`] holds each paying account exactly once: at the first second of a low runway until that was
//! announced, then at the first second after the run-dry second.

use cosmwasm_std::{Empty, Event};
use supercloud_schema::escrow::event;
use supercloud_schema::time::Seconds;

use crate::books::Books;
use crate::error::EscrowError;
use crate::session::Session;
use crate::state::DUE;

/// Moves the account in the index and announces a low runway, once per stretch of low runway.
pub(crate) fn apply(session: &mut Session<'_>, books: &mut Books) -> Result<(), EscrowError> {
    let warning = session.config.params.runway_warning_seconds;
    let (due_at, low_until) = match books.runs_dry_at()? {
        None => (None, None),
        Some(dry) if dry.saturating_sub(session.now) < warning => (Some(dry.saturating_add(1)), Some(dry)),
        Some(dry) => (Some((dry - warning).saturating_add(1)), None),
    };
    match low_until {
        Some(dry) if !books.account.warned => emit_low(session, books.dseq, dry),
        _ => {}
    }
    books.account.warned = low_until.is_some();
    if books.account.due_at != due_at {
        if let Some(old) = books.account.due_at {
            DUE.remove(session.deps.storage, (old, books.dseq));
        }
        if let Some(new) = due_at {
            DUE.save(session.deps.storage, (new, books.dseq), &Empty {})?;
        }
        books.account.due_at = due_at;
    }
    Ok(())
}

fn emit_low(session: &mut Session<'_>, dseq: u64, runs_dry_at: Seconds) {
    session.emit(
        Event::new(event::RUNWAY_LOW)
            .add_attribute("dseq", dseq.to_string())
            .add_attribute("runs_dry_at", runs_dry_at.to_string()),
    );
}
