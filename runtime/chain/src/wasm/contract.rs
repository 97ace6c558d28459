//! Instances in the state: who made them, who administers them, which code they run.

use supercloud_proto::cosmwasm::wasm::v1::{
    AbsoluteTxPosition, CodeInfo, ContractCodeHistoryEntry, ContractCodeHistoryOperationType, ContractInfo,
};
use supercloud_proto::prost::Message;

use crate::address::Address;
use crate::error::{SdkError, TxError};
use crate::machine::Machine;
use crate::state_key::wasm as key;
use crate::store::Direction;
use crate::vm::Checksum;
use crate::wasm::WasmError;

/// A contract that can be called.
#[derive(Clone, Debug)]
pub(crate) struct Contract {
    pub(crate) address: Address,
    pub(crate) info: ContractInfo,
    pub(crate) checksum: Checksum,
}

pub(crate) fn load_contract(machine: &mut Machine<'_>, address: &Address) -> Result<Contract, TxError> {
    let info = load_info(machine, address)?;
    let checksum = to_checksum(&load_code(machine, info.code_id)?)?;
    Ok(Contract {
        address: address.clone(),
        info,
        checksum,
    })
}

/// As [`load_contract`], for messages that change the contract: wasmd words a missing one otherwise for them.
pub(crate) fn load_modifiable(machine: &mut Machine<'_>, address: &Address) -> Result<Contract, TxError> {
    load_contract(machine, address).map_err(|error| match error {
        TxError::Wasm(WasmError::NoSuchContract { .. }) => {
            SdkError::InvalidRequest("unknown contract".to_owned()).into()
        }
        error => error,
    })
}

/// Refuses everybody but the admin and governance.
pub(crate) fn assert_modifiable(
    machine: &Machine<'_>,
    info: &ContractInfo,
    sender: &Address,
    refusal: &str,
) -> Result<(), TxError> {
    if *sender == machine.env.gov || info.admin == machine.text(sender) {
        Ok(())
    } else {
        Err(SdkError::Unauthorized(refusal.to_owned()).into())
    }
}

pub(crate) fn load_info(machine: &mut Machine<'_>, address: &Address) -> Result<ContractInfo, TxError> {
    let Some(bytes) = machine.read(&key::contract(address))? else {
        return Err(WasmError::NoSuchContract {
            address: machine.text(address),
        }
        .into());
    };
    Ok(ContractInfo::decode(&*bytes).map_err(|error| SdkError::corrupt("contract", &error))?)
}

pub(crate) fn apply_info(machine: &mut Machine<'_>, address: &Address, info: &ContractInfo) -> Result<(), TxError> {
    Ok(machine.write(key::contract(address), info.encode_to_vec())?)
}

pub(crate) fn load_code(machine: &mut Machine<'_>, code_id: u64) -> Result<CodeInfo, TxError> {
    let bytes = machine
        .read(&key::code(code_id))?
        .ok_or(WasmError::NoSuchCode { code_id })?;
    Ok(CodeInfo::decode(&*bytes).map_err(|error| SdkError::corrupt("code", &error))?)
}

pub(crate) fn to_checksum(code: &CodeInfo) -> Result<Checksum, TxError> {
    let bytes = code.code_hash.as_slice();
    Ok(bytes
        .try_into()
        .map_err(|_| SdkError::Logic(format!("stored checksum has {} bytes", bytes.len())))?)
}

/// Whether the code has all of the classic IBC entry points. Free of gas: wasmd asks its engine.
pub(crate) fn is_ibc_code(machine: &Machine<'_>, checksum: &Checksum) -> bool {
    machine.state.get(&key::ibc_code(checksum)).is_some()
}

pub(crate) fn is_pinned(machine: &mut Machine<'_>, code_id: u64) -> Result<bool, TxError> {
    Ok(machine.has(&key::pinned(code_id))?)
}

/// Where in the chain's history the machine is.
pub(crate) fn compute_position(machine: &Machine<'_>) -> AbsoluteTxPosition {
    let tx_index = machine.tx.map_or(0, |tx| u64::from(tx.index));
    AbsoluteTxPosition {
        block_height: machine.block.height,
        tx_index,
    }
}

/// Number of a contract's first history entry, as wasmd counts.
pub(crate) const FIRST_ENTRY: u64 = 1;

pub(crate) fn apply_history_entry(
    machine: &mut Machine<'_>,
    address: &Address,
    number: u64,
    entry: &ContractCodeHistoryEntry,
) -> Result<(), TxError> {
    let key = [key::history(address).as_slice(), &number.to_be_bytes()].concat();
    Ok(machine.write(key, entry.encode_to_vec())?)
}

/// Notes an instantiation or migration and indexes the contract by its code.
pub(crate) fn apply_history(
    machine: &mut Machine<'_>,
    address: &Address,
    operation: ContractCodeHistoryOperationType,
    code_id: u64,
    msg: &[u8],
) -> Result<(), TxError> {
    let prefix = key::history(address);
    let last = machine.state.prefix(&prefix, Direction::Descending).next();
    let number = match last {
        Some((last, _)) => crate::machine::read_u64(&last[prefix.len()..])?.saturating_add(1),
        None => FIRST_ENTRY,
    };
    let position = compute_position(machine);
    let entry = ContractCodeHistoryEntry {
        operation: operation.into(),
        code_id,
        updated: Some(position),
        msg: msg.to_vec(),
    };
    apply_history_entry(machine, address, number, &entry)?;
    Ok(machine.write(compute_code_index(code_id, position, address), Vec::new())?)
}

/// Takes a contract out of the index of the code that it ran since the last entry of its history.
pub(crate) fn apply_unindex(machine: &mut Machine<'_>, address: &Address, code_id: u64) -> Result<(), TxError> {
    let last = machine
        .state
        .prefix(&key::history(address), Direction::Descending)
        .next();
    let Some((_, bytes)) = last else { return Ok(()) };
    let entry = ContractCodeHistoryEntry::decode(&*bytes).map_err(|error| SdkError::corrupt("history", &error))?;
    let position = entry.updated.unwrap_or_default();
    Ok(machine.delete(compute_code_index(code_id, position, address))?)
}

pub(crate) fn compute_code_index(code_id: u64, position: AbsoluteTxPosition, address: &Address) -> Vec<u8> {
    indexed(&key::by_code(code_id), position, address)
}

pub(crate) fn compute_creator_index(creator: &Address, position: AbsoluteTxPosition, address: &Address) -> Vec<u8> {
    indexed(&key::by_creator(creator), position, address)
}

fn indexed(prefix: &[u8], position: AbsoluteTxPosition, address: &Address) -> Vec<u8> {
    let (height, index) = (position.block_height.to_be_bytes(), position.tx_index.to_be_bytes());
    [prefix, &height, &index, address.as_bytes()].concat()
}

/// Address out of the rest of an index key, behind height and transaction index.
pub(crate) fn read_indexed(suffix: &[u8]) -> Result<Address, TxError> {
    let address = suffix.get(16..).unwrap_or_default();
    Ok(Address::from_bytes(address)?)
}
