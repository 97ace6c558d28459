//! `MsgCommunityPoolSpend`: governance pays out of the pool.

use supercloud_proto::cosmos::distribution::v1beta1::{MsgCommunityPoolSpend, MsgCommunityPoolSpendResponse};

use crate::address::AddressCodec;
use crate::bank;
use crate::coin::Coins;
use crate::error::{SdkError, TxError};
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};

impl Message for MsgCommunityPoolSpend {
    type Response = MsgCommunityPoolSpendResponse;
    const MODULE: &'static str = "distribution";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        codec.parse(&self.recipient)?;
        if Coins::from_proto(&self.amount)?.is_empty() {
            return Err(SdkError::InvalidCoins("no coins to spend".to_owned()).into());
        }
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgCommunityPoolSpendResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        let (pool, recipient) = (machine.env.gov.clone(), machine.address(&self.recipient)?);
        if bank::is_blocked(&recipient) {
            let text = format!("{} is not allowed to receive external funds", self.recipient);
            return Err(SdkError::Unauthorized(text).into());
        }
        bank::apply_transfer(machine, &pool, &recipient, &Coins::from_proto(&self.amount)?)?;
        Ok(MsgCommunityPoolSpendResponse {})
    }
}
