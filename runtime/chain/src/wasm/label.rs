//! `MsgUpdateContractLabel`: the admin renames a contract.

use supercloud_proto::cosmwasm::wasm::v1::{MsgUpdateContractLabel, MsgUpdateContractLabelResponse};

use crate::address::AddressCodec;
use crate::error::TxError;
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights};
use crate::wasm::WasmError;
use crate::wasm::contract::{apply_info, assert_modifiable, load_modifiable};
use crate::wasm::response::CONTRACT_ADDRESS;

/// Longest label in bytes.
pub(crate) const MAX_LABEL_LEN: usize = 128;

impl Message for MsgUpdateContractLabel {
    type Response = MsgUpdateContractLabelResponse;
    const MODULE: &'static str = "wasm";

    fn signer(&self) -> &str {
        &self.sender
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        codec.parse(&self.contract)?;
        assert_label(&self.new_label)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgUpdateContractLabelResponse, TxError> {
        let address = machine.address(&self.contract)?;
        let mut info = load_modifiable(machine, &address)?.info;
        assert_modifiable(
            machine,
            &info,
            &machine.address(&self.sender)?,
            "can not modify contract",
        )?;
        info.label = self.new_label.clone();
        apply_info(machine, &address, &info)?;
        machine.emit(
            Event::new("update_contract_label")
                .with(CONTRACT_ADDRESS, self.contract)
                .with("new_label", self.new_label),
        );
        Ok(MsgUpdateContractLabelResponse {})
    }
}

/// 1 to 128 bytes, printable, without white space around.
pub(super) fn assert_label(label: &str) -> Result<(), TxError> {
    let invalid = |reason: &str| WasmError::Invalid {
        reason: reason.to_owned(),
    };
    if label.is_empty() {
        return Err(WasmError::Empty { field: "label" }.into());
    }
    if label.len() > MAX_LABEL_LEN {
        return Err(WasmError::Limit {
            field: "label",
            got: label.len(),
            limit: MAX_LABEL_LEN,
        }
        .into());
    }
    if label.trim() != label {
        return Err(invalid("label must not start or end with white space").into());
    }
    let is_blank = |character: char| character != ' ' && character.is_whitespace();
    if label
        .chars()
        .any(|character| character.is_control() || is_blank(character))
    {
        return Err(invalid("label must have printable characters only").into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_has_one_to_128_printable_bytes() {
        assert_eq!(assert_label(&"a".repeat(128)), Ok(()));
        assert_eq!(assert_label("a b"), Ok(()));
        for (label, code) in [
            (String::new(), 12),
            ("a".repeat(129), 13),
            (" a".into(), 14),
            ("a\nb".into(), 14),
            ("a\u{a0}b".into(), 14),
        ] {
            assert_eq!(assert_label(&label).unwrap_err().code(), ("wasm", code), "{label:?}");
        }
    }
}
