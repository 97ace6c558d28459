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
use crate::vm::{Analysis, CheckError, Checksum, MeteringVersion};
use crate::wasm::{MAX_GOV_WASM_LEN, MAX_WASM_LEN, WasmError, access, code, gas_register};

impl Message for MsgStoreCode {
    type Response = MsgStoreCodeResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.sender
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        let got = self.wasm_byte_code.len();
        if got == 0 {
            return Err(WasmError::Empty { field: "code bytes" }.into());
        }
        if got > MAX_GOV_WASM_LEN {
            return Err(WasmError::Limit {
                field: "code bytes",
                got,
                limit: MAX_GOV_WASM_LEN,
            }
            .into());
        }
        match &self.instantiate_permission {
            Some(rule) => access::assert_rule(rule, codec),
            None => Ok(()),
        }
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgStoreCodeResponse, TxError> {
        let creator = machine.address(&self.sender)?;
        let instantiate_config = assert_upload_allowed(machine, &creator, self.instantiate_permission)?;
        let limit = if creator == machine.env.gov {
            MAX_GOV_WASM_LEN
        } else {
            MAX_WASM_LEN
        };
        let wasm = unpack(machine, self.wasm_byte_code, limit)?;
        machine.charge(
            gas_register::COMPILE_PER_BYTE * wasm.len() as u64,
            "Compiling wasm bytecode",
        )?;
        let Analysis {
            checksum,
            required_capabilities,
            migrate_version,
            ..
        } = check_and_load(machine, &wasm)?;

        apply_blob(machine, &checksum, wasm, migrate_version);
        let code_id = machine.take_number(key::NEXT_CODE_ID, 1)?;
        let info = CodeInfo {
            code_hash: checksum.to_vec(),
            creator: self.sender,
            instantiate_config: Some(instantiate_config),
        };
        machine.write(key::code(code_id), info.encode_to_vec())?;
        let mut event = Event::new("store_code").with("code_checksum", hex::encode(checksum));
        for capability in required_capabilities {
            event = event.with("required_capability", capability);
        }
        machine.emit(event.with("code_id", code_id.to_string()));
        Ok(MsgStoreCodeResponse {
            code_id,
            checksum: checksum.to_vec(),
        })
    }
}

/// The rule for instantiating: what was asked for, within the chain's default, or that default.
fn assert_upload_allowed(
    machine: &mut Machine<'_>,
    creator: &Address,
    asked: Option<AccessConfig>,
) -> Result<AccessConfig, TxError> {
    let params = access::load_params(machine)?;
    let default = access::of_type(params.instantiate_default_permission());
    let is_gov = *creator == machine.env.gov;
    let upload = params.code_upload_access.unwrap_or_default();
    if !is_gov && !access::is_allowed(&upload, &machine.env.codec, creator) {
        return Err(SdkError::Unauthorized("can not create code".to_owned()).into());
    }
    let Some(asked) = asked else { return Ok(default) };
    if !is_gov && !access::is_subset(&asked, &default) {
        let text = "instantiate access must be subset of default upload access";
        return Err(SdkError::Unauthorized(text.to_owned()).into());
    }
    Ok(asked)
}

fn unpack(machine: &mut Machine<'_>, bytes: Vec<u8>, limit: usize) -> Result<Vec<u8>, TxError> {
    let got = bytes.len();
    if got > limit {
        return Err(WasmError::Limit {
            field: "code bytes",
            got,
            limit,
        }
        .into());
    }
    if !code::is_gzip(&bytes) {
        return Ok(bytes);
    }
    machine.charge(gas_register::compute_uncompress(got), "Uncompress gzip bytecode")?;
    Ok(code::uncompress(&bytes, limit)?)
}

/// Bytes and what later messages must know of them, free of gas as in wasmd, which keeps both outside of the state.
fn apply_blob(machine: &mut Machine<'_>, checksum: &Checksum, wasm: Vec<u8>, migrate_version: Option<u64>) {
    let blob = key::blob(checksum);
    if machine.state.get(&blob).is_some() {
        return;
    }
    machine.state.set(blob, wasm);
    let metering = u64::from(MeteringVersion::CURRENT.0).to_be_bytes().to_vec();
    machine.state.set(key::metering(checksum), metering);
    if let Some(version) = migrate_version {
        machine
            .state
            .set(key::migrate_version(checksum), version.to_be_bytes().to_vec());
    }
}

/// A simulation checks but does not fill the engine's cache. The engine keeps the code even if the transaction fails
/// later: nothing can call it without its entry in the state.
fn check_and_load(machine: &mut Machine<'_>, wasm: &[u8]) -> Result<Analysis, TxError> {
    let refused = |error: CheckError| WasmError::Create {
        reason: error.to_string(),
    };
    let checksum: Checksum = Sha256::digest(wasm).into();
    let rules = access::load_rules(machine)?;
    let analysis = machine.env.vm.check(wasm, &rules).map_err(refused)?;
    if analysis.checksum != checksum {
        return Err(SdkError::Logic("the engine computed another checksum".to_owned()).into());
    }
    if machine.mode == Mode::Deliver {
        machine.env.vm.load(wasm, MeteringVersion::CURRENT).map_err(refused)?;
    }
    Ok(analysis)
}
