//! The JSON of the manifest, field by field: what is `null`, what is left out, what is a number in a string.

use serde::{Deserialize, Serialize};

use super::number;

/// Services of one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestGroup {
    /// The placement's name.
    pub name: String,
    /// Sorted by name.
    #[serde(deserialize_with = "number::null_as_default")]
    pub services: Vec<Service>,
}

/// One service: an image, how to run it, what it gets, how it is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Name within the deployment, a DNS label.
    pub name: String,
    /// Container image.
    pub image: String,
    /// Entry point, or the image's own.
    #[serde(default)]
    pub command: Option<Vec<String>>,
    /// Arguments.
    #[serde(default)]
    pub args: Option<Vec<String>>,
    /// `NAME=value` or a bare `NAME`.
    #[serde(default)]
    pub env: Option<Vec<String>>,
    /// What one replica gets; its id names the leased unit.
    pub resources: Resources,
    /// Replicas.
    pub count: u32,
    /// Ports, sorted.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub expose: Vec<Expose>,
    /// Mounts, permissions, confidential computing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<ServiceParams>,
    /// Credentials of a private image registry.
    #[serde(default)]
    pub credentials: Option<Credentials>,
}

/// Resources of one replica, in the manifest's notation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resources {
    /// The leased unit.
    pub id: u32,
    /// Processor.
    pub cpu: Cpu,
    /// Memory.
    pub memory: Memory,
    /// Volumes.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "number::null_as_default"
    )]
    pub storage: Vec<Volume>,
    /// Graphics processors; units are 0 when there are none.
    pub gpu: Gpu,
    /// Endpoints.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub endpoints: Vec<Endpoint>,
}

/// A number that is printed as a decimal string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Val {
    /// The number.
    #[serde(with = "number::text")]
    pub val: u64,
}

/// Processor share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cpu {
    /// Thousandths of a core.
    pub units: Val,
    /// Requirements.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "number::null_as_default"
    )]
    pub attributes: Vec<ManifestAttribute>,
}

/// Main memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Bytes.
    pub size: Val,
    /// Requirements.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "number::null_as_default"
    )]
    pub attributes: Vec<ManifestAttribute>,
}

/// One volume.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// Name within the profile.
    pub name: String,
    /// Bytes.
    pub size: Val,
    /// `class` and `persistent`.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "number::null_as_default"
    )]
    pub attributes: Vec<ManifestAttribute>,
}

/// Graphics processors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gpu {
    /// Devices.
    pub units: Val,
    /// Any one of these must match.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "number::null_as_default"
    )]
    pub attributes: Vec<ManifestAttribute>,
}

/// A key with a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestAttribute {
    /// Name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Value.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
}

/// One endpoint of a unit. Kinds: 0 shared HTTP, 1 random port, 2 leased address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Left out when 0.
    #[serde(default, skip_serializing_if = "number::is_zero")]
    pub kind: u32,
    /// Ties services that share a leased address.
    pub sequence_number: u32,
}

impl Endpoint {
    /// HTTP on a host name that many tenants share.
    pub const SHARED_HTTP: u32 = 0;
    /// A port that the provider picks.
    pub const RANDOM_PORT: u32 = 1;
    /// An address of the tenant's own.
    pub const LEASED_IP: u32 = 2;
}

/// One port and who may reach it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Expose {
    /// Port inside the service.
    pub port: u32,
    /// Port outside, 0 for the same.
    #[serde(default)]
    pub external_port: u32,
    /// `TCP` or `UDP`.
    pub proto: String,
    /// The only service that may reach it, or empty.
    #[serde(default)]
    pub service: String,
    /// Whether it can be reached from outside.
    #[serde(default)]
    pub global: bool,
    /// Host names.
    #[serde(default)]
    pub hosts: Option<Vec<String>>,
    /// Behaviour of the HTTP proxy.
    #[serde(default)]
    pub http_options: HttpOptions,
    /// Name of a leased address, or empty.
    #[serde(default)]
    pub ip: String,
    /// Number of that address within the deployment.
    #[serde(default)]
    pub endpoint_sequence_number: u32,
}

impl Expose {
    /// Port as seen from outside.
    pub fn outside_port(&self) -> u32 {
        if self.external_port == 0 {
            self.port
        } else {
            self.external_port
        }
    }

    /// Whether it is served by the shared HTTP proxy.
    pub fn is_ingress(&self) -> bool {
        self.proto == "TCP" && self.global && self.outside_port() == 80
    }
}

/// Behaviour of the HTTP proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HttpOptions {
    /// Bytes.
    pub max_body_size: u32,
    /// Milliseconds.
    pub read_timeout: u32,
    /// Milliseconds.
    pub send_timeout: u32,
    /// Tries of the next replica.
    pub next_tries: u32,
    /// Milliseconds.
    pub next_timeout: u32,
    /// When to try the next replica.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "number::null_as_default")]
    pub next_cases: Vec<String>,
    /// Bytes; left out when 0.
    #[serde(skip_serializing_if = "number::is_zero")]
    pub proxy_buffer_size: u32,
}

/// Mounts, permissions, confidential computing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceParams {
    /// Sorted by name.
    #[serde(default)]
    pub storage: Option<Vec<StorageParams>>,
    /// What the workload may read about itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Permissions>,
    /// Confidential computing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tee: Option<Tee>,
}

/// Where a volume is mounted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StorageParams {
    /// The volume.
    pub name: String,
    /// Absolute path.
    pub mount: String,
    /// Whether writing is refused.
    pub read_only: bool,
}

/// What the workload may read about itself: `deployment`, `logs`, `events`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permissions {
    /// What it may read.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "number::null_as_default"
    )]
    pub read: Vec<String>,
}

/// Confidential computing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tee {
    /// `cpu` or `cpu-gpu`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether evidence can be asked for.
    pub attestation: bool,
}

/// Credentials of a private image registry. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// Registry.
    pub host: String,
    /// Optional contact.
    #[serde(default)]
    pub email: String,
    /// Account.
    pub username: String,
    /// Secret.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("host", &self.host)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}
