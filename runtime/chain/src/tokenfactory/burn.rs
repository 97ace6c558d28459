//! `MsgBurn`: the admin destroys coins that it holds.

use supercloud_proto::osmosis::tokenfactory::v1beta1::{MsgBurn, MsgBurnResponse};

use crate::address::AddressCodec;
use crate::bank;
use crate::coin::Coins;
use crate::error::TxError;
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights};
use crate::tokenfactory::TokenFactoryError;
use crate::tokenfactory::mint::{assert_admin, positive_coin};

impl Message for MsgBurn {
    type Response = MsgBurnResponse;
    const MODULE: &'static str = "tokenfactory";

    fn signer(&self) -> &str {
        &self.sender
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        positive_coin(self.amount.as_ref())?;
        if self.burn_from_address.is_empty() || self.burn_from_address == self.sender {
            return Ok(());
        }
        Err(TokenFactoryError::BurnFromOther {
            sender: self.sender.clone(),
            holder: self.burn_from_address.clone(),
        }
        .into())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgBurnResponse, TxError> {
        let coin = positive_coin(self.amount.as_ref())?;
        assert_admin(machine, &self.sender, &coin.denom)?;
        let holder = machine.address(&self.sender)?;
        let amount = coin.to_string();
        bank::apply_burn(machine, &holder, &Coins::one(coin))?;
        machine.emit(
            Event::new("tf_burn")
                .with("burn_from_address", self.sender)
                .with("amount", amount),
        );
        Ok(MsgBurnResponse {})
    }
}
