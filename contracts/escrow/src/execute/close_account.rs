//! Stops all payments of an account and refunds what is left. Does nothing when it has ended already.

use cosmwasm_std::Event;
use supercloud_schema::escrow::{AccountState, Payment, PaymentState, event};

use crate::error::EscrowError;
use crate::session::Session;
use crate::{books, notices};

pub(crate) fn close_account(session: &mut Session<'_>, dseq: u64) -> Result<(), EscrowError> {
    let stored = books::Books::load(session.deps.storage, dseq)?;
    if !stored.is_open() {
        return Ok(());
    }
    let mut account = books::load_settled(session, dseq)?;
    if account.is_open() {
        account.account.state = AccountState::Closed {};
        session.emit(Event::new(event::ACCOUNT_CLOSED).add_attribute("dseq", dseq.to_string()));
        let payments: Vec<Payment> = account.payments.clone();
        for payment in &payments {
            books::emit_payment_closed(session, payment);
        }
        account
            .payments
            .iter_mut()
            .for_each(|payment| payment.state = PaymentState::Closed {});
        books::apply_refunds(session, &mut account)?;
    } else {
        // It had run dry unnoticed. The market is closing the deployment right now, so it needs no notice.
        notices::apply_cancelled(session, dseq);
    }
    books::store(session, &mut account)
}
