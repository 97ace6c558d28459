//! Whether a manifest uses exactly what its deployment's groups grant, no more and no less.

use std::collections::BTreeMap;

use supercloud_schema::resource::{EndpointKind, GroupSpec, ResourceUnit};

use crate::error::ManifestError;
use crate::group;
use crate::manifest::{Expose, ManifestGroup, Service};

/// What is left of one leased unit.
struct Left<'a> {
    unit: &'a ResourceUnit,
    replicas: u32,
    http: u32,
    ports: u32,
    addresses: u32,
}

/// Refuses a manifest that differs from the groups.
pub(crate) fn check(manifest: &[ManifestGroup], groups: &[GroupSpec]) -> Result<(), ManifestError> {
    let granted: BTreeMap<&str, &GroupSpec> = groups.iter().map(|group| (group.name.as_str(), group)).collect();
    let named = manifest.iter().all(|group| granted.contains_key(group.name.as_str()));
    if !named || manifest.len() != groups.len() || granted.len() != groups.len() {
        return Err(ManifestError::GroupsDiffer {
            manifest: manifest.iter().map(|group| group.name.clone()).collect(),
            deployment: groups.iter().map(|group| group.name.clone()).collect(),
        });
    }
    manifest
        .iter()
        .try_for_each(|group| check_group(group, granted[group.name.as_str()]))
}

fn check_group(group: &ManifestGroup, spec: &GroupSpec) -> Result<(), ManifestError> {
    let mut units: Vec<Left<'_>> = spec.resources.iter().map(Left::of).collect();
    for service in &group.services {
        take_service(&mut units, service).map_err(|problem| ManifestError::Mismatch {
            group: group.name.clone(),
            service: service.name.clone(),
            problem,
        })?;
    }
    for unit in &units {
        let left = [
            (unit.http, "HTTP endpoints"),
            (unit.ports, "port endpoints"),
            (unit.addresses, "address endpoints"),
            (unit.replicas, "replicas"),
        ];
        if let Some((left, what)) = left.into_iter().find(|(left, _)| *left > 0) {
            let id = unit.unit.resources.id;
            return Err(ManifestError::UnderUsed {
                group: group.name.clone(),
                id,
                left,
                what,
            });
        }
    }
    Ok(())
}

impl<'a> Left<'a> {
    fn of(unit: &'a ResourceUnit) -> Self {
        let mut left = Self {
            unit,
            replicas: unit.count,
            http: 0,
            ports: 0,
            addresses: 0,
        };
        for endpoint in &unit.resources.endpoints {
            match endpoint.kind {
                EndpointKind::SharedHttp {} => left.http += 1,
                EndpointKind::RandomPort {} => left.ports += 1,
                EndpointKind::LeasedIp {} => left.addresses += 1,
            }
        }
        left
    }
}

fn take_service(units: &mut [Left<'_>], service: &Service) -> Result<(), String> {
    let id = service.resources.id;
    let left = units
        .iter_mut()
        .find(|left| left.unit.resources.id == id)
        .ok_or_else(|| format!("no resources with id {id} were leased"))?;
    left.replicas = left.replicas.checked_sub(service.count).ok_or_else(|| {
        format!(
            "{} replicas, {} are left of resources {id}",
            service.count, left.replicas
        )
    })?;
    let leased = &left.unit.resources;
    for (equal, what) in [
        (group::cpu(&service.resources.cpu) == leased.cpu, "cpu"),
        (group::gpu(&service.resources.gpu) == leased.gpu, "gpu"),
        (group::memory(&service.resources.memory) == leased.memory, "memory"),
        (group::storage(&service.resources.storage) == leased.storage, "storage"),
    ] {
        if !equal {
            return Err(format!("{what} differs from the leased resources {id}"));
        }
    }
    service
        .expose
        .iter()
        .filter(|expose| expose.global)
        .try_for_each(|expose| take_endpoints(left, expose))
}

fn take_endpoints(left: &mut Left<'_>, expose: &Expose) -> Result<(), String> {
    let (stock, what) = if expose.is_ingress() {
        (&mut left.http, "HTTP")
    } else {
        (&mut left.ports, "port")
    };
    *stock = stock
        .checked_sub(1)
        .ok_or_else(|| format!("more {what} endpoints than were leased"))?;
    if !expose.ip.is_empty() {
        left.addresses = left
            .addresses
            .checked_sub(1)
            .ok_or_else(|| "more address endpoints than were leased".to_owned())?;
    }
    Ok(())
}
