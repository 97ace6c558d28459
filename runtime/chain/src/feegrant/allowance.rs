//! The limits of an allowance and what a fee takes from them.

use std::collections::BTreeSet;

use supercloud_proto::cosmos::base::v1beta1::Coin as ProtoCoin;
use supercloud_proto::cosmos::feegrant::v1beta1::{AllowedMsgAllowance, BasicAllowance, PeriodicAllowance};
use supercloud_proto::pack;
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::{Any, Timestamp};

use crate::auth::holds;
use crate::clock::{LAST_NANOS, to_nanos, to_span_nanos, to_timestamp};
use crate::coin::Coins;
use crate::error::{SdkError, TxError};
use crate::feegrant::FeeGrantError;
use crate::machine::Machine;

/// SDK gas per allowed message that is compared.
const GAS_PER_MESSAGE: u64 = 10;
/// Longest period of a new allowance, in seconds: its next begin must be a time that clients can read.
const MAX_PERIOD_SECONDS: u64 = 100 * 366 * 86_400;

/// Limits of an allowance, and the only message types it pays for, where there are such.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Allowance {
    limit: Limit,
    allowed_messages: Option<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Limit {
    Basic(BasicAllowance),
    Periodic(PeriodicAllowance),
}

/// Whether an allowance goes on after a fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    None,
    Some,
}

impl Allowance {
    pub(crate) fn decode(any: Option<&Any>) -> Result<Self, TxError> {
        let any = any.ok_or(FeeGrantError::NoAllowance)?;
        if !holds::<AllowedMsgAllowance>(any) {
            return Ok(Self {
                limit: Limit::decode(any)?,
                allowed_messages: None,
            });
        }
        let filtered = AllowedMsgAllowance::decode(&*any.value).map_err(|error| malformed(any, &error))?;
        let inner = filtered.allowance.ok_or(FeeGrantError::NoAllowance)?;
        if filtered.allowed_messages.is_empty() {
            return Err(FeeGrantError::NoMessages.into());
        }
        Ok(Self {
            limit: Limit::decode(&inner)?,
            allowed_messages: Some(filtered.allowed_messages),
        })
    }

    pub(crate) fn encode(&self) -> Any {
        let limit = match &self.limit {
            Limit::Basic(basic) => pack(basic),
            Limit::Periodic(periodic) => pack(periodic),
        };
        match &self.allowed_messages {
            None => limit,
            Some(allowed_messages) => pack(&AllowedMsgAllowance {
                allowance: Some(limit),
                allowed_messages: allowed_messages.clone(),
            }),
        }
    }

    /// Refuses limits of a new allowance that contradict themselves.
    pub(crate) fn assert_valid(&self) -> Result<(), TxError> {
        let Limit::Periodic(periodic) = &self.limit else {
            return self.assert_readable();
        };
        assert_currencies(periodic)?;
        self.assert_readable()?;
        assert_times(periodic)
    }

    /// Refuses what no fee could be taken from. An allowance that was used may have less left than it grants per period,
    /// and one of an older rule a longer period than a new one.
    pub(crate) fn assert_readable(&self) -> Result<(), TxError> {
        match &self.limit {
            Limit::Basic(basic) => assert_basic(basic),
            Limit::Periodic(periodic) => assert_periodic(periodic),
        }
    }

    /// The last moment at which it pays; none: for ever.
    pub(crate) fn expiration_nanos(&self) -> Result<Option<u64>, SdkError> {
        let basic = match &self.limit {
            Limit::Basic(basic) => Some(basic),
            Limit::Periodic(periodic) => periodic.basic.as_ref(),
        };
        let expiration = basic.and_then(|basic| basic.expiration.as_ref());
        expiration.map(|time| to_nanos("expiration", time)).transpose()
    }

    /// Comparing the messages of a transaction costs gas per allowed one.
    pub(super) fn charge_filter(&self, machine: &mut Machine<'_>, type_urls: &[&str]) -> Result<(), TxError> {
        let allowed = self.allowed_messages.as_ref().map_or(0, Vec::len);
        let comparisons = if allowed == 0 { 0 } else { allowed + type_urls.len() };
        Ok(machine.charge(GAS_PER_MESSAGE * comparisons as u64, "check msg")?)
    }

    /// Takes a fee at a time, for messages of these types.
    pub(super) fn take(&mut self, fee: &Coins, now: u64, type_urls: &[&str]) -> Result<Rest, TxError> {
        if let Some(allowed) = &self.allowed_messages {
            let allowed: BTreeSet<&str> = allowed.iter().map(String::as_str).collect();
            if !type_urls.iter().all(|url| allowed.contains(url)) {
                return Err(FeeGrantError::MessageNotAllowed.into());
            }
        }
        if self.expiration_nanos()?.is_some_and(|end| end < now) {
            return Err(FeeGrantError::Expired.into());
        }
        match &mut self.limit {
            Limit::Basic(basic) => take_basic(basic, fee, "basic allowance"),
            Limit::Periodic(periodic) => take_periodic(periodic, fee, now),
        }
    }
}

impl Limit {
    fn decode(any: &Any) -> Result<Self, TxError> {
        let decoded = if holds::<BasicAllowance>(any) {
            BasicAllowance::decode(&*any.value).map(Self::Basic)
        } else if holds::<PeriodicAllowance>(any) {
            PeriodicAllowance::decode(&*any.value).map(Self::Periodic)
        } else {
            let text = format!("this chain has no fee allowance of type {:?} here", any.type_url);
            return Err(SdkError::InvalidRequest(text).into());
        };
        decoded.map_err(|error| malformed(any, &error).into())
    }
}

fn malformed(any: &Any, error: &prost::DecodeError) -> SdkError {
    SdkError::TxParse(format!("{}: {error}", any.type_url))
}

/// Takes from the sum, where there is one; a sum that is used up ends the allowance.
fn take_basic(basic: &mut BasicAllowance, fee: &Coins, which: &'static str) -> Result<Rest, TxError> {
    if basic.spend_limit.is_empty() {
        return Ok(Rest::Some);
    }
    let left = subtract(&basic.spend_limit, fee, which)?;
    basic.spend_limit = left.to_proto();
    Ok(if left.is_empty() { Rest::None } else { Rest::Some })
}

fn take_periodic(periodic: &mut PeriodicAllowance, fee: &Coins, now: u64) -> Result<Rest, TxError> {
    let PeriodicAllowance {
        basic,
        period,
        period_spend_limit,
        period_can_spend,
        period_reset,
    } = periodic;
    let basic = basic.get_or_insert_default();
    let reset = period_reset.as_ref().map_or(Ok(0), read_reset)?;
    if now >= reset {
        let span = period.as_ref().map_or(Ok(0), |span| to_span_nanos("period", span))?;
        let (all, of_period) = (parse(&basic.spend_limit)?, parse(period_spend_limit)?);
        // What is left in all may be less than a period's limit.
        let ends_here = !all.is_empty() && all.checked_sub(&of_period).is_none();
        *period_can_spend = if ends_here { all } else { of_period }.to_proto();
        let next = reset.saturating_add(span);
        let next = if now > next { now.saturating_add(span) } else { next };
        *period_reset = Some(to_timestamp(next.min(LAST_NANOS)));
    }
    *period_can_spend = subtract(period_can_spend, fee, "period limit")?.to_proto();
    take_basic(basic, fee, "absolute limit")
}

/// When the next period begins. An older rule wrote times beyond what clients can read: those never come.
fn read_reset(time: &Timestamp) -> Result<u64, SdkError> {
    if time.seconds > (LAST_NANOS / 1_000_000_000) as i64 {
        return Ok(u64::MAX);
    }
    to_nanos("period_reset", time)
}

fn subtract(limit: &[ProtoCoin], fee: &Coins, which: &'static str) -> Result<Coins, TxError> {
    let left = parse(limit)?.checked_sub(fee);
    Ok(left.ok_or(FeeGrantError::LimitExceeded { which })?)
}

fn parse(coins: &[ProtoCoin]) -> Result<Coins, TxError> {
    Ok(Coins::from_proto(coins)?)
}

fn assert_basic(basic: &BasicAllowance) -> Result<(), TxError> {
    parse(&basic.spend_limit)?;
    if let Some(time) = &basic.expiration {
        to_nanos("expiration", time)?;
    }
    Ok(())
}

fn assert_periodic(periodic: &PeriodicAllowance) -> Result<(), TxError> {
    let basic = periodic.basic.clone().unwrap_or_default();
    assert_basic(&basic)?;
    parse(&periodic.period_can_spend)?;
    if parse(&periodic.period_spend_limit)?.is_empty() {
        return Err(SdkError::InvalidCoins("spend limit must be positive".to_owned()).into());
    }
    if let Some(time) = &periodic.period_reset {
        read_reset(time)?;
    }
    let period = periodic.period.as_ref().map(|span| to_span_nanos("period", span));
    match period {
        Some(Ok(1..)) => Ok(()),
        _ => Err(FeeGrantError::InvalidDuration.into()),
    }
}

/// What is spent per period must be among what is spent in all. Later less may be left in all.
fn assert_currencies(periodic: &PeriodicAllowance) -> Result<(), TxError> {
    let basic = periodic.basic.as_ref();
    let all = basic.map_or_else(|| Ok(Coins::default()), |basic| parse(&basic.spend_limit))?;
    let of_period = parse(&periodic.period_spend_limit)?;
    if !all.is_empty() && of_period.iter().any(|coin| all.amount_of(&coin.denom) == 0) {
        let text = "period spend limit has different currency than basic spend limit";
        return Err(SdkError::InvalidCoins(text.to_owned()).into());
    }
    Ok(())
}

/// Bounds of a new allowance's period, which was read before.
fn assert_times(periodic: &PeriodicAllowance) -> Result<(), TxError> {
    if let Some(time) = &periodic.period_reset {
        to_nanos("period_reset", time)?;
    }
    let period = periodic.period.as_ref();
    let nanos = period.map_or(Ok(0), |span| to_span_nanos("period", span))?;
    if nanos > MAX_PERIOD_SECONDS * 1_000_000_000 {
        let seconds = nanos / 1_000_000_000;
        let text = format!("period of {seconds} s is longer than a century, {MAX_PERIOD_SECONDS} s");
        return Err(SdkError::InvalidRequest(text).into());
    }
    Ok(())
}
