//! What can be wrong with a file, with a manifest, and what is merely worth telling.

use std::fmt;

use thiserror::Error;

/// Why a file was refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SdlError {
    /// The text is not YAML, or a value has the wrong type.
    #[error("not a readable file: {0}")]
    Yaml(String),
    /// There is no `version`.
    #[error("no version found")]
    MissingVersion,
    /// The version is neither 2.0 nor 2.1 or later.
    #[error("unsupported version {found:?}, supported are 2.0 and 2.1")]
    UnsupportedVersion {
        /// As written.
        found: String,
    },
    /// A key at the top that no version knows.
    #[error("unexpected field {0:?} at the top of the file")]
    UnknownField(String),
    /// A number, size or share that cannot be read.
    #[error("{path}: {text:?} is not {expected}")]
    Quantity {
        /// Where.
        path: String,
        /// As written.
        text: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A key in a block where every key must be known.
    #[error("{path}: unsupported key {key:?}")]
    UnsupportedKey {
        /// Where.
        path: String,
        /// The key.
        key: String,
    },
    /// A value outside a fixed list.
    #[error("{path}: {text:?} is not one of {allowed}")]
    NotAllowed {
        /// Where.
        path: String,
        /// As written.
        text: String,
        /// The list.
        allowed: &'static str,
    },
    /// GPUs of a vendor that cannot be asked for yet.
    #[error("{path}: gpu vendor {vendor:?} is not supported, only \"nvidia\" is")]
    UnsupportedGpuVendor {
        /// Where.
        path: String,
        /// The vendor.
        vendor: String,
    },
    /// GPU units without attributes, or attributes without a vendor.
    #[error("{path}: {problem}")]
    GpuAttributes {
        /// Where.
        path: String,
        /// What is missing.
        problem: &'static str,
    },
    /// Storage attributes that contradict each other, or twice the same volume.
    #[error("{path}: {problem}")]
    Storage {
        /// Where.
        path: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// A name that points to nothing.
    #[error("{path}: no {kind} named {name:?}")]
    Dangling {
        /// Where.
        path: String,
        /// What was looked for.
        kind: &'static str,
        /// By which name.
        name: String,
    },
    /// A value inside a service that cannot be used.
    #[error("{path}: {problem}")]
    Service {
        /// Where.
        path: String,
        /// What is wrong.
        problem: String,
    },
    /// An IP endpoint that is declared or used wrongly.
    #[error("endpoint {name:?}: {problem}")]
    Endpoint {
        /// Its name.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// A confidential-computing request that cannot be met.
    #[error("{path}: {problem}")]
    Tee {
        /// Where.
        path: String,
        /// What is wrong.
        problem: String,
    },
    /// `reclamation.min_window` is not a positive duration.
    #[error("reclamation.min_window {0:?} is not a positive duration")]
    Reclamation(String),
    /// A price that cannot be read or is not allowed.
    #[error("{path}: price {text:?}: {problem}")]
    Price {
        /// Where.
        path: String,
        /// As written.
        text: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// A price in a denomination that this chain does not take.
    #[error("group {group:?}: price in {denom:?}, leases are priced in {expected:?}")]
    Denom {
        /// The group.
        group: String,
        /// As written.
        denom: String,
        /// What the chain takes.
        expected: String,
    },
    /// A resource outside the network's limits.
    #[error("{path}: {what} {found} is outside {min}..={max}")]
    Limit {
        /// Where.
        path: String,
        /// Which resource.
        what: &'static str,
        /// As asked for.
        found: u128,
        /// Smallest allowed.
        min: u128,
        /// Largest allowed.
        max: u128,
    },
    /// Nothing is deployed.
    #[error("the file deploys nothing")]
    NoGroups,
    /// The manifest that follows from the file is not valid.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

/// Why a manifest was refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ManifestError {
    /// The text is not JSON of the manifest's shape.
    #[error("not a readable manifest: {0}")]
    Json(String),
    /// There is no group, or a group has no service.
    #[error("{0} is empty")]
    Empty(String),
    /// A group name twice.
    #[error("group {0:?} appears twice")]
    DuplicateGroup(String),
    /// Services or exposed ports are not in order.
    #[error("{0} is not sorted")]
    Unsorted(String),
    /// A service's field is not acceptable.
    #[error("service {service:?}: {problem}")]
    Service {
        /// Which service.
        service: String,
        /// What is wrong.
        problem: String,
    },
    /// No service can be reached from outside.
    #[error("no service is exposed globally")]
    NoGlobalService,
    /// The manifest and the groups on chain name different groups.
    #[error("groups of the manifest {manifest:?} are not those of the deployment {deployment:?}")]
    GroupsDiffer {
        /// The manifest's groups.
        manifest: Vec<String>,
        /// The deployment's groups.
        deployment: Vec<String>,
    },
    /// A service does not fit what was leased.
    #[error("group {group:?}, service {service:?}: {problem}")]
    Mismatch {
        /// Which group.
        group: String,
        /// Which service.
        service: String,
        /// What differs.
        problem: String,
    },
    /// Something was leased that no service uses.
    #[error("group {group:?}, resources {id}: {left} {what} not used by any service")]
    UnderUsed {
        /// Which group.
        group: String,
        /// Which resources.
        id: u32,
        /// How many are left.
        left: u32,
        /// Of what.
        what: &'static str,
    },
}

/// Something that is accepted but probably not meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// A key without any effect.
    IgnoredKey {
        /// Path of the key.
        path: String,
    },
    /// A single volume is always called `default`.
    VolumeRenamed {
        /// The compute profile.
        profile: String,
        /// The name that was written.
        name: String,
    },
    /// A persistent volume that is paid for and never mounted.
    UnmountedVolume {
        /// The service.
        service: String,
        /// The volume.
        volume: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IgnoredKey { path } => write!(f, "{path} has no effect"),
            Self::VolumeRenamed { profile, name } => {
                write!(
                    f,
                    "profiles.compute.{profile}: the only volume is called default, not {name}; use a list"
                )
            }
            Self::UnmountedVolume { service, volume } => {
                write!(f, "services.{service}: persistent volume {volume} is not mounted")
            }
        }
    }
}
