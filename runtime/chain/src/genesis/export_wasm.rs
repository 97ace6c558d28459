//! Reads the wasm module of a state back into the form of a genesis.

use supercloud_proto::cosmwasm::wasm::v1 as proto;
use supercloud_proto::prost::Message;

use crate::address::Address;
use crate::error::{SdkError, TxError};
use crate::machine::{Machine, read_u64};
use crate::state_key::wasm as key;
use crate::store::Direction;
use crate::wasm::access::load_params;
use crate::wasm::genesis::load_code_bytes;

use super::export::list;
use super::wasm::{
    Access, Base64, Code, CodeInfo, Contract, ContractInfo, HistoryEntry, Model, RawJson, Sequence, Text64, UpperHex,
    WasmGenesis, WasmParams, WasmState,
};

/// The wasm module of a state.
pub(crate) fn export_wasm(machine: &mut Machine<'_>) -> Result<WasmGenesis, TxError> {
    let params = load_params(machine)?;
    let instantiate_default = params.instantiate_default_permission();
    let mut codes = Vec::new();
    for (suffix, value) in list(machine, key::CODES) {
        codes.push(export_code(machine, read_u64(&suffix)?, &value)?);
    }
    let mut contracts = Vec::new();
    for (suffix, value) in list(machine, key::CONTRACTS) {
        contracts.push(export_contract(machine, &Address::from_bytes(suffix)?, &value)?);
    }
    let mut sequences = Vec::new();
    for counter in [key::NEXT_CODE_ID, key::NEXT_INSTANCE_ID] {
        let next = machine.state.get(counter);
        sequences.push(Sequence {
            id_key: Base64(key::without_module(counter).to_vec()),
            value: Text64(next.map_or(Ok(1), |bytes| read_u64(&bytes))?),
        });
    }
    let packets = key::ASYNC_PACKETS
        .iter()
        .flat_map(|prefix| machine.state.prefix(prefix, Direction::Ascending))
        .map(|(full_key, value)| Model {
            key: UpperHex(key::without_module(&full_key).to_vec()),
            value: Base64(value),
        });
    let packets = packets.collect();
    Ok(WasmGenesis(WasmState {
        params: WasmParams {
            code_upload_access: Access::from(params.code_upload_access.unwrap_or_default()),
            instantiate_default_permission: instantiate_default.into(),
        },
        codes,
        contracts,
        sequences,
        packets,
    }))
}

fn export_code(machine: &mut Machine<'_>, code_id: u64, stored: &[u8]) -> Result<Code, TxError> {
    let info = proto::CodeInfo::decode(stored).map_err(|error| SdkError::corrupt("code", &error))?;
    let (code, bytes) = load_code_bytes(machine, &info)?;
    Ok(Code {
        code_id: Text64(code_id),
        code_info: CodeInfo {
            code_hash: Base64(info.code_hash),
            creator: info.creator,
            instantiate_config: Access::from(info.instantiate_config.unwrap_or_default()),
        },
        code_bytes: Base64(bytes),
        pinned: machine.has(&key::pinned(code_id))?,
        metering_version: code.metering.0,
    })
}

fn export_contract(machine: &mut Machine<'_>, address: &Address, stored: &[u8]) -> Result<Contract, TxError> {
    let info = proto::ContractInfo::decode(stored).map_err(|error| SdkError::corrupt("contract", &error))?;
    let models = list(machine, &key::storage(address))
        .into_iter()
        .map(|(key, value)| Model {
            key: UpperHex(key),
            value: Base64(value),
        });
    let mut history = Vec::new();
    for (_, entry) in list(machine, &key::history(address)) {
        let entry =
            proto::ContractCodeHistoryEntry::decode(&*entry).map_err(|error| SdkError::corrupt("history", &error))?;
        history.push(HistoryEntry {
            operation: entry.operation().as_str_name().to_owned(),
            code_id: Text64(entry.code_id),
            updated: entry.updated.map(Into::into),
            msg: RawJson(entry.msg),
        });
    }
    Ok(Contract {
        contract_address: machine.text(address),
        contract_info: ContractInfo {
            code_id: Text64(info.code_id),
            creator: info.creator,
            admin: info.admin,
            label: info.label,
            created: info.created.map(Into::into),
            ibc_port_id: info.ibc_port_id,
            extension: (),
            ibc2_port_id: info.ibc2_port_id,
        },
        contract_state: models.collect(),
        contract_code_history: history,
    })
}
