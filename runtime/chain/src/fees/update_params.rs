//! `MsgUpdateParams` of fees: governance moves the floor.

use supercloud_proto::supercloud::fees::v1::{MsgUpdateParams, MsgUpdateParamsResponse};

use crate::address::AddressCodec;
use crate::error::TxError;
use crate::event::Event;
use crate::fees::{self, FeeParams};
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};

impl Message for MsgUpdateParams {
    type Response = MsgUpdateParamsResponse;
    const MODULE: &'static str = "fees";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        FeeParams::from_proto(&self.params.clone().unwrap_or_default()).map(|_| ())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgUpdateParamsResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        let params = self.params.unwrap_or_default();
        fees::apply(machine, &params)?;
        let prices = params.min_gas_prices.iter();
        let prices: Vec<String> = prices.map(|price| format!("{}{}", price.amount, price.denom)).collect();
        machine.emit(
            Event::new("update_fee_params")
                .with("min_gas_prices", prices.join(","))
                .with("max_tx_gas", params.max_tx_gas.to_string()),
        );
        Ok(MsgUpdateParamsResponse {})
    }
}
