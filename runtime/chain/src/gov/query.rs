//! Queries about governance.

use supercloud_proto::cosmos::gov::v1::{
    Params, Proposal, ProposalStatus, QueryParamsRequest, QueryParamsResponse, QueryProposalRequest,
    QueryProposalResponse, QueryProposalsRequest, QueryProposalsResponse, QueryTallyResultRequest,
    QueryTallyResultResponse, QueryVoteRequest, QueryVoteResponse, QueryVotesRequest, QueryVotesResponse, TallyParams,
    TallyResult, Vote, VotingParams,
};
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::Duration;
use supercloud_proto::supercloud::gov::v1::{QueryCouncilRequest, QueryCouncilResponse, Voter};

use crate::error::{SdkError, TxError};
use crate::genesis::ALL_BPS;
use crate::gov::{self, GovError, tally};
use crate::machine::Machine;
use crate::query::QueryError;
use crate::query::page::read_page;
use crate::state_key;

/// Digits behind the point of a decimal on the wire.
const DECIMALS: usize = 18;

fn load(machine: &mut Machine<'_>, id: u64) -> Result<Proposal, QueryError> {
    gov::load_proposal(machine, id).map_err(|error| match error {
        TxError::Gov(GovError::NotFound { .. }) => QueryError::NotFound(format!("proposal {id} doesn't exist")),
        error => QueryError::Failed(error),
    })
}

fn read_vote(bytes: &[u8]) -> Result<Vote, QueryError> {
    Ok(Vote::decode(bytes).map_err(|error| SdkError::corrupt("vote", &error))?)
}

pub(crate) fn proposal(
    machine: &mut Machine<'_>,
    request: QueryProposalRequest,
) -> Result<QueryProposalResponse, QueryError> {
    Ok(QueryProposalResponse {
        proposal: Some(load(machine, request.proposal_id)?),
    })
}

pub(crate) fn proposals(
    machine: &mut Machine<'_>,
    request: QueryProposalsRequest,
) -> Result<QueryProposalsResponse, QueryError> {
    let status = request.proposal_status();
    let voter = if request.voter.is_empty() {
        None
    } else {
        Some(machine.address(&request.voter)?)
    };
    let (proposals, pagination) = read_page(
        machine,
        state_key::gov::PROPOSALS,
        request.pagination,
        |machine, item| {
            let proposal = Proposal::decode(item.value).map_err(|error| SdkError::corrupt("proposal", &error))?;
            let wanted = (status == ProposalStatus::Unspecified || status == proposal.status())
                && request.depositor.is_empty()
                && voter
                    .as_ref()
                    .is_none_or(|voter| machine.state.get(&state_key::gov::vote(proposal.id, voter)).is_some());
            Ok(wanted.then_some(proposal))
        },
    )?;
    Ok(QueryProposalsResponse { proposals, pagination })
}

pub(crate) fn vote(machine: &mut Machine<'_>, request: QueryVoteRequest) -> Result<QueryVoteResponse, QueryError> {
    let voter = machine.address(&request.voter)?;
    let Some(bytes) = machine.read(&state_key::gov::vote(request.proposal_id, &voter))? else {
        let text = format!(
            "voter: {} not found for proposal: {}",
            request.voter, request.proposal_id
        );
        return Err(QueryError::InvalidArgument(text));
    };
    Ok(QueryVoteResponse {
        vote: Some(read_vote(&bytes)?),
    })
}

pub(crate) fn votes(machine: &mut Machine<'_>, request: QueryVotesRequest) -> Result<QueryVotesResponse, QueryError> {
    let prefix = state_key::gov::votes(request.proposal_id);
    let (votes, pagination) = read_page(machine, &prefix, request.pagination, |_, item| {
        read_vote(item.value).map(Some)
    })?;
    Ok(QueryVotesResponse { votes, pagination })
}

pub(crate) fn tally_result(
    machine: &mut Machine<'_>,
    request: QueryTallyResultRequest,
) -> Result<QueryTallyResultResponse, QueryError> {
    let proposal = load(machine, request.proposal_id)?;
    let tally: Option<TallyResult> = if gov::is_voting(&proposal) {
        Some(tally::compute_tally(machine, proposal.id)?.to_proto())
    } else {
        proposal.final_tally_result
    };
    Ok(QueryTallyResultResponse { tally })
}

#[allow(deprecated, reason = "older clients read the split parameters")]
pub(crate) fn params(machine: &mut Machine<'_>, _: QueryParamsRequest) -> Result<QueryParamsResponse, QueryError> {
    let config = &machine.env.config.gov;
    let seconds = |seconds: u64| {
        Some(Duration {
            seconds: seconds as i64,
            nanos: 0,
        })
    };
    let zero = || to_decimal(0);
    let (quorum, threshold) = (to_decimal(config.quorum_bps), to_decimal(config.threshold_bps));
    let veto_threshold = to_decimal(config.veto_threshold_bps);
    let params = Params {
        min_deposit: Vec::new(),
        max_deposit_period: seconds(0),
        voting_period: seconds(config.voting_period_seconds),
        quorum: quorum.clone(),
        threshold: threshold.clone(),
        veto_threshold: veto_threshold.clone(),
        min_initial_deposit_ratio: zero(),
        proposal_cancel_ratio: zero(),
        expedited_voting_period: seconds(config.expedited_voting_period_seconds),
        expedited_threshold: to_decimal(config.expedited_threshold_bps),
        min_deposit_ratio: zero(),
        ..Params::default()
    };
    Ok(QueryParamsResponse {
        voting_params: Some(VotingParams {
            voting_period: params.voting_period,
        }),
        deposit_params: None,
        tally_params: Some(TallyParams {
            quorum,
            threshold,
            veto_threshold,
        }),
        params: Some(params),
    })
}

pub(crate) fn council(machine: &mut Machine<'_>, _: QueryCouncilRequest) -> Result<QueryCouncilResponse, QueryError> {
    let council = gov::load_council(machine)?;
    let voters = council.into_iter().map(|(address, weight)| Voter {
        address: machine.text(&address),
        weight,
    });
    let config = &machine.env.config.gov;
    Ok(QueryCouncilResponse {
        voters: voters.collect(),
        timelock_seconds: config.timelock_seconds,
        expedited_timelock_seconds: config.expedited_timelock_seconds,
    })
}

/// Basis points as a decimal fraction.
fn to_decimal(bps: u64) -> String {
    let fraction = format!("{:04}", bps % ALL_BPS);
    format!("{}.{fraction:0<DECIMALS$}", bps / ALL_BPS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basis_points_become_decimals_of_18_digits() {
        assert_eq!(to_decimal(3_340), "0.334000000000000000");
        assert_eq!(to_decimal(10_000), "1.000000000000000000");
        assert_eq!(to_decimal(5), "0.000500000000000000");
    }
}
