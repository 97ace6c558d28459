//! `MsgUpdateCodeRules`: governance decides what modules may look like from now on.

use supercloud_proto::supercloud::wasm::v1::{MsgUpdateCodeRules, MsgUpdateCodeRulesResponse};

use crate::address::AddressCodec;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};
use crate::state_key::wasm as key;
use crate::vm::CodeRules;
use crate::wasm::WasmError;
use crate::wasm::call::to_json;

/// The rules that uploads are held against. Free of gas: wasmd has them in its binary.
pub(crate) fn load(machine: &Machine<'_>) -> Result<CodeRules, TxError> {
    match machine.state.get(key::CODE_RULES) {
        Some(bytes) => Ok(serde_json::from_slice(&bytes).map_err(|error| SdkError::corrupt("code rules", &error))?),
        None => Ok(CodeRules::default()),
    }
}

pub(crate) fn apply(machine: &mut Machine<'_>, rules: &CodeRules) -> Result<(), TxError> {
    Ok(machine.write(key::CODE_RULES.to_vec(), to_json(rules))?)
}

impl Message for MsgUpdateCodeRules {
    type Response = MsgUpdateCodeRulesResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        parse(&self.rules).map(drop)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgUpdateCodeRulesResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        apply(machine, &parse(&self.rules)?)?;
        machine.emit(Event::new("update_code_rules"));
        Ok(MsgUpdateCodeRulesResponse {})
    }
}

fn parse(text: &str) -> Result<CodeRules, TxError> {
    let invalid = |reason: String| WasmError::Invalid { reason };
    let rules: CodeRules = serde_json::from_str(text).map_err(|error| invalid(format!("code rules: {error}")))?;
    rules.assert_valid().map_err(|error| invalid(error.to_string()))?;
    Ok(rules)
}
