//! `MsgCancel`: governance takes a call off the list.

use supercloud_proto::supercloud::cron::v1::{MsgCancel, MsgCancelResponse};

use crate::address::AddressCodec;
use crate::cron::{self, CronError};
use crate::error::TxError;
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};
use crate::state_key::cron as key;

impl Message for MsgCancel {
    type Response = MsgCancelResponse;
    const MODULE: &'static str = "cron";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgCancelResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        if cron::load(machine, &self.name)?.is_none() {
            return Err(CronError::NotFound { name: self.name }.into());
        }
        machine.delete(key::schedule(&self.name))?;
        machine.emit(Event::new("cron_cancel").with("name", self.name));
        Ok(MsgCancelResponse {})
    }
}
