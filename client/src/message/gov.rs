//! Proposals and votes.

use supercloud_proto::cosmos::gov::v1::{MsgSubmitProposal, MsgVote};
use supercloud_proto::pack;
use supercloud_proto::prost_types::Any;
use supercloud_proto::supercloud::gov::v1::{MsgSetCouncil, Voter};

pub use supercloud_proto::cosmos::gov::v1::VoteOption;

/// What people read about a proposal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProposalText {
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// Free text or a link.
    pub metadata: String,
}

/// Proposes to execute `messages` as the governance account. The new proposal's id is in the transaction's
/// `submit_proposal.proposal_id` and in its response `MsgSubmitProposalResponse`.
pub fn submit_proposal(proposer: &str, text: ProposalText, messages: Vec<Any>) -> Any {
    pack(&MsgSubmitProposal {
        messages,
        initial_deposit: Vec::new(),
        proposer: proposer.to_owned(),
        metadata: text.metadata,
        title: text.title,
        summary: text.summary,
        expedited: false,
    })
}

/// Votes with the voter's whole weight.
pub fn vote(voter: &str, proposal_id: u64, option: VoteOption) -> Any {
    pack(&MsgVote {
        proposal_id,
        voter: voter.to_owned(),
        option: option.into(),
        metadata: String::new(),
    })
}

/// Replaces the council (governance only).
pub fn set_council(authority: &str, voters: Vec<(String, u64)>) -> Any {
    let voters = voters
        .into_iter()
        .map(|(address, weight)| Voter { address, weight })
        .collect();
    pack(&MsgSetCouncil {
        authority: authority.to_owned(),
        voters,
    })
}
