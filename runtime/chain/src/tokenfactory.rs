//! Minting and burning of native denoms by their admins, limited per day by governance.
//!
//! A denom has at most one admin. Governance names the first one and may replace itself; any other admin hands the right
//! on itself. What is minted in one UTC day of block time never exceeds the denom's cap; burning does not give room back.

use thiserror::Error;

use crate::address::Address;
use crate::error::{SdkError, TxError};
use crate::machine::Machine;
use crate::state_key;

pub(crate) mod burn;
pub(crate) mod change_admin;
pub(crate) mod mint;
pub(crate) mod query;
pub(crate) mod set_mint_cap;

const NANOS_PER_DAY: u64 = 86_400 * 1_000_000_000;

/// Errors of codespace `tokenfactory`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TokenFactoryError {
    /// 3: the sender does not administer the denom.
    #[error("{sender} is not the admin of {denom}: unauthorized account")]
    NotAdmin {
        /// Who asked.
        sender: String,
        /// For which denom.
        denom: String,
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
            Self::NotAdmin { .. } => 3,
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
    let (stored_day, amount) = bytes.split_at_checked(8).ok_or_else(|| corrupt(&bytes))?;
    let stored_day = u64::from_be_bytes(stored_day.try_into().map_err(|_| corrupt(&bytes))?);
    let amount = if stored_day == day { read_u128(amount)? } else { 0 };
    Ok(Minted { day, amount })
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
