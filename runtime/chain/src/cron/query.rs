//! Queries about schedules and what became of them.

use supercloud_proto::supercloud::cron::v1::{
    QueryScheduleRequest, QueryScheduleResponse, QuerySchedulesRequest, QuerySchedulesResponse,
};

use crate::cron;
use crate::machine::Machine;
use crate::query::QueryError;
use crate::query::page::read_page;
use crate::state_key::cron as key;

pub(crate) fn schedule(
    machine: &mut Machine<'_>,
    request: QueryScheduleRequest,
) -> Result<QueryScheduleResponse, QueryError> {
    let status = cron::load(machine, &request.name)?;
    let status = status.ok_or_else(|| QueryError::NotFound(format!("schedule {} not found", request.name)))?;
    Ok(QueryScheduleResponse { status: Some(status) })
}

pub(crate) fn schedules(
    machine: &mut Machine<'_>,
    request: QuerySchedulesRequest,
) -> Result<QuerySchedulesResponse, QueryError> {
    let (schedules, pagination) = read_page(machine, key::SCHEDULES, request.pagination, |_, item| {
        Ok(cron::read_status(item.value)?)
    })?;
    Ok(QuerySchedulesResponse { schedules, pagination })
}
