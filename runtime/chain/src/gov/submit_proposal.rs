//! `MsgSubmitProposal`: messages are put to the vote. Where the chain asks for deposits, anybody proposes and voting
//! begins when the deposit suffices; elsewhere members of the council propose and voting begins at once.

use supercloud_proto::cosmos::gov::v1::{
    MsgSubmitProposal, MsgSubmitProposalResponse, Proposal, ProposalStatus, TallyResult,
};
use supercloud_proto::prost_types::Any;

use crate::address::{Address, AddressCodec};
use crate::clock::to_timestamp;
use crate::coin::Coins;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::genesis::{self, GenesisGov};
use crate::gov::{self, GovError, MAX_PROPOSAL_MESSAGES, MAX_SUMMARY_LEN, MAX_TITLE_LEN, deposit, params};
use crate::machine::Machine;
use crate::message::{self, Message, Rights};
use crate::state_key::gov as key;

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
        message::assert_nesting(&self.messages)?;
        for (field, text) in [("title", &self.title), ("summary", &self.summary)] {
            if text.is_empty() {
                return Err(SdkError::InvalidRequest(format!("proposal {field} cannot be empty")).into());
            }
        }
        assert_texts(self)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgSubmitProposalResponse, TxError> {
        let proposal_id = apply_submission(machine, self)?;
        Ok(MsgSubmitProposalResponse { proposal_id })
    }
}

pub(super) fn assert_texts(proposal: &MsgSubmitProposal) -> Result<(), TxError> {
    Coins::from_proto(&proposal.initial_deposit)?;
    for (field, text, limit) in [
        ("title", &proposal.title, MAX_TITLE_LEN),
        ("summary", &proposal.summary, MAX_SUMMARY_LEN),
        ("metadata", &proposal.metadata, MAX_SUMMARY_LEN),
    ] {
        if text.len() > limit {
            let got = text.len();
            return Err(GovError::TextTooLong { field, got, limit }.into());
        }
    }
    Ok(())
}

/// Writes a proposal down; without messages it is words only.
pub(super) fn apply_submission(machine: &mut Machine<'_>, mut submission: MsgSubmitProposal) -> Result<u64, TxError> {
    let proposer = machine.address(&submission.proposer)?;
    let config = params::load(machine)?;
    let least = params::min_deposit(&config, submission.expedited)?;
    let initial = Coins::from_proto(&submission.initial_deposit)?;
    assert_may_propose(machine, &config, &proposer, &least, &initial)?;
    assert_messages_can_run(machine, &submission)?;
    submission.messages = repack(&submission.messages)?;

    let id = machine.take_number(key::NEXT_ID, 1)?;
    let types: Vec<&str> = submission.messages.iter().map(|message| &*message.type_url).collect();
    let submitted = Event::new("submit_proposal")
        .with("proposal_id", id.to_string())
        .with("proposal_proposer", &*submission.proposer)
        .with("proposal_messages", types.join(","));
    let mut proposal = new_proposal(machine, id, submission, &config);
    let voting = if least.is_empty() {
        deposit::apply_voting(machine, &mut proposal, &config)?;
        // Clients that know other chains send one all the same.
        if !initial.is_empty() {
            deposit::apply_deposit(machine, &mut proposal, &proposer, &initial)?;
        }
        true
    } else {
        let end = gov::compute_after(machine.block.time_nanos, config.max_deposit_period_seconds);
        machine.write(key::due(key::DEPOSITING, end, id), Vec::new())?;
        !initial.is_empty() && deposit::apply_deposit(machine, &mut proposal, &proposer, &initial)?
    };
    gov::apply_proposal(machine, &proposal)?;
    machine.emit(if voting {
        submitted.with("voting_period_start", id.to_string())
    } else {
        submitted
    });
    Ok(id)
}

fn new_proposal(machine: &Machine<'_>, id: u64, submission: MsgSubmitProposal, config: &GenesisGov) -> Proposal {
    let now = machine.block.time_nanos;
    let deposit_end = if config.min_deposit.is_empty() {
        now
    } else {
        gov::compute_after(now, config.max_deposit_period_seconds)
    };
    Proposal {
        id,
        messages: submission.messages,
        status: ProposalStatus::DepositPeriod.into(),
        final_tally_result: Some(empty_tally()),
        submit_time: Some(to_timestamp(now)),
        deposit_end_time: Some(to_timestamp(deposit_end)),
        total_deposit: Vec::new(),
        voting_start_time: None,
        voting_end_time: None,
        metadata: submission.metadata,
        title: submission.title,
        summary: submission.summary,
        proposer: submission.proposer,
        expedited: submission.expedited,
        failed_reason: String::new(),
    }
}

fn assert_may_propose(
    machine: &mut Machine<'_>,
    config: &GenesisGov,
    proposer: &Address,
    least: &Coins,
    initial: &Coins,
) -> Result<(), TxError> {
    if least.is_empty() {
        if gov::load_weight(machine, proposer)?.is_none() && *proposer != machine.env.gov {
            let address = machine.text(proposer);
            return Err(GovError::NotInCouncil { address }.into());
        }
        return Ok(());
    }
    let part = params::compute_share(least, config.min_initial_deposit_bps)?;
    if initial.checked_sub(&part).is_none() {
        let (got, least) = (initial.to_string(), part.to_string());
        return Err(GovError::DepositTooSmall { got, least }.into());
    }
    Ok(())
}

/// A typing error should cost its author the submission, not the council a vote.
fn assert_messages_can_run(machine: &Machine<'_>, proposal: &MsgSubmitProposal) -> Result<(), TxError> {
    let codec = &machine.env.codec;
    for (index, any) in proposal.messages.iter().enumerate() {
        let invalid = |error: TxError| GovError::InvalidMessage {
            index,
            reason: error.to_string(),
        };
        let message = message::check_all(any, codec).map_err(invalid)?;
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

/// The messages as they are stored.
fn repack(messages: &[Any]) -> Result<Vec<Any>, GovError> {
    let repack = |(index, any)| genesis::repack(any).map_err(|reason| GovError::InvalidMessage { index, reason });
    messages.iter().enumerate().map(repack).collect()
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
