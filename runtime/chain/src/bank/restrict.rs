//! `MsgSetSendRestriction`: governance restricts a denom to listed addresses, or frees it.

use std::collections::BTreeSet;

use supercloud_proto::supercloud::bank::v1::{MsgSetSendRestriction, MsgSetSendRestrictionResponse};

use crate::address::AddressCodec;
use crate::bank::{self, MAX_ALLOWED_ADDRESSES};
use crate::coin::assert_denom;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};

impl Message for MsgSetSendRestriction {
    type Response = MsgSetSendRestrictionResponse;
    const MODULE: &'static str = "bank";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        assert_denom(&self.denom)?;
        let got = self.allowed_addresses.len();
        if got > MAX_ALLOWED_ADDRESSES || (got > 0 && !self.restricted) {
            let most = if self.restricted { MAX_ALLOWED_ADDRESSES } else { 0 };
            return Err(SdkError::InvalidRequest(format!("allowed_addresses: {got}, limit: {most}")).into());
        }
        for address in &self.allowed_addresses {
            codec.parse(address)?;
        }
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgSetSendRestrictionResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        if self.restricted {
            let parse = |address: &String| machine.address(address);
            let allowed = self
                .allowed_addresses
                .iter()
                .map(parse)
                .collect::<Result<BTreeSet<_>, _>>()?;
            bank::apply_restriction(machine, &self.denom, &allowed)?;
        } else {
            bank::lift_restriction(machine, &self.denom)?;
        }
        machine.emit(
            Event::new("set_send_restriction")
                .with("denom", self.denom)
                .with("restricted", self.restricted.to_string())
                .with("allowed_addresses", self.allowed_addresses.join(",")),
        );
        Ok(MsgSetSendRestrictionResponse {})
    }
}
