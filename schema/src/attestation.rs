//! Attestation: records of evidence about a provider's devices.
//!
//! This version keeps records only: who said what about which device, the evidence's hash, until when. It verifies no
//! evidence on chain and holds no bonds; a record says which verifier vouches for it.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{HexBinary, Uint64};

use crate::time::Seconds;

/// Sets the contract up.
#[cw_serde]
pub struct InstantiateMsg {
    /// Address that may list verifiers.
    pub governance: String,
    /// Addresses whose records count as verified, at most 32.
    pub verifiers: Vec<String>,
    /// Longest life of a record.
    pub max_validity_seconds: Seconds,
}

/// Kind of evidence that a record stands for.
#[cw_serde]
#[derive(Eq, Copy)]
pub enum EvidenceKind {
    /// NVIDIA GPU attestation report.
    NvidiaGpu {},
    /// AMD SEV-SNP report.
    SevSnp {},
    /// Intel TDX quote.
    Tdx {},
    /// Measured benchmark of a device that cannot attest.
    Benchmark {},
}

/// The device that the evidence is about.
#[cw_serde]
#[derive(Eq)]
pub struct Device {
    /// Hardware id, such as a GPU UUID or chip id; 1 to 128 bytes. One device counts for one provider at a time.
    pub id: String,
    /// Vendor, such as `nvidia`.
    pub vendor: String,
    /// Model, such as `h100`.
    pub model: String,
    /// Device memory in MiB.
    pub memory_mib: u32,
}

/// What the contract does.
#[cw_serde]
pub enum ExecuteMsg {
    /// Records evidence about a provider's device; the sender's older record of the same device and kind is revoked.
    /// Refused while a valid record gives the device to another provider. Listed verifiers only. Data: the record number as a JSON string.
    SubmitRecord {
        /// Provider's address.
        provider: String,
        /// Device.
        device: Device,
        /// Kind.
        kind: EvidenceKind,
        /// SHA-256 of the evidence, 32 bytes.
        evidence_sha256: HexBinary,
        /// Not valid from this second on; within `max_validity_seconds`.
        expires_at: Seconds,
    },
    /// Takes a record back. The verifier who made it, or governance.
    RevokeRecord {
        /// Record number.
        id: Uint64,
    },
    /// Replaces the verifiers. Governance only.
    SetVerifiers {
        /// All of them.
        verifiers: Vec<String>,
    },
    /// Hands governance over. Governance only.
    UpdateGovernance {
        /// New governance address.
        governance: String,
    },
}

/// A record.
#[cw_serde]
#[derive(Eq)]
pub struct Record {
    /// Its number, from 1.
    pub id: Uint64,
    /// Provider's address.
    pub provider: String,
    /// Who vouches.
    pub verifier: String,
    /// Device.
    pub device: Device,
    /// Kind.
    pub kind: EvidenceKind,
    /// SHA-256 of the evidence.
    pub evidence_sha256: HexBinary,
    /// Block time of submission.
    pub submitted_at: Seconds,
    /// Not valid from this second on.
    pub expires_at: Seconds,
    /// Taken back.
    pub revoked: bool,
}

/// One record.
#[cw_serde]
pub struct RecordResponse {
    /// The record.
    pub record: Record,
    /// Neither revoked nor expired, and its verifier has been listed ever since.
    pub valid: bool,
}

/// A page of records.
#[cw_serde]
pub struct RecordsResponse {
    /// By number.
    pub records: Vec<RecordResponse>,
}

/// The configuration.
#[cw_serde]
pub struct ConfigResponse {
    /// Governance address.
    pub governance: String,
    /// Verifiers.
    pub verifiers: Vec<String>,
    /// Longest life of a record.
    pub max_validity_seconds: Seconds,
}

/// What can be asked. Limits are at most 100, 30 by default.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// The configuration.
    #[returns(ConfigResponse)]
    Config {},
    /// One record.
    #[returns(RecordResponse)]
    Record {
        /// Record number.
        id: Uint64,
    },
    /// Records on one provider.
    #[returns(RecordsResponse)]
    RecordsByProvider {
        /// Provider's address.
        provider: String,
        /// Number to start after.
        start_after: Option<Uint64>,
        /// Page size.
        limit: Option<u32>,
    },
}

/// Runs the migration steps that are due.
#[cw_serde]
pub struct MigrateMsg {}

/// Event types and attribute keys.
pub mod event {
    /// `record_id`, `provider`, `verifier`, `device`
    pub const RECORD_SUBMITTED: &str = "record_submitted";
    /// `record_id`
    pub const RECORD_REVOKED: &str = "record_revoked";
    /// `verifiers`, joined by commas.
    pub const VERIFIERS_SET: &str = "verifiers_set";
    /// `governance`
    pub const GOVERNANCE_UPDATED: &str = "governance_updated";
}
