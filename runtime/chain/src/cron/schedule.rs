//! `MsgSchedule`: governance lists a call, or changes one that is listed.

use supercloud_proto::supercloud::cron::v1::{MsgSchedule, MsgScheduleResponse, Schedule, ScheduleStatus};

use crate::address::AddressCodec;
use crate::clock::to_timestamp;
use crate::cron::{self, CronError, MAX_SCHEDULES};
use crate::error::TxError;
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};
use crate::wasm::load_contract;

impl Message for MsgSchedule {
    type Response = MsgScheduleResponse;
    const MODULE: &'static str = "cron";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        cron::assert_valid(&self.schedule.clone().unwrap_or_default(), codec)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgScheduleResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        let schedule: Schedule = self.schedule.unwrap_or_default();
        let contract = machine.address(&schedule.contract)?;
        load_contract(machine, &contract)?;
        let old = cron::load(machine, &schedule.name)?;
        if old.is_none() && cron::load_all(machine)?.len() >= MAX_SCHEDULES {
            return Err(CronError::TooMany.into());
        }
        let event = Event::new("cron_schedule")
            .with("name", &*schedule.name)
            .with("_contract_address", &*schedule.contract);
        let status = ScheduleStatus {
            schedule: Some(schedule),
            // From the next chance on.
            next_time: Some(to_timestamp(machine.block.time_nanos)),
            ..old.unwrap_or_default()
        };
        cron::apply_status(machine, &status)?;
        machine.emit(event);
        Ok(MsgScheduleResponse {})
    }
}
