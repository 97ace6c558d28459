//! The manifest: what the tenant sends the provider, privately, so that the leased services can be started.
//!
//! The types print exactly the JSON of the Akash manifest, including its `null` lists and left-out zeroes, because the
//! hash of that JSON stands on chain. [`Manifest`] is always valid; what arrives over the network is an
//! [`UncheckedManifest`] first. The hash of a received manifest is taken over the JSON as received (canonicalised), so a
//! client that orders lists differently still agrees with itself.

mod check;
mod number;
mod types;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use supercloud_schema::resource::GroupSpec;

use crate::canonical::canonical_json;
use crate::crosscheck;
use crate::error::ManifestError;

pub use types::{
    Cpu, Credentials, Endpoint, Expose, Gpu, HttpOptions, ManifestAttribute, ManifestGroup, Memory, Permissions,
    Resources, Service, ServiceParams, StorageParams, Tee, Val, Volume,
};

/// A manifest that has passed all checks, with its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    groups: Vec<ManifestGroup>,
    hash: [u8; 32],
}

impl Serialize for Manifest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.groups.serialize(serializer)
    }
}

impl Manifest {
    /// From groups of our own making: checked, and hashed as they print.
    pub(crate) fn from_groups(groups: Vec<ManifestGroup>) -> Result<Self, ManifestError> {
        let printed = serde_json::to_value(&groups).map_err(|error| ManifestError::Json(error.to_string()))?;
        UncheckedManifest {
            hash: hash_of(&printed),
            groups,
        }
        .check()
    }

    /// The groups, sorted by name.
    pub fn groups(&self) -> &[ManifestGroup] {
        &self.groups
    }

    /// SHA-256 over the canonical JSON; the deployment on chain carries it.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// The JSON to send to a provider.
    pub fn to_json(&self) -> String {
        serde_json::to_value(self)
            .map(|value| canonical_json(&value))
            .expect("a manifest holds only JSON values")
    }

    /// Refuses a manifest that does not use exactly what the groups grant.
    ///
    /// The same groups, and for every service its unit with equal processor, GPU, memory and volumes; replicas and
    /// endpoints are used up exactly.
    pub fn check_against_groups(&self, groups: &[GroupSpec]) -> Result<(), ManifestError> {
        crosscheck::check(&self.groups, groups)
    }
}

/// A manifest as it arrived, with the hash of what arrived. Nothing in it can be relied on.
#[derive(Clone, Debug)]
pub struct UncheckedManifest {
    groups: Vec<ManifestGroup>,
    hash: [u8; 32],
}

impl UncheckedManifest {
    /// Reads the JSON of a manifest.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ManifestError> {
        let received: serde_json::Value =
            serde_json::from_slice(bytes).map_err(|error| ManifestError::Json(error.to_string()))?;
        let hash = hash_of(&received);
        // From the text, not the tree: a repeated key in a known object is refused this way.
        let groups = serde_json::from_slice(bytes).map_err(|error| ManifestError::Json(error.to_string()))?;
        Ok(Self { groups, hash })
    }

    /// SHA-256 over the canonical form of the JSON as received.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// Applies every rule that needs no knowledge of the chain.
    pub fn check(self) -> Result<Manifest, ManifestError> {
        check::assert_groups(&self.groups)?;
        Ok(Manifest {
            groups: self.groups,
            hash: self.hash,
        })
    }
}

fn hash_of(value: &serde_json::Value) -> [u8; 32] {
    Sha256::digest(canonical_json(value).as_bytes()).into()
}
