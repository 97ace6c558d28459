//! `MsgCreateDenom`: anybody makes `factory/{creator}/{subdenom}` and administers it, for a fee.

use supercloud_proto::cosmos::bank::v1beta1::{DenomUnit, Metadata};
use supercloud_proto::osmosis::tokenfactory::v1beta1::{MsgCreateDenom, MsgCreateDenomResponse};

use crate::address::AddressCodec;
use crate::bank;
use crate::coin::{Coins, assert_denom};
use crate::error::TxError;
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights};
use crate::state_key;
use crate::tokenfactory::{self, MAX_CREATOR_LEN, MAX_SUBDENOM_LEN, TokenFactoryError};

impl Message for MsgCreateDenom {
    type Response = MsgCreateDenomResponse;
    const MODULE: &'static str = "tokenfactory";

    fn signer(&self) -> &str {
        &self.sender
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        let got = self.subdenom.len();
        if got > MAX_SUBDENOM_LEN {
            return Err(TokenFactoryError::SubdenomTooLong { got }.into());
        }
        let got = self.sender.len();
        if got > MAX_CREATOR_LEN {
            return Err(TokenFactoryError::CreatorTooLong { got }.into());
        }
        Ok(assert_denom(&tokenfactory::to_denom(&self.sender, &self.subdenom))?)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgCreateDenomResponse, TxError> {
        let creator = machine.address(&self.sender)?;
        let denom = tokenfactory::to_denom(&self.sender, &self.subdenom);
        let is_taken = machine.has(&state_key::bank::metadata(&denom))?
            || bank::load_supply(machine, &denom)? > 0
            || machine.has(&state_key::tokenfactory::by_creator(&creator, &denom))?;
        if is_taken {
            return Err(TokenFactoryError::DenomExists { denom }.into());
        }
        let params = tokenfactory::load_params(machine)?;
        let fee = Coins::from_proto(&params.denom_creation_fee)?;
        if !fee.is_empty() {
            let pool = machine.env.gov.clone();
            bank::apply_send(machine, &creator, &pool, &fee)?;
        }
        machine.charge(params.denom_creation_gas_consume, "consume denom creation gas")?;
        bank::metadata::apply(machine, &to_metadata(&denom))?;
        tokenfactory::apply_admin(machine, &denom, Some(&creator))?;
        machine.write(state_key::tokenfactory::by_creator(&creator, &denom), Vec::new())?;
        machine.emit(
            Event::new("create_denom")
                .with("creator", self.sender)
                .with("new_token_denom", &*denom),
        );
        Ok(MsgCreateDenomResponse { new_token_denom: denom })
    }
}

fn to_metadata(denom: &str) -> Metadata {
    let name = || denom.to_owned();
    Metadata {
        denom_units: vec![DenomUnit {
            denom: name(),
            exponent: 0,
            aliases: Vec::new(),
        }],
        base: name(),
        display: name(),
        name: name(),
        symbol: name(),
        ..Metadata::default()
    }
}
