//! `MsgMigrateContract`: the admin moves a contract to other code; the new code's `migrate` sees the old storage.

use supercloud_proto::cosmwasm::wasm::v1::{
    ContractCodeHistoryOperationType, MsgMigrateContract, MsgMigrateContractResponse,
};

use crate::address::AddressCodec;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::{Machine, read_u64};
use crate::message::{Message, Rights};
use crate::state_key::wasm as key;
use crate::vm::{Checksum, EntryPoint};
use crate::wasm::call::{call_contract, charge_setup, compute_env, to_json};
use crate::wasm::contract::{self, Contract, is_ibc_code};
use crate::wasm::instantiate::assert_json;
use crate::wasm::json::{MigrateInfo, Response};
use crate::wasm::ports::{compute_port, compute_port_v2};
use crate::wasm::response::{CONTRACT_ADDRESS, apply_response};
use crate::wasm::{WasmError, access};

/// What is asked for.
pub(super) struct Migration {
    pub(super) sender: String,
    pub(super) contract: String,
    pub(super) code_id: u64,
    pub(super) msg: Vec<u8>,
}

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

    fn apply(self, machine: &mut Machine<'_>, rights: Rights) -> Result<MsgMigrateContractResponse, TxError> {
        let Self {
            sender,
            contract,
            code_id,
            msg,
        } = self;
        let wanted = Migration {
            sender,
            contract,
            code_id,
            msg,
        };
        let data = migrate(machine, wanted, rights)?;
        Ok(MsgMigrateContractResponse { data })
    }
}

/// Calls the new code unless both state the same migrate version; writes the change down in either case.
pub(super) fn migrate(machine: &mut Machine<'_>, wanted: Migration, rights: Rights) -> Result<Vec<u8>, TxError> {
    let address = machine.address(&wanted.contract)?;
    let old = contract::load_modifiable(machine, &address)?;
    let new = assert_migration_allowed(machine, &old, &wanted, rights)?;
    let old_version = load_migrate_version(machine, &old.checksum)?;
    let new_version = load_migrate_version(machine, &new.checksum)?;
    let response = if old_version.is_some() && old_version == new_version {
        None
    } else {
        Some(call_migrate(machine, &new, &wanted, old_version)?)
    };

    contract::apply_unindex(machine, &address, old.info.code_id)?;
    contract::apply_info(machine, &address, &new.info)?;
    let operation = ContractCodeHistoryOperationType::Migrate;
    contract::apply_history(machine, &address, operation, wanted.code_id, &wanted.msg)?;
    machine.emit(
        Event::new("migrate")
            .with("code_id", wanted.code_id.to_string())
            .with(CONTRACT_ADDRESS, wanted.contract),
    );
    let Some(response) = response else {
        return Ok(Vec::new());
    };
    let by_gov = machine.address(&wanted.sender)? == machine.env.gov;
    let passed_on = if by_gov { Rights::Own } else { rights };
    let data = apply_response(machine, &new, response, passed_on).map_err(|error| error.wrap("dispatch"))?;
    Ok(data.unwrap_or_default())
}

/// The contract as it will be.
fn assert_migration_allowed(
    machine: &mut Machine<'_>,
    old: &Contract,
    wanted: &Migration,
    rights: Rights,
) -> Result<Contract, TxError> {
    let sender = machine.address(&wanted.sender)?;
    contract::assert_modifiable(machine, &old.info, &sender, "can not migrate")?;
    let code = contract::load_code(machine, wanted.code_id).map_err(|error| match error {
        TxError::Wasm(WasmError::NoSuchCode { .. }) => SdkError::InvalidRequest("unknown code".to_owned()).into(),
        error => error,
    })?;
    let rule = code.instantiate_config.clone().unwrap_or_default();
    let may_use = sender == machine.env.gov || rights == Rights::InstantiateAny;
    if !may_use && !access::is_allowed(&rule, &machine.env.codec, &sender) {
        return Err(SdkError::Unauthorized("to use new code".to_owned()).into());
    }
    let mut new = Contract {
        checksum: contract::to_checksum(&code)?,
        ..old.clone()
    };
    new.info.code_id = wanted.code_id;
    apply_ports(machine, &mut new)?;
    Ok(new)
}

/// A contract that takes part in IBC must stay able to; one that becomes able to gets its port.
fn apply_ports(machine: &Machine<'_>, contract: &mut Contract) -> Result<(), WasmError> {
    let codec = &machine.env.codec;
    let (able, bound) = (
        is_ibc_code(machine, &contract.checksum),
        !contract.info.ibc_port_id.is_empty(),
    );
    if bound && !able {
        let reason = "requires ibc callbacks".to_owned();
        return Err(WasmError::Migration { reason });
    }
    if able && !bound {
        contract.info.ibc_port_id = compute_port(codec, &contract.address);
    }
    contract.info.ibc2_port_id = compute_port_v2(codec, &contract.address);
    Ok(())
}

fn call_migrate(
    machine: &mut Machine<'_>,
    new: &Contract,
    wanted: &Migration,
    old_migrate_version: Option<u64>,
) -> Result<Response, TxError> {
    charge_setup(machine, new, "Loading CosmWasm module: migrate")?;
    let env = compute_env(machine, &new.address);
    let info = to_json(&MigrateInfo {
        sender: wanted.sender.clone(),
        old_migrate_version,
    });
    call_contract(machine, new, EntryPoint::Migrate, &[&env, &wanted.msg, &info])
}

/// What the code says of its own storage version; codes without a statement are always migrated.
fn load_migrate_version(machine: &Machine<'_>, checksum: &Checksum) -> Result<Option<u64>, TxError> {
    machine
        .state
        .get(&key::migrate_version(checksum))
        .map(|bytes| read_u64(&bytes))
        .transpose()
}
