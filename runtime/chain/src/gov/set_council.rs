//! `MsgSetCouncil`: governance replaces the council.

use supercloud_proto::supercloud::gov::v1::{MsgSetCouncil, MsgSetCouncilResponse};

use crate::address::AddressCodec;
use crate::error::TxError;
use crate::event::Event;
use crate::gov::{self, GovError};
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};

impl Message for MsgSetCouncil {
    type Response = MsgSetCouncilResponse;
    const MODULE: &'static str = "governance";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        if self.voters.is_empty() {
            return Err(GovError::InvalidCouncil {
                reason: "no voters".to_owned(),
            }
            .into());
        }
        for voter in &self.voters {
            codec.parse(&voter.address)?;
        }
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgSetCouncilResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        let mut voters = Vec::new();
        for voter in &self.voters {
            voters.push((machine.address(&voter.address)?, voter.weight));
        }
        gov::apply_council(machine, voters)?;
        machine.emit(Event::new("set_council").with("voters", self.voters.len().to_string()));
        Ok(MsgSetCouncilResponse {})
    }
}
