//! The mint message of the token factory, `{ sender = 1, amount = 2 { denom = 1, amount = 2 }, mintToAddress = 3 }`. The
//! type URL is configuration, so that the contract runs where the module has another name.

use anybuf::Anybuf;
use cosmwasm_std::{Addr, AnyMsg, Coin};

/// Asks the chain to mint `coin` for `to`; `sender` is this contract, the admin of the denom.
pub(crate) fn mint_message(type_url: &str, sender: &Addr, coin: &Coin, to: &str) -> AnyMsg {
    let amount = Anybuf::new()
        .append_string(1, &coin.denom)
        .append_string(2, coin.amount.to_string());
    let value = Anybuf::new()
        .append_string(1, sender)
        .append_message(2, &amount)
        .append_string(3, to)
        .into_vec();
    AnyMsg {
        type_url: type_url.to_string(),
        value: value.into(),
    }
}
