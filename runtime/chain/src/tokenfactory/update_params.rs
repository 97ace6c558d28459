//! `MsgUpdateParams` of the token factory: governance sets what a new denom costs.

use supercloud_proto::osmosis::tokenfactory::v1beta1::Params;
use supercloud_proto::supercloud::tokenfactory::v1::{MsgUpdateParams, MsgUpdateParamsResponse};

use crate::address::AddressCodec;
use crate::coin::Coins;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};
use crate::tokenfactory;

/// Most gas that a new denom may cost: a transaction can ask for it.
const MAX_CREATION_GAS: u64 = 50_000_000;

impl Message for MsgUpdateParams {
    type Response = MsgUpdateParamsResponse;
    const MODULE: &'static str = "tokenfactory";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        assert_valid(&self.params.clone().unwrap_or_default())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgUpdateParamsResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        let params = self.params.unwrap_or_default();
        tokenfactory::apply_params(machine, &params)?;
        machine.emit(
            Event::new("update_tokenfactory_params")
                .with(
                    "denom_creation_fee",
                    Coins::from_proto(&params.denom_creation_fee)?.to_string(),
                )
                .with(
                    "denom_creation_gas_consume",
                    params.denom_creation_gas_consume.to_string(),
                ),
        );
        Ok(MsgUpdateParamsResponse {})
    }
}

pub(crate) fn assert_valid(params: &Params) -> Result<(), TxError> {
    Coins::from_proto(&params.denom_creation_fee)?;
    let gas = params.denom_creation_gas_consume;
    if gas > MAX_CREATION_GAS {
        let text = format!("denom_creation_gas_consume: {gas}, limit: {MAX_CREATION_GAS}");
        return Err(SdkError::InvalidRequest(text).into());
    }
    Ok(())
}
