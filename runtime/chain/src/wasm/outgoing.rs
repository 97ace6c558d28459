//! Messages that contracts send, brought to the form in which everybody sends them.

use supercloud_proto::cosmos::bank::v1beta1::MsgSend;
use supercloud_proto::cosmos::gov::v1::{self as gov, MsgVote, MsgVoteWeighted, WeightedVoteOption};
use supercloud_proto::cosmwasm::wasm::v1::{
    MsgClearAdmin, MsgExecuteContract, MsgInstantiateContract, MsgInstantiateContract2, MsgMigrateContract,
    MsgUpdateAdmin,
};
use supercloud_proto::pack;
use supercloud_proto::prost_types::Any;

use crate::bank;
use crate::error::TxError;
use crate::machine::Machine;
use crate::message::{self, Rights};
use crate::wasm::contract::Contract;
use crate::wasm::json::{AnyMsg, BankMsg, Coin, CosmosMsg, GovMsg, VoteOption, WasmMsg, WeightedOption, to_coins};
use crate::wasm::{WasmError, gas_register, ibc};

/// Most bytes of a message of any type.
const MAX_ANY_LEN: usize = 512 * 1024;

/// Runs a contract's message as the contract; returns the packed responses.
pub(crate) fn apply_outgoing(
    machine: &mut Machine<'_>,
    caller: &Contract,
    message: CosmosMsg,
    rights: Rights,
) -> Result<Vec<Any>, TxError> {
    let sender = machine.text(&caller.address);
    let any = match message {
        CosmosMsg::Bank(BankMsg::Send { amount, .. }) if amount.is_empty() => return Ok(Vec::new()),
        CosmosMsg::Bank(BankMsg::Send { to_address, amount }) => pack(&MsgSend {
            from_address: sender,
            to_address,
            amount: to_coins(&amount)?.to_proto(),
        }),
        CosmosMsg::Bank(BankMsg::Burn { amount }) => {
            let coins = to_coins(&amount)?;
            if coins.is_empty() {
                return Err(WasmError::Empty { field: "amount" }.into());
            }
            bank::apply_burn(machine, &caller.address, &coins)?;
            return Ok(Vec::new());
        }
        CosmosMsg::Wasm(message) => to_any(sender, message)?,
        CosmosMsg::Any(AnyMsg { type_url, value }) => {
            let got = value.0.len();
            if got > MAX_ANY_LEN {
                return Err(WasmError::Limit {
                    field: "message",
                    got,
                    limit: MAX_ANY_LEN,
                }
                .into());
            }
            machine.charge(gas_register::compute_any_message(got), "unpacking AnyMsg")?;
            let any = Any {
                type_url,
                value: value.0,
            };
            if message::decode(&any).is_err() {
                let type_url = any.type_url;
                return Err(WasmError::InvalidMessage { type_url }.into());
            }
            any
        }
        CosmosMsg::Gov(message) => to_vote(sender, message)?,
        CosmosMsg::Ibc(message) => return ibc::apply_message(machine, caller, message),
        CosmosMsg::Ibc2(message) => return ibc::apply_message_v2(machine, caller, message),
        CosmosMsg::Unknown(kind) => return Err(WasmError::UnknownMessage { kind: kind.to_owned() }.into()),
    };
    Ok(vec![message::apply_as(machine, &caller.address, &any, rights)?])
}

fn to_vote(voter: String, message: GovMsg) -> Result<Any, TxError> {
    let to_option = |option: VoteOption| match option {
        VoteOption::Yes => gov::VoteOption::Yes,
        VoteOption::No => gov::VoteOption::No,
        VoteOption::Abstain => gov::VoteOption::Abstain,
        VoteOption::NoWithVeto => gov::VoteOption::NoWithVeto,
    };
    Ok(match message {
        GovMsg::Vote { proposal_id, option } => pack(&MsgVote {
            proposal_id,
            voter,
            option: to_option(option).into(),
            metadata: String::new(),
        }),
        GovMsg::VoteWeighted { proposal_id, options } => pack(&MsgVoteWeighted {
            proposal_id,
            voter,
            options: options
                .into_iter()
                .map(|WeightedOption { option, weight }| WeightedVoteOption {
                    option: to_option(option).into(),
                    weight,
                })
                .collect(),
            metadata: String::new(),
        }),
    })
}

fn to_any(sender: String, message: WasmMsg) -> Result<Any, TxError> {
    let funds = |funds: &[Coin]| to_coins(funds).map(|coins| coins.to_proto());
    Ok(match message {
        WasmMsg::Execute {
            contract_addr,
            msg,
            funds: coins,
        } => pack(&MsgExecuteContract {
            sender,
            contract: contract_addr,
            msg: msg.0,
            funds: funds(&coins)?,
        }),
        WasmMsg::Instantiate {
            admin,
            code_id,
            msg,
            funds: coins,
            label,
        } => {
            let (admin, funds) = (admin.unwrap_or_default(), funds(&coins)?);
            pack(&MsgInstantiateContract {
                sender,
                admin,
                code_id,
                label,
                msg: msg.0,
                funds,
            })
        }
        WasmMsg::Instantiate2 {
            admin,
            code_id,
            label,
            msg,
            funds: coins,
            salt,
        } => {
            let (admin, funds) = (admin.unwrap_or_default(), funds(&coins)?);
            let (msg, salt) = (msg.0, salt.0);
            pack(&MsgInstantiateContract2 {
                sender,
                admin,
                code_id,
                label,
                msg,
                funds,
                salt,
                fix_msg: false,
            })
        }
        WasmMsg::Migrate {
            contract_addr,
            new_code_id,
            msg,
        } => pack(&MsgMigrateContract {
            sender,
            contract: contract_addr,
            code_id: new_code_id,
            msg: msg.0,
        }),
        WasmMsg::UpdateAdmin { contract_addr, admin } => pack(&MsgUpdateAdmin {
            sender,
            new_admin: admin,
            contract: contract_addr,
        }),
        WasmMsg::ClearAdmin { contract_addr } => pack(&MsgClearAdmin {
            sender,
            contract: contract_addr,
        }),
    })
}
