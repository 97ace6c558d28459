//! `MsgSetMintCap`: governance limits what may be minted of a denom in a day.

use supercloud_proto::supercloud::tokenfactory::v1::{MsgSetMintCap, MsgSetMintCapResponse};

use crate::address::AddressCodec;
use crate::coin::{CoinError, assert_denom, parse_amount};
use crate::error::TxError;
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};
use crate::tokenfactory;

impl Message for MsgSetMintCap {
    type Response = MsgSetMintCapResponse;
    const MODULE: &'static str = "tokenfactory";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        assert_denom(&self.denom)?;
        parse_cap(self)?;
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgSetMintCapResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        tokenfactory::apply_mint_cap(machine, &self.denom, parse_cap(&self)?)?;
        let event = Event::new("set_mint_cap")
            .with("denom", self.denom)
            .with("amount_per_day", self.amount_per_day);
        machine.emit(event);
        Ok(MsgSetMintCapResponse {})
    }
}

fn parse_cap(message: &MsgSetMintCap) -> Result<Option<u128>, CoinError> {
    if message.amount_per_day.is_empty() {
        return Ok(None);
    }
    parse_amount(&message.denom, &message.amount_per_day).map(Some)
}
