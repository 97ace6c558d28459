//! Replaces the parameters, each within bounds that keep every message's work bounded.

use supercloud_schema::escrow::Params;

use crate::error::EscrowError;
use crate::session::Session;
use crate::state::CONFIG;

pub(crate) fn update_params(session: &mut Session<'_>, params: Params) -> Result<(), EscrowError> {
    assert_params(&params)?;
    session.config.params = params;
    Ok(CONFIG.save(session.deps.storage, &session.config)?)
}

/// Refuses parameters that would lock money up or let work grow without bound.
pub(crate) fn assert_params(params: &Params) -> Result<(), EscrowError> {
    assert_range("min_deposit", params.min_deposit.u128(), 1, 1_000_000_000_000)?;
    assert_range("max_deposits", params.max_deposits.into(), 2, 64)?;
    assert_range("max_payments", params.max_payments.into(), 1, 64)?;
    assert_range(
        "runway_warning_seconds",
        params.runway_warning_seconds.into(),
        0,
        30 * 24 * 3_600,
    )
}

fn assert_range(name: &'static str, value: u128, min: u128, max: u128) -> Result<(), EscrowError> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(EscrowError::ParamOutOfRange { name, value, min, max })
}
