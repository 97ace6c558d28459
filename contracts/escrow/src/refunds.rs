//! Giving money back: to the budget it was drawn from, or to a wallet.
//!
//! A wallet that cannot be paid never blocks anybody else: the coins stay here, owed to it, until it claims them.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, BankMsg, Event, SubMsg, to_json_binary};
use supercloud_schema::escrow::{Deposit, DepositSource, event};
use supercloud_schema::money::Uact;

use crate::budgets;
use crate::error::EscrowError;
use crate::session::Session;
use crate::state::REFUNDS;

/// Reply number of a payment that was not delivered.
pub(crate) const REPLY_UNDELIVERED: u64 = 1;

/// What the reply must know.
#[cw_serde]
pub(crate) struct Undelivered {
    pub(crate) to: Addr,
    pub(crate) amount: Uact,
}

/// Returns one deposit entry of an account that ends.
pub(crate) fn refund_deposit(session: &mut Session<'_>, dseq: u64, deposit: &Deposit) -> Result<(), EscrowError> {
    let (kind, to) = source_attributes(&deposit.source);
    session.emit(
        Event::new(event::DEPOSIT_REFUNDED)
            .add_attribute("dseq", dseq.to_string())
            .add_attribute("source", kind)
            .add_attribute("to", to)
            .add_attribute("amount", deposit.remaining.to_string()),
    );
    refund(session, &deposit.source, deposit.remaining)
}

/// Returns money to where it came from.
pub(crate) fn refund(session: &mut Session<'_>, source: &DepositSource, amount: Uact) -> Result<(), EscrowError> {
    match source {
        DepositSource::Wallet { owner } => {
            let owner = session.validate(owner)?;
            pay(session, owner, amount)
        }
        DepositSource::Budget { budget_id, .. } => budgets::apply_returned(session, budget_id.u64(), amount),
    }
}

/// Pays a claim to a wallet; when the bank refuses, the claim waits in [`REFUNDS`].
pub(crate) fn pay(session: &mut Session<'_>, to: Addr, amount: Uact) -> Result<(), EscrowError> {
    if amount.is_zero() {
        return Ok(());
    }
    session.apply_payout(amount)?;
    let coins = vec![amount.coin(&session.config.act_denom)];
    let message = BankMsg::Send {
        to_address: to.to_string(),
        amount: coins,
    };
    let payload = to_json_binary(&Undelivered { to, amount })?;
    session.send(SubMsg::reply_on_error(message, REPLY_UNDELIVERED).with_payload(payload));
    Ok(())
}

/// Takes back what the bank did not deliver.
pub(crate) fn apply_undelivered(session: &mut Session<'_>, undelivered: Undelivered) -> Result<(), EscrowError> {
    let Undelivered { to, amount } = undelivered;
    session.apply_claim(amount)?;
    let waiting = REFUNDS.may_load(session.deps.storage, &to)?.unwrap_or_default();
    REFUNDS.save(session.deps.storage, &to, &waiting.checked_add(amount)?)?;
    session.emit(
        Event::new(event::REFUND_DEFERRED)
            .add_attribute("to", to)
            .add_attribute("amount", amount.to_string()),
    );
    Ok(())
}

/// How events name a source: its kind, and the address or budget number.
pub(crate) fn source_attributes(source: &DepositSource) -> (&'static str, String) {
    match source {
        DepositSource::Wallet { owner } => ("wallet", owner.clone()),
        DepositSource::Budget { budget_id, .. } => ("budget", budget_id.to_string()),
    }
}
