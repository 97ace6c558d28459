//! Writes an exported wasm module into the first state. Everything is checked as if nobody had.

use std::collections::BTreeSet;
use std::fmt::Display;

use supercloud_proto::cosmwasm::wasm::v1 as proto;
use supercloud_proto::prost::Message;

use crate::address::Address;
use crate::auth;
use crate::machine::Machine;
use crate::state_key::wasm as key;
use crate::vm::{CodeRules, MeteringVersion, WasmLimits};
use crate::wasm::{self, compute_classic_address};

use super::GenesisError;
use super::wasm::{Code, Contract, HistoryEntry, Model, Sequence, WasmGenesis, WasmParams};

/// What is wrong with a part.
type Checked<T> = Result<T, String>;

fn say(error: impl Display) -> String {
    error.to_string()
}

/// Writes codes, contracts and counters. Codes may be of before the chain's rules: only what all engines promise and
/// the chain's capabilities bind them.
pub(super) fn import_wasm(
    machine: &mut Machine<'_>,
    genesis: &WasmGenesis,
    rules: &CodeRules,
) -> Result<(), GenesisError> {
    let refused = |place: String| move |reason: String| GenesisError::Wasm { place, reason };
    let state = &genesis.0;
    let rules = CodeRules {
        capabilities: rules.capabilities.clone(),
        bulk_memory: true,
        limits: WasmLimits::HIGHEST,
    };
    import_params(machine, &state.params).map_err(refused("params".to_owned()))?;
    let mut codes = BTreeSet::new();
    for code in &state.codes {
        let place = format!("code {}", code.code_id.0);
        if !codes.insert(code.code_id.0) {
            return Err(refused(place)("is listed twice".to_owned()));
        }
        import_code(machine, code, &rules).map_err(refused(place))?;
    }
    for contract in &state.contracts {
        let place = format!("contract {}", contract.contract_address);
        import_contract(machine, contract, &codes).map_err(refused(place))?;
    }
    import_sequences(machine, &state.sequences, &codes).map_err(refused("sequences".to_owned()))?;
    import_packets(machine, &state.packets).map_err(refused("packets".to_owned()))
}

fn import_packets(machine: &mut Machine<'_>, packets: &[Model]) -> Checked<()> {
    for packet in packets {
        let full_key = [b"wasm/".as_slice(), &packet.key.0].concat();
        let is_packet = |prefix: &&[u8]| full_key.starts_with(prefix);
        if !key::ASYNC_PACKETS.iter().any(is_packet) {
            let packet = hex::encode_upper(&packet.key.0);
            return Err(format!("{packet} is not the key of a packet that waits"));
        }
        machine.write(full_key, packet.value.0.clone()).map_err(say)?;
    }
    Ok(())
}

fn import_params(machine: &mut Machine<'_>, params: &WasmParams) -> Checked<()> {
    let upload: proto::AccessConfig = params.code_upload_access.clone().into();
    // Governance may take the last address off the list.
    let is_emptied = upload.permission() == proto::AccessType::AnyOfAddresses && upload.addresses.is_empty();
    if !is_emptied {
        wasm::access::assert_rule(&upload, &machine.env.codec).map_err(say)?;
    }
    let default = proto::AccessType::from(params.instantiate_default_permission);
    if default == proto::AccessType::Unspecified {
        return Err("instantiate_default_permission is Unspecified".to_owned());
    }
    let params = proto::Params {
        code_upload_access: Some(upload),
        instantiate_default_permission: default.into(),
    };
    machine.write(key::PARAMS.to_vec(), params.encode_to_vec()).map_err(say)
}

fn import_code(machine: &mut Machine<'_>, code: &Code, rules: &CodeRules) -> Checked<()> {
    let code_id = code.code_id.0;
    if code_id == 0 {
        return Err("code id 0 is not possible".to_owned());
    }
    if !(1..=MeteringVersion::CURRENT.0).contains(&code.metering_version) {
        let newest = MeteringVersion::CURRENT.0;
        return Err(format!(
            "metering version {} is not known, the newest is {newest}",
            code.metering_version
        ));
    }
    machine.address(&code.code_info.creator).map_err(say)?;
    let access: proto::AccessConfig = code.code_info.instantiate_config.clone().into();
    wasm::access::assert_rule(&access, &machine.env.codec).map_err(say)?;
    let metering = MeteringVersion(code.metering_version);
    let checksum = wasm::genesis::import_blob(machine, &code.code_bytes.0, rules, metering).map_err(say)?;
    if code.code_info.code_hash.0 != checksum {
        return Err(format!(
            "code_hash is {}, the bytes have {}",
            hex::encode(&code.code_info.code_hash.0),
            hex::encode(checksum)
        ));
    }
    let info = proto::CodeInfo {
        code_hash: checksum.to_vec(),
        creator: code.code_info.creator.clone(),
        instantiate_config: Some(access),
    };
    machine.write(key::code(code_id), info.encode_to_vec()).map_err(say)?;
    if code.pinned {
        wasm::genesis::import_pin(machine, code_id).map_err(say)?;
    }
    Ok(())
}

fn import_contract(machine: &mut Machine<'_>, contract: &Contract, codes: &BTreeSet<u64>) -> Checked<()> {
    let address = machine.address(&contract.contract_address).map_err(say)?;
    if machine.has(&key::contract(&address)).map_err(say)? {
        return Err("is listed twice".to_owned());
    }
    let info = to_info(contract)?;
    wasm::genesis::assert_info(machine, &address, &info).map_err(say)?;
    if !codes.contains(&info.code_id) {
        return Err(format!("code id {} does not exist", info.code_id));
    }
    auth::load_or_create(machine, &address).map_err(say)?;
    let history = to_history(&contract.contract_code_history, info.code_id)?;
    wasm::genesis::import_contract(machine, &address, &info, &history).map_err(say)?;
    let mut keys = BTreeSet::new();
    for model in &contract.contract_state {
        if model.key.0.is_empty() {
            return Err("a storage key is empty".to_owned());
        }
        if !keys.insert(&model.key) {
            return Err(format!(
                "storage key {} is listed twice",
                hex::encode_upper(&model.key.0)
            ));
        }
        let key = [key::storage(&address), model.key.0.clone()].concat();
        machine.write(key, model.value.0.clone()).map_err(say)?;
    }
    Ok(())
}

fn to_info(contract: &Contract) -> Checked<proto::ContractInfo> {
    let info = &contract.contract_info;
    let created = info.created.ok_or("created must not be empty")?;
    Ok(proto::ContractInfo {
        code_id: info.code_id.0,
        creator: info.creator.clone(),
        admin: info.admin.clone(),
        label: info.label.clone(),
        created: Some(created.into()),
        ibc_port_id: info.ibc_port_id.clone(),
        extension: None,
        ibc2_port_id: info.ibc2_port_id.clone(),
    })
}

fn to_history(entries: &[HistoryEntry], code_id: u64) -> Checked<Vec<proto::ContractCodeHistoryEntry>> {
    let mut history = Vec::new();
    for entry in entries {
        let operation = proto::ContractCodeHistoryOperationType::from_str_name(&entry.operation)
            .filter(|operation| *operation != proto::ContractCodeHistoryOperationType::Unspecified)
            .ok_or_else(|| format!("history has no operation {:?}", entry.operation))?;
        let updated = entry.updated.ok_or("a history entry has no position")?;
        history.push(proto::ContractCodeHistoryEntry {
            operation: operation.into(),
            code_id: entry.code_id.0,
            updated: Some(updated.into()),
            msg: entry.msg.0.clone(),
        });
    }
    let last = history.last().ok_or("contract_code_history is empty")?;
    if last.code_id != code_id {
        return Err(format!(
            "the last history entry is of code id {}, the contract runs {code_id}",
            last.code_id
        ));
    }
    Ok(history)
}

fn import_sequences(machine: &mut Machine<'_>, sequences: &[Sequence], codes: &BTreeSet<u64>) -> Checked<()> {
    let (mut next_code, mut next_instance) = (None, None);
    for sequence in sequences {
        let (counter, name) = match sequence.id_key.0.as_slice() {
            key if key == key::without_module(key::NEXT_CODE_ID) => (&mut next_code, "lastCodeId"),
            key if key == key::without_module(key::NEXT_INSTANCE_ID) => (&mut next_instance, "lastContractId"),
            other => return Err(format!("no counter is named {}", hex::encode(other))),
        };
        if counter.replace(sequence.value.0).is_some() {
            return Err(format!("{name} is listed twice"));
        }
    }
    let (next_code, next_instance) = (next_code.unwrap_or(1), next_instance.unwrap_or(1));
    let highest = codes.last().copied().unwrap_or_default();
    if next_code <= highest {
        return Err(format!(
            "lastCodeId is {next_code}, must be above the highest code id {highest}"
        ));
    }
    for code_id in codes {
        let address: Address = compute_classic_address(*code_id, next_instance);
        if machine.has(&key::contract(&address)).map_err(say)? {
            let address = machine.text(&address);
            return Err(format!(
                "lastContractId is {next_instance}, which {address} has used already"
            ));
        }
    }
    for (counter, next) in [(key::NEXT_CODE_ID, next_code), (key::NEXT_INSTANCE_ID, next_instance)] {
        // A counter that was never used is not stored.
        if next == 1 {
            continue;
        }
        machine
            .write(counter.to_vec(), next.to_be_bytes().to_vec())
            .map_err(say)?;
    }
    Ok(())
}
