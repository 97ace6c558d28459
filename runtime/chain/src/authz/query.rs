//! Queries about grants. What is over but not removed yet is not shown.

use supercloud_proto::cosmos::authz::v1beta1::{
    Grant, QueryGranteeGrantsRequest, QueryGranteeGrantsResponse, QueryGranterGrantsRequest,
    QueryGranterGrantsResponse, QueryGrantsRequest, QueryGrantsResponse,
};
use supercloud_proto::cosmos::base::query::v1beta1::PageResponse;

use crate::authz::{self, GrantId, with_parties};
use crate::machine::Machine;
use crate::query::QueryError;
use crate::query::page::read_filtered_page;
use crate::state_key::authz as key;

fn read_current(machine: &Machine<'_>, bytes: &[u8]) -> Result<Option<Grant>, QueryError> {
    let grant = authz::read_grant(bytes)?;
    let end = authz::end_nanos(&grant)?;
    Ok(end.is_none_or(|end| end > machine.block.time_nanos).then_some(grant))
}

pub(crate) fn grants(
    machine: &mut Machine<'_>,
    request: QueryGrantsRequest,
) -> Result<QueryGrantsResponse, QueryError> {
    let (granter, grantee) = (machine.address(&request.granter)?, machine.address(&request.grantee)?);
    if request.msg_type_url.is_empty() {
        let prefix = key::grants(&granter, &grantee);
        let (grants, pagination) = read_filtered_page(machine, &prefix, request.pagination, |machine, item| {
            read_current(machine, item.value)
        })?;
        return Ok(QueryGrantsResponse { grants, pagination });
    }
    let id = GrantId {
        granter,
        grantee,
        type_url: request.msg_type_url,
    };
    let grant = authz::load(machine, &id)?;
    let grant = grant.ok_or_else(|| {
        let text = format!("no authorization found for {} type", id.type_url);
        QueryError::NotFound(text)
    })?;
    Ok(QueryGrantsResponse {
        grants: vec![grant],
        pagination: Some(PageResponse::default()),
    })
}

pub(crate) fn granter_grants(
    machine: &mut Machine<'_>,
    request: QueryGranterGrantsRequest,
) -> Result<QueryGranterGrantsResponse, QueryError> {
    let granter = machine.address(&request.granter)?;
    let prefix = key::of_granter(&granter);
    let (grants, pagination) = read_filtered_page(machine, &prefix, request.pagination, |machine, item| {
        let id = GrantId::read(&[&*granter.length_prefixed(), item.key].concat())?;
        let grant = read_current(machine, item.value)?;
        Ok(grant.map(|grant| with_parties(machine, &id, grant)))
    })?;
    Ok(QueryGranterGrantsResponse { grants, pagination })
}

pub(crate) fn grantee_grants(
    machine: &mut Machine<'_>,
    request: QueryGranteeGrantsRequest,
) -> Result<QueryGranteeGrantsResponse, QueryError> {
    let grantee = machine.address(&request.grantee)?;
    let prefix = key::all_of_grantee(&grantee);
    let (grants, pagination) = read_filtered_page(machine, &prefix, request.pagination, |machine, item| {
        // The list has the two sides the other way round.
        let GrantId {
            granter: grantee,
            grantee: granter,
            type_url,
        } = GrantId::read(&[&*grantee.length_prefixed(), item.key].concat())?;
        let id = GrantId {
            granter,
            grantee,
            type_url,
        };
        let Some(bytes) = machine.state.get(&key::grant(&id)) else {
            return Ok(None);
        };
        let grant = read_current(machine, &bytes)?;
        Ok(grant.map(|grant| with_parties(machine, &id, grant)))
    })?;
    Ok(QueryGranteeGrantsResponse { grants, pagination })
}
