//! Queries about minting rights.

use supercloud_proto::osmosis::tokenfactory::v1beta1::{
    DenomAuthorityMetadata, QueryDenomAuthorityMetadataRequest, QueryDenomAuthorityMetadataResponse,
};
use supercloud_proto::supercloud::tokenfactory::v1::{QueryMintCapRequest, QueryMintCapResponse};

use crate::coin::assert_denom;
use crate::machine::Machine;
use crate::query::QueryError;
use crate::tokenfactory;

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
