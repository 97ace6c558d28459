//! Adds ACT to a budget; it belongs to the budget's owner from then on.

use cosmwasm_std::Event;
use supercloud_schema::escrow::event;
use supercloud_schema::money::Uact;

use super::assert_min_deposit;
use crate::budgets;
use crate::error::EscrowError;
use crate::session::Session;
use crate::state::BUDGETS;

pub(crate) fn fund_budget(session: &mut Session<'_>, coins: Uact, budget_id: u64) -> Result<(), EscrowError> {
    assert_min_deposit(session, coins)?;
    let mut budget = budgets::load_open(session, budget_id)?;
    session.apply_claim(coins)?;
    budget.balance = budget.balance.checked_add(coins)?;
    BUDGETS.save(session.deps.storage, budget_id, &budget)?;
    session.emit(
        Event::new(event::BUDGET_FUNDED)
            .add_attribute("budget_id", budget_id.to_string())
            .add_attribute("amount", coins.to_string()),
    );
    Ok(())
}
