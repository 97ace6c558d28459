//! `MsgExecuteContract`: calls a contract, with funds.

use supercloud_proto::cosmwasm::wasm::v1::{MsgExecuteContract, MsgExecuteContractResponse};

use crate::address::AddressCodec;
use crate::bank;
use crate::coin::Coins;
use crate::error::TxError;
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights};
use crate::vm::EntryPoint;
use crate::wasm::call::{call_contract, charge_setup, compute_env, to_json};
use crate::wasm::contract::load_contract;
use crate::wasm::instantiate::assert_json;
use crate::wasm::json::{MessageInfo, Response, from_coins};
use crate::wasm::response::{CONTRACT_ADDRESS, apply_response};

impl Message for MsgExecuteContract {
    type Response = MsgExecuteContractResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.sender
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        codec.parse(&self.contract)?;
        Coins::from_proto(&self.funds)?;
        assert_json(&self.msg)
    }

    fn apply(self, machine: &mut Machine<'_>, rights: Rights) -> Result<MsgExecuteContractResponse, TxError> {
        let (sender, address) = (machine.address(&self.sender)?, machine.address(&self.contract)?);
        let contract = load_contract(machine, &address)?;
        charge_setup(machine, &contract, "Loading CosmWasm module: execute")?;
        let funds = Coins::from_proto(&self.funds)?;
        if !funds.is_empty() {
            bank::apply_send(machine, &sender, &address, &funds)?;
        }
        let env = compute_env(machine, &address);
        let info = to_json(&MessageInfo {
            sender: self.sender,
            funds: from_coins(&funds),
        });
        let response: Response = call_contract(machine, &contract, EntryPoint::Execute, &[&env, &info, &self.msg])?;
        machine.emit(Event::new("execute").with(CONTRACT_ADDRESS, self.contract));
        let data = apply_response(machine, &contract, response, rights)?;
        Ok(MsgExecuteContractResponse {
            data: data.unwrap_or_default(),
        })
    }
}
