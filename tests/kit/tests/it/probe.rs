//! A contract that does one thing on demand.

use cosmwasm_std::{
    Addr, AnyMsg, BankMsg, Binary, Coin, Deps, DepsMut, Env, MessageInfo, Response, StdError, WasmMsg, to_json_binary,
};
use prost::Message;
use serde::{Deserialize, Serialize};
use supercloud_test_kit::{MINT_TYPE_URL, MsgMint, TestApp, TypedContract, WireCoin};
use thiserror::Error;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Probe {
    Keep {},
    Fail { code: u32 },
    Nested { contract: String, code: u32 },
    Pay { to: String, amount: Coin },
    Burn { amount: Coin },
    Mint { to: String, amount: Coin },
}

#[derive(Debug, Error, PartialEq)]
pub(crate) enum ProbeError {
    #[error("asked to fail with {code}")]
    Asked { code: u32 },
}

fn instantiate(_: DepsMut<'_>, _: Env, _: MessageInfo, _: Probe) -> Result<Response, StdError> {
    Ok(Response::new())
}

fn execute(_: DepsMut<'_>, env: Env, _: MessageInfo, msg: Probe) -> Result<Response, ProbeError> {
    let response = Response::new();
    Ok(match msg {
        Probe::Keep {} => response.set_data(to_json_binary("kept").unwrap()),
        Probe::Fail { code } => return Err(ProbeError::Asked { code }),
        Probe::Nested { contract, code } => {
            let msg = to_json_binary(&Probe::Fail { code }).unwrap();
            response.add_message(WasmMsg::Execute {
                contract_addr: contract,
                msg,
                funds: vec![],
            })
        }
        Probe::Pay { to, amount } => response.add_message(BankMsg::Send {
            to_address: to,
            amount: vec![amount],
        }),
        Probe::Burn { amount } => response.add_message(BankMsg::Burn { amount: vec![amount] }),
        Probe::Mint { to, amount } => {
            let coin = WireCoin {
                denom: amount.denom,
                amount: amount.amount.to_string(),
            };
            let sender = env.contract.address.into_string();
            let mint = MsgMint {
                sender,
                amount: Some(coin),
                mint_to_address: to,
            };
            response.add_message(AnyMsg {
                type_url: MINT_TYPE_URL.to_string(),
                value: mint.encode_to_vec().into(),
            })
        }
    })
}

fn query(_: Deps<'_>, _: Env, msg: Probe) -> Result<Binary, ProbeError> {
    match msg {
        Probe::Fail { code } => Err(ProbeError::Asked { code }),
        _ => Ok(to_json_binary(&0u32).unwrap()),
    }
}

pub(crate) fn contract() -> TypedContract {
    TypedContract::new(instantiate, execute, query)
}

pub(crate) fn deploy(app: &mut TestApp) -> Addr {
    let code = app.store(contract());
    let owner = app.addr("owner");
    app.instantiate(code, &owner, &Probe::Keep {}, &[]).unwrap()
}
