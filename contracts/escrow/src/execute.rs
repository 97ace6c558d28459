//! One file per message.

mod claim_refund;
mod close_account;
mod close_budget;
mod close_payment;
mod create_budget;
mod deposit;
mod fund_budget;
mod lock_bid_deposit;
mod open_account;
mod open_payment;
mod release_bid_deposits;
mod settle;
mod sweep;
mod sweep_surplus;
mod update_config;
mod update_params;
mod withdraw;
mod withdraw_budget;

pub(crate) use claim_refund::claim_refund;
pub(crate) use close_account::close_account;
pub(crate) use close_budget::close_budget;
pub(crate) use close_payment::close_payment;
pub(crate) use create_budget::create_budget;
pub(crate) use deposit::deposit;
pub(crate) use fund_budget::fund_budget;
pub(crate) use lock_bid_deposit::lock_bid_deposit;
pub(crate) use open_account::open_account;
pub(crate) use open_payment::open_payment;
pub(crate) use release_bid_deposits::release_bid_deposits;
pub(crate) use settle::settle;
pub(crate) use sweep::sweep;
pub(crate) use sweep_surplus::sweep_surplus;
pub(crate) use update_config::update_config;
pub(crate) use update_params::{assert_params, update_params};
pub(crate) use withdraw::withdraw;
pub(crate) use withdraw_budget::withdraw_budget;

use supercloud_schema::money::Uact;

use crate::error::EscrowError;
use crate::session::Session;

/// Refuses dust, which would cost more to keep than it is worth.
fn assert_min_deposit(session: &Session<'_>, deposited: Uact) -> Result<(), EscrowError> {
    assert_at_least(deposited, session.config.params.min_deposit)
}

fn assert_at_least(deposited: Uact, minimum: Uact) -> Result<(), EscrowError> {
    if deposited >= minimum {
        return Ok(());
    }
    Err(EscrowError::DepositTooSmall { deposited, minimum })
}
