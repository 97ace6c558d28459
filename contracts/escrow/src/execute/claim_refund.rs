//! Hands out a refund that could not be delivered when it was due.

use cosmwasm_std::{Addr, BankMsg, Event, SubMsg};
use supercloud_schema::escrow::event;

use crate::error::EscrowError;
use crate::session::Session;
use crate::state::REFUNDS;

pub(crate) fn claim_refund(session: &mut Session<'_>, owner: &Addr) -> Result<(), EscrowError> {
    let Some(amount) = REFUNDS.may_load(session.deps.storage, owner)? else {
        return Err(EscrowError::NoRefund {
            owner: owner.to_string(),
        });
    };
    REFUNDS.remove(session.deps.storage, owner);
    session.apply_payout(amount)?;
    session.emit(
        Event::new(event::REFUND_CLAIMED)
            .add_attribute("to", owner)
            .add_attribute("amount", amount.to_string()),
    );
    let coins = vec![amount.coin(&session.config.act_denom)];
    session.send(SubMsg::new(BankMsg::Send {
        to_address: owner.to_string(),
        amount: coins,
    }));
    Ok(())
}
