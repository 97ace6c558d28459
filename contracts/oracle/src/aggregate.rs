//! From the sources' last observations to one price. Pure; health is a matter of the moment of asking.
//!
//! 1. Observations older than `max_age`, dated more than `max_future` ahead, or with a confidence interval wider than
//!    `max_confidence_bps` of their price are left out; `min_sources` must remain.
//! 2. Three or more: those further from the median than half of `max_source_gap_bps` are left out, and `min_sources`
//!    must remain. With two the midpoint is equally far from both and nobody can tell which one is wrong.
//! 3. Lowest and highest may lie at most `max_source_gap_bps` of the median apart.
//! 4. `mid` is the median, of an even number the mean of the inner two rounded down;
//!    `low = min(price - confidence, ema)` and `high = max(price + confidence, ema)` over what is left.

use cosmwasm_std::{Decimal, Uint128};
use supercloud_schema::money::UsdPrice;
use supercloud_schema::oracle::{Observation, PriceResponse};
use supercloud_schema::time::Seconds;

use crate::error::OracleError;

const WHOLE_BPS: u128 = 10_000;
/// Fewest sources among which an outlier can be told.
const MIN_FOR_OUTLIERS: usize = 3;

/// What an observation, and all together, must pass.
pub(crate) struct Guards {
    pub(crate) now: Seconds,
    pub(crate) max_age: Seconds,
    pub(crate) max_future: Seconds,
    /// Absent where a use does not mind uncertainty.
    pub(crate) max_confidence_bps: Option<u16>,
    pub(crate) max_source_gap_bps: u16,
    pub(crate) min_sources: u32,
}

enum Verdict {
    Usable,
    Stale,
    Ahead,
    Wide,
}

pub(crate) fn compute_price(
    asset: &str,
    observations: &[Observation],
    guards: &Guards,
) -> Result<PriceResponse, OracleError> {
    let mut used = assert_enough_usable(asset, observations, guards)?;
    used.sort_by_key(|seen| seen.price);
    if used.len() >= MIN_FOR_OUTLIERS {
        let median = compute_median(&used);
        used.retain(|seen| {
            let distance = seen.price.abs_diff(median);
            !exceeds(distance.atomics(), 2, median, guards.max_source_gap_bps)
        });
    }
    let mid = compute_median(&used);
    let (Some(first), Some(last)) = (used.first(), used.last()) else {
        return Err(disagreement(asset, observations, guards));
    };
    let enough = count(&used) >= guards.min_sources;
    if !enough || exceeds((last.price - first.price).atomics(), 1, mid, guards.max_source_gap_bps) {
        return Err(disagreement(asset, observations, guards));
    }
    let (low, high) = compute_sides(asset, &used)?;
    Ok(PriceResponse {
        asset: asset.to_string(),
        low: UsdPrice(low),
        mid: UsdPrice(mid),
        high: UsdPrice(high),
        publish_time: used.iter().map(|seen| compute_time(seen)).min().unwrap_or_default(),
        sources: count(&used),
    })
}

fn assert_enough_usable<'a>(
    asset: &str,
    observations: &'a [Observation],
    guards: &Guards,
) -> Result<Vec<&'a Observation>, OracleError> {
    let (mut used, mut stale, mut ahead, mut wide) = (Vec::new(), 0, 0, 0);
    for seen in observations {
        match compute_verdict(seen, guards) {
            Verdict::Usable => used.push(seen),
            Verdict::Stale => stale += 1,
            Verdict::Ahead => ahead += 1,
            Verdict::Wide => wide += 1,
        }
    }
    let (asset, usable, needed) = (asset.to_string(), count(&used), guards.min_sources);
    if usable >= needed {
        return Ok(used);
    }
    Err(match guards.max_confidence_bps {
        Some(limit_bps) if usable + wide >= needed => OracleError::ConfidenceTooWide {
            asset,
            usable,
            wide,
            limit_bps,
            needed,
        },
        _ if usable + wide + stale >= needed => OracleError::Stale {
            asset,
            usable,
            stale,
            max_age: guards.max_age,
            needed,
        },
        _ if usable + wide + stale + ahead >= needed => OracleError::Ahead {
            asset,
            usable,
            ahead,
            max_future: guards.max_future,
            needed,
        },
        _ => OracleError::TooFewSources {
            asset,
            observed: usable + wide + stale + ahead,
            needed,
        },
    })
}

/// When an observation counts as published: not after it arrived. One dated ahead would otherwise pass for newer than a
/// request that was made in full sight of it.
fn compute_time(seen: &Observation) -> Seconds {
    seen.publish_time.min(seen.observed_at)
}

fn compute_verdict(seen: &Observation, guards: &Guards) -> Verdict {
    if seen.publish_time > guards.now.saturating_add(guards.max_future) {
        return Verdict::Ahead;
    }
    if guards.now.saturating_sub(seen.publish_time) > guards.max_age {
        return Verdict::Stale;
    }
    let limit = guards.max_confidence_bps;
    if limit.is_some_and(|limit| exceeds(seen.confidence.atomics(), 1, seen.price, limit)) {
        return Verdict::Wide;
    }
    Verdict::Usable
}

/// Median of prices in ascending order; zero of none.
fn compute_median(sorted: &[&Observation]) -> Decimal {
    let middle = sorted.len() / 2;
    let at = |index: usize| sorted.get(index).map(|seen| seen.price).unwrap_or_default();
    if sorted.len() % 2 == 1 {
        return at(middle);
    }
    let (below, above) = (at(middle.saturating_sub(1)), at(middle));
    below + Decimal::new((above - below).atomics() / Uint128::new(2))
}

fn compute_sides(asset: &str, used: &[&Observation]) -> Result<(Decimal, Decimal), OracleError> {
    let (mut low, mut high) = (Decimal::MAX, Decimal::zero());
    for seen in used {
        let ema = seen.ema.unwrap_or(seen.price);
        let above = seen.price.checked_add(seen.confidence);
        let above = above.map_err(|_| OracleError::Overflow {
            asset: asset.to_string(),
        })?;
        low = low.min(seen.price.saturating_sub(seen.confidence)).min(ema);
        high = high.max(above).max(ema);
    }
    if low.is_zero() {
        return Err(OracleError::LowNotPositive {
            asset: asset.to_string(),
        });
    }
    Ok((low, high))
}

/// Whether `part x factor / whole` is more than `bps`, without rounding.
fn exceeds(part: Uint128, factor: u128, whole: Decimal, bps: u16) -> bool {
    part.full_mul(factor * WHOLE_BPS) > whole.atomics().full_mul(u128::from(bps))
}

/// The refusal, with the extremes among the usable observations before outliers were left out.
fn disagreement(asset: &str, observations: &[Observation], guards: &Guards) -> OracleError {
    let usable = observations
        .iter()
        .filter(|seen| matches!(compute_verdict(seen, guards), Verdict::Usable));
    let prices = usable.map(|seen| seen.price);
    OracleError::SourcesDisagree {
        asset: asset.to_string(),
        lowest: prices.clone().min().unwrap_or_default(),
        highest: prices.max().unwrap_or_default(),
        limit_bps: guards.max_source_gap_bps,
    }
}

/// At most 16, the limit on sources.
fn count(used: &[&Observation]) -> u32 {
    u32::try_from(used.len()).unwrap_or(u32::MAX)
}
