//! Governance: a council of weighted voters; what it passes runs as the governance account.
//!
//! Proposal: [DepositPeriod ->] VotingPeriod -> Rejected | Passed -> (timelock) -> stays Passed | Failed.
//!
//! A proposal whose deposit does not suffice in time is dropped. Votes count with the weight that the voter has when the
//! voting period ends. A passed proposal waits for its timelock and then runs at the beginning of a block, all its
//! messages or none; a failure leaves no trace but the status and the reason. An expedited proposal that does not pass
//! goes on as an ordinary one.

use supercloud_proto::cosmos::gov::v1::{Proposal, ProposalStatus};
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::Timestamp;
use thiserror::Error;

use crate::address::Address;
use crate::clock::to_nanos;
use crate::error::{SdkError, TxError};
use crate::machine::{Machine, read_u64};
use crate::state_key;

pub(crate) mod cancel_proposal;
pub(crate) mod deposit;
pub(crate) mod due;
pub(crate) mod legacy;
pub(crate) mod params;
pub(crate) mod query;
pub(crate) mod set_council;
pub(crate) mod submit_proposal;
mod tally;
pub(crate) mod update_params;
pub(crate) mod vote;
pub(crate) mod vote_weighted;
mod weight;

/// Name of the account that holds deposits: apart from the pool, which governance spends.
pub(crate) const DEPOSIT_MODULE: &str = "gov_deposits";
/// Most depositors of a proposal: all of them are paid back in one block.
pub(crate) const MAX_DEPOSITORS: usize = 200;
/// Most votes that are removed with a cancelled proposal.
pub(crate) const MAX_VOTES_REMOVED: usize = 1_000;
/// Most members of the council: a tally walks over all of them.
pub(crate) const MAX_VOTERS: usize = 200;
/// Most messages of a proposal.
pub(crate) const MAX_PROPOSAL_MESSAGES: usize = 50;
/// Longest title in bytes.
pub(crate) const MAX_TITLE_LEN: usize = 255;
/// Longest summary or metadata in bytes.
pub(crate) const MAX_SUMMARY_LEN: usize = 10_200;
/// Most proposals that begin a block; the rest wait for the next one.
pub(crate) const MAX_DUE_PER_BLOCK: usize = 20;

/// Errors of codespace `gov`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum GovError {
    /// 3: voting is over, or never began.
    #[error("{proposal_id}: inactive proposal")]
    Inactive {
        /// Which proposal.
        proposal_id: u64,
    },
    /// 7: not yes, no, abstain or veto.
    #[error("{option}: invalid vote option")]
    InvalidVote {
        /// Option seen.
        option: i32,
    },
    /// 7: weights that are not the parts of one whole.
    #[error("{reason}: invalid vote option")]
    InvalidWeights {
        /// What is wrong.
        reason: String,
    },
    /// 11: a proposal without messages or with too many.
    #[error("{got} messages, limit: {MAX_PROPOSAL_MESSAGES}: invalid number of proposal messages")]
    MessageCount {
        /// Number seen.
        got: usize,
    },
    /// 12: a message that could never run.
    #[error("message {index}: {reason}: invalid proposal message")]
    InvalidMessage {
        /// Which message.
        index: usize,
        /// What is wrong.
        reason: String,
    },
    /// 13: a message that the governance account would not sign.
    #[error("message {index} must be signed by {signer}: expected gov account as only signer for proposal message")]
    InvalidSigner {
        /// Which message.
        index: usize,
        /// Who would have to sign.
        signer: String,
    },
    /// 15: a text beyond its limit.
    #[error("{field} has {got} bytes, limit: {limit}: text too long")]
    TextTooLong {
        /// Which text.
        field: &'static str,
        /// Length seen.
        got: usize,
        /// Longest allowed.
        limit: usize,
    },
    /// 16: less than a deposit must have.
    #[error("received {got} but need at least {least}: minimum deposit is too small")]
    DepositTooSmall {
        /// What was given.
        got: String,
        /// What is needed.
        least: String,
    },
    /// 18: only the proposer takes a proposal back.
    #[error("{address} is not the proposer: invalid proposer")]
    NotProposer {
        /// Who asked.
        address: String,
    },
    /// 18: not a member of the council.
    #[error("{address} is not a member of the council: invalid proposer or voter")]
    NotInCouncil {
        /// Who asked.
        address: String,
    },
    /// 20: no such proposal.
    #[error("proposal {proposal_id} doesn't exist: proposal not found")]
    NotFound {
        /// Which proposal.
        proposal_id: u64,
    },
    /// 21: neither deposits nor votes are taken any more.
    #[error("proposal {proposal_id} should be in the deposit or voting period: invalid proposal")]
    NotCancellable {
        /// Which proposal.
        proposal_id: u64,
    },
    /// 21: a v1beta1 proposal that is more than words.
    #[error("{type_url}: only text proposals have this form: invalid proposal")]
    LegacyContent {
        /// What was given.
        type_url: String,
    },
    /// 23: a deposit of another denom.
    #[error("deposited {denom}, but gov accepts only the following denom(s): {accepted}: invalid deposit denom")]
    DepositDenom {
        /// What was given.
        denom: String,
        /// What is taken.
        accepted: String,
    },
    /// 102: no room for another depositor.
    #[error("{MAX_DEPOSITORS} depositors are the most: too many depositors")]
    TooManyDepositors,
    /// 101: a council that could not govern.
    #[error("{reason}: invalid council")]
    InvalidCouncil {
        /// What is wrong.
        reason: String,
    },
}

impl GovError {
    /// The code.
    pub fn code(&self) -> u32 {
        match self {
            Self::Inactive { .. } => 3,
            Self::InvalidVote { .. } | Self::InvalidWeights { .. } => 7,
            Self::MessageCount { .. } => 11,
            Self::InvalidMessage { .. } => 12,
            Self::InvalidSigner { .. } => 13,
            Self::TextTooLong { .. } => 15,
            Self::DepositTooSmall { .. } => 16,
            Self::NotInCouncil { .. } | Self::NotProposer { .. } => 18,
            Self::NotFound { .. } => 20,
            Self::NotCancellable { .. } | Self::LegacyContent { .. } => 21,
            Self::DepositDenom { .. } => 23,
            Self::InvalidCouncil { .. } => 101,
            Self::TooManyDepositors => 102,
        }
    }
}

pub(crate) fn load_proposal(machine: &mut Machine<'_>, id: u64) -> Result<Proposal, TxError> {
    let bytes = machine
        .read(&state_key::gov::proposal(id))?
        .ok_or(GovError::NotFound { proposal_id: id })?;
    Ok(Proposal::decode(&*bytes).map_err(|error| SdkError::corrupt("proposal", &error))?)
}

pub(crate) fn apply_proposal(machine: &mut Machine<'_>, proposal: &Proposal) -> Result<(), TxError> {
    Ok(machine.write(state_key::gov::proposal(proposal.id), proposal.encode_to_vec())?)
}

/// Weight of a member; none for anybody else.
pub(crate) fn load_weight(machine: &mut Machine<'_>, address: &Address) -> Result<Option<u64>, TxError> {
    machine
        .read(&state_key::gov::voter(address))?
        .map(|bytes| read_u64(&bytes))
        .transpose()
}

pub(crate) fn load_council(machine: &mut Machine<'_>) -> Result<Vec<(Address, u64)>, TxError> {
    let mut council = Vec::new();
    for (suffix, weight) in machine.list(state_key::gov::COUNCIL, MAX_VOTERS)? {
        // The first byte is the address length; see `state_key`.
        council.push((Address::from_bytes(&suffix[1..])?, read_u64(&weight)?));
    }
    Ok(council)
}

/// Replaces the council.
pub(crate) fn apply_council(machine: &mut Machine<'_>, voters: Vec<(Address, u64)>) -> Result<(), TxError> {
    let invalid = |reason: String| GovError::InvalidCouncil { reason };
    if voters.len() > MAX_VOTERS {
        return Err(invalid(format!("{} voters, limit: {MAX_VOTERS}", voters.len())).into());
    }
    for (old, _) in load_council(machine)? {
        machine.delete(state_key::gov::voter(&old))?;
    }
    for (address, weight) in voters {
        if weight == 0 || weight > u64::from(u32::MAX) {
            let text = machine.text(&address);
            return Err(invalid(format!("weight {weight} of {text} is not between 1 and {}", u32::MAX)).into());
        }
        if load_weight(machine, &address)?.is_some() {
            return Err(invalid(format!("{} is listed twice", machine.text(&address))).into());
        }
        machine.write(state_key::gov::voter(&address), weight.to_be_bytes().to_vec())?;
    }
    Ok(())
}

pub(crate) fn is_voting(proposal: &Proposal) -> bool {
    proposal.status() == ProposalStatus::VotingPeriod
}

/// A time of a proposal in nanoseconds.
pub(crate) fn read_time(time: Option<&Timestamp>) -> Result<Option<u64>, SdkError> {
    time.map(|time| to_nanos("proposal", time)).transpose()
}

pub(crate) fn compute_after(time_nanos: u64, seconds: u64) -> u64 {
    time_nanos.saturating_add(seconds.saturating_mul(1_000_000_000))
}
