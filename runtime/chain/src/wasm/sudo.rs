//! `MsgSudoContract`: governance calls a contract's privileged entry point.

use supercloud_proto::cosmwasm::wasm::v1::{MsgSudoContract, MsgSudoContractResponse};

use crate::address::AddressCodec;
use crate::error::TxError;
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};
use crate::vm::EntryPoint;
use crate::wasm::call::{call_contract, charge_setup, compute_env};
use crate::wasm::contract::load_contract;
use crate::wasm::instantiate::assert_json;
use crate::wasm::json::Response;
use crate::wasm::response::{CONTRACT_ADDRESS, apply_response};

impl Message for MsgSudoContract {
    type Response = MsgSudoContractResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        codec.parse(&self.contract)?;
        assert_json(&self.msg)
    }

    fn apply(self, machine: &mut Machine<'_>, rights: Rights) -> Result<MsgSudoContractResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        let address = machine.address(&self.contract)?;
        let contract = load_contract(machine, &address)?;
        charge_setup(machine, &contract, "Loading CosmWasm module: sudo")?;
        let env = compute_env(machine, &address);
        let response: Response = call_contract(machine, &contract, EntryPoint::Sudo, &[&env, &self.msg])?;
        machine.emit(Event::new("sudo").with(CONTRACT_ADDRESS, self.contract));
        let data = apply_response(machine, &contract, response, rights).map_err(|error| error.wrap("dispatch"))?;
        Ok(MsgSudoContractResponse {
            data: data.unwrap_or_default(),
        })
    }
}
