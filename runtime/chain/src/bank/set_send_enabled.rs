//! `MsgSetSendEnabled` and `MsgUpdateParams` of bank: governance stops transfers of denoms, or of all that have no rule
//! of their own.

use std::collections::BTreeSet;

use supercloud_proto::cosmos::bank::v1beta1::{
    MsgSetSendEnabled, MsgSetSendEnabledResponse, MsgUpdateParams, MsgUpdateParamsResponse,
};

use crate::address::AddressCodec;
use crate::bank;
use crate::coin::assert_denom;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};

impl Message for MsgSetSendEnabled {
    type Response = MsgSetSendEnabledResponse;
    const MODULE: &'static str = "bank";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        let denoms = self.send_enabled.iter().map(|rule| &rule.denom);
        let mut seen = BTreeSet::new();
        for denom in denoms.chain(&self.use_default_for) {
            assert_denom(denom)?;
            if !seen.insert(denom) {
                return Err(SdkError::InvalidRequest(format!("duplicate denom: {denom}")).into());
            }
        }
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgSetSendEnabledResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        for rule in &self.send_enabled {
            bank::apply_send_enabled(machine, &rule.denom, Some(rule.enabled))?;
            let event = Event::new("set_send_enabled")
                .with("denom", &*rule.denom)
                .with("enabled", rule.enabled.to_string());
            machine.emit(event);
        }
        for denom in &self.use_default_for {
            bank::apply_send_enabled(machine, denom, None)?;
            machine.emit(
                Event::new("set_send_enabled")
                    .with("denom", denom)
                    .with("enabled", "default"),
            );
        }
        Ok(MsgSetSendEnabledResponse {})
    }
}

impl Message for MsgUpdateParams {
    type Response = MsgUpdateParamsResponse;
    const MODULE: &'static str = "bank";

    fn signer(&self) -> &str {
        &self.authority
    }

    #[allow(deprecated, reason = "the old field must be named to be refused")]
    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        if self
            .params
            .as_ref()
            .is_some_and(|params| !params.send_enabled.is_empty())
        {
            let text = "use of send_enabled in params is no longer supported";
            return Err(SdkError::InvalidRequest(text.to_owned()).into());
        }
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgUpdateParamsResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        let enabled = self.params.unwrap_or_default().default_send_enabled;
        bank::apply_default_send_enabled(machine, enabled)?;
        machine.emit(Event::new("set_default_send_enabled").with("enabled", enabled.to_string()));
        Ok(MsgUpdateParamsResponse {})
    }
}
