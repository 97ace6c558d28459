//! `MsgUpdateParams` and `MsgUpdateExecution`: governance changes its own rules. Votes that run go on by the new ones.

use supercloud_proto::cosmos::gov::v1::{MsgUpdateParams, MsgUpdateParamsResponse};
use supercloud_proto::supercloud::gov::v1::{MsgUpdateExecution, MsgUpdateExecutionResponse};

use crate::address::AddressCodec;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::genesis::GenesisGov;
use crate::gov::params;
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};

impl Message for MsgUpdateParams {
    type Response = MsgUpdateParamsResponse;
    const MODULE: &'static str = "governance";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        let new = self.params.clone().unwrap_or_default();
        assert_valid(&params::from_proto(&new, GenesisGov::default())?, codec)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgUpdateParamsResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        let new = params::from_proto(&self.params.unwrap_or_default(), params::load(machine)?)?;
        params::apply(machine, &new)?;
        machine.emit(Event::new("update_gov_params").with("authority", self.authority));
        Ok(MsgUpdateParamsResponse {})
    }
}

impl Message for MsgUpdateExecution {
    type Response = MsgUpdateExecutionResponse;
    const MODULE: &'static str = "governance";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        assert_valid(&with_execution(self, GenesisGov::default()), codec)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgUpdateExecutionResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        let new = with_execution(&self, params::load(machine)?);
        params::apply(machine, &new)?;
        machine.emit(
            Event::new("update_gov_execution")
                .with("timelock_seconds", new.timelock_seconds.to_string())
                .with("expedited_timelock_seconds", new.expedited_timelock_seconds.to_string())
                .with("gas_limit", new.execution_gas_limit.to_string()),
        );
        Ok(MsgUpdateExecutionResponse {})
    }
}

fn with_execution(message: &MsgUpdateExecution, old: GenesisGov) -> GenesisGov {
    let execution = message.execution.unwrap_or_default();
    GenesisGov {
        timelock_seconds: execution.timelock_seconds,
        expedited_timelock_seconds: execution.expedited_timelock_seconds,
        execution_gas_limit: execution.gas_limit,
        ..old
    }
}

fn assert_valid(params: &GenesisGov, codec: &AddressCodec) -> Result<(), TxError> {
    let checked = params.assert_valid(codec);
    Ok(checked.map_err(|error| SdkError::InvalidRequest(error.to_string()))?)
}
