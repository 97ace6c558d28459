//! Grants for calls and migrations of contracts: each with a limit and a filter of messages, as in wasmd.

use std::collections::BTreeSet;

use serde_json::Value;
use supercloud_proto::cosmwasm::wasm::v1::{
    AcceptedMessageKeysFilter, AcceptedMessagesFilter, AllowAllMessagesFilter, CombinedLimit, ContractGrant,
    MaxCallsLimit, MaxFundsLimit,
};
use supercloud_proto::pack;
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::Any;

use crate::address::AddressCodec;
use crate::auth::holds;
use crate::authz::authorization::{Authorization, Rest};
use crate::coin::Coins;
use crate::error::{SdkError, TxError};
use crate::machine::Machine;
use crate::wasm::assert_json;

/// SDK gas per byte of a message that a filter looks into: parsing costs as in wasmd's default register.
const FILTER_GAS_PER_BYTE: u64 = 1;

/// The call or migration that a grant is asked for.
pub(super) struct Call {
    pub(super) contract: String,
    pub(super) msg: Vec<u8>,
    pub(super) funds: Coins,
}

enum Limit {
    Calls(u64),
    Funds(Coins),
    Combined(u64, Coins),
}

enum Filter {
    All,
    Keys(Vec<String>),
    Messages(Vec<Vec<u8>>),
}

/// What a limit says of a call.
enum Verdict {
    /// This grant is not for such calls; another one may be.
    NotCovered,
    Same,
    Changed(Limit),
    UsedUp,
}

/// The first grant for the contract that covers the call decides what is left of all.
pub(super) fn accept(
    machine: &mut Machine<'_>,
    grants: &[ContractGrant],
    call: &Call,
    wrap: fn(Vec<ContractGrant>) -> Authorization,
) -> Result<Rest, TxError> {
    for (index, grant) in grants.iter().enumerate() {
        if grant.contract != call.contract {
            continue;
        }
        let verdict = Limit::decode(grant)?.judge(&call.funds)?;
        if matches!(verdict, Verdict::NotCovered) || !Filter::decode(grant)?.passes(machine, &call.msg)? {
            continue;
        }
        let mut left = grants.to_vec();
        match verdict {
            Verdict::NotCovered | Verdict::Same => return Ok(Rest::Same),
            Verdict::Changed(limit) => left[index].limit = Some(limit.encode()),
            Verdict::UsedUp => drop(left.remove(index)),
        }
        return Ok(if left.is_empty() {
            Rest::Nothing
        } else {
            Rest::Changed(wrap(left))
        });
    }
    Err(SdkError::Unauthorized(format!("no grant covers this call of {}", call.contract)).into())
}

pub(super) fn assert_valid(grants: &[ContractGrant], codec: &AddressCodec) -> Result<(), TxError> {
    if grants.is_empty() {
        return Err(empty("grants"));
    }
    for (index, grant) in grants.iter().enumerate() {
        let at = |error: TxError| error.wrap(format!("position {index}"));
        codec.parse(&grant.contract).map_err(|error| at(error.into()))?;
        Limit::decode(grant)
            .and_then(|limit| limit.assert_valid())
            .map_err(at)?;
        Filter::decode(grant)
            .and_then(|filter| filter.assert_valid())
            .map_err(at)?;
    }
    Ok(())
}

fn empty(field: &str) -> TxError {
    SdkError::InvalidRequest(format!("{field} must not be empty")).into()
}

fn decode<M: Message + Default>(any: &Any) -> Result<M, TxError> {
    let decoded = M::decode(&*any.value);
    Ok(decoded.map_err(|error| SdkError::TxParse(format!("{}: {error}", any.type_url)))?)
}

impl Limit {
    fn decode(grant: &ContractGrant) -> Result<Self, TxError> {
        let any = grant.limit.as_ref().ok_or_else(|| empty("limit"))?;
        if holds::<MaxCallsLimit>(any) {
            return Ok(Self::Calls(decode::<MaxCallsLimit>(any)?.remaining));
        }
        if holds::<MaxFundsLimit>(any) {
            let limit: MaxFundsLimit = decode(any)?;
            return Ok(Self::Funds(Coins::from_proto(&limit.amounts)?));
        }
        if holds::<CombinedLimit>(any) {
            let limit: CombinedLimit = decode(any)?;
            return Ok(Self::Combined(
                limit.calls_remaining,
                Coins::from_proto(&limit.amounts)?,
            ));
        }
        Err(SdkError::InvalidType(format!("limit {:?}", any.type_url)).into())
    }

    fn encode(&self) -> Any {
        match self {
            Self::Calls(remaining) => pack(&MaxCallsLimit { remaining: *remaining }),
            Self::Funds(amounts) => pack(&MaxFundsLimit {
                amounts: amounts.to_proto(),
            }),
            Self::Combined(calls_remaining, amounts) => pack(&CombinedLimit {
                calls_remaining: *calls_remaining,
                amounts: amounts.to_proto(),
            }),
        }
    }

    fn assert_valid(&self) -> Result<(), TxError> {
        match self {
            Self::Calls(0) => Err(empty("remaining")),
            Self::Combined(0, _) => Err(empty("calls_remaining")),
            Self::Funds(amounts) | Self::Combined(_, amounts) if amounts.is_empty() => Err(empty("amounts")),
            _ => Ok(()),
        }
    }

    fn judge(self, funds: &Coins) -> Result<Verdict, TxError> {
        let no_calls = || SdkError::Unauthorized("no calls left".to_owned()).into();
        match self {
            Self::Calls(_) if !funds.is_empty() => Ok(Verdict::NotCovered),
            Self::Calls(0) => Err(no_calls()),
            Self::Calls(1) => Ok(Verdict::UsedUp),
            Self::Calls(calls) => Ok(Verdict::Changed(Self::Calls(calls - 1))),
            Self::Funds(_) if funds.is_empty() => Ok(Verdict::Same),
            Self::Funds(amounts) => Ok(match amounts.checked_sub(funds) {
                None => Verdict::NotCovered,
                Some(left) if left.is_empty() => Verdict::UsedUp,
                Some(left) => Verdict::Changed(Self::Funds(left)),
            }),
            Self::Combined(calls, amounts) => match (calls, amounts.checked_sub(funds)) {
                (_, None) => Ok(Verdict::NotCovered),
                (0, _) => Err(no_calls()),
                (1, _) => Ok(Verdict::UsedUp),
                (_, Some(left)) if left.is_empty() => Ok(Verdict::UsedUp),
                (calls, Some(left)) => Ok(Verdict::Changed(Self::Combined(calls - 1, left))),
            },
        }
    }
}

impl Filter {
    fn decode(grant: &ContractGrant) -> Result<Self, TxError> {
        let any = grant.filter.as_ref().ok_or_else(|| empty("filter"))?;
        if holds::<AllowAllMessagesFilter>(any) {
            return decode::<AllowAllMessagesFilter>(any).map(|_| Self::All);
        }
        if holds::<AcceptedMessageKeysFilter>(any) {
            return Ok(Self::Keys(decode::<AcceptedMessageKeysFilter>(any)?.keys));
        }
        if holds::<AcceptedMessagesFilter>(any) {
            return Ok(Self::Messages(decode::<AcceptedMessagesFilter>(any)?.messages));
        }
        Err(SdkError::InvalidType(format!("filter {:?}", any.type_url)).into())
    }

    fn assert_valid(&self) -> Result<(), TxError> {
        let twice = |text: &str| TxError::from(SdkError::InvalidRequest(format!("{text} is listed twice")));
        match self {
            Self::All => Ok(()),
            Self::Keys(keys) if keys.is_empty() => Err(empty("keys")),
            Self::Keys(keys) => {
                let mut seen = BTreeSet::new();
                for key in keys {
                    if key.is_empty() || key.trim() != key {
                        return Err(empty(&format!("key {key:?} has white space around it or")));
                    }
                    if !seen.insert(key) {
                        return Err(twice(key));
                    }
                }
                Ok(())
            }
            Self::Messages(messages) if messages.is_empty() => Err(empty("messages")),
            Self::Messages(messages) => {
                let mut seen = BTreeSet::new();
                for message in messages {
                    assert_json(message)?;
                    if !seen.insert(message) {
                        return Err(twice(&String::from_utf8_lossy(message)));
                    }
                }
                Ok(())
            }
        }
    }

    fn passes(&self, machine: &mut Machine<'_>, message: &[u8]) -> Result<bool, TxError> {
        match self {
            Self::All => Ok(true),
            Self::Keys(keys) => {
                machine.charge(FILTER_GAS_PER_BYTE * message.len() as u64, "contract authorization")?;
                Ok(read_only_key(message).is_some_and(|key| keys.contains(&key)))
            }
            Self::Messages(messages) => Ok(messages.iter().any(|accepted| accepted == message)),
        }
    }
}

/// The only key of an object.
fn read_only_key(message: &[u8]) -> Option<String> {
    let Ok(Value::Object(fields)) = serde_json::from_slice(message) else {
        return None;
    };
    let mut keys = fields.into_iter().map(|(key, _)| key);
    keys.next().filter(|_| keys.next().is_none())
}
