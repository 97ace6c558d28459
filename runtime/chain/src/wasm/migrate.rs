//! `MsgMigrateContract`: the admin moves a contract to other code; the new code's `migrate` sees the old storage.

use supercloud_proto::cosmwasm::wasm::v1::{
    ContractCodeHistoryOperationType, MsgMigrateContract, MsgMigrateContractResponse,
};

use crate::address::{Address, AddressCodec};
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::{Machine, read_u64};
use crate::message::{Message, Rights};
use crate::state_key::wasm as key;
use crate::vm::{Checksum, EntryPoint};
use crate::wasm::access;
use crate::wasm::call::{call_contract, charge_setup, compute_env, to_json};
use crate::wasm::contract::{self, Contract};
use crate::wasm::instantiate::assert_json;
use crate::wasm::json::{MigrateInfo, Response};
use crate::wasm::response::{CONTRACT_ADDRESS, apply_response};

impl Message for MsgMigrateContract {
    type Response = MsgMigrateContractResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.sender
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        if self.code_id == 0 {
            return Err(SdkError::InvalidRequest("code id is required".to_owned()).into());
        }
        codec.parse(&self.contract)?;
        assert_json(&self.msg)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgMigrateContractResponse, TxError> {
        let (sender, address) = (machine.address(&self.sender)?, machine.address(&self.contract)?);
        let old = contract::load_contract(machine, &address)?;
        let checksum = assert_migration_allowed(machine, &old, &sender, self.code_id)?;
        let mut new = Contract {
            checksum,
            ..old.clone()
        };
        new.info.code_id = self.code_id;
        charge_setup(machine, &new, "Loading CosmWasm module: migrate")?;

        let old_version = load_migrate_version(machine, &old.checksum)?;
        let new_version = load_migrate_version(machine, &new.checksum)?;
        let response = if old_version.is_some() && old_version == new_version {
            None
        } else {
            Some(call_migrate(machine, &new, &self, old_version)?)
        };

        contract::apply_unindex(machine, &address, old.info.code_id)?;
        contract::apply_info(machine, &address, &new.info)?;
        let operation = ContractCodeHistoryOperationType::Migrate;
        contract::apply_history(machine, &address, operation, self.code_id, &self.msg)?;
        machine.emit(
            Event::new("migrate")
                .with("code_id", self.code_id.to_string())
                .with(CONTRACT_ADDRESS, self.contract),
        );
        let data = match response {
            Some(response) => apply_response(machine, &new, response, Rights::Own)?,
            None => None,
        };
        Ok(MsgMigrateContractResponse {
            data: data.unwrap_or_default(),
        })
    }
}

fn assert_migration_allowed(
    machine: &mut Machine<'_>,
    old: &Contract,
    sender: &Address,
    code_id: u64,
) -> Result<Checksum, TxError> {
    let by_gov = *sender == machine.env.gov;
    if !by_gov && old.info.admin != machine.text(sender) {
        return Err(SdkError::Unauthorized("can not migrate".to_owned()).into());
    }
    let code = contract::load_code(machine, code_id)?;
    let rule = code.instantiate_config.clone().unwrap_or_default();
    if !by_gov && !access::is_allowed(&rule, &machine.env.codec, sender) {
        return Err(SdkError::Unauthorized("to use new code".to_owned()).into());
    }
    contract::to_checksum(&code)
}

fn call_migrate(
    machine: &mut Machine<'_>,
    new: &Contract,
    message: &MsgMigrateContract,
    old_migrate_version: Option<u64>,
) -> Result<Response, TxError> {
    let env = compute_env(machine, &new.address);
    let info = to_json(&MigrateInfo {
        sender: message.sender.clone(),
        old_migrate_version,
    });
    call_contract(machine, new, EntryPoint::Migrate, &[&env, &message.msg, &info])
}

/// What the code says of its own storage version; codes without a statement are always migrated.
fn load_migrate_version(machine: &Machine<'_>, checksum: &Checksum) -> Result<Option<u64>, TxError> {
    machine
        .state
        .get(&key::migrate_version(checksum))
        .map(|bytes| read_u64(&bytes))
        .transpose()
}
