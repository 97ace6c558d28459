//! Bounds of the parameters.

use std::collections::BTreeSet;

use cosmwasm_std::Api;
use supercloud_schema::oracle::Params;

use crate::error::OracleError;

/// Most sources and most assets: a price reads every source, an update of the lists may touch every pair.
const MAX_ENTRIES: usize = 16;
/// Longest asset name.
const MAX_ASSET_LEN: usize = 32;
/// Widest guard: the whole price.
const MAX_BPS: u16 = 10_000;

pub(crate) fn assert_valid(api: &dyn Api, params: &Params) -> Result<(), OracleError> {
    for source in &params.sources {
        api.addr_validate(source)?;
    }
    for asset in &params.assets {
        if asset.is_empty() || asset.len() > MAX_ASSET_LEN || !asset.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(invalid("assets", asset, "names have 1 to 32 visible ASCII letters"));
        }
    }
    assert_list("sources", &params.sources)?;
    assert_list("assets", &params.assets)?;
    if params.min_sources == 0 {
        return Err(invalid("min_sources", params.min_sources, "at least 1"));
    }
    if params.max_confidence_bps > MAX_BPS {
        return Err(invalid(
            "max_confidence_bps",
            params.max_confidence_bps,
            "at most 10000",
        ));
    }
    if params.max_source_gap_bps > MAX_BPS {
        return Err(invalid(
            "max_source_gap_bps",
            params.max_source_gap_bps,
            "at most 10000",
        ));
    }
    Ok(())
}

fn assert_list(name: &'static str, entries: &[String]) -> Result<(), OracleError> {
    if entries.len() > MAX_ENTRIES {
        return Err(invalid(name, entries.len(), "at most 16 entries"));
    }
    let mut seen = BTreeSet::new();
    match entries.iter().find(|entry| !seen.insert(entry.as_str())) {
        Some(repeated) => Err(invalid(name, repeated, "each entry once")),
        None => Ok(()),
    }
}

fn invalid(name: &'static str, value: impl ToString, bound: &'static str) -> OracleError {
    OracleError::InvalidParam {
        name,
        value: value.to_string(),
        bound,
    }
}
