//! Coins: sending, minting, burning, and the chain's rules about a denom.

use cosmwasm_std::Coin;
use supercloud_proto::cosmos::bank::v1beta1::MsgSend;
use supercloud_proto::osmosis::tokenfactory::v1beta1::{MsgBurn, MsgChangeAdmin, MsgMint};
use supercloud_proto::pack;
use supercloud_proto::prost_types::Any;
use supercloud_proto::supercloud::bank::v1::MsgSetSendRestriction;
use supercloud_proto::supercloud::tokenfactory::v1::MsgSetMintCap;

use crate::tx::{proto_coin, proto_coins};

/// Sends coins.
pub fn send(from: &str, to: &str, mut amount: Vec<Coin>) -> Any {
    // The chain refuses a list that is not sorted.
    amount.sort_by(|left, right| left.denom.cmp(&right.denom));
    pack(&MsgSend {
        from_address: from.to_owned(),
        to_address: to.to_owned(),
        amount: proto_coins(&amount),
    })
}

/// Mints coins; `sender` is the denom's admin.
pub fn mint(sender: &str, amount: &Coin, to: &str) -> Any {
    pack(&MsgMint {
        sender: sender.to_owned(),
        amount: Some(proto_coin(amount)),
        mint_to_address: to.to_owned(),
    })
}

/// Burns coins of `from`; `sender` is the denom's admin.
pub fn burn(sender: &str, amount: &Coin, from: &str) -> Any {
    pack(&MsgBurn {
        sender: sender.to_owned(),
        amount: Some(proto_coin(amount)),
        burn_from_address: from.to_owned(),
    })
}

/// Hands the right to mint a denom to `new_admin`.
pub fn change_denom_admin(sender: &str, denom: &str, new_admin: &str) -> Any {
    pack(&MsgChangeAdmin {
        sender: sender.to_owned(),
        denom: denom.to_owned(),
        new_admin: new_admin.to_owned(),
    })
}

/// From now on `denom` moves only when sender or recipient is in `allowed` (governance only).
pub fn set_send_restriction(authority: &str, denom: &str, allowed: Vec<String>) -> Any {
    pack(&MsgSetSendRestriction {
        authority: authority.to_owned(),
        denom: denom.to_owned(),
        restricted: true,
        allowed_addresses: allowed,
    })
}

/// Caps what may be minted of a denom per day; `None` lifts the cap (governance only).
pub fn set_mint_cap(authority: &str, denom: &str, amount_per_day: Option<u128>) -> Any {
    pack(&MsgSetMintCap {
        authority: authority.to_owned(),
        denom: denom.to_owned(),
        amount_per_day: amount_per_day.map(|amount| amount.to_string()).unwrap_or_default(),
    })
}
