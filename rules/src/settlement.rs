//! Settlement of deployment accounts: accrual, run-dry second, order in which deposits are spent.
//!
//! Rounding. A payment that opened at second `o` has at second `t` earned `floor(rate * (t - o))` uact: one floor over
//! the whole period, so the fraction is carried and the total does not depend on how often or in which order accounts
//! are settled. What a lease's last fraction is worth stays with the tenant.
//!
//! Covered. An account with deposits `B` and earnings already credited `E` covers second `t` when the sum of all its
//! open payments' earnings at `t` is at most `B + E`. It runs dry at the last covered second: accrual stops there, and
//! what is left is less than the payments would together earn in the next second. No balance ever goes below zero.

use cosmwasm_std::{Uint128, Uint256};
use supercloud_schema::money::{MoneyError, Uact, UnitPrice};
use supercloud_schema::time::Seconds;
use thiserror::Error;

/// 10^-18 uact in one uact: the scale of [`UnitPrice`].
const ATOMICS_PER_UACT: u128 = 1_000_000_000_000_000_000;

/// Why a settlement could not be computed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SettlementError {
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// Time went backwards.
    #[error("cannot settle at {now}, before {settled_at}")]
    BeforeLastSettlement {
        /// Second asked for.
        now: Seconds,
        /// Second up to which the books are settled, or at which a payment opened.
        settled_at: Seconds,
    },
}

/// An open payment, as far as settlement cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accrual {
    /// Rate.
    pub rate: UnitPrice,
    /// Second of the start.
    pub opened_at: Seconds,
    /// Credited by earlier settlements.
    pub earned: Uact,
}

/// An account's books before a settlement.
#[derive(Clone, Copy, Debug)]
pub struct Books<'a> {
    /// Second up to which they are settled.
    pub settled_at: Seconds,
    /// Sum of what is left of the deposits.
    pub balance: Uact,
    /// Open payments; none opened after `settled_at`.
    pub payments: &'a [Accrual],
}

/// What a settlement comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Second up to which the books are settled now: the one asked for, or the run-dry second when that came first.
    pub settled_at: Seconds,
    /// New total earnings, one per payment, in the order given.
    pub earned: Vec<Uact>,
    /// What moves from deposits to earnings.
    pub paid: Uact,
    /// Whether the account ran dry before the second asked for.
    pub exhausted: bool,
}

/// All that a rate earns in a number of seconds: `floor(rate * seconds)`.
pub fn compute_earned(rate: UnitPrice, seconds: Seconds) -> Result<Uact, SettlementError> {
    let atomics = Uint128::new(rate.atomics()).full_mul(seconds);
    uact(atomics / scale())
}

/// What rates cost together in a number of seconds: `ceil(sum of rates * seconds)`.
pub fn compute_cost(rates: &[UnitPrice], seconds: Seconds) -> Result<Uact, SettlementError> {
    let atomics = total_rate(rates.iter().copied()) * Uint256::from(seconds);
    let whole = atomics / scale();
    let rest = atomics - whole * scale();
    uact(if rest.is_zero() { whole } else { whole + Uint256::one() })
}

/// The last second that the account covers at its present rates; absent when nothing accrues.
///
/// Seconds beyond `u64::MAX` are given as `u64::MAX`.
pub fn compute_runs_dry_at(books: Books<'_>) -> Option<Seconds> {
    let rate = total_rate(books.payments.iter().map(|payment| payment.rate));
    if rate.is_zero() {
        return None;
    }
    let credit = credit(books);
    let started: Uint256 = books
        .payments
        .iter()
        .map(|p| atomics(p.rate) * Uint256::from(p.opened_at))
        .sum();
    // Without floors the answer is `(credit + started) / rate`; each of the n floors can only put it off, together by
    // less than n uact.
    let floors = Uint256::from(books.payments.len() as u64);
    let covered = seconds((credit * scale() + started) / rate).max(books.settled_at);
    let uncovered = seconds(((credit + floors) * scale() + started) / rate).saturating_add(1);
    Some(last_covered(books.payments, credit, covered, uncovered.max(covered)))
}

/// Settles up to `now`, or up to the run-dry second when that comes first.
pub fn compute_settlement(books: Books<'_>, now: Seconds) -> Result<Settlement, SettlementError> {
    if now < books.settled_at {
        return Err(SettlementError::BeforeLastSettlement {
            now,
            settled_at: books.settled_at,
        });
    }
    let runs_dry_at = compute_runs_dry_at(books);
    let exhausted = runs_dry_at.is_some_and(|dry| now > dry);
    let settled_at = runs_dry_at.map_or(now, |dry| dry.min(now));
    let mut earned = Vec::with_capacity(books.payments.len());
    let mut paid = Uact::ZERO;
    for payment in books.payments {
        let Some(seconds) = settled_at.checked_sub(payment.opened_at) else {
            return Err(SettlementError::BeforeLastSettlement {
                now: settled_at,
                settled_at: payment.opened_at,
            });
        };
        let total = compute_earned(payment.rate, seconds)?;
        paid = paid.checked_add(total.checked_sub(payment.earned)?)?;
        earned.push(total);
    }
    Ok(Settlement {
        settled_at,
        earned,
        paid,
        exhausted,
    })
}

/// How much of `amount` each deposit gives, oldest first, each fully before the next.
pub fn compute_draw(deposits: &[Uact], amount: Uact) -> Result<Vec<Uact>, SettlementError> {
    let mut left = amount;
    let mut draws = Vec::with_capacity(deposits.len());
    for deposit in deposits {
        let draw = left.min(*deposit);
        left = left.checked_sub(draw)?;
        draws.push(draw);
    }
    if left.is_zero() {
        return Ok(draws);
    }
    Err(MoneyError::Insufficient {
        available: (amount.0).saturating_sub(left.0),
        taken: amount.0,
    }
    .into())
}

fn scale() -> Uint256 {
    Uint256::from(ATOMICS_PER_UACT)
}

fn atomics(rate: UnitPrice) -> Uint256 {
    Uint256::from(rate.atomics())
}

fn total_rate(rates: impl Iterator<Item = UnitPrice>) -> Uint256 {
    rates.map(atomics).sum()
}

/// All that the payments may have earned when the last deposit is spent.
fn credit(books: Books<'_>) -> Uint256 {
    let earned: Uint256 = books
        .payments
        .iter()
        .map(|payment| Uint256::from(payment.earned.u128()))
        .sum();
    Uint256::from(books.balance.u128()) + earned
}

fn earned_together(payments: &[Accrual], at: Seconds) -> Uint256 {
    let seconds = |payment: &Accrual| Uint256::from(at.saturating_sub(payment.opened_at));
    payments
        .iter()
        .map(|payment| atomics(payment.rate) * seconds(payment) / scale())
        .sum()
}

/// Halves the span until it is one second: `covered` is covered, `uncovered` is not (or is the end of time).
fn last_covered(payments: &[Accrual], credit: Uint256, mut covered: Seconds, mut uncovered: Seconds) -> Seconds {
    while uncovered - covered > 1 {
        let middle = covered + (uncovered - covered) / 2;
        if earned_together(payments, middle) <= credit {
            covered = middle;
        } else {
            uncovered = middle;
        }
    }
    covered
}

fn uact(amount: Uint256) -> Result<Uact, SettlementError> {
    Ok(Uact::from_bank(amount)?)
}

fn seconds(amount: Uint256) -> Seconds {
    Uint128::try_from(amount)
        .ok()
        .and_then(|amount| Seconds::try_from(amount.u128()).ok())
        .unwrap_or(Seconds::MAX)
}

#[cfg(test)]
mod tests;
