//! Queries about governance.

use supercloud_proto::cosmos::gov::v1::{
    DepositParams, Proposal, ProposalStatus, QueryConstitutionRequest, QueryConstitutionResponse, QueryDepositRequest,
    QueryDepositResponse, QueryDepositsRequest, QueryDepositsResponse, QueryParamsRequest, QueryParamsResponse,
    QueryProposalRequest, QueryProposalResponse, QueryProposalsRequest, QueryProposalsResponse,
    QueryTallyResultRequest, QueryTallyResultResponse, QueryVoteRequest, QueryVoteResponse, QueryVotesRequest,
    QueryVotesResponse, TallyParams, TallyResult, Vote, VotingParams,
};
use supercloud_proto::prost::Message;
use supercloud_proto::supercloud::gov::v1::{QueryCouncilRequest, QueryCouncilResponse, Voter};

use crate::error::{SdkError, TxError};
use crate::gov::deposit::read_deposit;
use crate::gov::{self, GovError, params, tally};
use crate::machine::Machine;
use crate::query::QueryError;
use crate::query::page::{read_filtered_page, read_page};
use crate::state_key;

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
    let wanted = |text: &str| (!text.is_empty()).then(|| machine.address(text)).transpose();
    let (voter, depositor) = (wanted(&request.voter)?, wanted(&request.depositor)?);
    let (proposals, pagination) = read_filtered_page(
        machine,
        state_key::gov::PROPOSALS,
        request.pagination,
        |machine, item| {
            let proposal = Proposal::decode(item.value).map_err(|error| SdkError::corrupt("proposal", &error))?;
            let wanted = (status == ProposalStatus::Unspecified || status == proposal.status())
                && depositor.as_ref().is_none_or(|depositor| {
                    machine
                        .state
                        .get(&state_key::gov::deposit(proposal.id, depositor))
                        .is_some()
                })
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
    let (votes, pagination) = read_page(machine, &prefix, request.pagination, |_, item| read_vote(item.value))?;
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

pub(crate) fn deposit(
    machine: &mut Machine<'_>,
    request: QueryDepositRequest,
) -> Result<QueryDepositResponse, QueryError> {
    let depositor = machine.address(&request.depositor)?;
    let bytes = machine.read(&state_key::gov::deposit(request.proposal_id, &depositor))?;
    let Some(bytes) = bytes else {
        let text = format!(
            "depositer: {} not found for proposal: {}",
            request.depositor, request.proposal_id
        );
        return Err(QueryError::InvalidArgument(text));
    };
    Ok(QueryDepositResponse {
        deposit: Some(read_deposit(&bytes)?),
    })
}

pub(crate) fn deposits(
    machine: &mut Machine<'_>,
    request: QueryDepositsRequest,
) -> Result<QueryDepositsResponse, QueryError> {
    let prefix = state_key::gov::deposits(request.proposal_id);
    let (deposits, pagination) = read_page(machine, &prefix, request.pagination, |_, item| {
        Ok(read_deposit(item.value)?)
    })?;
    Ok(QueryDepositsResponse { deposits, pagination })
}

pub(crate) fn constitution(
    _: &mut Machine<'_>,
    _: QueryConstitutionRequest,
) -> Result<QueryConstitutionResponse, QueryError> {
    Ok(QueryConstitutionResponse::default())
}

#[allow(deprecated, reason = "older clients read the split parameters")]
pub(crate) fn params(machine: &mut Machine<'_>, _: QueryParamsRequest) -> Result<QueryParamsResponse, QueryError> {
    let params = params::to_proto(&params::load(machine)?);
    Ok(QueryParamsResponse {
        voting_params: Some(VotingParams {
            voting_period: params.voting_period,
        }),
        deposit_params: Some(DepositParams {
            min_deposit: params.min_deposit.clone(),
            max_deposit_period: params.max_deposit_period,
        }),
        tally_params: Some(TallyParams {
            quorum: params.quorum.clone(),
            threshold: params.threshold.clone(),
            veto_threshold: params.veto_threshold.clone(),
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
    let config = params::load(machine)?;
    Ok(QueryCouncilResponse {
        voters: voters.collect(),
        timelock_seconds: config.timelock_seconds,
        expedited_timelock_seconds: config.expedited_timelock_seconds,
        execution_gas_limit: config.execution_gas_limit,
    })
}
