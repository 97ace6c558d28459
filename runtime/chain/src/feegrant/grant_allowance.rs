//! `MsgGrantAllowance`: the signer pays fees of another account.

use supercloud_proto::cosmos::feegrant::v1beta1::{MsgGrantAllowance, MsgGrantAllowanceResponse};

use crate::address::AddressCodec;
use crate::auth;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::feegrant::{self, allowance::Allowance};
use crate::machine::Machine;
use crate::message::{Message, Rights};

impl Message for MsgGrantAllowance {
    type Response = MsgGrantAllowanceResponse;
    const MODULE: &'static str = "feegrant";

    fn signer(&self) -> &str {
        &self.granter
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        codec.parse(&self.grantee)?;
        if self.granter == self.grantee {
            return Err(SdkError::InvalidAddress("cannot self-grant fee authorization".to_owned()).into());
        }
        Allowance::decode(self.allowance.as_ref())?.assert_valid()
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgGrantAllowanceResponse, TxError> {
        let (granter, grantee) = (machine.address(&self.granter)?, machine.address(&self.grantee)?);
        if feegrant::load(machine, &granter, &grantee)?.is_some() {
            return Err(SdkError::InvalidRequest("fee allowance already exists".to_owned()).into());
        }
        let allowance = Allowance::decode(self.allowance.as_ref())?;
        if allowance
            .expiration_nanos()?
            .is_some_and(|end| end < machine.block.time_nanos)
        {
            return Err(SdkError::InvalidRequest("expiration is before current block time".to_owned()).into());
        }
        auth::load_or_create(machine, &grantee)?;
        feegrant::apply_grant(machine, &granter, &grantee, &allowance)?;
        machine.emit(
            Event::new("set_feegrant")
                .with("granter", self.granter)
                .with("grantee", self.grantee),
        );
        Ok(MsgGrantAllowanceResponse {})
    }
}
