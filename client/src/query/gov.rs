//! Proposals.

use std::time::Duration;

use supercloud_proto::cosmos::gov::v1::{
    self as pb, QueryProposalRequest, QueryProposalResponse, QueryProposalsRequest, QueryProposalsResponse,
};
use supercloud_proto::prost_types::{Any, Timestamp};
use supercloud_proto::supercloud::gov::v1::{QueryCouncilRequest, QueryCouncilResponse};

use super::{Client, all_pages};
use crate::address;
use crate::error::ClientError;

/// Pause between two looks at a proposal.
const PROPOSAL_POLL: Duration = Duration::from_millis(100);

/// Where a proposal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalStatus {
    /// Votes are taken, or the timelock runs.
    Open,
    /// Passed and executed.
    Passed,
    /// Voted down, or without quorum.
    Rejected,
    /// Passed, but its messages failed; they changed nothing.
    Failed,
}

/// A proposal.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Id.
    pub id: u64,
    /// Where it stands.
    pub status: ProposalStatus,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// Who proposed.
    pub proposer: String,
    /// What it executes.
    pub messages: Vec<Any>,
    /// Weight in favour, once counted.
    pub yes: String,
    /// Weight against, once counted.
    pub no: String,
    /// End of voting, nanoseconds since 1970.
    pub voting_ends_nanos: u64,
    /// Why its messages failed; empty otherwise.
    pub failed_reason: String,
}

impl Client {
    /// Address of the governance account: the sender of what proposals execute.
    pub fn gov_address(&self) -> Result<String, ClientError> {
        Ok(address::module(self.hrp(), "gov")?)
    }

    /// A proposal; `None` when there is none with this id.
    pub async fn proposal(&self, proposal_id: u64) -> Result<Option<Proposal>, ClientError> {
        let path = "/cosmos.gov.v1.Query/Proposal";
        let response: QueryProposalResponse = match self.query(path, &QueryProposalRequest { proposal_id }).await {
            Ok(response) => response,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        let proposal = response
            .proposal
            .ok_or_else(|| ClientError::malformed(path, "no proposal"))?;
        Ok(Some(read_proposal(proposal)))
    }

    /// All proposals, oldest first.
    pub async fn proposals(&self) -> Result<Vec<Proposal>, ClientError> {
        let path = "/cosmos.gov.v1.Query/Proposals";
        let request = |pagination| QueryProposalsRequest {
            pagination,
            ..QueryProposalsRequest::default()
        };
        let split = |page: QueryProposalsResponse| (page.proposals, page.pagination);
        let proposals = all_pages(self, path, request, split).await?;
        Ok(proposals.into_iter().map(read_proposal).collect())
    }

    /// Voters with their weights, and the timelock.
    pub async fn council(&self) -> Result<QueryCouncilResponse, ClientError> {
        self.query("/supercloud.gov.v1.Query/Council", &QueryCouncilRequest {})
            .await
    }

    /// Waits until a proposal is passed, rejected or failed.
    pub async fn wait_for_proposal(&self, proposal_id: u64, timeout: Duration) -> Result<Proposal, ClientError> {
        let poll = async {
            loop {
                match self.proposal(proposal_id).await? {
                    Some(proposal) if proposal.status != ProposalStatus::Open => return Ok(proposal),
                    _ => tokio::time::sleep(PROPOSAL_POLL).await,
                }
            }
        };
        let what = || format!("a decision on proposal {proposal_id}");
        tokio::time::timeout(timeout, poll)
            .await
            .map_err(|_| ClientError::Timeout {
                what: what(),
                waited: timeout,
            })?
    }
}

fn read_proposal(raw: pb::Proposal) -> Proposal {
    let status = match raw.status() {
        pb::ProposalStatus::Passed => ProposalStatus::Passed,
        pb::ProposalStatus::Rejected => ProposalStatus::Rejected,
        pb::ProposalStatus::Failed => ProposalStatus::Failed,
        pb::ProposalStatus::Unspecified | pb::ProposalStatus::DepositPeriod | pb::ProposalStatus::VotingPeriod => {
            ProposalStatus::Open
        }
    };
    let tally = raw.final_tally_result.unwrap_or_default();
    Proposal {
        id: raw.id,
        status,
        title: raw.title,
        summary: raw.summary,
        proposer: raw.proposer,
        messages: raw.messages,
        yes: tally.yes_count,
        no: tally.no_count,
        voting_ends_nanos: raw.voting_end_time.as_ref().map_or(0, nanos),
        failed_reason: raw.failed_reason,
    }
}

fn nanos(time: &Timestamp) -> u64 {
    let seconds = u64::try_from(time.seconds).unwrap_or_default();
    seconds
        .saturating_mul(1_000_000_000)
        .saturating_add(u64::try_from(time.nanos).unwrap_or_default())
}
