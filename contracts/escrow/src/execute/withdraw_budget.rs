//! Takes undrawn ACT back, also from an expired budget.

use cosmwasm_std::{Addr, Event};
use supercloud_schema::escrow::event;
use supercloud_schema::money::Uact;

use crate::error::EscrowError;
use crate::session::Session;
use crate::state::BUDGETS;
use crate::{budgets, refunds};

pub(crate) fn withdraw_budget(
    session: &mut Session<'_>,
    sender: &Addr,
    budget_id: u64,
    amount: Option<Uact>,
) -> Result<(), EscrowError> {
    let mut budget = budgets::load_open(session, budget_id)?;
    budgets::assert_owner(budget_id, &budget, sender)?;
    let amount = amount.unwrap_or(budget.balance);
    if amount.is_zero() {
        return Err(EscrowError::NothingToWithdraw { budget_id });
    }
    budget.balance = budget
        .balance
        .checked_sub(amount)
        .map_err(|_| EscrowError::InsufficientBudget {
            budget_id,
            available: budget.balance,
            asked: amount,
        })?;
    BUDGETS.save(session.deps.storage, budget_id, &budget)?;
    session.emit(
        Event::new(event::BUDGET_WITHDRAWN)
            .add_attribute("budget_id", budget_id.to_string())
            .add_attribute("amount", amount.to_string()),
    );
    refunds::pay(session, budget.owner, amount)
}
