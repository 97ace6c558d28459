//! `MsgCancelProposal`: the proposer takes a proposal back; a part of the deposits is lost.

use supercloud_proto::cosmos::gov::v1::{MsgCancelProposal, MsgCancelProposalResponse, ProposalStatus};

use crate::address::AddressCodec;
use crate::clock::to_timestamp;
use crate::error::TxError;
use crate::event::Event;
use crate::gov::{self, GovError, MAX_VOTES_REMOVED, deposit, params};
use crate::machine::Machine;
use crate::message::{Message, Rights};
use crate::state_key::gov as key;

impl Message for MsgCancelProposal {
    type Response = MsgCancelProposalResponse;
    const MODULE: &'static str = "governance";

    fn signer(&self) -> &str {
        &self.proposer
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgCancelProposalResponse, TxError> {
        let proposal_id = self.proposal_id;
        let proposal = gov::load_proposal(machine, proposal_id)?;
        if proposal.proposer != self.proposer {
            let address = self.proposer;
            return Err(GovError::NotProposer { address }.into());
        }
        match proposal.status() {
            ProposalStatus::DepositPeriod => {
                if let Some(end) = gov::read_time(proposal.deposit_end_time.as_ref())? {
                    machine.delete(key::due(key::DEPOSITING, end, proposal_id))?;
                }
            }
            ProposalStatus::VotingPeriod => {
                if let Some(end) = gov::read_time(proposal.voting_end_time.as_ref())? {
                    machine.delete(key::due(key::VOTING, end, proposal_id))?;
                }
            }
            _ => return Err(GovError::NotCancellable { proposal_id }.into()),
        }
        let config = params::load(machine)?;
        let destination = match config.proposal_cancel_dest.as_str() {
            "" => None,
            text => Some(machine.address(text)?),
        };
        deposit::apply_cancel(machine, proposal_id, config.proposal_cancel_bps, destination.as_ref())?;
        // What is left of very many votes does no harm: ids are never used again.
        let votes = key::votes(proposal_id);
        for (voter, _) in machine.list(&votes, MAX_VOTES_REMOVED)? {
            machine.delete([votes.as_slice(), &voter].concat())?;
        }
        machine.delete(key::proposal(proposal_id))?;
        machine.emit(
            Event::new("cancel_proposal")
                .with("sender", self.proposer)
                .with("proposal_id", proposal_id.to_string()),
        );
        Ok(MsgCancelProposalResponse {
            proposal_id,
            canceled_time: Some(to_timestamp(machine.block.time_nanos)),
            canceled_height: machine.block.height,
        })
    }
}
