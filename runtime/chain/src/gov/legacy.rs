//! Messages of cosmos.gov.v1beta1: older words for the same. Proposals of this form are words only.

use supercloud_proto::cosmos::gov::v1;
use supercloud_proto::cosmos::gov::v1beta1::{
    MsgDeposit, MsgDepositResponse, MsgSubmitProposal, MsgSubmitProposalResponse, MsgVote, MsgVoteResponse,
    MsgVoteWeighted, MsgVoteWeightedResponse, TextProposal,
};
use supercloud_proto::prost::Message as _;

use crate::address::AddressCodec;
use crate::auth::holds;
use crate::error::{SdkError, TxError};
use crate::gov::GovError;
use crate::gov::submit_proposal::{apply_submission, assert_texts};
use crate::gov::weight::{from_wire, to_decimal};
use crate::machine::Machine;
use crate::message::{Message, Rights};

pub(crate) mod query;

const MODULE: &str = "governance";

impl Message for MsgSubmitProposal {
    type Response = MsgSubmitProposalResponse;
    const MODULE: &'static str = MODULE;

    fn signer(&self) -> &str {
        &self.proposer
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        assert_texts(&to_submission(self)?)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgSubmitProposalResponse, TxError> {
        let proposal_id = apply_submission(machine, to_submission(&self)?)?;
        Ok(MsgSubmitProposalResponse { proposal_id })
    }
}

fn to_submission(message: &MsgSubmitProposal) -> Result<v1::MsgSubmitProposal, TxError> {
    let content = message.content.clone().unwrap_or_default();
    if !holds::<TextProposal>(&content) {
        let type_url = content.type_url;
        return Err(GovError::LegacyContent { type_url }.into());
    }
    let text = TextProposal::decode(&*content.value)
        .map_err(|error| SdkError::TxParse(format!("{}: {error}", content.type_url)))?;
    Ok(v1::MsgSubmitProposal {
        initial_deposit: message.initial_deposit.clone(),
        proposer: message.proposer.clone(),
        title: text.title,
        summary: text.description,
        ..v1::MsgSubmitProposal::default()
    })
}

impl Message for MsgVote {
    type Response = MsgVoteResponse;
    const MODULE: &'static str = MODULE;

    fn signer(&self) -> &str {
        &self.voter
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        Message::check(&to_vote(self), codec)
    }

    fn apply(self, machine: &mut Machine<'_>, rights: Rights) -> Result<MsgVoteResponse, TxError> {
        Message::apply(to_vote(&self), machine, rights).map(|_| MsgVoteResponse {})
    }
}

fn to_vote(message: &MsgVote) -> v1::MsgVote {
    v1::MsgVote {
        proposal_id: message.proposal_id,
        voter: message.voter.clone(),
        option: message.option,
        metadata: String::new(),
    }
}

impl Message for MsgVoteWeighted {
    type Response = MsgVoteWeightedResponse;
    const MODULE: &'static str = MODULE;

    fn signer(&self) -> &str {
        &self.voter
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        Message::check(&to_weighted(self)?, codec)
    }

    fn apply(self, machine: &mut Machine<'_>, rights: Rights) -> Result<MsgVoteWeightedResponse, TxError> {
        Message::apply(to_weighted(&self)?, machine, rights).map(|_| MsgVoteWeightedResponse {})
    }
}

/// Weights are integers on this form's wire and decimals on the newer one's.
fn to_weighted(message: &MsgVoteWeighted) -> Result<v1::MsgVoteWeighted, TxError> {
    let mut options = Vec::with_capacity(message.options.len());
    for part in &message.options {
        options.push(v1::WeightedVoteOption {
            option: part.option,
            weight: to_decimal(from_wire(&part.weight)?),
        });
    }
    Ok(v1::MsgVoteWeighted {
        proposal_id: message.proposal_id,
        voter: message.voter.clone(),
        options,
        metadata: String::new(),
    })
}

impl Message for MsgDeposit {
    type Response = MsgDepositResponse;
    const MODULE: &'static str = MODULE;

    fn signer(&self) -> &str {
        &self.depositor
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        Message::check(&to_deposit(self), codec)
    }

    fn apply(self, machine: &mut Machine<'_>, rights: Rights) -> Result<MsgDepositResponse, TxError> {
        Message::apply(to_deposit(&self), machine, rights).map(|_| MsgDepositResponse {})
    }
}

fn to_deposit(message: &MsgDeposit) -> v1::MsgDeposit {
    v1::MsgDeposit {
        proposal_id: message.proposal_id,
        depositor: message.depositor.clone(),
        amount: message.amount.clone(),
    }
}
