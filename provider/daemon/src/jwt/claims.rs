//! Claims of a token, and the rules of AEP-64 for their form.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::JwtError;

const VERSION: &str = "v1";

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The tenant's address.
    pub iss: String,
    /// Made at, seconds since the Unix epoch.
    pub iat: u64,
    /// Not valid before.
    pub nbf: u64,
    /// Not valid from this second on.
    pub exp: u64,
    /// Whom it is for. Our clients always set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aud: Option<Audience>,
    /// Always `v1`.
    pub version: String,
    /// What it allows.
    pub leases: Leases,
    /// Free id; not remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
}

/// One receiver or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// What a token allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leases {
    /// How far it goes.
    pub access: Access,
    /// With scoped access: what may be done with every lease of the issuer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Vec<Scope>>,
    /// With granular access: what may be done where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<Permission>>,
}

/// How far a permission goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Everything.
    Full,
    /// The listed scopes, on all leases.
    Scoped,
    /// As listed in detail.
    Granular,
}

/// One thing that can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Send or replace the manifest.
    SendManifest,
    /// Read the manifest back.
    GetManifest,
    /// Read logs.
    Logs,
    /// Open a shell.
    Shell,
    /// Read events.
    Events,
    /// Read the status.
    Status,
    /// Restart services.
    Restart,
    /// Move host names.
    HostnameMigrate,
    /// Move addresses.
    IpMigrate,
    /// Ask for evidence.
    Attestation,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SendManifest => "send-manifest",
            Self::GetManifest => "get-manifest",
            Self::Logs => "logs",
            Self::Shell => "shell",
            Self::Events => "events",
            Self::Status => "status",
            Self::Restart => "restart",
            Self::HostnameMigrate => "hostname-migrate",
            Self::IpMigrate => "ip-migrate",
            Self::Attestation => "attestation",
        })
    }
}

/// What may be done at one provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// The provider's address.
    pub provider: String,
    /// How far it goes.
    pub access: Access,
    /// With scoped access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Vec<Scope>>,
    /// With granular access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployments: Option<Vec<DeploymentPermission>>,
}

/// What may be done with one deployment, or one lease of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentPermission {
    /// What may be done.
    pub scope: Vec<Scope>,
    /// Deployment.
    pub dseq: u64,
    /// Group; 0 for all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub gseq: u32,
    /// Order; 0 for all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub oseq: u32,
    /// Only these services.
    pub services: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

impl Claims {
    /// Claims for one provider, valid from `now` on.
    pub fn new(iss: impl Into<String>, provider: impl Into<String>, leases: Leases, now: u64, life: Duration) -> Self {
        Self {
            iss: iss.into(),
            iat: now,
            nbf: now,
            exp: now + life.as_secs(),
            aud: Some(Audience::One(provider.into())),
            version: VERSION.to_owned(),
            leases,
            jti: None,
        }
    }

    /// Whether the token names this provider: as its audience, or, without any audience, in its granular permissions.
    pub(super) fn is_for(&self, provider: &str) -> bool {
        match &self.aud {
            Some(Audience::One(one)) => one == provider,
            Some(Audience::Many(many)) => many.iter().any(|one| one == provider),
            None => self.leases.permission_for(provider).is_some(),
        }
    }

    pub(super) fn check(&self) -> Result<(), JwtError> {
        if self.version != VERSION {
            return Err(JwtError::Claims(format!(
                "version {:?} is not {VERSION:?}",
                self.version
            )));
        }
        if self.exp <= self.nbf.max(self.iat) {
            return Err(JwtError::Claims("exp is not after nbf and iat".to_owned()));
        }
        self.leases.check().map_err(JwtError::Claims)
    }
}

impl Leases {
    /// Everything at the provider that the token is for.
    pub fn full() -> Self {
        Self {
            access: Access::Full,
            scope: None,
            permissions: None,
        }
    }

    /// These things with every lease.
    pub fn scoped(scope: Vec<Scope>) -> Self {
        Self {
            access: Access::Scoped,
            scope: Some(scope),
            permissions: None,
        }
    }

    /// In detail.
    pub fn granular(permissions: Vec<Permission>) -> Self {
        Self {
            access: Access::Granular,
            scope: None,
            permissions: Some(permissions),
        }
    }

    pub(super) fn permission_for(&self, provider: &str) -> Option<&Permission> {
        self.permissions
            .iter()
            .flatten()
            .find(|permission| permission.provider == provider)
    }

    fn check(&self) -> Result<(), String> {
        let scope = self.scope.as_deref().unwrap_or_default();
        let permissions = self.permissions.as_deref().unwrap_or_default();
        match self.access {
            Access::Full if !scope.is_empty() || !permissions.is_empty() => {
                Err("full access has neither scope nor permissions".to_owned())
            }
            Access::Full => Ok(()),
            Access::Scoped if self.permissions.is_some() => Err("scoped access has no permissions".to_owned()),
            Access::Scoped => check_scope(scope),
            Access::Granular if permissions.is_empty() => Err("granular access needs permissions".to_owned()),
            Access::Granular => {
                let mut providers = BTreeSet::new();
                for permission in permissions {
                    if permission.provider.is_empty() || !providers.insert(&permission.provider) {
                        return Err(format!("provider {:?} is empty or repeated", permission.provider));
                    }
                    permission.check()?;
                }
                Ok(())
            }
        }
    }
}

impl Permission {
    fn check(&self) -> Result<(), String> {
        let scope = self.scope.as_deref().unwrap_or_default();
        let deployments = self.deployments.as_deref().unwrap_or_default();
        match self.access {
            Access::Full if !scope.is_empty() || !deployments.is_empty() => {
                Err("a permission with full access has neither scope nor deployments".to_owned())
            }
            Access::Full => Ok(()),
            Access::Scoped if self.deployments.is_some() => {
                Err("a permission with scoped access has no deployments".to_owned())
            }
            Access::Scoped => check_scope(scope),
            Access::Granular if self.scope.is_some() || deployments.is_empty() => {
                Err("a permission with granular access has deployments and no scope".to_owned())
            }
            Access::Granular => deployments.iter().try_for_each(DeploymentPermission::check),
        }
    }
}

impl DeploymentPermission {
    fn check(&self) -> Result<(), String> {
        if self.dseq == 0 {
            return Err("dseq is 0".to_owned());
        }
        if self.oseq > 0 && self.gseq == 0 {
            return Err("oseq without gseq".to_owned());
        }
        let distinct: BTreeSet<&String> = self.services.iter().collect();
        if self.services.is_empty() || distinct.len() != self.services.len() {
            return Err("services are empty or repeated".to_owned());
        }
        check_scope(&self.scope)
    }
}

fn check_scope(scope: &[Scope]) -> Result<(), String> {
    let distinct: BTreeSet<&Scope> = scope.iter().collect();
    if scope.is_empty() || distinct.len() != scope.len() {
        return Err("scope is empty or repeated".to_owned());
    }
    Ok(())
}
