//! `MsgRevokeAllowance`: the granter ends an allowance.

use supercloud_proto::cosmos::feegrant::v1beta1::{MsgRevokeAllowance, MsgRevokeAllowanceResponse};

use crate::address::AddressCodec;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::feegrant;
use crate::machine::Machine;
use crate::message::{Message, Rights};

impl Message for MsgRevokeAllowance {
    type Response = MsgRevokeAllowanceResponse;
    const MODULE: &'static str = "feegrant";

    fn signer(&self) -> &str {
        &self.granter
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        codec.parse(&self.grantee)?;
        if self.granter == self.grantee {
            let text = "addresses must be different";
            return Err(SdkError::InvalidAddress(text.to_owned()).into());
        }
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgRevokeAllowanceResponse, TxError> {
        let (granter, grantee) = (machine.address(&self.granter)?, machine.address(&self.grantee)?);
        let grant = feegrant::load(machine, &granter, &grantee)?;
        let grant = grant.ok_or_else(|| SdkError::NotFound("fee-grant not found".to_owned()))?;
        let allowance = feegrant::read_allowance(&grant)?;
        feegrant::remove(machine, &granter, &grantee, &allowance)?;
        machine.emit(
            Event::new("revoke_feegrant")
                .with("granter", self.granter)
                .with("grantee", self.grantee),
        );
        Ok(MsgRevokeAllowanceResponse {})
    }
}
