//! Messages in the tree. Only a price (type 0) is read; other types are told apart so that they can be refused.

use crate::error::ParseError;
use crate::reader::Reader;

/// Identifies a price feed.
pub type FeedId = [u8; 32];

/// Bytes of a price message that are read; more may follow.
pub const PRICE_MESSAGE_LEN: usize = 85;

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// A spot price.
    Price,
    /// Cumulative prices; has a feed id too.
    Twap,
    /// Anything else.
    Other(u8),
}

impl MessageKind {
    /// The kind of `message`; an empty one is [`MessageKind::Other`] 255.
    pub fn of(message: &[u8]) -> Self {
        match message.first() {
            Some(0) => Self::Price,
            Some(1) => Self::Twap,
            Some(other) => Self::Other(*other),
            None => Self::Other(u8::MAX),
        }
    }
}

/// The feed that `message` is about, when it is of a kind that has one.
pub fn feed_id_of(message: &[u8]) -> Option<FeedId> {
    match MessageKind::of(message) {
        MessageKind::Price | MessageKind::Twap => message.get(1..)?.first_chunk().copied(),
        MessageKind::Other(_) => None,
    }
}

/// A spot price of one feed. Value = mantissa x 10^`expo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceMessage {
    /// Feed.
    pub feed_id: FeedId,
    /// Mantissa of the price.
    pub price: i64,
    /// Mantissa of the confidence interval.
    pub conf: u64,
    /// Exponent of all four.
    pub expo: i32,
    /// When it was published, seconds since the Unix epoch.
    pub publish_time: i64,
    /// When the one before it was published.
    pub prev_publish_time: i64,
    /// Mantissa of the moving average.
    pub ema_price: i64,
    /// Mantissa of the moving average's confidence interval.
    pub ema_conf: u64,
}

impl PriceMessage {
    /// Reads a price message; bytes after it are left for later versions.
    pub fn parse(message: &[u8]) -> Result<Self, ParseError> {
        let mut reader = Reader::new(message);
        reader.fixed("message type", 0)?;
        Ok(Self {
            feed_id: *reader.array("feed id")?,
            price: reader.i64("price")?,
            conf: reader.u64("confidence")?,
            expo: reader.i32("exponent")?,
            publish_time: reader.i64("publish time")?,
            prev_publish_time: reader.i64("previous publish time")?,
            ema_price: reader.i64("ema price")?,
            ema_conf: reader.u64("ema confidence")?,
        })
    }
}
