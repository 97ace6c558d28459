//! Whether everything that a deployment names exists and fits: profiles, services, addresses, volumes, mounts.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{self, Document};
use crate::error::{SdlError, Warning};
use crate::sdl::Profiles;
use crate::storage::{is_persistent, is_ram};
use crate::version::Rules;
use crate::{compute, limits};

/// Applies all rules about references.
pub(crate) fn check(
    rules: Rules,
    document: &Document,
    profiles: &Profiles,
    warnings: &mut Vec<Warning>,
) -> Result<(), SdlError> {
    check_declared_endpoints(document)?;
    let mut used = UsedEndpoints::default();
    for (service_name, placements) in document.deployment.iter() {
        for (placement_name, count) in placements.iter() {
            let path = format!("deployment.{service_name}.{placement_name}");
            let dangling = |kind, name: &str| SdlError::Dangling {
                path: path.clone(),
                kind,
                name: name.to_owned(),
            };
            let compute = profiles
                .compute
                .get(&*count.profile)
                .ok_or_else(|| dangling("compute profile", &count.profile))?;
            let placement = profiles
                .placement
                .get(placement_name)
                .ok_or_else(|| dangling("placement profile", placement_name))?;
            if !placement.pricing.contains_key(&*count.profile) {
                return Err(dangling("price for compute profile", &count.profile));
            }
            let service = document
                .services
                .get(service_name)
                .ok_or_else(|| dangling("service", service_name))?;
            check_credentials(service_name, service)?;
            used.check_service(service_name, service, document)?;
            check_mounts(rules, service_name, service, compute, warnings)?;
            limits::assert_profile(&format!("profiles.compute.{}", *count.profile), compute)?;
        }
    }
    match document
        .endpoints
        .keys()
        .find(|name| !used.names.contains(name.as_str()))
    {
        Some(name) => Err(endpoint(name, "declared but never used")),
        None => Ok(()),
    }
}

fn endpoint(name: &str, problem: impl Into<String>) -> SdlError {
    SdlError::Endpoint {
        name: name.to_owned(),
        problem: problem.into(),
    }
}

fn check_declared_endpoints(document: &Document) -> Result<(), SdlError> {
    for (name, declared) in document.endpoints.iter() {
        if !is_endpoint_name(name) {
            return Err(endpoint(name, "not a valid name"));
        }
        if declared.kind.as_str() != "ip" {
            return Err(endpoint(name, format!("kind {:?} is not \"ip\"", *declared.kind)));
        }
    }
    Ok(())
}

/// `^[[:lower:]]+[[:lower:]-_\d]+$`
fn is_endpoint_name(name: &str) -> bool {
    name.len() >= 2
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'))
}

/// Leased addresses and the ports taken on them.
#[derive(Default)]
struct UsedEndpoints {
    names: BTreeSet<String>,
    /// By address, external port as written and protocol as written: that is how Go tells them apart.
    ports: BTreeMap<(String, u32, String), String>,
}

impl UsedEndpoints {
    fn check_service(&mut self, name: &str, service: &document::Service, document: &Document) -> Result<(), SdlError> {
        for expose in service.expose.iter() {
            for to in expose.to.iter().filter(|to| !to.ip.is_empty()) {
                if !*to.global {
                    return Err(endpoint(
                        &to.ip,
                        format!("service {name:?} uses it without global: true"),
                    ));
                }
                if !document.endpoints.contains_key(&*to.ip) {
                    return Err(endpoint(
                        &to.ip,
                        format!("service {name:?} uses it but it is not declared"),
                    ));
                }
                self.names.insert(to.ip.0.clone());
                let key = (to.ip.0.clone(), *expose.external, expose.proto.0.clone());
                if let Some(other) = self.ports.insert(key, name.to_owned()) {
                    return Err(endpoint(
                        &to.ip,
                        format!("port {} of service {name:?} is already used by {other:?}", *expose.port),
                    ));
                }
            }
        }
        Ok(())
    }
}

fn check_credentials(name: &str, service: &document::Service) -> Result<(), SdlError> {
    let Some(credentials) = &service.credentials else {
        return Ok(());
    };
    for (field, value) in [
        ("host", &credentials.host),
        ("username", &credentials.username),
        ("password", &credentials.password),
    ] {
        if value.trim().is_empty() {
            return Err(SdlError::Service {
                path: format!("services.{name}.credentials"),
                problem: format!("{field} is missing"),
            });
        }
    }
    Ok(())
}

/// Mounts must name volumes of the profile, be absolute and differ. A persistent volume that nobody mounts is an error
/// in 2.0 when the service mounts nothing at all (which is all that Go can tell), otherwise a warning.
fn check_mounts(
    rules: Rules,
    name: &str,
    service: &document::Service,
    compute: &compute::Profile,
    warnings: &mut Vec<Warning>,
) -> Result<(), SdlError> {
    let path = |volume: &str| format!("services.{name}.params.storage.{volume}");
    let mut mounts: BTreeMap<&str, &str> = BTreeMap::new();
    let mounted = service.params.iter().flat_map(|params| params.storage.iter());
    for (volume_name, mount) in mounted {
        let wrong = |problem: String| SdlError::Service {
            path: path(volume_name),
            problem,
        };
        let Some(volume) = compute.volumes.iter().find(|volume| volume.name == *volume_name) else {
            let kind = "volume in the compute profile";
            return Err(SdlError::Dangling {
                path: path(volume_name),
                kind,
                name: volume_name.clone(),
            });
        };
        if !mount.mount.starts_with('/') {
            return Err(wrong(format!("mount {:?} is not an absolute path", *mount.mount)));
        }
        if let Some(other) = mounts.insert(&mount.mount, volume_name) {
            return Err(wrong(format!(
                "mount {:?} is already used by volume {other:?}",
                *mount.mount
            )));
        }
        if rules == Rules::V21 && is_ram(volume) && *mount.read_only {
            return Err(wrong("a ram volume cannot be read-only".to_owned()));
        }
    }
    for volume in compute.volumes.iter().filter(|volume| is_persistent(volume)) {
        if mounts.values().any(|mounted| *mounted == volume.name) {
            continue;
        }
        if rules == Rules::V20 && mounts.is_empty() {
            let problem = "a persistent volume needs a mount".to_owned();
            return Err(SdlError::Service {
                path: path(&volume.name),
                problem,
            });
        }
        let warning = Warning::UnmountedVolume {
            service: name.to_owned(),
            volume: volume.name.clone(),
        };
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    Ok(())
}
