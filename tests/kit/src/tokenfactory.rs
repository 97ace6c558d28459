//! Token factory: `MsgMint` by a denom's admin, within an optional cap.

use cosmwasm_std::{Addr, AnyMsg, Api, BlockInfo, Coin, CustomMsg, CustomQuery, Event, StdResult, Storage, Uint128};
use cw_multi_test::{AppResponse, BankSudo, CosmosRouter, Stargate, SudoMsg};
use cw_storage_plus::Map;
use prost::Message;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::raised::{raise, raised};

/// Type URL of [`MsgMint`].
pub const MINT_TYPE_URL: &str = "/osmosis.tokenfactory.v1beta1.MsgMint";

const ADMINS: Map<&str, Addr> = Map::new("kit_denom_admin");
const CAPS: Map<&str, Uint128> = Map::new("kit_mint_cap");

/// `cosmos.base.v1beta1.Coin` on the wire.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct WireCoin {
    /// Denom.
    #[prost(string, tag = "1")]
    pub denom: String,
    /// Amount in decimal digits.
    #[prost(string, tag = "2")]
    pub amount: String,
}

/// `osmosis.tokenfactory.v1beta1.MsgMint` on the wire.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct MsgMint {
    /// Admin of the denom; must be the sender of the message.
    #[prost(string, tag = "1")]
    pub sender: String,
    /// What to mint.
    #[prost(message, optional, tag = "2")]
    pub amount: Option<WireCoin>,
    /// Receiver; the sender when empty.
    #[prost(string, tag = "3")]
    pub mint_to_address: String,
}

/// Why nothing was minted.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum MintRefusal {
    /// The message is not one that this module handles.
    #[error("no handler for {type_url}")]
    UnknownMessage {
        /// Its type.
        type_url: String,
    },
    /// The bytes are not a `MsgMint` with an amount.
    #[error("malformed mint message: {reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
    },
    /// The sender is not the denom's admin.
    #[error("{sender} is not the admin of {denom}")]
    NotAdmin {
        /// Who asked.
        sender: String,
        /// Denom.
        denom: String,
    },
    /// More than the cap leaves.
    #[error("minting {amount} {denom} exceeds what is left of the cap, {left}")]
    CapExceeded {
        /// Denom.
        denom: String,
        /// Asked for.
        amount: Uint128,
        /// Left.
        left: Uint128,
    },
}

/// Handler of `CosmosMsg::Any` on the chain under test.
pub struct TokenFactory;

pub(crate) fn set_admin(storage: &mut dyn Storage, denom: &str, admin: &Addr) -> StdResult<()> {
    ADMINS.save(storage, denom, admin)
}

pub(crate) fn set_cap(storage: &mut dyn Storage, denom: &str, cap: u128) -> StdResult<()> {
    CAPS.save(storage, denom, &Uint128::new(cap))
}

fn parse_mint(msg: &AnyMsg) -> Result<(MsgMint, String, Uint128), MintRefusal> {
    if msg.type_url != MINT_TYPE_URL {
        return Err(MintRefusal::UnknownMessage {
            type_url: msg.type_url.clone(),
        });
    }
    let malformed = |reason: String| MintRefusal::Malformed { reason };
    let mint = MsgMint::decode(msg.value.as_slice()).map_err(|error| malformed(error.to_string()))?;
    let coin = mint.amount.clone().ok_or_else(|| malformed("no amount".to_string()))?;
    let amount: u128 = coin
        .amount
        .parse()
        .map_err(|_| malformed(format!("amount {:?}", coin.amount)))?;
    Ok((mint, coin.denom, Uint128::new(amount)))
}

fn apply_cap(storage: &mut dyn Storage, denom: &str, amount: Uint128) -> StdResult<()> {
    if let Some(left) = CAPS.may_load(storage, denom)? {
        let rest = left.checked_sub(amount).map_err(|_| {
            raise(MintRefusal::CapExceeded {
                denom: denom.to_string(),
                amount,
                left,
            })
        })?;
        CAPS.save(storage, denom, &rest)?;
    }
    Ok(())
}

impl Stargate for TokenFactory {
    fn execute_any<ExecC, QueryC>(
        &self,
        api: &dyn Api,
        storage: &mut dyn Storage,
        router: &dyn CosmosRouter<ExecC = ExecC, QueryC = QueryC>,
        block: &BlockInfo,
        sender: Addr,
        msg: AnyMsg,
    ) -> StdResult<AppResponse>
    where
        ExecC: CustomMsg + DeserializeOwned + 'static,
        QueryC: CustomQuery + DeserializeOwned + 'static,
    {
        let (mint, denom, amount) = raised(parse_mint(&msg))?;
        let admin = ADMINS.may_load(storage, &denom)?;
        if mint.sender != sender.as_str() || admin.as_ref() != Some(&sender) {
            return Err(raise(MintRefusal::NotAdmin {
                sender: sender.into_string(),
                denom,
            }));
        }
        apply_cap(storage, &denom, amount)?;
        let to_address = if mint.mint_to_address.is_empty() {
            sender.to_string()
        } else {
            mint.mint_to_address
        };
        let coins = vec![Coin {
            denom: denom.clone(),
            amount: amount.into(),
        }];
        let minted = BankSudo::Mint {
            to_address,
            amount: coins,
        };
        let mut response = router.sudo(api, storage, block, SudoMsg::Bank(minted))?;
        response.events.push(
            Event::new("coinbase")
                .add_attribute("minter", sender)
                .add_attribute("amount", format!("{amount}{denom}")),
        );
        Ok(response)
    }
}
