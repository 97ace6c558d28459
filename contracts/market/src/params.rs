//! Ranges of the parameters.

use supercloud_schema::market::Params;
use supercloud_schema::time::Seconds;

use crate::error::MarketError;

/// Escrow releases at most this many deposits in one message, and one order's must fit.
pub(crate) const MAX_BIDS: u32 = 32;
/// As Akash defines it; bounds what closing a deployment costs.
const MAX_GROUPS: u32 = 20;
/// As Akash defines it; bounds the size of an order.
const MAX_UNITS: u32 = 20;
/// A million dollars: above, a typing error is likelier than a wish.
const MAX_DEPOSIT: u128 = 1_000_000_000_000;
/// Thirty days: longer graces would keep small tenants out.
const MAX_GRACE: Seconds = 30 * 86_400;
/// A year: longer windows would bind a provider beyond any plan.
const MAX_WINDOW: Seconds = 365 * 86_400;

/// Refuses parameters out of their ranges.
pub(crate) fn assert_params(params: &Params) -> Result<(), MarketError> {
    let shortest = params.min_reclamation_seconds.max(1);
    let ranges: [(&'static str, u128, u128, u128); 9] = [
        ("order_max_bids", params.order_max_bids.into(), 1, MAX_BIDS.into()),
        (
            "deployment_min_deposit",
            params.deployment_min_deposit.u128(),
            1,
            MAX_DEPOSIT,
        ),
        ("bid_min_deposit", params.bid_min_deposit.u128(), 1, MAX_DEPOSIT),
        (
            "lease_grace_seconds",
            params.lease_grace_seconds.into(),
            1,
            MAX_GRACE.into(),
        ),
        (
            "manifest_grace_seconds",
            params.manifest_grace_seconds.into(),
            0,
            MAX_GRACE.into(),
        ),
        (
            "min_reclamation_seconds",
            params.min_reclamation_seconds.into(),
            0,
            MAX_WINDOW.into(),
        ),
        (
            "max_reclamation_seconds",
            params.max_reclamation_seconds.into(),
            shortest.into(),
            MAX_WINDOW.into(),
        ),
        ("max_groups", params.max_groups.into(), 1, MAX_GROUPS.into()),
        ("max_units", params.max_units.into(), 1, MAX_UNITS.into()),
    ];
    for (name, found, min, max) in ranges {
        if !(min..=max).contains(&found) {
            return Err(MarketError::ParamOutOfRange { name, found, min, max });
        }
    }
    Ok(())
}

/// Refuses a reclamation window outside what the market allows.
pub(crate) fn assert_window(params: &Params, window: Option<Seconds>) -> Result<(), MarketError> {
    let (min, max) = (params.min_reclamation_seconds, params.max_reclamation_seconds);
    match window {
        Some(found) if !(min..=max).contains(&found) => Err(MarketError::ReclamationOutOfRange { found, min, max }),
        _ => Ok(()),
    }
}
