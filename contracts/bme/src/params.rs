//! Bounds of the parameters.

use supercloud_schema::bme::Params;

use crate::error::BmeError;

/// Widest spread, a tenth.
const MAX_SPREAD_BPS: u16 = 1_000;
/// Highest warning threshold: fully backed.
const MAX_RATIO_BPS: u16 = 10_000;
/// Most requests per call; each costs a few messages, and the cron's gas is limited.
const MAX_PER_PROCESS: u32 = 100;

pub(crate) fn assert_valid(params: &Params) -> Result<(), BmeError> {
    if params.asset.is_empty() {
        return Err(invalid("asset", "empty", "an asset of the oracle"));
    }
    for (name, bps) in [
        ("mint_spread_bps", params.mint_spread_bps),
        ("redeem_spread_bps", params.redeem_spread_bps),
    ] {
        if bps > MAX_SPREAD_BPS {
            return Err(invalid(name, bps, "at most 1000"));
        }
    }
    if params.warn_ratio_bps > MAX_RATIO_BPS {
        return Err(invalid("warn_ratio_bps", params.warn_ratio_bps, "at most 10000"));
    }
    if params.halt_ratio_bps >= params.warn_ratio_bps {
        return Err(invalid("halt_ratio_bps", params.halt_ratio_bps, "below warn_ratio_bps"));
    }
    if params.max_per_process == 0 || params.max_per_process > MAX_PER_PROCESS {
        return Err(invalid("max_per_process", params.max_per_process, "1 to 100"));
    }
    Ok(())
}

pub(crate) fn invalid(name: &'static str, value: impl ToString, bound: &'static str) -> BmeError {
    BmeError::InvalidConfig {
        name,
        value: value.to_string(),
        bound,
    }
}
