//! `MsgSend`: coins from the signer to one address.

use supercloud_proto::cosmos::bank::v1beta1::{MsgSend, MsgSendResponse};

use crate::address::AddressCodec;
use crate::bank;
use crate::coin::Coins;
use crate::error::{SdkError, TxError};
use crate::machine::Machine;
use crate::message::{Message, Rights};

impl Message for MsgSend {
    type Response = MsgSendResponse;
    const MODULE: &'static str = "bank";

    fn signer(&self) -> &str {
        &self.from_address
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        codec.parse(&self.to_address)?;
        if Coins::from_proto(&self.amount)?.is_empty() {
            return Err(SdkError::InvalidCoins("no coins to send".to_owned()).into());
        }
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgSendResponse, TxError> {
        let (from, to) = (machine.address(&self.from_address)?, machine.address(&self.to_address)?);
        bank::apply_send(machine, &from, &to, &Coins::from_proto(&self.amount)?)?;
        Ok(MsgSendResponse {})
    }
}
