//! Starts paying a lease, if the account can carry all its leases for the grace.

use cosmwasm_std::Event;
use supercloud_rules::settlement::compute_cost;
use supercloud_schema::escrow::{Payment, PaymentState, event};
use supercloud_schema::id::LeaseId;
use supercloud_schema::money::{Uact, UnitPrice};
use supercloud_schema::time::Seconds;

use crate::books::{self, Books};
use crate::budgets;
use crate::error::EscrowError;
use crate::session::Session;
use crate::state::{PAYMENTS, bid_key};

pub(crate) fn open_payment(
    session: &mut Session<'_>,
    lease: LeaseId,
    rate: UnitPrice,
    grace_seconds: Seconds,
) -> Result<(), EscrowError> {
    let (dseq, rest) = bid_key(&lease);
    if rate.is_zero() {
        return Err(EscrowError::ZeroRate { lease });
    }
    session.validate(&lease.provider)?;
    if PAYMENTS.has(session.deps.storage, (dseq, &rest)) {
        return Err(EscrowError::PaymentExists { lease });
    }
    let mut account = books::load_open(session, dseq)?;
    if account.account.owner.as_str() != lease.owner {
        return Err(EscrowError::WrongOwner {
            lease,
            owner: account.account.owner.into_string(),
        });
    }
    let limit = session.config.params.max_payments;
    if account.payments.len() >= limit as usize {
        return Err(EscrowError::TooManyPayments { dseq, limit });
    }
    budgets::assert_budgets_pay_lease(session, &account, &lease.provider, rate)?;
    assert_runway(&account, rate, grace_seconds)?;

    session.emit(
        Event::new(event::PAYMENT_OPENED)
            .add_attribute("lease", lease.to_string())
            .add_attribute("rate", rate.to_string()),
    );
    account.payments.push(Payment {
        lease,
        rate,
        state: PaymentState::Open {},
        opened_at: session.now,
        settled_at: session.now,
        earned: Uact::ZERO,
        withdrawn: Uact::ZERO,
    });
    books::store(session, &mut account)
}

/// Present rates and the new one, for the whole grace, rounded up once.
fn assert_runway(account: &Books, rate: UnitPrice, grace_seconds: Seconds) -> Result<(), EscrowError> {
    let mut rates: Vec<UnitPrice> = account.open_payments().map(|payment| payment.rate).collect();
    rates.push(rate);
    let required = compute_cost(&rates, grace_seconds)?;
    let available = account.balance()?;
    if available >= required {
        return Ok(());
    }
    Err(EscrowError::InsufficientRunway {
        dseq: account.dseq,
        available,
        required,
        grace_seconds,
    })
}
