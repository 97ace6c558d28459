//! Fee allowances: one account pays the fees of another, within limits.
//!
//! Invariant: every stored grant has an entry in its granter's list, and one in the queue when it ends by itself; all
//! three come and go together.

use supercloud_proto::cosmos::feegrant::v1beta1::Grant;
use supercloud_proto::prost::Message;
use thiserror::Error;

use crate::address::Address;
use crate::coin::Coins;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::Machine;
use crate::state_key::feegrant as key;
use crate::store::Direction;

pub(crate) mod allowance;
pub(crate) mod grant_allowance;
pub(crate) mod prune_allowances;
pub(crate) mod query;
pub(crate) mod revoke_allowance;

use allowance::{Allowance, Rest};

/// Most allowances that end at the beginning of a block; the rest wait for the next one.
const MAX_EXPIRED_PER_BLOCK: usize = 200;

/// Errors of codespace `feegrant`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FeeGrantError {
    /// 2: the fee is above what is left.
    #[error("{which}: fee limit exceeded")]
    LimitExceeded {
        /// Of which limit.
        which: &'static str,
    },
    /// 3: the allowance is over.
    #[error("basic allowance: fee allowance expired")]
    Expired,
    /// 4: a period that is not above zero.
    #[error("negative clock step: invalid duration")]
    InvalidDuration,
    /// 5: no allowance inside an allowance.
    #[error("allowance should not be empty: no allowance")]
    NoAllowance,
    /// 6: an allowance for no messages.
    #[error("allowed messages shouldn't be empty: allowed messages are empty")]
    NoMessages,
    /// 7: a message of the transaction is not among the allowed ones.
    #[error("message does not exist in allowed messages: message not allowed")]
    MessageNotAllowed,
}

impl FeeGrantError {
    /// The code.
    pub fn code(&self) -> u32 {
        match self {
            Self::LimitExceeded { .. } => 2,
            Self::Expired => 3,
            Self::InvalidDuration => 4,
            Self::NoAllowance => 5,
            Self::NoMessages => 6,
            Self::MessageNotAllowed => 7,
        }
    }
}

fn load(machine: &mut Machine<'_>, granter: &Address, grantee: &Address) -> Result<Option<Grant>, TxError> {
    let bytes = machine.read(&key::grant(granter, grantee))?;
    let grant = bytes.map(|bytes| Grant::decode(&*bytes)).transpose();
    Ok(grant.map_err(|error| SdkError::corrupt("fee allowance", &error))?)
}

fn read_allowance(grant: &Grant) -> Result<Allowance, TxError> {
    Allowance::decode(grant.allowance.as_ref())
}

/// Writes a grant and what finds it; also used by genesis.
pub(crate) fn apply_grant(
    machine: &mut Machine<'_>,
    granter: &Address,
    grantee: &Address,
    allowance: &Allowance,
) -> Result<(), TxError> {
    write(machine, granter, grantee, allowance)?;
    machine.write(key::granted(granter, grantee), Vec::new())?;
    if let Some(end) = allowance.expiration_nanos()? {
        machine.write(key::expiring(end, granter, grantee), Vec::new())?;
    }
    Ok(())
}

fn write(
    machine: &mut Machine<'_>,
    granter: &Address,
    grantee: &Address,
    allowance: &Allowance,
) -> Result<(), TxError> {
    let grant = Grant {
        granter: machine.text(granter),
        grantee: machine.text(grantee),
        allowance: Some(allowance.encode()),
    };
    Ok(machine.write(key::grant(granter, grantee), grant.encode_to_vec())?)
}

/// Removes an allowance that is there.
fn remove(
    machine: &mut Machine<'_>,
    granter: &Address,
    grantee: &Address,
    allowance: &Allowance,
) -> Result<(), TxError> {
    machine.delete(key::grant(granter, grantee))?;
    machine.delete(key::granted(granter, grantee))?;
    if let Some(end) = allowance.expiration_nanos()? {
        machine.delete(key::expiring(end, granter, grantee))?;
    }
    Ok(())
}

/// Takes a fee out of an allowance, for a transaction with messages of these types.
pub(crate) fn apply_use(
    machine: &mut Machine<'_>,
    granter: &Address,
    grantee: &Address,
    fee: &Coins,
    type_urls: &[&str],
) -> Result<(), TxError> {
    let grant = load(machine, granter, grantee)?;
    let grant = grant.ok_or_else(|| SdkError::NotFound("fee-grant not found".to_owned()))?;
    let mut allowance = read_allowance(&grant)?;
    allowance.charge_filter(machine, type_urls)?;
    let rest = allowance.take(fee, machine.block.time_nanos, type_urls)?;
    let (granter_text, grantee_text) = (machine.text(granter), machine.text(grantee));
    let event = |kind: &str| {
        Event::new(kind)
            .with("granter", &*granter_text)
            .with("grantee", &*grantee_text)
    };
    machine.emit(event("use_feegrant"));
    match rest {
        Rest::None => remove(machine, granter, grantee, &allowance),
        Rest::Some => {
            write(machine, granter, grantee, &allowance)?;
            machine.emit(event("update_feegrant"));
            Ok(())
        }
    }
}

/// Removes allowances whose time is over, up to a number.
pub(crate) fn apply_expired(machine: &mut Machine<'_>, most: usize) -> Result<(), TxError> {
    // Over strictly after its time, as allowances are checked.
    let end = [key::EXPIRING, &machine.block.time_nanos.to_be_bytes()].concat();
    let mut range = machine
        .state
        .range(Some(key::EXPIRING), Some(&end), Direction::Ascending)
        .within(machine.gas.remaining());
    let due: Vec<Vec<u8>> = range.by_ref().take(most).map(|(entry, _)| entry).collect();
    let skip_gas = range.skip_gas();
    drop(range);
    machine.charge(skip_gas, "IterNext")?;
    for entry in due {
        let parties = entry.get(key::EXPIRING.len() + 8..).unwrap_or_default();
        let (grantee, rest) = read_prefixed(parties)?;
        let (granter, _) = read_prefixed(rest)?;
        machine.delete(key::grant(&granter, &grantee))?;
        machine.delete(key::granted(&granter, &grantee))?;
        machine.delete(entry)?;
    }
    Ok(())
}

/// What a block begins with.
pub(crate) fn apply_begin_block(machine: &mut Machine<'_>) -> Result<(), TxError> {
    apply_expired(machine, MAX_EXPIRED_PER_BLOCK)
}

/// An address behind its length byte, and what follows.
pub(crate) fn read_prefixed(bytes: &[u8]) -> Result<(Address, &[u8]), TxError> {
    let split = bytes
        .split_first()
        .and_then(|(len, rest)| rest.split_at_checked(usize::from(*len)));
    let (address, rest) = split.ok_or_else(|| SdkError::Logic("stored key has no address".to_owned()))?;
    Ok((Address::from_bytes(address)?, rest))
}
