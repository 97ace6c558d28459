//! Queries about the consensus parameters.

use supercloud_proto::cosmos::consensus::v1::{QueryParamsRequest, QueryParamsResponse};

use crate::consensus;
use crate::machine::Machine;
use crate::query::QueryError;

pub(crate) fn params(machine: &mut Machine<'_>, _: QueryParamsRequest) -> Result<QueryParamsResponse, QueryError> {
    Ok(QueryParamsResponse {
        params: Some(consensus::load(machine)?),
    })
}
