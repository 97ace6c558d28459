//! Upgrade plans, evidence and parameter subspaces: registers that are empty here.

use supercloud_proto::cosmos::evidence::v1beta1 as evidence;
use supercloud_proto::cosmos::params::v1beta1 as params;
use supercloud_proto::cosmos::upgrade::v1beta1 as upgrade;

use super::super::{Answered, Call, run};
use super::{always, missing, no_page};
use crate::status::Status;

pub(super) fn upgrade(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "CurrentPlan" => {
            always::<upgrade::QueryCurrentPlanRequest>(call, data, upgrade::QueryCurrentPlanResponse { plan: None })
        }
        "AppliedPlan" => {
            always::<upgrade::QueryAppliedPlanRequest>(call, data, upgrade::QueryAppliedPlanResponse { height: 0 })
        }
        "ModuleVersions" => run(call, data, module_versions),
        _ => None,
    }
}

fn module_versions(
    _: &Call<'_>,
    request: upgrade::QueryModuleVersionsRequest,
) -> Result<upgrade::QueryModuleVersionsResponse, Status> {
    match request.module_name.as_str() {
        "" => Ok(upgrade::QueryModuleVersionsResponse::default()),
        name => Err(Status::not_found(format!(
            "x/upgrade: QueryModuleVersions module {name} not found"
        ))),
    }
}

pub(super) fn evidence(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "Evidence" => missing(call, data, |request: evidence::QueryEvidenceRequest| {
            format!("evidence {} not found", request.hash)
        }),
        "AllEvidence" => {
            let response = evidence::QueryAllEvidenceResponse {
                evidence: Vec::new(),
                pagination: no_page(),
            };
            always::<evidence::QueryAllEvidenceRequest>(call, data, response)
        }
        _ => None,
    }
}

pub(super) fn params(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "Params" => run(call, data, |_, request: params::QueryParamsRequest| {
            if request.subspace.is_empty() || request.key.is_empty() {
                return Err(Status::invalid("invalid request: subspace and key must be named"));
            }
            let subspace = request.subspace;
            Err::<params::QueryParamsResponse, _>(Status::not_found(format!("{subspace}: unknown subspace")))
        }),
        "Subspaces" => always::<params::QuerySubspacesRequest>(call, data, params::QuerySubspacesResponse::default()),
        _ => None,
    }
}
