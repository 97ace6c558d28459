//! `MsgMint`: the admin creates coins, up to the day's cap.

use supercloud_proto::osmosis::tokenfactory::v1beta1::{MsgMint, MsgMintResponse};

use crate::address::AddressCodec;
use crate::coin::Coin;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights};
use crate::tokenfactory::{self, Minted, TokenFactoryError};
use crate::{auth, bank};

impl Message for MsgMint {
    type Response = MsgMintResponse;
    const MODULE: &'static str = "tokenfactory";

    fn signer(&self) -> &str {
        &self.sender
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        if !self.mint_to_address.is_empty() {
            codec.parse(&self.mint_to_address)?;
        }
        positive_coin(self.amount.as_ref())?;
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgMintResponse, TxError> {
        let coin = positive_coin(self.amount.as_ref())?;
        let sender = machine.address(&self.sender)?;
        assert_admin(machine, &self.sender, &coin.denom)?;
        let receiver = if self.mint_to_address.is_empty() {
            sender
        } else {
            machine.address(&self.mint_to_address)?
        };
        bank::assert_may_receive(machine, &receiver)?;
        apply_day(machine, &coin)?;
        auth::load_or_create(machine, &receiver)?;
        bank::apply_mint(machine, &receiver, &coin)?;
        machine.emit(
            Event::new("coinbase")
                .with("minter", self.sender)
                .with("amount", coin.to_string()),
        );
        let to = machine.text(&receiver);
        machine.emit(
            Event::new("tf_mint")
                .with("mint_to_address", to)
                .with("amount", coin.to_string()),
        );
        Ok(MsgMintResponse {})
    }
}

fn apply_day(machine: &mut Machine<'_>, coin: &Coin) -> Result<(), TxError> {
    let Minted { day, amount: minted } = tokenfactory::load_minted(machine, &coin.denom)?;
    let sum = minted.saturating_add(coin.amount);
    if let Some(cap) = tokenfactory::load_mint_cap(machine, &coin.denom)?
        && sum > cap
    {
        let (denom, amount) = (coin.denom.clone(), coin.amount);
        return Err(TokenFactoryError::MintCap {
            denom,
            amount,
            cap,
            minted,
        }
        .into());
    }
    tokenfactory::apply_minted(machine, &coin.denom, Minted { day, amount: sum })
}

pub(super) fn assert_admin(machine: &mut Machine<'_>, sender: &str, denom: &str) -> Result<(), TxError> {
    let address = machine.address(sender)?;
    if tokenfactory::load_admin(machine, denom)? == Some(address) {
        Ok(())
    } else {
        Err(TokenFactoryError::NotAdmin {
            sender: sender.to_owned(),
            denom: denom.to_owned(),
        }
        .into())
    }
}

pub(super) fn positive_coin(coin: Option<&supercloud_proto::cosmos::base::v1beta1::Coin>) -> Result<Coin, TxError> {
    let coin = coin.ok_or_else(|| SdkError::InvalidCoins("no amount".to_owned()))?;
    let coin = Coin::from_proto(coin)?;
    if coin.amount == 0 {
        return Err(SdkError::InvalidCoins(format!("{coin} is not positive")).into());
    }
    Ok(coin)
}
