//! One submitted update on its way in: parsed, its kept messages picked and read, its times checked, all without
//! cryptography, so that a late relayer or a spammer is turned away cheaply.

use cosmwasm_std::{Binary, HexBinary, Storage};
use supercloud_schema::time::Seconds;
use supercloud_verify_pyth::{MessageKind, PriceMessage, ProvenMessage, Update};

use crate::error::PythError;
use crate::state::{Config, PRICES};

/// Most updates in one message.
pub(crate) const MAX_SUBMISSIONS: usize = 4;
/// Exponents that a fixed point of 18 decimals can take.
const EXPONENTS: std::ops::RangeInclusive<i32> = -18..=0;

/// A parsed update; nothing about it is proved.
pub(crate) struct Submission<'a> {
    pub(crate) update: Update<'a>,
    /// Positions of the messages on kept feeds.
    pub(crate) picked: Vec<usize>,
    prices: Vec<PriceMessage>,
}

/// Parses every update and picks the messages on kept feeds.
pub(crate) fn parse<'a>(config: &Config, data: &'a [Binary]) -> Result<Vec<Submission<'a>>, PythError> {
    if data.is_empty() || data.len() > MAX_SUBMISSIONS {
        return Err(PythError::UpdateCount {
            found: data.len(),
            limit: MAX_SUBMISSIONS,
        });
    }
    let parsed = data
        .iter()
        .enumerate()
        .map(|(position, bytes)| Update::parse(bytes).map_err(|source| PythError::Malformed { position, source }));
    let updates: Vec<_> = parsed.collect::<Result<_, _>>()?;
    let messages = updates.iter().map(|update| update.messages.len()).sum();
    let submissions: Vec<_> = updates
        .into_iter()
        .map(|update| Submission {
            picked: pick(config, &update),
            update,
            prices: vec![],
        })
        .collect();
    if submissions.iter().all(|submission| submission.picked.is_empty()) {
        return Err(PythError::NoConfiguredFeed { messages });
    }
    Ok(submissions)
}

fn pick(config: &Config, update: &Update<'_>) -> Vec<usize> {
    let kept = |message: &ProvenMessage<'_>| {
        message
            .feed_id()
            .is_some_and(|id| config.feeds.iter().any(|feed| feed.id.as_slice() == id))
    };
    let messages = update.messages.iter().enumerate();
    messages
        .filter(|(_, message)| kept(message))
        .map(|(position, _)| position)
        .collect()
}

impl Submission<'_> {
    /// Reads the picked messages and refuses what is no usable price.
    pub(crate) fn read(&mut self, position: usize) -> Result<(), PythError> {
        let messages = self
            .picked
            .iter()
            .filter_map(|position| self.update.messages.get(*position));
        self.prices = messages
            .map(|message| read_price(position, message))
            .collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Refuses prices that are too old or dated too far ahead.
    pub(crate) fn assert_timely(&self, config: &Config, now: Seconds) -> Result<(), PythError> {
        let (max_age, max_future) = (config.params.max_age, config.params.max_future);
        for price in &self.prices {
            let publish_time = price.publish_time;
            let feed_id = || HexBinary::from(price.feed_id);
            let ahead = i128::from(publish_time) - i128::from(now);
            if ahead > i128::from(max_future) {
                return Err(PythError::FromTheFuture {
                    feed_id: feed_id(),
                    publish_time,
                    now,
                    max_future,
                });
            }
            if -ahead > i128::from(max_age) {
                return Err(PythError::TooOld {
                    feed_id: feed_id(),
                    publish_time,
                    now,
                    max_age,
                });
            }
        }
        Ok(())
    }

    /// Whether any picked price would replace the stored one.
    pub(crate) fn is_news(&self, storage: &dyn Storage) -> Result<bool, PythError> {
        for price in &self.prices {
            if is_newer(storage, price, self.update.root.slot)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether a price comes after the stored one of its feed.
pub(crate) fn is_newer(storage: &dyn Storage, price: &PriceMessage, slot: u64) -> Result<bool, PythError> {
    let stored = PRICES.may_load(storage, &price.feed_id)?;
    Ok(stored.is_none_or(|stored| (price.publish_time, slot) > stored.order()))
}

fn read_price(position: usize, message: &ProvenMessage<'_>) -> Result<PriceMessage, PythError> {
    let bad = |name, value, bound| {
        let feed_id = HexBinary::from(message.feed_id().unwrap_or_default());
        PythError::BadMessage {
            feed_id,
            name,
            value,
            bound,
        }
    };
    match message.kind() {
        MessageKind::Price => (),
        MessageKind::Twap => return Err(bad("type", 1, "must be 0, a price")),
        MessageKind::Other(kind) => return Err(bad("type", kind.into(), "must be 0, a price")),
    }
    let price = PriceMessage::parse(message.message).map_err(|source| PythError::Malformed { position, source })?;
    if price.price <= 0 {
        return Err(bad("price", price.price, "must be positive"));
    }
    if price.ema_price <= 0 {
        return Err(bad("ema price", price.ema_price, "must be positive"));
    }
    if !EXPONENTS.contains(&price.expo) {
        return Err(bad("exponent", price.expo.into(), "must be -18 to 0"));
    }
    Ok(price)
}
