//! Opens a budget.

use cosmwasm_std::{Addr, Empty, Event, Uint64, to_json_binary};
use supercloud_schema::escrow::{BudgetTerms, event};
use supercloud_schema::money::Uact;

use super::assert_min_deposit;
use crate::budgets;
use crate::error::EscrowError;
use crate::session::Session;
use crate::state::{BUDGETS, BUDGETS_BY_GRANTEE, BudgetRecord, LAST_BUDGET};

/// The data is the budget number as a JSON string.
pub(crate) fn create_budget(
    session: &mut Session<'_>,
    owner: &Addr,
    coins: Uact,
    grantee: &str,
    terms: BudgetTerms,
) -> Result<(), EscrowError> {
    assert_min_deposit(session, coins)?;
    budgets::assert_terms(session, &terms)?;
    let grantee = session.validate(grantee)?;
    session.apply_claim(coins)?;

    let id = LAST_BUDGET.load(session.deps.storage)? + 1;
    LAST_BUDGET.save(session.deps.storage, &id)?;
    BUDGETS_BY_GRANTEE.save(session.deps.storage, (&grantee, id), &Empty {})?;
    session.emit(
        Event::new(event::BUDGET_CREATED)
            .add_attribute("budget_id", id.to_string())
            .add_attribute("owner", owner)
            .add_attribute("grantee", &grantee)
            .add_attribute("amount", coins.to_string()),
    );
    let budget = BudgetRecord {
        owner: owner.clone(),
        grantee,
        terms,
        balance: coins,
        drawn: Uact::ZERO,
        closed: false,
    };
    BUDGETS.save(session.deps.storage, id, &budget)?;
    session.answer(to_json_binary(&Uint64::new(id))?);
    Ok(())
}
