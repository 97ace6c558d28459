//! `MsgMultiSend`: coins from the signer to several addresses. One input, as in the Cosmos SDK since 0.47.

use supercloud_proto::cosmos::bank::v1beta1::{MsgMultiSend, MsgMultiSendResponse};

use crate::address::AddressCodec;
use crate::bank::{self, BankError};
use crate::coin::Coins;
use crate::error::{SdkError, TxError};
use crate::machine::Machine;
use crate::message::{Message, Rights};

impl Message for MsgMultiSend {
    type Response = MsgMultiSendResponse;
    const MODULE: &'static str = "bank";

    fn signer(&self) -> &str {
        self.inputs.first().map_or("", |input| &input.address)
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        let [input] = self.inputs.as_slice() else {
            return Err(BankError::MultipleSenders.into());
        };
        if self.outputs.is_empty() {
            return Err(BankError::NoOutputs.into());
        }
        let sent = Coins::from_proto(&input.coins)?;
        if sent.is_empty() {
            return Err(SdkError::InvalidCoins(format!("no coins of {}", input.address)).into());
        }
        let mut received = Vec::new();
        for output in &self.outputs {
            codec.parse(&output.address)?;
            let coins = Coins::from_proto(&output.coins)?;
            if coins.is_empty() {
                return Err(SdkError::InvalidCoins(format!("no coins for {}", output.address)).into());
            }
            received.extend(coins.iter().cloned());
        }
        if sent != Coins::normalized(received)? {
            return Err(BankError::Mismatch.into());
        }
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgMultiSendResponse, TxError> {
        let from = machine.address(self.signer())?;
        for output in &self.outputs {
            let to = machine.address(&output.address)?;
            bank::apply_send(machine, &from, &to, &Coins::from_proto(&output.coins)?)?;
        }
        Ok(MsgMultiSendResponse {})
    }
}
