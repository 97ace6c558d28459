//! Registry: providers, their attributes, auditors' signatures on attributes, service endpoints and TLS key pins.
//!
//! Rules come from Akash `x/provider` and `x/audit` (market.md section 6). The contract holds no funds.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::HexBinary;

use crate::resource::Attribute;
use crate::time::Seconds;

/// Sets the contract up.
#[cw_serde]
pub struct InstantiateMsg {
    /// Address that may change parameters and migrate.
    pub governance: String,
}

/// Free-form contact data.
#[cw_serde]
#[derive(Eq, Default)]
pub struct ProviderInfo {
    /// E-mail address, may be empty.
    pub email: String,
    /// Web site, may be empty.
    pub website: String,
}

/// What a provider says of itself.
#[cw_serde]
#[derive(Eq)]
pub struct ProviderProfile {
    /// Absolute `https` URL of the gateway, without a path: `https://host[:port]`.
    pub host_uri: String,
    /// SHA-256 of the DER SubjectPublicKeyInfo of the gateway's TLS key, 32 bytes.
    pub tls_key_sha256: HexBinary,
    /// Self-declared attributes; keys unique.
    pub attributes: Vec<Attribute>,
    /// Contact.
    pub info: ProviderInfo,
}

/// What the registry does.
#[cw_serde]
pub enum ExecuteMsg {
    /// Registers the sender as a provider.
    RegisterProvider {
        /// The whole profile.
        profile: ProviderProfile,
    },
    /// Replaces the sender's profile.
    UpdateProvider {
        /// The whole profile.
        profile: ProviderProfile,
    },
    /// The sender, an auditor, signs attributes of a provider: new keys are added, known keys replaced.
    SignAttributes {
        /// Provider's address.
        provider: String,
        /// What the auditor vouches for.
        attributes: Vec<Attribute>,
    },
    /// The sender, an auditor, withdraws its signature on keys; an empty list withdraws all.
    DeleteAttributes {
        /// Provider's address.
        provider: String,
        /// Keys to withdraw.
        keys: Vec<String>,
    },
    /// The sender, a provider, strikes an auditor's record on itself, wanted or not.
    RejectAuditor {
        /// Auditor's address.
        auditor: String,
    },
    /// Hands governance over. Governance only.
    UpdateGovernance {
        /// New governance address.
        governance: String,
    },
}

/// A registered provider.
#[cw_serde]
#[derive(Eq)]
pub struct Provider {
    /// Its address.
    pub owner: String,
    /// What it says of itself.
    pub profile: ProviderProfile,
    /// Block time of registration.
    pub registered_at: Seconds,
    /// Block time of the last change.
    pub updated_at: Seconds,
}

/// What one auditor signed for one provider.
#[cw_serde]
#[derive(Eq)]
pub struct AuditedAttributes {
    /// Provider's address.
    pub provider: String,
    /// Auditor's address.
    pub auditor: String,
    /// Signed attributes, ordered by key.
    pub attributes: Vec<Attribute>,
}

/// A provider and all that matching needs to know of it.
#[cw_serde]
#[derive(Eq)]
pub struct ProviderResponse {
    /// The provider, when registered.
    pub provider: Option<Provider>,
    /// Every auditor's record on it, ordered by auditor.
    pub audited: Vec<AuditedAttributes>,
}

/// A page of providers.
#[cw_serde]
pub struct ProvidersResponse {
    /// Ordered by address.
    pub providers: Vec<Provider>,
}

/// The configuration.
#[cw_serde]
pub struct ConfigResponse {
    /// Governance address.
    pub governance: String,
}

/// What can be asked.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// The configuration.
    #[returns(ConfigResponse)]
    Config {},
    /// One provider with its audited attributes.
    #[returns(ProviderResponse)]
    Provider {
        /// Provider's address.
        owner: String,
    },
    /// One provider with the records of the named auditors only: what a match needs, whoever else signed something.
    #[returns(ProviderResponse)]
    ProviderForAuditors {
        /// Provider's address.
        owner: String,
        /// Auditors' addresses, at most 32.
        auditors: Vec<String>,
    },
    /// Providers by address.
    #[returns(ProvidersResponse)]
    Providers {
        /// Address to start after.
        start_after: Option<String>,
        /// At most 100, 30 by default.
        limit: Option<u32>,
    },
}

/// Runs the migration steps that are due.
#[cw_serde]
pub struct MigrateMsg {}

/// Event types and attribute keys.
pub mod event {
    /// `provider`
    pub const PROVIDER_REGISTERED: &str = "provider_registered";
    /// `provider`
    pub const PROVIDER_UPDATED: &str = "provider_updated";
    /// `provider`, `auditor`
    pub const ATTRIBUTES_SIGNED: &str = "attributes_signed";
    /// `provider`, `auditor`
    pub const ATTRIBUTES_DELETED: &str = "attributes_deleted";
}
