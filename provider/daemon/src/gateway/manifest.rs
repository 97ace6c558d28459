//! Manifests: received, compared with the chain, stored, handed to the engine.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde::Serialize;
use supercloud_provider_engine::Input;
use supercloud_schema::id::LeaseId;
use supercloud_schema::market::{DeploymentResponse, Lease, LeaseState};
use supercloud_schema::resource::GroupSpec;
use supercloud_sdl::{Manifest, ManifestGroup, UncheckedManifest};

use super::Gateway;
use super::auth::Permit;
use super::error::ApiError;
use super::lease::LeasePath;
use crate::journal::Entry;
use crate::jwt::{JwtError, Request, Scope};

/// Answer to a manifest that was taken.
#[derive(Debug, Serialize)]
pub(super) struct Accepted {
    /// Leases that will run it.
    leases: Vec<LeaseId>,
}

/// `PUT /deployment/{dseq}/manifest`
pub(super) async fn receive(
    State(gateway): State<Arc<Gateway>>,
    Path(dseq): Path<u64>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Accepted>, ApiError> {
    let permit = gateway.permit(
        &headers,
        &Request {
            scope: Scope::SendManifest,
            dseq,
            lease: None,
        },
    )?;
    let received = UncheckedManifest::from_json(&body)?;
    let deployment = gateway
        .world
        .chain
        .deployment(&permit.owner, dseq)
        .await?
        .ok_or_else(|| {
            ApiError::not_found(
                "deployment_not_found",
                format!("{} has no deployment {dseq}", permit.owner),
            )
        })?;
    let manifest = check(received, &deployment)?;
    let leases = gateway.our_leases(&permit, dseq).await?;
    let runs: Vec<Run> = leases
        .into_iter()
        .map(|lease| Run::of(lease, &deployment, &manifest))
        .collect::<Result<_, _>>()?;
    let mut services = runs.iter().flat_map(|run| &run.group.services);
    if services.any(|service| !permit.services.allows(&service.name)) {
        return Err(JwtError::Forbidden {
            scope: Scope::SendManifest,
        }
        .into());
    }
    let mut accepted = Vec::new();
    for Run { lease, spec, group } in runs {
        let entry = Entry {
            lease: lease.id.clone(),
            spec: spec.clone(),
            group: group.clone(),
        };
        gateway
            .world
            .journal
            .write(&entry)
            .map_err(|error| ApiError::internal(error.to_string()))?;
        accepted.push(lease.id.clone());
        if !gateway.link.tell_and_wait(Input::Manifest { lease, spec, group }).await {
            return Err(ApiError::internal("the provider is ending"));
        }
    }
    Ok(Json(Accepted { leases: accepted }))
}

/// `GET /lease/{dseq}/{gseq}/{oseq}/manifest`
pub(super) async fn show(
    State(gateway): State<Arc<Gateway>>,
    Path(path): Path<LeasePath>,
    headers: HeaderMap,
) -> Result<Json<ManifestGroup>, ApiError> {
    let permit = gateway.permit(&headers, &path.request(Scope::GetManifest))?;
    let lease = gateway.find_lease(&permit, &path).await?;
    let entry = gateway
        .world
        .journal
        .read(&lease.lease)
        .ok_or_else(|| ApiError::not_found("manifest_not_found", "no manifest was sent for this lease"))?;
    let mut group = entry.group;
    group.services.retain(|service| permit.services.allows(&service.name));
    Ok(Json(group))
}

/// First the hash, so that a tenant with an old file learns just that; then the rules; then the groups.
fn check(received: UncheckedManifest, deployment: &DeploymentResponse) -> Result<Manifest, ApiError> {
    let on_chain = &deployment.deployment.hash;
    if on_chain.as_slice() != received.hash() {
        let found = hex::encode(received.hash());
        return Err(ApiError::refused(
            "manifest_hash_mismatch",
            format!(
                "the manifest's hash is {found}, the deployment's is {}",
                on_chain.to_hex()
            ),
        ));
    }
    let manifest = received.check()?;
    let specs: Vec<GroupSpec> = deployment.groups.iter().map(|group| group.spec.clone()).collect();
    manifest.check_against_groups(&specs)?;
    Ok(manifest)
}

/// One lease with what it will run.
struct Run {
    lease: Lease,
    spec: GroupSpec,
    group: ManifestGroup,
}

impl Run {
    fn of(lease: Lease, deployment: &DeploymentResponse, manifest: &Manifest) -> Result<Self, ApiError> {
        let lost = || ApiError::internal(format!("group {} of the deployment is missing", lease.id.gseq));
        let spec = deployment
            .groups
            .iter()
            .find(|group| group.id.gseq == lease.id.gseq)
            .ok_or_else(lost)?
            .spec
            .clone();
        let group = manifest
            .groups()
            .iter()
            .find(|group| group.name == spec.name)
            .ok_or_else(lost)?
            .clone();
        Ok(Self { lease, spec, group })
    }
}

impl Gateway {
    /// Leases of the deployment that run here.
    pub(super) async fn our_leases(&self, permit: &Permit, dseq: u64) -> Result<Vec<Lease>, ApiError> {
        let mut leases = self.world.chain.leases_of(dseq).await?;
        leases.retain(|lease| {
            lease.id.provider == self.provider
                && lease.id.owner == permit.owner
                && matches!(lease.state, LeaseState::Active {} | LeaseState::Reclaiming {})
        });
        if leases.is_empty() {
            let message = format!("deployment {dseq} has no active lease with {}", self.provider);
            return Err(ApiError::not_found("lease_not_found", message));
        }
        Ok(leases)
    }
}
