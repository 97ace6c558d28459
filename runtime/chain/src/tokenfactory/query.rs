//! Queries about minting rights.

use supercloud_proto::osmosis::tokenfactory::v1beta1::{
    DenomAuthorityMetadata, QueryDenomAuthorityMetadataRequest, QueryDenomAuthorityMetadataResponse,
    QueryDenomsFromCreatorRequest, QueryDenomsFromCreatorResponse, QueryParamsRequest, QueryParamsResponse,
};
use supercloud_proto::supercloud::tokenfactory::v1::{QueryMintCapRequest, QueryMintCapResponse};

use crate::coin::assert_denom;
use crate::machine::Machine;
use crate::query::QueryError;
use crate::state_key;
use crate::tokenfactory;

/// Most denoms that one answer lists: this query has no pages.
const MAX_DENOMS: usize = 1_000;

pub(crate) fn params(machine: &mut Machine<'_>, _: QueryParamsRequest) -> Result<QueryParamsResponse, QueryError> {
    Ok(QueryParamsResponse {
        params: Some(tokenfactory::load_params(machine)?),
    })
}

pub(crate) fn denoms_from_creator(
    machine: &mut Machine<'_>,
    request: QueryDenomsFromCreatorRequest,
) -> Result<QueryDenomsFromCreatorResponse, QueryError> {
    let creator = machine.address(&request.creator)?;
    let denoms = machine.list(&state_key::tokenfactory::all_by_creator(&creator), MAX_DENOMS)?;
    let denoms = denoms
        .into_iter()
        .map(|(denom, _)| String::from_utf8_lossy(&denom).into_owned());
    Ok(QueryDenomsFromCreatorResponse {
        denoms: denoms.collect(),
    })
}

pub(crate) fn admin(
    machine: &mut Machine<'_>,
    request: QueryDenomAuthorityMetadataRequest,
) -> Result<QueryDenomAuthorityMetadataResponse, QueryError> {
    assert_denom(&request.denom)?;
    let admin = tokenfactory::load_admin(machine, &request.denom)?;
    let admin = admin.map(|admin| machine.text(&admin)).unwrap_or_default();
    Ok(QueryDenomAuthorityMetadataResponse {
        authority_metadata: Some(DenomAuthorityMetadata { admin }),
    })
}

pub(crate) fn mint_cap(
    machine: &mut Machine<'_>,
    request: QueryMintCapRequest,
) -> Result<QueryMintCapResponse, QueryError> {
    assert_denom(&request.denom)?;
    let cap = tokenfactory::load_mint_cap(machine, &request.denom)?;
    let minted = tokenfactory::load_minted(machine, &request.denom)?;
    Ok(QueryMintCapResponse {
        amount_per_day: cap.map(|cap| cap.to_string()).unwrap_or_default(),
        minted_today: minted.amount.to_string(),
        day: minted.day,
    })
}
