//! Whether a verified token allows one request.

use std::collections::BTreeSet;

use super::claims::{Access, Claims, Permission, Scope};
use super::{JwtError, Verifier};

/// What somebody wants to do. The owner of the lease is always the token's issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// What.
    pub scope: Scope,
    /// With which deployment.
    pub dseq: u64,
    /// With which lease of it, `(gseq, oseq)`; absent for the whole deployment.
    pub lease: Option<(u32, u32)>,
}

/// Which services a token reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceFilter {
    /// All.
    All,
    /// Only these.
    Only(BTreeSet<String>),
}

impl ServiceFilter {
    /// Whether a service is reached.
    pub fn allows(&self, service: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(services) => services.contains(service),
        }
    }
}

impl Claims {
    /// The services that the request may touch, or a refusal. Denied unless something allows it.
    pub fn authorize(&self, verifier: &Verifier<'_>, request: &Request) -> Result<ServiceFilter, JwtError> {
        let scope = request.scope;
        let granted = match self.leases.access {
            Access::Full => Some(ServiceFilter::All),
            Access::Scoped => self
                .leases
                .scope
                .iter()
                .flatten()
                .any(|own| *own == scope)
                .then_some(ServiceFilter::All),
            Access::Granular => self
                .leases
                .permission_for(verifier.provider)
                .and_then(|permission| allowed(permission, request)),
        };
        granted.ok_or(JwtError::Forbidden { scope })
    }
}

fn allowed(permission: &Permission, request: &Request) -> Option<ServiceFilter> {
    match permission.access {
        Access::Full => Some(ServiceFilter::All),
        Access::Scoped => permission
            .scope
            .iter()
            .flatten()
            .any(|own| *own == request.scope)
            .then_some(ServiceFilter::All),
        Access::Granular => {
            let services: BTreeSet<String> = permission
                .deployments
                .iter()
                .flatten()
                .filter(|entry| {
                    let lease = request.lease.is_none_or(|(gseq, oseq)| {
                        (entry.gseq == 0 || entry.gseq == gseq) && (entry.oseq == 0 || entry.oseq == oseq)
                    });
                    entry.dseq == request.dseq && lease && entry.scope.contains(&request.scope)
                })
                .flat_map(|entry| entry.services.iter().cloned())
                .collect();
            (!services.is_empty()).then_some(ServiceFilter::Only(services))
        }
    }
}
