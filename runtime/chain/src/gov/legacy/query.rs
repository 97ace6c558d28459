//! Queries of cosmos.gov.v1beta1: the answers of the newer form in older words. Proposals show their title and summary;
//! what they would run has no place here.

use supercloud_proto::cosmos::gov::v1;
use supercloud_proto::cosmos::gov::v1beta1::{
    Deposit, DepositParams, Proposal, QueryDepositRequest, QueryDepositResponse, QueryDepositsRequest,
    QueryDepositsResponse, QueryParamsRequest, QueryParamsResponse, QueryProposalRequest, QueryProposalResponse,
    QueryProposalsRequest, QueryProposalsResponse, QueryTallyResultRequest, QueryTallyResultResponse, QueryVoteRequest,
    QueryVoteResponse, QueryVotesRequest, QueryVotesResponse, TallyParams, TallyResult, TextProposal, Vote,
    VotingParams, WeightedVoteOption,
};
use supercloud_proto::pack;

use crate::config::parse_price;
use crate::gov::params;
use crate::gov::query as newer;
use crate::gov::weight::WHOLE;
use crate::machine::Machine;
use crate::query::QueryError;

pub(crate) fn proposal(
    machine: &mut Machine<'_>,
    request: QueryProposalRequest,
) -> Result<QueryProposalResponse, QueryError> {
    let proposal_id = request.proposal_id;
    let response = newer::proposal(machine, v1::QueryProposalRequest { proposal_id })?;
    Ok(QueryProposalResponse {
        proposal: response.proposal.map(to_proposal),
    })
}

pub(crate) fn proposals(
    machine: &mut Machine<'_>,
    request: QueryProposalsRequest,
) -> Result<QueryProposalsResponse, QueryError> {
    let request = v1::QueryProposalsRequest {
        proposal_status: request.proposal_status,
        voter: request.voter,
        depositor: request.depositor,
        pagination: request.pagination,
    };
    let response = newer::proposals(machine, request)?;
    Ok(QueryProposalsResponse {
        proposals: response.proposals.into_iter().map(to_proposal).collect(),
        pagination: response.pagination,
    })
}

fn to_proposal(proposal: v1::Proposal) -> Proposal {
    let content = TextProposal {
        title: proposal.title,
        description: proposal.summary,
    };
    Proposal {
        proposal_id: proposal.id,
        content: Some(pack(&content)),
        status: proposal.status,
        final_tally_result: proposal.final_tally_result.map(to_tally),
        submit_time: proposal.submit_time,
        deposit_end_time: proposal.deposit_end_time,
        total_deposit: proposal.total_deposit,
        voting_start_time: proposal.voting_start_time,
        voting_end_time: proposal.voting_end_time,
    }
}

fn to_tally(tally: v1::TallyResult) -> TallyResult {
    TallyResult {
        yes: tally.yes_count,
        abstain: tally.abstain_count,
        no: tally.no_count,
        no_with_veto: tally.no_with_veto_count,
    }
}

pub(crate) fn vote(machine: &mut Machine<'_>, request: QueryVoteRequest) -> Result<QueryVoteResponse, QueryError> {
    let request = v1::QueryVoteRequest {
        proposal_id: request.proposal_id,
        voter: request.voter,
    };
    let response = newer::vote(machine, request)?;
    Ok(QueryVoteResponse {
        vote: response.vote.map(to_vote),
    })
}

pub(crate) fn votes(machine: &mut Machine<'_>, request: QueryVotesRequest) -> Result<QueryVotesResponse, QueryError> {
    let request = v1::QueryVotesRequest {
        proposal_id: request.proposal_id,
        pagination: request.pagination,
    };
    let response = newer::votes(machine, request)?;
    Ok(QueryVotesResponse {
        votes: response.votes.into_iter().map(to_vote).collect(),
        pagination: response.pagination,
    })
}

/// The single option has a field of its own, for clients that are older still.
#[allow(deprecated, reason = "older clients read the single option")]
fn to_vote(vote: v1::Vote) -> Vote {
    let option = match vote.options.as_slice() {
        [only] => only.option,
        _ => 0,
    };
    let part = |part: v1::WeightedVoteOption| WeightedVoteOption {
        option: part.option,
        weight: to_wire(&part.weight),
    };
    Vote {
        proposal_id: vote.proposal_id,
        voter: vote.voter,
        option,
        options: vote.options.into_iter().map(part).collect(),
    }
}

/// A decimal as this form has it on the wire.
fn to_wire(decimal: &str) -> String {
    parse_price(decimal).unwrap_or(WHOLE).to_string()
}

pub(crate) fn params(
    machine: &mut Machine<'_>,
    request: QueryParamsRequest,
) -> Result<QueryParamsResponse, QueryError> {
    let all = params::to_proto(&params::load(machine)?);
    let mut response = QueryParamsResponse {
        voting_params: Some(VotingParams::default()),
        deposit_params: Some(DepositParams::default()),
        tally_params: Some(TallyParams::default()),
    };
    let decimal = |text: &str| to_wire(text).into_bytes();
    match request.params_type.as_str() {
        "voting" => {
            response.voting_params = Some(VotingParams {
                voting_period: all.voting_period,
            });
        }
        "deposit" => {
            response.deposit_params = Some(DepositParams {
                min_deposit: all.min_deposit,
                max_deposit_period: all.max_deposit_period,
            });
        }
        "tallying" => {
            response.tally_params = Some(TallyParams {
                quorum: decimal(&all.quorum),
                threshold: decimal(&all.threshold),
                veto_threshold: decimal(&all.veto_threshold),
            });
        }
        other => {
            let text = format!("{other:?} is not a valid parameter type");
            return Err(QueryError::InvalidArgument(text));
        }
    }
    Ok(response)
}

pub(crate) fn deposit(
    machine: &mut Machine<'_>,
    request: QueryDepositRequest,
) -> Result<QueryDepositResponse, QueryError> {
    let request = v1::QueryDepositRequest {
        proposal_id: request.proposal_id,
        depositor: request.depositor,
    };
    let response = newer::deposit(machine, request)?;
    Ok(QueryDepositResponse {
        deposit: response.deposit.map(to_deposit),
    })
}

pub(crate) fn deposits(
    machine: &mut Machine<'_>,
    request: QueryDepositsRequest,
) -> Result<QueryDepositsResponse, QueryError> {
    let request = v1::QueryDepositsRequest {
        proposal_id: request.proposal_id,
        pagination: request.pagination,
    };
    let response = newer::deposits(machine, request)?;
    Ok(QueryDepositsResponse {
        deposits: response.deposits.into_iter().map(to_deposit).collect(),
        pagination: response.pagination,
    })
}

fn to_deposit(deposit: v1::Deposit) -> Deposit {
    Deposit {
        proposal_id: deposit.proposal_id,
        depositor: deposit.depositor,
        amount: deposit.amount,
    }
}

pub(crate) fn tally_result(
    machine: &mut Machine<'_>,
    request: QueryTallyResultRequest,
) -> Result<QueryTallyResultResponse, QueryError> {
    let proposal_id = request.proposal_id;
    let response = newer::tally_result(machine, v1::QueryTallyResultRequest { proposal_id })?;
    Ok(QueryTallyResultResponse {
        tally: response.tally.map(to_tally),
    })
}
