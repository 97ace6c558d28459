//! Minting and burning of denoms by their admins, limited per day by governance.
//!
//! A denom has at most one admin. Anybody makes denoms below its own address (`factory/{creator}/{subdenom}`) and
//! administers them. Of a native denom governance names the first admin and may replace itself; any other admin hands
//! the right on itself, and a factory denom that was left without an admin stays so for ever. What is minted in one UTC day of block time never exceeds the denom's cap; burning does not give room back.

use supercloud_proto::osmosis::tokenfactory::v1beta1::Params;
use supercloud_proto::prost::Message;
use thiserror::Error;

use crate::address::Address;
use crate::error::{SdkError, TxError};
use crate::machine::Machine;
use crate::state_key;

pub(crate) mod burn;
pub(crate) mod change_admin;
pub(crate) mod create_denom;
pub(crate) mod mint;
pub(crate) mod query;
pub(crate) mod set_denom_metadata;
pub(crate) mod set_mint_cap;
pub(crate) mod update_params;

/// What all denoms that anybody makes begin with.
const FACTORY: &str = "factory";
/// Longest subdenom in bytes.
pub(crate) const MAX_SUBDENOM_LEN: usize = 44;
/// Longest address of a creator in bytes.
pub(crate) const MAX_CREATOR_LEN: usize = 75;
/// SDK gas that a new denom costs by default, as elsewhere.
const DEFAULT_CREATION_GAS: u64 = 1_000_000;

const NANOS_PER_DAY: u64 = 86_400 * 1_000_000_000;

/// Errors of codespace `tokenfactory`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TokenFactoryError {
    /// 2: the denom is there already.
    #[error("{denom}: attempting to create a denom that already exists (has bank metadata)")]
    DenomExists {
        /// Which one.
        denom: String,
    },
    /// 3: the sender does not administer the denom.
    #[error("{sender} is not the admin of {denom}: unauthorized account")]
    NotAdmin {
        /// Who asked.
        sender: String,
        /// For which denom.
        denom: String,
    },
    /// 8: a name that would not fit.
    #[error("{got} bytes: subdenom too long, max length is {MAX_SUBDENOM_LEN} bytes")]
    SubdenomTooLong {
        /// Length seen.
        got: usize,
    },
    /// 9: an address that would not fit.
    #[error("{got} bytes: creator too long, max length is {MAX_CREATOR_LEN} bytes")]
    CreatorTooLong {
        /// Length seen.
        got: usize,
    },
    /// 101: the day's cap would be passed.
    #[error(
        "minting {amount}{denom} would pass the cap of {cap} a day, of which {minted} are minted: mint cap reached"
    )]
    MintCap {
        /// Denom.
        denom: String,
        /// What was asked for.
        amount: u128,
        /// Cap per day.
        cap: u128,
        /// Minted today before.
        minted: u128,
    },
    /// 102: an admin may only burn what it holds itself.
    #[error("burning from {holder} by {sender} is not possible, only one's own coins can be burned: unauthorized burn")]
    BurnFromOther {
        /// Who asked.
        sender: String,
        /// Whose coins.
        holder: String,
    },
}

impl TokenFactoryError {
    /// The code.
    pub fn code(&self) -> u32 {
        match self {
            Self::DenomExists { .. } => 2,
            Self::NotAdmin { .. } => 3,
            Self::SubdenomTooLong { .. } => 8,
            Self::CreatorTooLong { .. } => 9,
            Self::MintCap { .. } => 101,
            Self::BurnFromOther { .. } => 102,
        }
    }
}

/// What was minted of a denom in a day (days since 1970-01-01).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Minted {
    pub(crate) day: u64,
    pub(crate) amount: u128,
}

pub(crate) fn to_denom(creator: &str, subdenom: &str) -> String {
    format!("{FACTORY}/{creator}/{subdenom}")
}

/// Whether a denom belongs to its creator and not to the chain.
pub(crate) fn is_factory(denom: &str) -> bool {
    denom.split('/').next() == Some(FACTORY)
}

pub(crate) fn load_params(machine: &Machine<'_>) -> Result<Params, TxError> {
    let Some(bytes) = machine.state.get(state_key::tokenfactory::PARAMS) else {
        return Ok(Params {
            denom_creation_fee: Vec::new(),
            denom_creation_gas_consume: DEFAULT_CREATION_GAS,
        });
    };
    Ok(Params::decode(&*bytes).map_err(|error| SdkError::corrupt("token factory parameters", &error))?)
}

/// Writes parameters that were checked; also used by genesis.
pub(crate) fn apply_params(machine: &mut Machine<'_>, params: &Params) -> Result<(), TxError> {
    Ok(machine.write(state_key::tokenfactory::PARAMS.to_vec(), params.encode_to_vec())?)
}

pub(crate) fn load_admin(machine: &mut Machine<'_>, denom: &str) -> Result<Option<Address>, TxError> {
    let bytes = machine.read(&state_key::tokenfactory::admin(denom))?;
    Ok(bytes.map(Address::from_bytes).transpose()?)
}

pub(crate) fn apply_admin(machine: &mut Machine<'_>, denom: &str, admin: Option<&Address>) -> Result<(), TxError> {
    let key = state_key::tokenfactory::admin(denom);
    match admin {
        Some(admin) => machine.write(key, admin.as_bytes().to_vec())?,
        None => machine.delete(key)?,
    }
    Ok(())
}

pub(crate) fn load_mint_cap(machine: &mut Machine<'_>, denom: &str) -> Result<Option<u128>, TxError> {
    let bytes = machine.read(&state_key::tokenfactory::mint_cap(denom))?;
    bytes.map(|bytes| read_u128(&bytes)).transpose()
}

pub(crate) fn apply_mint_cap(machine: &mut Machine<'_>, denom: &str, cap: Option<u128>) -> Result<(), TxError> {
    let key = state_key::tokenfactory::mint_cap(denom);
    match cap {
        Some(cap) => machine.write(key, cap.to_be_bytes().to_vec())?,
        None => machine.delete(key)?,
    }
    Ok(())
}

/// What was minted on the day of the running block.
pub(crate) fn load_minted(machine: &mut Machine<'_>, denom: &str) -> Result<Minted, TxError> {
    let day = machine.block.time_nanos / NANOS_PER_DAY;
    let Some(bytes) = machine.read(&state_key::tokenfactory::minted(denom))? else {
        return Ok(Minted { day, amount: 0 });
    };
    let stored = read_minted(&bytes)?;
    let amount = if stored.day == day { stored.amount } else { 0 };
    Ok(Minted { day, amount })
}

pub(crate) fn read_minted(bytes: &[u8]) -> Result<Minted, TxError> {
    let (day, amount) = bytes.split_at_checked(8).ok_or_else(|| corrupt(bytes))?;
    Ok(Minted {
        day: u64::from_be_bytes(day.try_into().map_err(|_| corrupt(bytes))?),
        amount: read_u128(amount)?,
    })
}

pub(crate) fn apply_minted(machine: &mut Machine<'_>, denom: &str, minted: Minted) -> Result<(), TxError> {
    let value = [minted.day.to_be_bytes().as_slice(), &minted.amount.to_be_bytes()].concat();
    Ok(machine.write(state_key::tokenfactory::minted(denom), value)?)
}

fn read_u128(bytes: &[u8]) -> Result<u128, TxError> {
    Ok(u128::from_be_bytes(bytes.try_into().map_err(|_| corrupt(bytes))?))
}

fn corrupt(bytes: &[u8]) -> SdkError {
    SdkError::Logic(format!("stored amount has {} bytes", bytes.len()))
}
