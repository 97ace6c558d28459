//! `MsgVote`: a member of the council votes; a later vote replaces an earlier one.

use supercloud_proto::cosmos::gov::v1::{MsgVote, MsgVoteResponse, Vote, VoteOption, WeightedVoteOption};
use supercloud_proto::prost::Message as _;

use crate::address::AddressCodec;
use crate::error::TxError;
use crate::event::Event;
use crate::gov::{self, GovError, MAX_SUMMARY_LEN};
use crate::machine::Machine;
use crate::message::{Message, Rights};
use crate::state_key;

/// All of a vote's weight, as the 18-digit decimal that clients parse.
const WHOLE: &str = "1.000000000000000000";

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
        if self.metadata.len() > MAX_SUMMARY_LEN {
            let got = self.metadata.len();
            return Err(GovError::TextTooLong {
                field: "metadata",
                got,
                limit: MAX_SUMMARY_LEN,
            }
            .into());
        }
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgVoteResponse, TxError> {
        let voter = machine.address(&self.voter)?;
        let proposal = gov::load_proposal(machine, self.proposal_id)?;
        if !gov::is_voting(&proposal) {
            return Err(GovError::Inactive {
                proposal_id: self.proposal_id,
            }
            .into());
        }
        if gov::load_weight(machine, &voter)?.is_none() {
            return Err(GovError::NotInCouncil { address: self.voter }.into());
        }
        let option = self.option();
        let vote = Vote {
            proposal_id: self.proposal_id,
            voter: self.voter.clone(),
            options: vec![WeightedVoteOption {
                option: option.into(),
                weight: WHOLE.to_owned(),
            }],
            metadata: self.metadata,
        };
        machine.write(state_key::gov::vote(self.proposal_id, &voter), vote.encode_to_vec())?;
        machine.emit(
            Event::new("proposal_vote")
                .with("voter", self.voter)
                .with(
                    "option",
                    format!("[{{\"option\":{},\"weight\":\"{WHOLE}\"}}]", i32::from(option)),
                )
                .with("proposal_id", self.proposal_id.to_string()),
        );
        Ok(MsgVoteResponse {})
    }
}
