//! Putting money into an account: the sender's own coins and draws from budgets.

use std::collections::BTreeSet;

use cosmwasm_std::{Addr, Event};
use supercloud_schema::escrow::{BudgetDraw, Deposit, DepositSource, event};
use supercloud_schema::money::Uact;

use crate::books::Books;
use crate::error::EscrowError;
use crate::session::Session;
use crate::{budgets, refunds};

/// Books the sender's coins, then the draws in the order given; gives the sum of both.
pub(crate) fn apply_deposits(
    session: &mut Session<'_>,
    books: &mut Books,
    depositor: &Addr,
    coins: Uact,
    draws: &[BudgetDraw],
) -> Result<Uact, EscrowError> {
    let mut sum = coins;
    if !coins.is_zero() {
        session.apply_claim(coins)?;
        apply_deposit(
            session,
            books,
            depositor,
            DepositSource::Wallet {
                owner: depositor.to_string(),
            },
            coins,
        )?;
    }
    let mut seen = BTreeSet::new();
    for draw in draws {
        if !seen.insert(draw.budget_id) {
            return Err(EscrowError::RepeatedBudget {
                budget_id: draw.budget_id.u64(),
            });
        }
        let source = budgets::draw(session, depositor.as_str(), draw, books)?;
        apply_deposit(session, books, depositor, source, draw.amount)?;
        sum = sum.checked_add(draw.amount)?;
    }
    Ok(sum)
}

/// One entry per source; a new source goes to the end of the line.
fn apply_deposit(
    session: &mut Session<'_>,
    books: &mut Books,
    depositor: &Addr,
    source: DepositSource,
    amount: Uact,
) -> Result<(), EscrowError> {
    let (kind, from) = refunds::source_attributes(&source);
    session.emit(
        Event::new(event::ACCOUNT_DEPOSITED)
            .add_attribute("dseq", books.dseq.to_string())
            .add_attribute("source", kind)
            .add_attribute("from", from)
            .add_attribute("amount", amount.to_string()),
    );
    if let Some(entry) = books.account.deposits.iter_mut().find(|entry| entry.source == source) {
        entry.remaining = entry.remaining.checked_add(amount)?;
        return Ok(());
    }
    // Anyone may top up; without a reserve strangers could fill every entry and shut the owner out.
    let max = session.config.params.max_deposits;
    let limit = if *depositor == books.account.owner {
        max
    } else {
        max / 2
    };
    if books.account.deposits.len() >= limit as usize {
        return Err(EscrowError::TooManyDeposits {
            dseq: books.dseq,
            limit,
        });
    }
    books.account.deposits.push(Deposit {
        source,
        remaining: amount,
    });
    Ok(())
}
