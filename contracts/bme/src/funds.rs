//! What coins a message carries.

use cosmwasm_std::{Coin, MessageInfo, Uint128};
use supercloud_schema::money::Uakt;

use crate::error::BmeError;

pub(crate) fn assert_no_funds(info: &MessageInfo) -> Result<(), BmeError> {
    match info.funds.first() {
        Some(coin) => Err(BmeError::UnexpectedFunds { coin: coin.to_string() }),
        None => Ok(()),
    }
}

/// The amount of the one coin of `denom` that came with the message.
pub(crate) fn assert_one_coin(info: &MessageInfo, denom: &str) -> Result<Uint128, BmeError> {
    match info.funds.as_slice() {
        [coin] if coin.denom == denom && !coin.amount.is_zero() => Ok(Uakt::from_bank(coin.amount)?.0),
        [] => Err(BmeError::WrongFunds {
            denom: denom.to_string(),
            found: "none".to_string(),
        }),
        coins => {
            let found = coins.iter().map(Coin::to_string).collect::<Vec<_>>().join(",");
            Err(BmeError::WrongFunds {
                denom: denom.to_string(),
                found,
            })
        }
    }
}
