//! `MsgInstantiateContract` and `MsgInstantiateContract2`: a new contract at the next, or at a predictable, address.

use serde::de::IgnoredAny;
use supercloud_proto::cosmos::base::v1beta1::Coin as ProtoCoin;
use supercloud_proto::cosmwasm::wasm::v1::{
    ContractCodeHistoryOperationType, ContractInfo, MsgInstantiateContract, MsgInstantiateContract2,
    MsgInstantiateContract2Response, MsgInstantiateContractResponse,
};

use crate::address::{Address, AddressCodec};
use crate::auth::{self, Account};
use crate::bank;
use crate::coin::Coins;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights};
use crate::state_key::wasm as key;
use crate::vm::EntryPoint;
use crate::wasm::address::{compute_classic_address, compute_predictable_address};
use crate::wasm::call::{call_contract, charge_setup, compute_env, to_json};
use crate::wasm::contract::{self, Contract};
use crate::wasm::json::{MessageInfo, Response, from_coins};
use crate::wasm::label::assert_label;
use crate::wasm::ports::{compute_port, compute_port_v2};
use crate::wasm::response::{CONTRACT_ADDRESS, apply_response};
use crate::wasm::{WasmError, access};

/// Where the new contract will stand.
pub(super) enum Place {
    Classic,
    Predictable { salt: Vec<u8>, fix_msg: bool },
}

/// What the messages ask for.
pub(super) struct Instantiation {
    pub(super) creator: String,
    pub(super) admin: String,
    pub(super) code_id: u64,
    pub(super) label: String,
    pub(super) msg: Vec<u8>,
    pub(super) funds: Vec<ProtoCoin>,
    pub(super) place: Place,
}

impl Message for MsgInstantiateContract {
    type Response = MsgInstantiateContractResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.sender
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        assert_code_id(self.code_id)?;
        assert_request(codec, &self.admin, &self.label, &self.msg, &self.funds)
    }

    fn apply(self, machine: &mut Machine<'_>, rights: Rights) -> Result<Self::Response, TxError> {
        let Self {
            sender: creator,
            admin,
            code_id,
            label,
            msg,
            funds,
        } = self;
        let wanted = Instantiation {
            creator,
            admin,
            code_id,
            label,
            msg,
            funds,
            place: Place::Classic,
        };
        let (address, data) = instantiate(machine, wanted, rights)?;
        Ok(MsgInstantiateContractResponse { address, data })
    }
}

impl Message for MsgInstantiateContract2 {
    type Response = MsgInstantiateContract2Response;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.sender
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        assert_code_id(self.code_id)?;
        assert_request(codec, &self.admin, &self.label, &self.msg, &self.funds)?;
        // The address function checks the salt; the rest of its input does not matter here.
        compute_predictable_address(&[0; 32], &Address::from_module(""), &self.salt, &[])?;
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, rights: Rights) -> Result<Self::Response, TxError> {
        let Self {
            sender: creator,
            admin,
            code_id,
            label,
            msg,
            funds,
            salt,
            fix_msg,
        } = self;
        let place = Place::Predictable { salt, fix_msg };
        let (address, data) = instantiate(
            machine,
            Instantiation {
                creator,
                admin,
                code_id,
                label,
                msg,
                funds,
                place,
            },
            rights,
        )?;
        Ok(MsgInstantiateContract2Response { address, data })
    }
}

fn assert_code_id(code_id: u64) -> Result<(), TxError> {
    if code_id == 0 {
        return Err(SdkError::InvalidRequest("code id is required".to_owned()).into());
    }
    Ok(())
}

/// What does not depend on the code.
pub(super) fn assert_request(
    codec: &AddressCodec,
    admin: &str,
    label: &str,
    msg: &[u8],
    funds: &[ProtoCoin],
) -> Result<(), TxError> {
    assert_label(label)?;
    Coins::from_proto(funds)?;
    if !admin.is_empty() {
        codec.parse(admin)?;
    }
    assert_json(msg)
}

/// Contract messages must be JSON, whatever the contract makes of it.
pub(crate) fn assert_json(msg: &[u8]) -> Result<(), TxError> {
    let invalid = |error: &dyn std::fmt::Display| WasmError::Invalid {
        reason: format!("payload msg: {error}"),
    };
    let text = std::str::from_utf8(msg).map_err(|error| invalid(&error))?;
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| invalid(&error))?;
    Ok(())
}

/// Address and data of a new contract.
pub(super) fn instantiate(
    machine: &mut Machine<'_>,
    wanted: Instantiation,
    rights: Rights,
) -> Result<(String, Vec<u8>), TxError> {
    let creator = machine.address(&wanted.creator)?;
    let code = contract::load_code(machine, wanted.code_id)?;
    let by_gov = creator == machine.env.gov;
    let rule = code.instantiate_config.clone().unwrap_or_default();
    if !by_gov && rights != Rights::InstantiateAny && !access::is_allowed(&rule, &machine.env.codec, &creator) {
        return Err(SdkError::Unauthorized("can not instantiate".to_owned()).into());
    }
    let checksum = contract::to_checksum(&code)?;
    let address = match &wanted.place {
        Place::Classic => {
            let instance_id = machine.take_number(key::NEXT_INSTANCE_ID, 1)?;
            compute_classic_address(wanted.code_id, instance_id)
        }
        Place::Predictable { salt, fix_msg } => {
            let fixed: &[u8] = if *fix_msg { &wanted.msg } else { &[] };
            compute_predictable_address(&checksum, &creator, salt, fixed)?
        }
    };
    apply_account(machine, &address)?;

    let ibc_port_id = if contract::is_ibc_code(machine, &checksum) {
        compute_port(&machine.env.codec, &address)
    } else {
        String::new()
    };
    let info = ContractInfo {
        code_id: wanted.code_id,
        creator: wanted.creator.clone(),
        admin: wanted.admin.clone(),
        label: wanted.label.clone(),
        created: Some(contract::compute_position(machine)),
        ibc_port_id,
        extension: None,
        ibc2_port_id: compute_port_v2(&machine.env.codec, &address),
    };
    let contract = Contract {
        address,
        info,
        checksum,
    };
    charge_setup(machine, &contract, "Loading CosmWasm module: instantiate")?;
    let funds = Coins::from_proto(&wanted.funds)?;
    if !funds.is_empty() {
        bank::apply_send(machine, &creator, &contract.address, &funds)?;
    }
    apply_new_contract(machine, &contract, &creator, &wanted.msg)?;

    let env = compute_env(machine, &contract.address);
    let message_info = to_json(&MessageInfo {
        sender: wanted.creator,
        funds: from_coins(&funds),
    });
    let response: Response = call_contract(
        machine,
        &contract,
        EntryPoint::Instantiate,
        &[&env, &message_info, &wanted.msg],
    )?;
    let address = machine.text(&contract.address);
    machine.emit(
        Event::new("instantiate")
            .with(CONTRACT_ADDRESS, &*address)
            .with("code_id", wanted.code_id.to_string()),
    );
    let passed_on = if by_gov { Rights::InstantiateAny } else { rights };
    let data = apply_response(machine, &contract, response, passed_on).map_err(|error| error.wrap("dispatch"))?;
    Ok((address, data.unwrap_or_default()))
}

/// Takes over an unused account at the address, coins and all; refuses any other.
fn apply_account(machine: &mut Machine<'_>, address: &Address) -> Result<(), TxError> {
    if machine.has(&key::contract(address))? {
        let what = format!(
            "contract address already exists, try a different combination of creator, checksum and salt: {}",
            machine.text(address)
        );
        return Err(WasmError::Duplicate { what }.into());
    }
    match auth::load(machine, address)? {
        None => auth::load_or_create(machine, address).map(drop),
        Some(Account::Base(account)) if account.sequence == 0 && account.pub_key.is_none() => Ok(()),
        Some(_) => Err(WasmError::AccountExists {
            address: machine.text(address),
        }
        .into()),
    }
}

/// Written before the call, so that the contract and those it queries can see it; a failure takes it back.
fn apply_new_contract(
    machine: &mut Machine<'_>,
    contract: &Contract,
    creator: &Address,
    msg: &[u8],
) -> Result<(), TxError> {
    let Contract { address, info, .. } = contract;
    contract::apply_info(machine, address, info)?;
    contract::apply_history(
        machine,
        address,
        ContractCodeHistoryOperationType::Init,
        info.code_id,
        msg,
    )?;
    let position = contract::compute_position(machine);
    Ok(machine.write(contract::compute_creator_index(creator, position, address), Vec::new())?)
}
