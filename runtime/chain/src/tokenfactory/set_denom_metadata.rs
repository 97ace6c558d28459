//! `MsgSetDenomMetadata`: the admin says what wallets show for its denom.

use supercloud_proto::osmosis::tokenfactory::v1beta1::{MsgSetDenomMetadata, MsgSetDenomMetadataResponse};

use crate::address::AddressCodec;
use crate::bank::metadata;
use crate::error::TxError;
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights};
use crate::tokenfactory::mint::assert_admin;

impl Message for MsgSetDenomMetadata {
    type Response = MsgSetDenomMetadataResponse;
    const MODULE: &'static str = "tokenfactory";

    fn signer(&self) -> &str {
        &self.sender
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        metadata::assert_valid(&self.metadata.clone().unwrap_or_default())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgSetDenomMetadataResponse, TxError> {
        let new = self.metadata.unwrap_or_default();
        assert_admin(machine, &self.sender, &new.base)?;
        metadata::apply(machine, &new)?;
        machine.emit(
            Event::new("set_denom_metadata")
                .with("denom", new.base)
                .with("display", new.display)
                .with("symbol", new.symbol),
        );
        Ok(MsgSetDenomMetadataResponse {})
    }
}
