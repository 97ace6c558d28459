//! What an export has beyond what people write into a genesis: accounts with their sequences, grants, votes under way,
//! schedules. People may write any of it, too.

use serde::{Deserialize, Serialize};
use supercloud_proto::cosmos::authz::v1beta1::GrantAuthorization;
use supercloud_proto::cosmos::bank::v1beta1::{Metadata, SendEnabled};
use supercloud_proto::cosmos::feegrant::v1beta1::Grant;
use supercloud_proto::cosmos::gov::v1::{Deposit, Proposal, Vote};
use supercloud_proto::osmosis::tokenfactory::v1beta1::Params;
use supercloud_proto::prost_types::Any;
use supercloud_proto::supercloud::cron::v1::ScheduleStatus;
use supercloud_proto::tendermint::types::ConsensusParams;

use super::proto_json::ProtoJson;

/// The rest of a state. All lists are in the order of the state's keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GenesisState {
    /// Packed `BaseAccount` and `ModuleAccount`, with their numbers.
    pub accounts: Vec<ProtoJson<Any>>,
    /// What wallets show for denoms, in full.
    pub denom_metadata: Vec<ProtoJson<Metadata>>,
    /// Denoms with a rule of their own whether messages may move them.
    pub send_enabled: Vec<ProtoJson<SendEnabled>>,
    /// The rule of all others; absent: they may be moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_send_enabled: Option<bool>,
    /// Denoms that accounts made.
    pub factory_denoms: Vec<GenesisFactoryDenom>,
    /// What was minted on a day.
    pub minted: Vec<GenesisMinted>,
    /// What a new denom costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokenfactory_params: Option<ProtoJson<Params>>,
    /// Limits of blocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consensus_params: Option<ProtoJson<ConsensusParams>>,
    /// Proposals, votes and deposits.
    pub gov: GenesisProposals,
    /// Grants between accounts.
    pub authz: Vec<ProtoJson<GrantAuthorization>>,
    /// Fee allowances between accounts.
    pub feegrant: Vec<ProtoJson<Grant>>,
    /// Calls of contracts that come again and again.
    pub cron: Vec<ProtoJson<ScheduleStatus>>,
}

/// A denom below its creator's address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisFactoryDenom {
    /// Bech32 address.
    pub creator: String,
    /// The whole name.
    pub denom: String,
}

/// What was minted of a denom on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisMinted {
    /// Denom.
    pub denom: String,
    /// Days since 1970-01-01.
    pub day: u64,
    /// Whole number in text.
    pub amount: String,
}

/// Governance under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GenesisProposals {
    /// Id of the next proposal; 0 or 1: none was made.
    pub next_proposal_id: u64,
    /// All proposals.
    pub proposals: Vec<ProtoJson<Proposal>>,
    /// All votes.
    pub votes: Vec<ProtoJson<Vote>>,
    /// Deposits that are held.
    pub deposits: Vec<ProtoJson<Deposit>>,
    /// Passed proposals that wait to run.
    pub timelocked: Vec<GenesisTimelock>,
}

/// A passed proposal that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisTimelock {
    /// Which one.
    pub proposal_id: u64,
    /// When it runs, in nanoseconds since 1970, as text.
    pub runs_at_nanos: String,
}
