//! Takes price updates. Checks run from cheap to dear (oracle.md 7.1): shape, kept feeds, values, times, news, fee; then
//! origin, signer set, proofs, signatures. Nothing is written before all of them have passed, and only
//! [`Verified`] prices are written.

use cosmwasm_std::{BankMsg, Binary, Coin, Deps, DepsMut, Env, Event, HexBinary, Int64, MessageInfo, Response, Uint64};
use supercloud_schema::money::Uakt;
use supercloud_schema::pyth::{Price, PriceFeed, event};
use supercloud_schema::time::block_seconds;
use supercloud_verify_pyth::{Policy, PriceMessage, Verified, VerifyError, verify};

use crate::config::origins_of;
use crate::error::PythError;
use crate::observation::observe;
use crate::query::compute_fee;
use crate::recover::HostRecover;
use crate::signer_set::assert_valid;
use crate::state::{CONFIG, Config, FEES, PRICES, SIGNER_SETS, StoredFeed};
use crate::submission::{Submission, is_newer, parse};

pub(crate) fn update_price_feeds(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    data: Vec<Binary>,
) -> Result<Response, PythError> {
    let config = CONFIG.load(deps.storage)?;
    let now = block_seconds(&env.block);
    let mut submissions = parse(&config, &data)?;
    for (position, submission) in submissions.iter_mut().enumerate() {
        submission.read(position)?;
    }
    let mut news = Vec::new();
    for (position, submission) in submissions.iter().enumerate() {
        submission.assert_timely(&config, now)?;
        if submission.is_news(deps.storage)? {
            news.push((position, submission));
        }
    }
    if news.is_empty() {
        return Ok(return_funds(info));
    }
    let fee = compute_fee(
        &config,
        submissions.iter().map(|submission| submission.picked.len()).sum(),
    )?;
    assert_exact_fee(&config, fee, &info.funds)?;
    let mut verified = Vec::with_capacity(news.len());
    for (position, submission) in news {
        let proof = prove(deps.as_ref(), &config, now, submission)?;
        verified.push(proof.map_err(|source| PythError::Unproved { position, source })?);
    }
    let fees = FEES.load(deps.storage)?.checked_add(fee)?;
    FEES.save(deps.storage, &fees)?;
    store(deps, &config, &verified)
}

/// Somebody else was faster: nothing changes, and what was attached goes back.
fn return_funds(info: MessageInfo) -> Response {
    let response = Response::new().add_attribute("updated", "0");
    if info.funds.is_empty() {
        return response;
    }
    let refund = BankMsg::Send {
        to_address: info.sender.into_string(),
        amount: info.funds,
    };
    response.add_attribute("refunded", "true").add_message(refund)
}

fn assert_exact_fee(config: &Config, fee: Uakt, funds: &[Coin]) -> Result<(), PythError> {
    let expected = if fee.is_zero() {
        vec![]
    } else {
        vec![fee.coin(&config.fee_denom)]
    };
    if funds == expected {
        return Ok(());
    }
    Err(PythError::WrongFee {
        expected: text_of(&expected),
        found: text_of(funds),
    })
}

fn text_of(coins: &[Coin]) -> String {
    if coins.is_empty() {
        return "none".to_string();
    }
    coins.iter().map(Coin::to_string).collect::<Vec<_>>().join(",")
}

/// Runs the verifier; the outer error is about storage only.
fn prove(
    deps: Deps<'_>,
    config: &Config,
    now: u64,
    submission: &Submission<'_>,
) -> Result<Result<Verified, VerifyError>, PythError> {
    let set = SIGNER_SETS.may_load(deps.storage, submission.update.vaa.set_index)?;
    let set = set.as_ref().map(assert_valid).transpose()?;
    let origins = origins_of(&config.data_sources)?;
    let policy = Policy {
        now,
        origins: &origins,
        set: set.as_ref(),
    };
    Ok(verify(
        &submission.update,
        &submission.picked,
        &policy,
        &HostRecover(deps.api),
    ))
}

/// Stores what is newer and tells the oracle.
fn store(deps: DepsMut<'_>, config: &Config, verified: &[Verified]) -> Result<Response, PythError> {
    let mut response = Response::new();
    let mut updated = 0u32;
    for update in verified {
        for price in update.prices() {
            if !is_newer(deps.storage, price, update.slot())? {
                continue;
            }
            updated += 1;
            let stored = StoredFeed {
                feed: feed_of(price),
                slot: update.slot(),
            };
            PRICES.save(deps.storage, &price.feed_id, &stored)?;
            response = response.add_event(event_of(update, price));
            let kept = config.feeds.iter().find(|feed| feed.id.as_slice() == price.feed_id);
            if let (Some(oracle), Some(asset)) = (&config.oracle, kept.and_then(|feed| feed.asset.as_deref())) {
                response = response.add_message(observe(oracle, asset, price, update.slot())?);
            }
        }
    }
    Ok(response.add_attribute("updated", updated.to_string()))
}

fn feed_of(message: &PriceMessage) -> PriceFeed {
    let price = |price: i64, conf: u64| Price {
        price: Int64::new(price),
        conf: Uint64::new(conf),
        expo: message.expo,
        publish_time: message.publish_time,
    };
    PriceFeed {
        id: HexBinary::from(message.feed_id),
        price: price(message.price, message.conf),
        ema_price: price(message.ema_price, message.ema_conf),
    }
}

fn event_of(update: &Verified, price: &PriceMessage) -> Event {
    Event::new(event::PRICE_UPDATED)
        .add_attribute("feed_id", HexBinary::from(price.feed_id).to_hex())
        .add_attribute("price", price.price.to_string())
        .add_attribute("conf", price.conf.to_string())
        .add_attribute("expo", price.expo.to_string())
        .add_attribute("publish_time", price.publish_time.to_string())
        .add_attribute("slot", update.slot().to_string())
        .add_attribute("set_index", update.set_index().to_string())
}
