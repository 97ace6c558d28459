//! `MsgVote`: a member of the council votes; a later vote replaces an earlier one.

use supercloud_proto::cosmos::gov::v1::{MsgVote, MsgVoteResponse, Vote, VoteOption, WeightedVoteOption};
use supercloud_proto::prost::Message as _;

use crate::address::AddressCodec;
use crate::error::TxError;
use crate::event::Event;
use crate::gov::weight::{WHOLE, to_decimal};
use crate::gov::{self, GovError, MAX_SUMMARY_LEN};
use crate::machine::Machine;
use crate::message::{Message, Rights};
use crate::state_key;

impl Message for MsgVote {
    type Response = MsgVoteResponse;
    const MODULE: &'static str = "governance";

    fn signer(&self) -> &str {
        &self.voter
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        if !matches!(VoteOption::try_from(self.option), Ok(option) if option != VoteOption::Unspecified) {
            return Err(GovError::InvalidVote { option: self.option }.into());
        }
        assert_metadata(&self.metadata)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgVoteResponse, TxError> {
        let whole = WeightedVoteOption {
            option: self.option,
            weight: to_decimal(WHOLE),
        };
        apply_vote(machine, self.proposal_id, self.voter, vec![whole], self.metadata)?;
        Ok(MsgVoteResponse {})
    }
}

pub(super) fn assert_metadata(metadata: &str) -> Result<(), TxError> {
    let got = metadata.len();
    if got > MAX_SUMMARY_LEN {
        let (field, limit) = ("metadata", MAX_SUMMARY_LEN);
        return Err(GovError::TextTooLong { field, got, limit }.into());
    }
    Ok(())
}

/// Writes down a vote whose options were checked.
pub(super) fn apply_vote(
    machine: &mut Machine<'_>,
    proposal_id: u64,
    voter: String,
    options: Vec<WeightedVoteOption>,
    metadata: String,
) -> Result<(), TxError> {
    let address = machine.address(&voter)?;
    // An unknown proposal is as little open to votes as one that is over.
    let proposal = gov::load_proposal(machine, proposal_id).map_err(|error| match error {
        TxError::Gov(GovError::NotFound { .. }) => GovError::Inactive { proposal_id }.into(),
        error => error,
    })?;
    if !gov::is_voting(&proposal) {
        return Err(GovError::Inactive { proposal_id }.into());
    }
    if gov::load_weight(machine, &address)?.is_none() {
        return Err(GovError::NotInCouncil { address: voter }.into());
    }
    let shown: Vec<String> = options
        .iter()
        .map(|WeightedVoteOption { option, weight }| format!("{{\"option\":{option},\"weight\":\"{weight}\"}}"))
        .collect();
    let event = Event::new("proposal_vote")
        .with("voter", &*voter)
        .with("option", format!("[{}]", shown.join(",")))
        .with("proposal_id", proposal_id.to_string());
    let vote = Vote {
        proposal_id,
        voter,
        options,
        metadata,
    };
    machine.write(state_key::gov::vote(proposal_id, &address), vote.encode_to_vec())?;
    machine.emit(event);
    Ok(())
}
