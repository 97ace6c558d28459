//! Queries about fee allowances. What is over but not removed yet is not shown.

use supercloud_proto::cosmos::feegrant::v1beta1::{
    Grant, QueryAllowanceRequest, QueryAllowanceResponse, QueryAllowancesByGranterRequest,
    QueryAllowancesByGranterResponse, QueryAllowancesRequest, QueryAllowancesResponse,
};
use supercloud_proto::prost::Message;

use crate::error::SdkError;
use crate::feegrant::{load, read_allowance, read_prefixed};
use crate::machine::Machine;
use crate::query::QueryError;
use crate::query::page::read_filtered_page;
use crate::state_key::feegrant as key;

fn read_current(machine: &Machine<'_>, bytes: &[u8]) -> Result<Option<Grant>, QueryError> {
    let grant = Grant::decode(bytes).map_err(|error| SdkError::corrupt("fee allowance", &error))?;
    let end = read_allowance(&grant)?.expiration_nanos()?;
    Ok(end.is_none_or(|end| end >= machine.block.time_nanos).then_some(grant))
}

pub(crate) fn allowance(
    machine: &mut Machine<'_>,
    request: QueryAllowanceRequest,
) -> Result<QueryAllowanceResponse, QueryError> {
    let (granter, grantee) = (machine.address(&request.granter)?, machine.address(&request.grantee)?);
    let grant = load(machine, &granter, &grantee)?;
    let grant = grant.ok_or_else(|| QueryError::NotFound("fee-grant not found".to_owned()))?;
    Ok(QueryAllowanceResponse { allowance: Some(grant) })
}

pub(crate) fn allowances(
    machine: &mut Machine<'_>,
    request: QueryAllowancesRequest,
) -> Result<QueryAllowancesResponse, QueryError> {
    let grantee = machine.address(&request.grantee)?;
    let (allowances, pagination) =
        read_filtered_page(machine, &key::grants(&grantee), request.pagination, |machine, item| {
            read_current(machine, item.value)
        })?;
    Ok(QueryAllowancesResponse { allowances, pagination })
}

pub(crate) fn allowances_by_granter(
    machine: &mut Machine<'_>,
    request: QueryAllowancesByGranterRequest,
) -> Result<QueryAllowancesByGranterResponse, QueryError> {
    let granter = machine.address(&request.granter)?;
    let prefix = key::by_granter(&granter);
    let (allowances, pagination) = read_filtered_page(machine, &prefix, request.pagination, |machine, item| {
        let (grantee, _) = read_prefixed(item.key)?;
        match machine.state.get(&key::grant(&granter, &grantee)) {
            Some(bytes) => read_current(machine, &bytes),
            None => Ok(None),
        }
    })?;
    Ok(QueryAllowancesByGranterResponse { allowances, pagination })
}
