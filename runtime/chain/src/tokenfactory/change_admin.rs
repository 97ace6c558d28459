//! `MsgChangeAdmin`: the admin of a denom hands it on. Governance may name the admin of a native denom that has
//! none; an empty new admin leaves the denom without one.

use supercloud_proto::osmosis::tokenfactory::v1beta1::{MsgChangeAdmin, MsgChangeAdminResponse};

use crate::address::AddressCodec;
use crate::coin::assert_denom;
use crate::error::TxError;
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights};
use crate::tokenfactory::{self, TokenFactoryError};

impl Message for MsgChangeAdmin {
    type Response = MsgChangeAdminResponse;
    const MODULE: &'static str = "tokenfactory";

    fn signer(&self) -> &str {
        &self.sender
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        assert_denom(&self.denom)?;
        if !self.new_admin.is_empty() {
            codec.parse(&self.new_admin)?;
        }
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgChangeAdminResponse, TxError> {
        let sender = machine.address(&self.sender)?;
        let admin = tokenfactory::load_admin(machine, &self.denom)?;
        // A native denom without an admin is governance's.
        let native = || (!tokenfactory::is_factory(&self.denom)).then(|| machine.env.gov.clone());
        if admin.or_else(native) != Some(sender) {
            return Err(TokenFactoryError::NotAdmin {
                sender: self.sender,
                denom: self.denom,
            }
            .into());
        }
        let new_admin = if self.new_admin.is_empty() {
            None
        } else {
            Some(machine.address(&self.new_admin)?)
        };
        tokenfactory::apply_admin(machine, &self.denom, new_admin.as_ref())?;
        machine.emit(
            Event::new("change_admin")
                .with("denom", self.denom)
                .with("new_admin", self.new_admin),
        );
        Ok(MsgChangeAdminResponse {})
    }
}
