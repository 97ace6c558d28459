//! Stops paying a lease. Does nothing when it has stopped already, whatever stopped it.

use supercloud_schema::escrow::PaymentState;
use supercloud_schema::id::LeaseId;

use crate::books;
use crate::error::EscrowError;
use crate::session::Session;

pub(crate) fn close_payment(session: &mut Session<'_>, lease: &LeaseId) -> Result<(), EscrowError> {
    let payment = books::assert_payment(session.deps.storage, lease)?;
    if payment.state == (PaymentState::Closed {}) {
        return Ok(());
    }
    let mut account = books::load_settled(session, lease.dseq.u64())?;
    let open = account.is_open();
    if let Some(payment) = account
        .payments
        .iter_mut()
        .find(|payment| open && payment.lease == *lease)
    {
        payment.state = PaymentState::Closed {};
        let payment = payment.clone();
        books::emit_payment_closed(session, &payment);
    }
    books::store(session, &mut account)
}
