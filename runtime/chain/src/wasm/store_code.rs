//! `MsgStoreCode`: uploads Wasm, plain or gzipped. The same Wasm again gets a new code id and is stored once.

use sha2::{Digest, Sha256};
use supercloud_proto::cosmwasm::wasm::v1::{AccessConfig, CodeInfo, MsgStoreCode, MsgStoreCodeResponse};
use supercloud_proto::prost::Message as _;

use crate::address::{Address, AddressCodec};
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::{Machine, Mode};
use crate::message::{Message, Rights};
use crate::state_key::wasm as key;
use crate::vm::{Analysis, CheckError, Checksum, CodeRules, MeteringVersion};
use crate::wasm::host_params::HIGHEST_CODE_BYTES;
use crate::wasm::{WasmError, access, code, code_rules, gas_register, host_params};

impl Message for MsgStoreCode {
    type Response = MsgStoreCodeResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.sender
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        assert_upload(&self.wasm_byte_code, self.instantiate_permission.as_ref(), codec)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgStoreCodeResponse, TxError> {
        let creator = machine.address(&self.sender)?;
        let stored = apply_code(machine, &creator, self.wasm_byte_code, self.instantiate_permission)?;
        Ok(MsgStoreCodeResponse {
            code_id: stored.code_id,
            checksum: stored.checksum.to_vec(),
        })
    }
}

/// A code that was just stored.
pub(super) struct Stored {
    pub(super) code_id: u64,
    pub(super) checksum: Checksum,
}

/// What can be refused of an upload without state; the chain's own limit is looked up when it runs.
pub(super) fn assert_upload(
    bytes: &[u8],
    permission: Option<&AccessConfig>,
    codec: &AddressCodec,
) -> Result<(), TxError> {
    if bytes.is_empty() {
        return Err(WasmError::Empty { field: "code bytes" }.into());
    }
    assert_len(bytes.len(), HIGHEST_CODE_BYTES)?;
    permission.map_or(Ok(()), |rule| access::assert_rule(rule, codec))
}

fn assert_len(got: usize, limit: u64) -> Result<(), WasmError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if got <= limit {
        return Ok(());
    }
    let field = "code bytes";
    Err(WasmError::Limit { field, got, limit })
}

/// Unpacks, checks and stores code under the next code id.
pub(super) fn apply_code(
    machine: &mut Machine<'_>,
    creator: &Address,
    bytes: Vec<u8>,
    permission: Option<AccessConfig>,
) -> Result<Stored, TxError> {
    let instantiate_config = assert_upload_allowed(machine, creator, permission)?;
    let params = host_params::load(machine)?;
    let limit = if *creator == machine.env.gov {
        params.max_gov_code_bytes
    } else {
        params.max_code_bytes
    };
    let wasm = unpack(machine, bytes, limit)?;
    machine.charge(
        gas_register::COMPILE_PER_BYTE * wasm.len() as u64,
        "Compiling wasm bytecode",
    )?;
    let analysis = check_and_load(machine, &wasm)?;
    apply_blob(machine, wasm, &analysis, MeteringVersion::CURRENT);
    let code_id = machine.take_number(key::NEXT_CODE_ID, 1)?;
    let info = CodeInfo {
        code_hash: analysis.checksum.to_vec(),
        creator: machine.text(creator),
        instantiate_config: Some(instantiate_config),
    };
    machine.write(key::code(code_id), info.encode_to_vec())?;
    let event = Event::new("store_code")
        .with("code_checksum", hex::encode(analysis.checksum))
        .with("code_id", code_id.to_string());
    let capabilities = analysis.required_capabilities.into_iter();
    machine.emit(capabilities.fold(event, |event, capability| event.with("required_capability", capability)));
    Ok(Stored {
        code_id,
        checksum: analysis.checksum,
    })
}

/// The rule for instantiating: what was asked for, within the chain's default, or that default.
fn assert_upload_allowed(
    machine: &mut Machine<'_>,
    creator: &Address,
    asked: Option<AccessConfig>,
) -> Result<AccessConfig, TxError> {
    let params = access::load_params(machine)?;
    let default = access::of_type(params.instantiate_default_permission(), &machine.text(creator));
    let is_gov = *creator == machine.env.gov;
    let upload = params.code_upload_access.unwrap_or_default();
    if !is_gov && !access::is_allowed(&upload, &machine.env.codec, creator) {
        return Err(SdkError::Unauthorized("can not create code".to_owned()).into());
    }
    let Some(asked) = asked else { return Ok(default) };
    if !is_gov && !access::is_subset(&asked, &default) {
        let text = "can not create code: instantiate permission must be within the chain's default";
        return Err(SdkError::Unauthorized(text.to_owned()).into());
    }
    Ok(asked)
}

fn unpack(machine: &mut Machine<'_>, bytes: Vec<u8>, limit: u64) -> Result<Vec<u8>, TxError> {
    assert_len(bytes.len(), limit)?;
    if !code::is_gzip(&bytes) {
        return Ok(bytes);
    }
    machine.charge(
        gas_register::compute_uncompress(bytes.len()),
        "Uncompress gzip bytecode",
    )?;
    Ok(code::uncompress(&bytes, usize::try_from(limit).unwrap_or(usize::MAX))?)
}

/// Bytes and what later messages must know of them, free of gas as in wasmd, which keeps both outside of the state.
pub(super) fn apply_blob(machine: &mut Machine<'_>, wasm: Vec<u8>, analysis: &Analysis, metering: MeteringVersion) {
    let checksum = &analysis.checksum;
    let blob = key::blob(checksum);
    if machine.state.get(&blob).is_some() {
        return;
    }
    let state = &mut machine.state;
    state.set(blob, wasm);
    state.set(key::metering(checksum), u64::from(metering.0).to_be_bytes().to_vec());
    if let Some(version) = analysis.migrate_version {
        state.set(key::migrate_version(checksum), version.to_be_bytes().to_vec());
    }
    if analysis.has_ibc_entry_points {
        state.set(key::ibc_code(checksum), Vec::new());
    }
}

/// Checks code by these rules, wherever it comes from.
pub(super) fn assert_sound(machine: &Machine<'_>, wasm: &[u8], rules: &CodeRules) -> Result<Analysis, TxError> {
    let checksum: Checksum = Sha256::digest(wasm).into();
    let analysis = machine.env.vm.check(wasm, rules).map_err(refused)?;
    if analysis.checksum != checksum {
        return Err(SdkError::Logic("the engine computed another checksum".to_owned()).into());
    }
    Ok(analysis)
}

fn refused(error: CheckError) -> WasmError {
    WasmError::Create {
        reason: error.to_string(),
    }
}

/// A simulation checks but does not fill the engine's cache. The engine keeps the code even if the transaction fails
/// later: nothing can call it without its entry in the state.
fn check_and_load(machine: &mut Machine<'_>, wasm: &[u8]) -> Result<Analysis, TxError> {
    let rules = code_rules::load(machine)?;
    let analysis = assert_sound(machine, wasm, &rules)?;
    if machine.mode == Mode::Deliver {
        machine.env.vm.load(wasm, MeteringVersion::CURRENT).map_err(refused)?;
    }
    Ok(analysis)
}
