//! Coins: balances, supply, transfers and their restriction.
//!
//! Invariant: for every denom the balances sum to the supply. Only [`apply_mint`] and [`apply_burn`] change the supply,
//! and each changes one balance by the same amount.
//!
//! A restricted denom moves only when the sender or the receiver is on the denom's list; funds attached to messages are
//! transfers like any other, and fees cannot be paid in it at all.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::address::Address;
use crate::auth;
use crate::coin::{Coin, CoinError, Coins};
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::gov::DEPOSIT_MODULE;
use crate::machine::Machine;
use crate::state_key;

pub(crate) mod metadata;
pub(crate) mod multi_send;
pub(crate) mod query;
pub(crate) mod restrict;
pub(crate) mod send;
pub(crate) mod set_send_enabled;

/// Errors of codespace `bank`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BankError {
    /// 3: coins for nobody.
    #[error("no outputs to send transaction")]
    NoOutputs,
    /// 4: what is sent is not what is received.
    #[error("sum inputs != sum outputs")]
    Mismatch,
    /// 5: governance stopped transfers of the denom.
    #[error("{denom} transfers are currently disabled: send transactions are disabled")]
    SendDisabled {
        /// Which one.
        denom: String,
    },
    /// 7: what wallets would show contradicts itself.
    #[error("{reason}: invalid denom metadata")]
    Metadata {
        /// What is wrong.
        reason: String,
    },
    /// 9: coins of several accounts in one message.
    #[error("multiple senders not allowed")]
    MultipleSenders,
}

impl BankError {
    /// The code.
    pub fn code(&self) -> u32 {
        match self {
            Self::NoOutputs => 3,
            Self::Mismatch => 4,
            Self::SendDisabled { .. } => 5,
            Self::Metadata { .. } => 7,
            Self::MultipleSenders => 9,
        }
    }
}

/// Most addresses on the list of a restricted denom.
pub(crate) const MAX_ALLOWED_ADDRESSES: usize = 1_000;

pub(crate) fn load_balance(machine: &mut Machine<'_>, address: &Address, denom: &str) -> Result<u128, TxError> {
    let bytes = machine.read(&state_key::bank::balance(address, denom))?;
    read_amount(bytes)
}

pub(crate) fn load_supply(machine: &mut Machine<'_>, denom: &str) -> Result<u128, TxError> {
    let bytes = machine.read(&state_key::bank::supply(denom))?;
    read_amount(bytes)
}

/// Moves coins as messages do: neither a stopped nor a restricted denom passes, and not to each account.
pub(crate) fn apply_send(
    machine: &mut Machine<'_>,
    from: &Address,
    to: &Address,
    coins: &Coins,
) -> Result<(), TxError> {
    assert_send_enabled(machine, coins)?;
    assert_may_receive(machine, to)?;
    apply_transfer(machine, from, to, coins)
}

/// Refuses denoms whose transfers governance stopped.
pub(crate) fn assert_send_enabled(machine: &Machine<'_>, coins: &Coins) -> Result<(), TxError> {
    match coins.iter().find(|coin| !load_send_enabled(machine, &coin.denom)) {
        Some(coin) => Err(BankError::SendDisabled {
            denom: coin.denom.clone(),
        }
        .into()),
        None => Ok(()),
    }
}

/// Whether an account of the chain takes coins only in ways of its own: what came in otherwise nobody could get out
/// again. Governance's account is the pool, which takes coins from everybody.
pub(crate) fn is_blocked(address: &Address) -> bool {
    *address == Address::from_module(DEPOSIT_MODULE)
}

pub(crate) fn assert_may_receive(machine: &Machine<'_>, to: &Address) -> Result<(), TxError> {
    if is_blocked(to) {
        let text = format!("{} is not allowed to receive funds", machine.text(to));
        return Err(SdkError::Unauthorized(text).into());
    }
    Ok(())
}

/// Moves coins as the chain itself does it: a stopped denom passes, a restricted one does not.
pub(crate) fn apply_transfer(
    machine: &mut Machine<'_>,
    from: &Address,
    to: &Address,
    coins: &Coins,
) -> Result<(), TxError> {
    for coin in coins.iter() {
        assert_transferable(machine, &coin.denom, from, to)?;
    }
    apply_move(machine, from, to, coins)
}

/// Moves coins, whatever the rules; creates the receiver's account when there was none.
pub(crate) fn apply_move(
    machine: &mut Machine<'_>,
    from: &Address,
    to: &Address,
    coins: &Coins,
) -> Result<(), TxError> {
    apply_subtract(machine, from, coins)?;
    apply_add(machine, to, coins)?;
    auth::load_or_create(machine, to)?;
    let sender = machine.text(from);
    machine.emit(
        Event::new("transfer")
            .with("recipient", machine.text(to))
            .with("sender", &*sender)
            .with("amount", coins.to_string()),
    );
    machine.emit(Event::new("message").with("sender", sender));
    Ok(())
}

/// Creates coins at `to`.
pub(crate) fn apply_mint(machine: &mut Machine<'_>, to: &Address, coin: &Coin) -> Result<(), TxError> {
    let supply = load_supply(machine, &coin.denom)?;
    let supply = supply.checked_add(coin.amount).ok_or(CoinError::Overflow {
        denom: coin.denom.clone(),
    })?;
    machine.write(state_key::bank::supply(&coin.denom), supply.to_string().into_bytes())?;
    apply_add(machine, to, &Coins::one(coin.clone()))
}

/// Destroys coins that `from` holds.
pub(crate) fn apply_burn(machine: &mut Machine<'_>, from: &Address, coins: &Coins) -> Result<(), TxError> {
    apply_subtract(machine, from, coins)?;
    for coin in coins.iter() {
        let supply = load_supply(machine, &coin.denom)?;
        let supply = supply.checked_sub(coin.amount).ok_or_else(|| {
            SdkError::Logic(format!(
                "supply {supply} of {} is below a balance of {}",
                coin.denom, coin.amount
            ))
        })?;
        let key = state_key::bank::supply(&coin.denom);
        if supply == 0 {
            machine.delete(key)?;
        } else {
            machine.write(key, supply.to_string().into_bytes())?;
        }
    }
    machine.emit(
        Event::new("burn")
            .with("burner", machine.text(from))
            .with("amount", coins.to_string()),
    );
    Ok(())
}

/// Whether messages may move a denom. Costs no gas: every transfer asks.
pub(crate) fn load_send_enabled(machine: &Machine<'_>, denom: &str) -> bool {
    match machine.state.get(&state_key::bank::send_enabled(denom)) {
        Some(rule) => rule == [1],
        None => load_default_send_enabled(machine),
    }
}

pub(crate) fn load_default_send_enabled(machine: &Machine<'_>) -> bool {
    machine
        .state
        .get(state_key::bank::DEFAULT_SEND_ENABLED)
        .is_none_or(|rule| rule == [1])
}

/// Gives a denom a rule of its own, or takes it away.
pub(crate) fn apply_send_enabled(machine: &mut Machine<'_>, denom: &str, rule: Option<bool>) -> Result<(), TxError> {
    let key = state_key::bank::send_enabled(denom);
    match rule {
        Some(enabled) => machine.write(key, vec![u8::from(enabled)])?,
        None => machine.delete(key)?,
    }
    Ok(())
}

pub(crate) fn apply_default_send_enabled(machine: &mut Machine<'_>, enabled: bool) -> Result<(), TxError> {
    let key = state_key::bank::DEFAULT_SEND_ENABLED.to_vec();
    Ok(machine.write(key, vec![u8::from(enabled)])?)
}

pub(crate) fn is_restricted(machine: &mut Machine<'_>, denom: &str) -> Result<bool, TxError> {
    Ok(machine.has(&state_key::bank::restricted(denom))?)
}

/// Replaces the list of a denom and restricts it.
pub(crate) fn apply_restriction(
    machine: &mut Machine<'_>,
    denom: &str,
    allowed: &BTreeSet<Address>,
) -> Result<(), TxError> {
    lift_restriction(machine, denom)?;
    machine.write(state_key::bank::restricted(denom), Vec::new())?;
    for address in allowed {
        machine.write(state_key::bank::allowed(denom, address), Vec::new())?;
    }
    Ok(())
}

pub(crate) fn lift_restriction(machine: &mut Machine<'_>, denom: &str) -> Result<(), TxError> {
    let list = state_key::bank::all_allowed(denom);
    for (suffix, _) in machine.list(&list, MAX_ALLOWED_ADDRESSES)? {
        machine.delete([list.as_slice(), &suffix].concat())?;
    }
    Ok(machine.delete(state_key::bank::restricted(denom))?)
}

fn assert_transferable(machine: &mut Machine<'_>, denom: &str, from: &Address, to: &Address) -> Result<(), TxError> {
    let free = !is_restricted(machine, denom)?
        || machine.has(&state_key::bank::allowed(denom, from))?
        || machine.has(&state_key::bank::allowed(denom, to))?;
    if free {
        return Ok(());
    }
    let (from, to) = (machine.text(from), machine.text(to));
    Err(SdkError::Unauthorized(format!(
        "transfers of {denom} are restricted: neither {from} nor {to} is listed"
    ))
    .into())
}

fn apply_subtract(machine: &mut Machine<'_>, from: &Address, coins: &Coins) -> Result<(), TxError> {
    for coin in coins.iter() {
        let balance = load_balance(machine, from, &coin.denom)?;
        let rest = balance
            .checked_sub(coin.amount)
            .ok_or_else(|| SdkError::InsufficientFunds {
                balance: format!("{balance}{}", coin.denom),
                needed: coin.to_string(),
            })?;
        apply_balance(machine, from, &coin.denom, rest)?;
    }
    let spent = Event::new("coin_spent")
        .with("spender", machine.text(from))
        .with("amount", coins.to_string());
    machine.emit(spent);
    Ok(())
}

fn apply_add(machine: &mut Machine<'_>, to: &Address, coins: &Coins) -> Result<(), TxError> {
    for coin in coins.iter() {
        let balance = load_balance(machine, to, &coin.denom)?;
        let sum = balance.checked_add(coin.amount).ok_or(CoinError::Overflow {
            denom: coin.denom.clone(),
        })?;
        apply_balance(machine, to, &coin.denom, sum)?;
    }
    let received = Event::new("coin_received")
        .with("receiver", machine.text(to))
        .with("amount", coins.to_string());
    machine.emit(received);
    Ok(())
}

fn apply_balance(machine: &mut Machine<'_>, address: &Address, denom: &str, amount: u128) -> Result<(), TxError> {
    let (balance, holder) = (
        state_key::bank::balance(address, denom),
        state_key::bank::holder(denom, address),
    );
    if amount == 0 {
        machine.delete(balance)?;
        machine.delete(holder)?;
    } else {
        machine.write(balance, amount.to_string().into_bytes())?;
        if !machine.has(&holder)? {
            machine.write(holder, Vec::new())?;
        }
    }
    Ok(())
}

/// Amounts are stored as text, as the Cosmos SDK does.
pub(crate) fn read_amount(bytes: Option<Vec<u8>>) -> Result<u128, TxError> {
    let Some(bytes) = bytes else { return Ok(0) };
    let text = String::from_utf8_lossy(&bytes);
    Ok(text
        .parse()
        .map_err(|_| SdkError::Logic(format!("stored amount {text:?} is no number")))?)
}
