//! Releases bid deposits, each to where it came from or to the tenant. Those that are gone already are skipped.

use supercloud_schema::escrow::BidDepositRelease;

use crate::error::EscrowError;
use crate::locks;
use crate::session::Session;

/// Most releases of one message: one order's bids.
const MAX_RELEASES: usize = 32;

pub(crate) fn release_bid_deposits(
    session: &mut Session<'_>,
    releases: &[BidDepositRelease],
) -> Result<(), EscrowError> {
    if releases.len() > MAX_RELEASES {
        return Err(EscrowError::ListTooLong {
            what: "releases",
            count: releases.len(),
            limit: MAX_RELEASES,
        });
    }
    for release in releases {
        locks::release(session, &release.bid, &release.outcome)?;
    }
    Ok(())
}
