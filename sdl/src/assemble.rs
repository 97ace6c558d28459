//! From services, profiles and counts to groups and manifest groups.
//!
//! In 2.0 every service gets a resource unit of its own. In 2.1 services with the same compute profile in the same
//! placement share one: counts add up, endpoints are joined and sorted by sequence number.

use std::collections::BTreeMap;

use crate::document::{self, Document, strings};
use crate::error::SdlError;
use crate::expose::{self, SequenceNumbers};
use crate::group::{AkashGroup, AkashResourceUnit};
use crate::manifest::{
    Credentials, ManifestAttribute, ManifestGroup, Permissions, Resources, Service, ServiceParams, StorageParams, Tee,
};
use crate::sdl::Profiles;
use crate::version::Rules;
use crate::{compute, placement};

const TEE_ATTRIBUTE: &str = "tee/type";
const TEE_CPU: &str = "cpu";
const TEE_CPU_GPU: &str = "cpu-gpu";

/// One placement while services are added to it.
struct Placement {
    group: AkashGroup,
    services: Vec<Service>,
    /// Position of the unit that a compute profile already has here.
    shared: BTreeMap<String, usize>,
    tee: Option<String>,
}

/// Builds both lists, sorted by placement name. Every reference has been checked.
pub(crate) fn assemble(
    rules: Rules,
    document: &Document,
    profiles: &Profiles,
) -> Result<(Vec<AkashGroup>, Vec<ManifestGroup>), SdlError> {
    let numbers = expose::sequence_numbers(
        document
            .deployment
            .keys()
            .filter_map(|name| document.services.get(name))
            .map(|service| &service.0),
    );
    let mut placements: BTreeMap<&str, Placement> = BTreeMap::new();
    for (service_name, counts) in document.deployment.iter() {
        for (placement_name, count) in counts.iter() {
            let compute = profiles.compute.get(&*count.profile).expect("references are checked");
            let infra = profiles.placement.get(placement_name).expect("references are checked");
            let service = document.services.get(service_name).expect("references are checked");
            let placement = placements
                .entry(placement_name)
                .or_insert_with(|| Placement::new(placement_name, infra));
            placement.require_tee(service_name, service, compute)?;
            let parts = Parts {
                name: service_name,
                service,
                compute,
                count,
                numbers: &numbers,
            };
            placement.add(rules, &parts, infra)?;
        }
    }
    Ok(placements
        .into_values()
        .map(|placement| {
            let name = placement.group.name.clone();
            (
                placement.group,
                ManifestGroup {
                    name,
                    services: placement.services,
                },
            )
        })
        .unzip())
}

/// What is known about one service in one placement.
struct Parts<'a> {
    name: &'a str,
    service: &'a document::Service,
    compute: &'a compute::Profile,
    count: &'a document::Count,
    numbers: &'a SequenceNumbers,
}

impl Placement {
    fn new(name: &str, infra: &placement::Profile) -> Self {
        Self {
            group: AkashGroup {
                name: name.to_owned(),
                requirements: infra.requirements.clone(),
                resources: Vec::new(),
            },
            services: Vec::new(),
            shared: BTreeMap::new(),
            tee: None,
        }
    }

    /// A service with `params.tee` makes its whole group require a provider with that kind.
    fn require_tee(
        &mut self,
        name: &str,
        service: &document::Service,
        compute: &compute::Profile,
    ) -> Result<(), SdlError> {
        let Some(tee) = service
            .params
            .as_ref()
            .map(|params| &params.tee)
            .filter(|tee| !tee.is_empty())
        else {
            return Ok(());
        };
        let wrong = |problem: String| {
            Err(SdlError::Tee {
                path: format!("services.{name}.params.tee"),
                problem,
            })
        };
        match tee.as_str() {
            TEE_CPU => {}
            TEE_CPU_GPU if compute.gpu.units.val > 0 => {}
            TEE_CPU_GPU => return wrong("cpu-gpu needs a gpu".to_owned()),
            other => return wrong(format!("{other:?} is neither cpu nor cpu-gpu")),
        }
        match &self.tee {
            Some(earlier) if *earlier != **tee => {
                wrong(format!("group {:?} already asks for {earlier:?}", self.group.name))
            }
            Some(_) => Ok(()),
            None => {
                self.tee = Some(tee.0.clone());
                let attributes = self.group.requirements.attributes.get_or_insert_default();
                attributes.push(ManifestAttribute {
                    key: TEE_ATTRIBUTE.to_owned(),
                    value: tee.0.clone(),
                });
                attributes.sort_by(|a, b| a.key.cmp(&b.key));
                Ok(())
            }
        }
    }

    fn add(&mut self, rules: Rules, parts: &Parts<'_>, infra: &placement::Profile) -> Result<(), SdlError> {
        let exposes = expose::read(
            &format!("services.{}", parts.name),
            &parts.service.expose,
            parts.numbers,
        )?;
        let mut resources = Resources {
            id: 0,
            cpu: parts.compute.cpu.clone().expect("limits are checked"),
            memory: parts.compute.memory.clone().expect("limits are checked"),
            storage: parts.compute.volumes.clone(),
            gpu: parts.compute.gpu.clone(),
            endpoints: expose::endpoints(&exposes),
        };
        let profile: &str = &parts.count.profile;
        let shared = if rules == Rules::V21 {
            self.shared.get(profile).copied()
        } else {
            None
        };
        if let Some(index) = shared {
            let unit = &mut self.group.resources[index];
            resources.id = unit.resource.id;
            unit.count = unit.count.saturating_add(*parts.count.count);
            unit.resource.endpoints.extend(resources.endpoints.iter().copied());
            unit.resource.endpoints.sort_by_key(|endpoint| endpoint.sequence_number);
        } else {
            let index = self.group.resources.len();
            resources.id = u32::try_from(index + 1).expect("a file holds fewer than 2^32 services");
            self.shared.insert(profile.to_owned(), index);
            self.group.resources.push(AkashResourceUnit {
                resource: resources.clone(),
                count: *parts.count.count,
                price: infra.pricing.get(profile).cloned().expect("references are checked"),
            });
        }
        self.services.push(Service {
            name: parts.name.to_owned(),
            image: parts.service.image.0.clone(),
            command: strings(&parts.service.command),
            args: strings(&parts.service.args),
            env: strings(&parts.service.env),
            resources,
            count: *parts.count.count,
            expose: exposes,
            params: parts.service.params.as_ref().map(params),
            credentials: parts
                .service
                .credentials
                .as_ref()
                .map(|found| credentials(rules, found)),
        });
        Ok(())
    }
}

fn params(written: &document::Params) -> ServiceParams {
    let storage: Vec<_> = written
        .storage
        .iter()
        .map(|(name, mount)| StorageParams {
            name: name.clone(),
            mount: mount.mount.0.clone(),
            read_only: *mount.read_only,
        })
        .collect();
    ServiceParams {
        storage: (!storage.is_empty()).then_some(storage),
        permissions: written.permissions.as_ref().map(|permissions| Permissions {
            read: permissions.read.iter().map(|item| item.0.clone()).collect(),
        }),
        tee: (!written.tee.is_empty()).then(|| Tee {
            kind: written.tee.0.clone(),
            attestation: true,
        }),
    }
}

/// 2.0 drops the address and keeps blanks, 2.1 keeps it and trims.
fn credentials(rules: Rules, written: &document::Credentials) -> Credentials {
    let trimmed = |text: &str| text.trim().to_owned();
    match rules {
        Rules::V20 => Credentials {
            host: written.host.0.clone(),
            email: String::new(),
            username: written.username.0.clone(),
            password: written.password.0.clone(),
        },
        Rules::V21 => Credentials {
            host: trimmed(&written.host),
            email: trimmed(&written.email),
            username: trimmed(&written.username),
            password: trimmed(&written.password),
        },
    }
}
