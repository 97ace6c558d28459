//! A source reports. Per source and asset only a later (publish time, sequence) replaces the last report, so a replay
//! or a race between relayers is harmless: it succeeds and changes nothing.

use cosmwasm_std::{Decimal, DepsMut, Env, Event, MessageInfo, Response, Uint64};
use supercloud_schema::oracle::{Observation, event};
use supercloud_schema::time::{Seconds, block_seconds};

use crate::error::OracleError;
use crate::state::{CONFIG, OBSERVATIONS};

/// What a source saw.
pub(crate) struct Sighting {
    pub(crate) asset: String,
    pub(crate) price: Decimal,
    pub(crate) confidence: Decimal,
    pub(crate) ema: Option<Decimal>,
    pub(crate) publish_time: Seconds,
    pub(crate) sequence: Uint64,
}

pub(crate) fn observe(deps: DepsMut<'_>, env: Env, info: MessageInfo, seen: Sighting) -> Result<Response, OracleError> {
    let params = CONFIG.load(deps.storage)?.params;
    let source = info.sender.into_string();
    if !params.sources.contains(&source) {
        return Err(OracleError::Unauthorized { sender: source });
    }
    let now = block_seconds(&env.block);
    let Sighting {
        asset,
        price,
        confidence,
        ema,
        publish_time,
        sequence,
    } = seen;
    if !params.assets.contains(&asset) {
        return Err(OracleError::UnknownAsset { asset });
    }
    if price.is_zero() || ema.is_some_and(|ema| ema.is_zero()) {
        return Err(OracleError::ZeroPrice { asset });
    }
    if publish_time > now.saturating_add(params.max_future) {
        return Err(OracleError::FromTheFuture {
            asset,
            publish_time,
            now,
            max_future: params.max_future,
        });
    }
    let key = (asset.as_str(), source.as_str());
    let last = OBSERVATIONS.may_load(deps.storage, key)?;
    let accepted = last.is_none_or(|last| (publish_time, sequence) > (last.publish_time, last.sequence));
    let event = Event::new(event::PRICE_OBSERVED)
        .add_attribute("asset", &asset)
        .add_attribute("source", &source)
        .add_attribute("price", price.to_string())
        .add_attribute("publish_time", publish_time.to_string())
        .add_attribute("accepted", accepted.to_string());
    if accepted {
        let source = source.clone();
        let observation = Observation {
            source,
            price,
            confidence,
            ema,
            publish_time,
            sequence,
            observed_at: now,
        };
        OBSERVATIONS.save(deps.storage, key, &observation)?;
    }
    Ok(Response::new().add_event(event))
}
