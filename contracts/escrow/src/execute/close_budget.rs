//! Ends a budget: undrawn ACT to the owner now, drawn ACT when its deployments close.

use cosmwasm_std::{Addr, Event};
use supercloud_schema::escrow::event;
use supercloud_schema::money::Uact;

use crate::error::EscrowError;
use crate::session::Session;
use crate::state::BUDGETS;
use crate::{budgets, refunds};

pub(crate) fn close_budget(session: &mut Session<'_>, sender: &Addr, budget_id: u64) -> Result<(), EscrowError> {
    let mut budget = budgets::load_open(session, budget_id)?;
    budgets::assert_owner(budget_id, &budget, sender)?;
    let undrawn = std::mem::replace(&mut budget.balance, Uact::ZERO);
    budget.closed = true;
    BUDGETS.save(session.deps.storage, budget_id, &budget)?;
    session.emit(Event::new(event::BUDGET_CLOSED).add_attribute("budget_id", budget_id.to_string()));
    refunds::pay(session, budget.owner, undrawn)
}
