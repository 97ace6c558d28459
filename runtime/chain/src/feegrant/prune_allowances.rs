//! `MsgPruneAllowances`: anybody removes allowances that are over. Blocks do so too; this is for a long queue.

use supercloud_proto::cosmos::feegrant::v1beta1::{MsgPruneAllowances, MsgPruneAllowancesResponse};

use crate::address::AddressCodec;
use crate::error::TxError;
use crate::event::Event;
use crate::feegrant;
use crate::machine::Machine;
use crate::message::{Message, Rights};

/// Most allowances that one message removes.
const MAX_PRUNED: usize = 75;

impl Message for MsgPruneAllowances {
    type Response = MsgPruneAllowancesResponse;
    const MODULE: &'static str = "feegrant";

    fn signer(&self) -> &str {
        &self.pruner
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgPruneAllowancesResponse, TxError> {
        feegrant::apply_expired(machine, MAX_PRUNED)?;
        machine.emit(Event::new("prune_feegrant").with("pruner", self.pruner));
        Ok(MsgPruneAllowancesResponse {})
    }
}
