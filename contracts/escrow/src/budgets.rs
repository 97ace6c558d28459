//! Budgets: terms, draws, and what becomes of drawn money.

use std::collections::BTreeSet;

use cosmwasm_std::Addr;
use supercloud_schema::escrow::{BudgetDraw, BudgetScope, BudgetTerms, DepositSource, Payment};
use supercloud_schema::money::{Uact, UnitPrice};

use crate::books::Books;
use crate::error::EscrowError;
use crate::refunds;
use crate::session::Session;
use crate::state::{BUDGETS, BudgetRecord, DRAWN_FOR};

/// Most providers that one budget may name; the list is read at every draw and lease.
pub(crate) const MAX_PROVIDERS: usize = 32;

pub(crate) fn load(session: &Session<'_>, budget_id: u64) -> Result<BudgetRecord, EscrowError> {
    BUDGETS
        .may_load(session.deps.storage, budget_id)?
        .ok_or(EscrowError::BudgetNotFound { budget_id })
}

pub(crate) fn load_open(session: &Session<'_>, budget_id: u64) -> Result<BudgetRecord, EscrowError> {
    let budget = load(session, budget_id)?;
    if budget.closed {
        return Err(EscrowError::BudgetClosed { budget_id });
    }
    Ok(budget)
}

pub(crate) fn assert_owner(budget_id: u64, budget: &BudgetRecord, sender: &Addr) -> Result<(), EscrowError> {
    if budget.owner == *sender {
        return Ok(());
    }
    Err(EscrowError::NotBudgetOwner {
        budget_id,
        sender: sender.to_string(),
    })
}

/// Refuses terms that contradict themselves or cost too much to read.
pub(crate) fn assert_terms(session: &Session<'_>, terms: &BudgetTerms) -> Result<(), EscrowError> {
    if terms.scopes.is_empty() {
        return Err(EscrowError::NoScopes);
    }
    let mut scopes = BTreeSet::new();
    if let Some(scope) = terms.scopes.iter().find(|scope| !scopes.insert(**scope)) {
        return Err(EscrowError::RepeatedScope { scope: *scope });
    }
    if terms.providers.len() > MAX_PROVIDERS {
        return Err(EscrowError::TooManyProviders {
            count: terms.providers.len(),
            limit: MAX_PROVIDERS,
        });
    }
    let mut providers = BTreeSet::new();
    for provider in &terms.providers {
        session.validate(provider)?;
        if !providers.insert(provider) {
            return Err(EscrowError::RepeatedProvider {
                provider: provider.clone(),
            });
        }
    }
    match terms.expires_at {
        Some(expires_at) if expires_at <= session.now => Err(EscrowError::ExpiryNotAhead {
            expires_at,
            now: session.now,
        }),
        _ => Ok(()),
    }
}

/// Refuses a lease that the budget does not pay for.
pub(crate) fn assert_pays_lease(
    budget_id: u64,
    terms: &BudgetTerms,
    provider: &str,
    rate: UnitPrice,
) -> Result<(), EscrowError> {
    if !terms.providers.is_empty() && !terms.providers.iter().any(|listed| listed == provider) {
        return Err(EscrowError::ProviderNotAllowed {
            budget_id,
            provider: provider.to_string(),
        });
    }
    match terms.max_rate {
        Some(max_rate) if rate > max_rate => Err(EscrowError::RateNotAllowed {
            budget_id,
            rate,
            max_rate,
        }),
        _ => Ok(()),
    }
}

/// Refuses a lease that some budget with money left in the account does not pay for.
pub(crate) fn assert_budgets_pay_lease(
    session: &Session<'_>,
    books: &Books,
    provider: &str,
    rate: UnitPrice,
) -> Result<(), EscrowError> {
    for deposit in &books.account.deposits {
        if let DepositSource::Budget { budget_id, .. } = &deposit.source {
            let budget = load(session, budget_id.u64())?;
            assert_pays_lease(budget_id.u64(), &budget.terms, provider, rate)?;
        }
    }
    Ok(())
}

/// Takes money out of a budget for a deployment; gives the source to book it under.
pub(crate) fn draw(
    session: &mut Session<'_>,
    grantee: &str,
    draw: &BudgetDraw,
    books: &Books,
) -> Result<DepositSource, EscrowError> {
    let (budget_id, amount) = (draw.budget_id.u64(), draw.amount);
    let mut budget = load_open(session, budget_id)?;
    if amount.is_zero() {
        return Err(EscrowError::EmptyDraw { budget_id });
    }
    assert_may_draw(session, budget_id, &budget, grantee)?;
    // A budget's terms bind every lease of the account it went into, so nobody may draw into somebody else's account.
    if books.account.owner.as_str() != grantee {
        return Err(EscrowError::NotAccountOwner {
            dseq: books.dseq,
            sender: grantee.to_string(),
        });
    }
    for Payment { lease, rate, .. } in books.open_payments() {
        assert_pays_lease(budget_id, &budget.terms, &lease.provider, *rate)?;
    }
    budget.balance = budget
        .balance
        .checked_sub(amount)
        .map_err(|_| EscrowError::InsufficientBudget {
            budget_id,
            available: budget.balance,
            asked: amount,
        })?;
    budget.drawn = budget.drawn.checked_add(amount)?;
    apply_deployment_cap(session, budget_id, &budget.terms, books.dseq, amount)?;
    BUDGETS.save(session.deps.storage, budget_id, &budget)?;
    Ok(DepositSource::Budget {
        budget_id: draw.budget_id,
        owner: budget.owner.into_string(),
    })
}

fn assert_may_draw(
    session: &Session<'_>,
    budget_id: u64,
    budget: &BudgetRecord,
    grantee: &str,
) -> Result<(), EscrowError> {
    if budget.grantee.as_str() != grantee {
        return Err(EscrowError::NotGrantee {
            budget_id,
            sender: grantee.to_string(),
        });
    }
    let scope = BudgetScope::Deployment {};
    if !budget.terms.scopes.contains(&scope) {
        return Err(EscrowError::ScopeNotAllowed { budget_id, scope });
    }
    match budget.terms.expires_at {
        Some(expires_at) if session.now >= expires_at => Err(EscrowError::BudgetExpired {
            budget_id,
            expires_at,
            now: session.now,
        }),
        _ => Ok(()),
    }
}

/// Counts all draws for one deployment, returned ones too.
fn apply_deployment_cap(
    session: &mut Session<'_>,
    budget_id: u64,
    terms: &BudgetTerms,
    dseq: u64,
    amount: Uact,
) -> Result<(), EscrowError> {
    let Some(cap) = terms.per_deployment_cap else {
        return Ok(());
    };
    let key = (budget_id, dseq);
    let drawn = DRAWN_FOR
        .may_load(session.deps.storage, key)?
        .unwrap_or_default()
        .checked_add(amount)?;
    if drawn > cap {
        return Err(EscrowError::DeploymentCapExceeded {
            budget_id,
            dseq,
            cap,
            drawn,
        });
    }
    Ok(DRAWN_FOR.save(session.deps.storage, key, &drawn)?)
}

/// Drawn money was earned by a provider.
pub(crate) fn apply_spent(session: &mut Session<'_>, budget_id: u64, amount: Uact) -> Result<(), EscrowError> {
    let mut budget = load(session, budget_id)?;
    budget.drawn = budget.drawn.checked_sub(amount)?;
    Ok(BUDGETS.save(session.deps.storage, budget_id, &budget)?)
}

/// Drawn money comes back: into the budget, or to its owner when it has ended.
pub(crate) fn apply_returned(session: &mut Session<'_>, budget_id: u64, amount: Uact) -> Result<(), EscrowError> {
    let mut budget = load(session, budget_id)?;
    budget.drawn = budget.drawn.checked_sub(amount)?;
    if !budget.closed {
        budget.balance = budget.balance.checked_add(amount)?;
    }
    BUDGETS.save(session.deps.storage, budget_id, &budget)?;
    if budget.closed {
        refunds::pay(session, budget.owner, amount)?;
    }
    Ok(())
}
