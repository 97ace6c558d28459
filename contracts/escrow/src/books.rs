//! An account with its open payments in hand: settlement in memory, then storage.
//!
//! Whoever changes deposits or payments settles first, so that deposits are spent in order of arrival whatever the
//! moment of settlement.

use cosmwasm_std::{Event, Storage};
use supercloud_rules::settlement::{self, Accrual, compute_draw, compute_runs_dry_at, compute_settlement};
use supercloud_schema::escrow::{Account, AccountState, DepositSource, Payment, PaymentState, event};
use supercloud_schema::id::LeaseId;
use supercloud_schema::money::Uact;
use supercloud_schema::time::Seconds;

use crate::error::EscrowError;
use crate::session::Session;
use crate::state::{ACCOUNTS, AccountRecord, PAYMENTS, bid_key};
use crate::{budgets, locks, notices, refunds, runway};

/// An account and those payments that were open when it was loaded.
pub(crate) struct Books {
    pub(crate) dseq: u64,
    pub(crate) account: AccountRecord,
    pub(crate) payments: Vec<Payment>,
}

/// What a settlement did in memory.
pub(crate) struct Settled {
    pub(crate) paid: Uact,
    /// How much of it each source gave.
    pub(crate) spent: Vec<(DepositSource, Uact)>,
    /// Whether the account ran dry.
    pub(crate) exhausted: bool,
}

impl Books {
    pub(crate) fn load(storage: &dyn Storage, dseq: u64) -> Result<Self, EscrowError> {
        let account = ACCOUNTS
            .may_load(storage, dseq)?
            .ok_or(EscrowError::AccountNotFound { dseq })?;
        let mut payments = Vec::with_capacity(account.open.len());
        for lease in &account.open {
            let (dseq, rest) = bid_key(lease);
            payments.push(PAYMENTS.load(storage, (dseq, &rest))?);
        }
        Ok(Self {
            dseq,
            account,
            payments,
        })
    }

    pub(crate) fn is_open(&self) -> bool {
        self.account.state == AccountState::Open {}
    }

    pub(crate) fn assert_open(&self) -> Result<(), EscrowError> {
        if self.is_open() {
            return Ok(());
        }
        Err(EscrowError::AccountNotOpen {
            dseq: self.dseq,
            state: self.account.state,
        })
    }

    pub(crate) fn balance(&self) -> Result<Uact, EscrowError> {
        let mut sum = Uact::ZERO;
        for deposit in &self.account.deposits {
            sum = sum.checked_add(deposit.remaining)?;
        }
        Ok(sum)
    }

    /// Payments that are still open.
    pub(crate) fn open_payments(&self) -> impl Iterator<Item = &Payment> {
        self.payments
            .iter()
            .filter(|payment| payment.state == PaymentState::Open {})
    }

    pub(crate) fn runs_dry_at(&self) -> Result<Option<Seconds>, EscrowError> {
        if !self.is_open() {
            return Ok(None);
        }
        let accruals: Vec<Accrual> = self.open_payments().map(accrual).collect();
        let (settled_at, balance) = (self.account.settled_at, self.balance()?);
        Ok(compute_runs_dry_at(settlement::Books {
            settled_at,
            balance,
            payments: &accruals,
        }))
    }

    /// Settles to `now` in memory. Nothing is left to do for an account that has ended.
    pub(crate) fn settle(&mut self, now: Seconds) -> Result<Settled, EscrowError> {
        if !self.is_open() {
            return Ok(Settled {
                paid: Uact::ZERO,
                spent: Vec::new(),
                exhausted: false,
            });
        }
        let accruals: Vec<Accrual> = self.payments.iter().map(accrual).collect();
        let (settled_at, balance) = (self.account.settled_at, self.balance()?);
        let done = compute_settlement(
            settlement::Books {
                settled_at,
                balance,
                payments: &accruals,
            },
            now,
        )?;
        for (payment, earned) in self.payments.iter_mut().zip(done.earned) {
            payment.earned = earned;
            payment.settled_at = done.settled_at;
            if done.exhausted {
                payment.state = PaymentState::Closed {};
            }
        }
        self.account.settled_at = done.settled_at;
        if done.exhausted {
            self.account.state = AccountState::Exhausted {};
        }
        Ok(Settled {
            paid: done.paid,
            spent: self.draw(done.paid)?,
            exhausted: done.exhausted,
        })
    }

    /// Takes from the oldest deposits first and drops those that are spent.
    fn draw(&mut self, amount: Uact) -> Result<Vec<(DepositSource, Uact)>, EscrowError> {
        let deposits = &mut self.account.deposits;
        let remaining: Vec<Uact> = deposits.iter().map(|deposit| deposit.remaining).collect();
        let mut spent = Vec::new();
        for (deposit, draw) in deposits.iter_mut().zip(compute_draw(&remaining, amount)?) {
            if !draw.is_zero() {
                deposit.remaining = deposit.remaining.checked_sub(draw)?;
                spent.push((deposit.source.clone(), draw));
            }
        }
        deposits.retain(|deposit| !deposit.remaining.is_zero());
        Ok(spent)
    }

    /// The account as others see it.
    pub(crate) fn view(&self) -> Result<Account, EscrowError> {
        Ok(Account {
            dseq: self.dseq.into(),
            owner: self.account.owner.to_string(),
            state: self.account.state,
            settled_at: self.account.settled_at,
            balance: self.balance()?,
            deposits: self.account.deposits.clone(),
            runs_dry_at: self.runs_dry_at()?,
        })
    }
}

fn accrual(payment: &Payment) -> Accrual {
    Accrual {
        rate: payment.rate,
        opened_at: payment.opened_at,
        earned: payment.earned,
    }
}

/// Loads an account and settles it to now. When it turns out to have run dry it is ended on the spot, and the caller
/// sees it as exhausted; [`store`] must follow in any case.
pub(crate) fn load_settled(session: &mut Session<'_>, dseq: u64) -> Result<Books, EscrowError> {
    let mut books = Books::load(session.deps.storage, dseq)?;
    let settled = books.settle(session.now)?;
    for (source, amount) in settled.spent {
        if let DepositSource::Budget { budget_id, .. } = source {
            budgets::apply_spent(session, budget_id.u64(), amount)?;
        }
    }
    if !settled.paid.is_zero() {
        session.emit(
            Event::new(event::ACCOUNT_SETTLED)
                .add_attribute("dseq", dseq.to_string())
                .add_attribute("settled_at", books.account.settled_at.to_string())
                .add_attribute("paid", settled.paid.to_string()),
        );
    }
    if settled.exhausted {
        apply_exhaustion(session, &mut books)?;
    }
    Ok(books)
}

/// [`load_settled`] for callers that need an account which is still open.
pub(crate) fn load_open(session: &mut Session<'_>, dseq: u64) -> Result<Books, EscrowError> {
    let stored = Books::load(session.deps.storage, dseq)?;
    stored.assert_open()?;
    let books = load_settled(session, dseq)?;
    if books.is_open() {
        return Ok(books);
    }
    Err(EscrowError::AccountExhausted {
        dseq,
        exhausted_at: books.account.settled_at,
    })
}

/// The stored payment of a lease, whose id must be right in every part.
pub(crate) fn assert_payment(storage: &dyn Storage, lease: &LeaseId) -> Result<Payment, EscrowError> {
    let (dseq, rest) = bid_key(lease);
    match PAYMENTS.may_load(storage, (dseq, &rest))? {
        Some(payment) if payment.lease == *lease => Ok(payment),
        _ => Err(EscrowError::PaymentNotFound { lease: lease.clone() }),
    }
}

/// Writes an account and its payments back and puts it where the sweep finds it.
pub(crate) fn store(session: &mut Session<'_>, books: &mut Books) -> Result<(), EscrowError> {
    for payment in &books.payments {
        let (dseq, rest) = bid_key(&payment.lease);
        PAYMENTS.save(session.deps.storage, (dseq, &rest), payment)?;
    }
    books.account.open = books.open_payments().map(|payment| payment.lease.clone()).collect();
    runway::apply(session, books)?;
    Ok(ACCOUNTS.save(session.deps.storage, books.dseq, &books.account)?)
}

/// Gives what is left of the deposits back to where they came from.
pub(crate) fn apply_refunds(session: &mut Session<'_>, books: &mut Books) -> Result<(), EscrowError> {
    for deposit in std::mem::take(&mut books.account.deposits) {
        refunds::refund_deposit(session, books.dseq, &deposit)?;
    }
    Ok(())
}

/// Announces that a payment has stopped.
pub(crate) fn emit_payment_closed(session: &mut Session<'_>, payment: &Payment) {
    session.emit(
        Event::new(event::PAYMENT_CLOSED)
            .add_attribute("lease", payment.lease.to_string())
            .add_attribute("earned", payment.earned.to_string()),
    );
}

/// Ends an account whose accrual stopped at its run-dry second.
fn apply_exhaustion(session: &mut Session<'_>, books: &mut Books) -> Result<(), EscrowError> {
    let exhausted_at = books.account.settled_at;
    session.emit(
        Event::new(event::ACCOUNT_EXHAUSTED)
            .add_attribute("dseq", books.dseq.to_string())
            .add_attribute("exhausted_at", exhausted_at.to_string()),
    );
    for payment in &books.payments {
        emit_payment_closed(session, payment);
    }
    apply_refunds(session, books)?;
    locks::release_exhausted(session, books)?;
    notices::apply_queued(session, books.dseq, exhausted_at)
}
