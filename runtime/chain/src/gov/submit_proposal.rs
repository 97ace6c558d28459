//! `MsgSubmitProposal`: a member of the council puts messages to the vote. Voting begins at once.

use supercloud_proto::cosmos::gov::v1::{
    MsgSubmitProposal, MsgSubmitProposalResponse, Proposal, ProposalStatus, TallyResult,
};

use crate::address::AddressCodec;
use crate::clock::to_timestamp;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::gov::{self, GovError, MAX_PROPOSAL_MESSAGES, MAX_SUMMARY_LEN, MAX_TITLE_LEN};
use crate::machine::Machine;
use crate::message::{self, Message, Rights};
use crate::state_key;

impl Message for MsgSubmitProposal {
    type Response = MsgSubmitProposalResponse;
    const MODULE: &'static str = "governance";

    fn signer(&self) -> &str {
        &self.proposer
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        if self.messages.is_empty() || self.messages.len() > MAX_PROPOSAL_MESSAGES {
            return Err(GovError::MessageCount {
                got: self.messages.len(),
            }
            .into());
        }
        if !self.initial_deposit.is_empty() {
            return Err(SdkError::NotSupported("proposals take no deposit on this chain".to_owned()).into());
        }
        for (field, text, limit) in [
            ("title", &self.title, MAX_TITLE_LEN),
            ("summary", &self.summary, MAX_SUMMARY_LEN),
            ("metadata", &self.metadata, MAX_SUMMARY_LEN),
        ] {
            if text.len() > limit {
                return Err(GovError::TextTooLong {
                    field,
                    got: text.len(),
                    limit,
                }
                .into());
            }
        }
        if self.title.trim().is_empty() {
            return Err(SdkError::InvalidRequest("proposal title cannot be empty".to_owned()).into());
        }
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgSubmitProposalResponse, TxError> {
        let proposer = machine.address(&self.proposer)?;
        if gov::load_weight(machine, &proposer)?.is_none() && proposer != machine.env.gov {
            return Err(GovError::NotInCouncil { address: self.proposer }.into());
        }
        assert_messages_can_run(machine, &self)?;

        let config = &machine.env.config.gov;
        let period = if self.expedited {
            config.expedited_voting_period_seconds
        } else {
            config.voting_period_seconds
        };
        let (now, end) = (
            machine.block.time_nanos,
            gov::compute_after(machine.block.time_nanos, period),
        );
        let id = machine.take_number(state_key::gov::NEXT_ID, 1)?;
        let types: Vec<&str> = self.messages.iter().map(|message| message.type_url.as_str()).collect();
        let submitted = Event::new("submit_proposal")
            .with("proposal_id", id.to_string())
            .with("proposal_proposer", &*self.proposer)
            .with("proposal_messages", types.join(","))
            .with("voting_period_start", id.to_string());
        let proposal = Proposal {
            id,
            messages: self.messages,
            status: ProposalStatus::VotingPeriod.into(),
            final_tally_result: Some(empty_tally()),
            submit_time: Some(to_timestamp(now)),
            deposit_end_time: Some(to_timestamp(now)),
            total_deposit: Vec::new(),
            voting_start_time: Some(to_timestamp(now)),
            voting_end_time: Some(to_timestamp(end)),
            metadata: self.metadata,
            title: self.title,
            summary: self.summary,
            proposer: self.proposer,
            expedited: self.expedited,
            failed_reason: String::new(),
        };
        gov::apply_proposal(machine, &proposal)?;
        machine.write(state_key::gov::due(state_key::gov::VOTING, end, id), Vec::new())?;
        machine.emit(submitted);
        Ok(MsgSubmitProposalResponse { proposal_id: id })
    }
}

/// A typing error should cost its author the submission, not the council a vote.
fn assert_messages_can_run(machine: &Machine<'_>, proposal: &MsgSubmitProposal) -> Result<(), TxError> {
    let codec = &machine.env.codec;
    for (index, any) in proposal.messages.iter().enumerate() {
        let invalid = |error: TxError| GovError::InvalidMessage {
            index,
            reason: error.to_string(),
        };
        let message = message::decode(any).map_err(invalid)?;
        message.check(codec).map_err(invalid)?;
        let signer = message.signer(codec)?;
        if signer != machine.env.gov {
            return Err(GovError::InvalidSigner {
                index,
                signer: codec.to_text(&signer),
            }
            .into());
        }
    }
    Ok(())
}

/// Zeros in text, as clients expect of a proposal that nobody has voted on.
pub(super) fn empty_tally() -> TallyResult {
    let zero = || "0".to_owned();
    TallyResult {
        yes_count: zero(),
        abstain_count: zero(),
        no_count: zero(),
        no_with_veto_count: zero(),
    }
}
