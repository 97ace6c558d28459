//! `MsgFundCommunityPool`: anybody gives coins to the pool.

use supercloud_proto::cosmos::distribution::v1beta1::{MsgFundCommunityPool, MsgFundCommunityPoolResponse};

use crate::address::AddressCodec;
use crate::bank;
use crate::coin::Coins;
use crate::error::{SdkError, TxError};
use crate::machine::Machine;
use crate::message::{Message, Rights};

impl Message for MsgFundCommunityPool {
    type Response = MsgFundCommunityPoolResponse;
    const MODULE: &'static str = "distribution";

    fn signer(&self) -> &str {
        &self.depositor
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        if Coins::from_proto(&self.amount)?.is_empty() {
            return Err(SdkError::InvalidCoins("no coins to give".to_owned()).into());
        }
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgFundCommunityPoolResponse, TxError> {
        let (depositor, pool) = (machine.address(&self.depositor)?, machine.env.gov.clone());
        bank::apply_send(machine, &depositor, &pool, &Coins::from_proto(&self.amount)?)?;
        Ok(MsgFundCommunityPoolResponse {})
    }
}
