//! Brings an account's books up to now; ends it when it ran dry. An account that has ended stays as it is.

use crate::books;
use crate::error::EscrowError;
use crate::session::Session;

pub(crate) fn settle(session: &mut Session<'_>, dseq: u64) -> Result<(), EscrowError> {
    let mut account = books::load_settled(session, dseq)?;
    books::store(session, &mut account)
}
