//! `MsgUpdateParams` of consensus: governance moves the limits of blocks.

use supercloud_proto::cosmos::consensus::v1::{MsgUpdateParams, MsgUpdateParamsResponse};
use supercloud_proto::tendermint::types::ConsensusParams;

use crate::address::AddressCodec;
use crate::consensus;
use crate::error::TxError;
use crate::event::Event;
use crate::machine::Machine;
use crate::message::{Message, Rights, assert_authority};

impl Message for MsgUpdateParams {
    type Response = MsgUpdateParamsResponse;
    const MODULE: &'static str = "consensus";

    fn signer(&self) -> &str {
        &self.authority
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        consensus::assert_valid(&merge(self, consensus::default_params()))
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgUpdateParamsResponse, TxError> {
        assert_authority(machine, &self.authority)?;
        let params = merge(&self, consensus::load(machine)?);
        consensus::apply(machine, &params)?;
        machine.emit(Event::new("update_consensus_params").with("authority", self.authority));
        Ok(MsgUpdateParamsResponse {})
    }
}

/// What the message leaves out stays, as far as it may.
fn merge(message: &MsgUpdateParams, old: ConsensusParams) -> ConsensusParams {
    ConsensusParams {
        block: message.block,
        evidence: message.evidence,
        validator: message.validator.clone(),
        version: old.version,
        abci: message.abci.or(old.abci),
    }
}
