//! Authorizations: one account sends messages of another, as far as that other granted it.
//!
//! Invariant: every stored grant has an entry in its grantee's list, and one in the queue when it ends by itself; all
//! three come and go together.

use supercloud_proto::cosmos::authz::v1beta1::{Grant, GrantAuthorization};
use supercloud_proto::prost::Message;
use thiserror::Error;

use crate::address::Address;
use crate::clock::to_nanos;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::feegrant::read_prefixed;
use crate::machine::Machine;
use crate::state_key::authz as key;
use crate::store::Direction;

pub(crate) mod authorization;
mod contract;
pub(crate) mod exec;
pub(crate) mod grant;
pub(crate) mod query;
pub(crate) mod revoke;

/// Most grants that end at the beginning of a block; the rest wait for the next one.
const MAX_EXPIRED_PER_BLOCK: usize = 200;

/// Errors of codespace `authz`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AuthzError {
    /// 2: nothing was granted.
    #[error(
        "failed to get grant with given granter: {granter}, grantee: {grantee} & msgType: {type_url}: authorization not found"
    )]
    NotFound {
        /// Whose message it is.
        granter: String,
        /// Who sends it.
        grantee: String,
        /// Which message.
        type_url: String,
    },
    /// 3: a grant that would be over at once.
    #[error("expiration time of authorization should be more than current time")]
    InvalidExpiration,
    /// 4: an authorization that this chain does not know.
    #[error("{type_url}: unknown authorization type")]
    UnknownType {
        /// Which one.
        type_url: String,
    },
    /// 6: the grant is over.
    #[error("authorization expired")]
    Expired,
    /// 7: a grant to oneself.
    #[error("grantee and granter should be different")]
    GranteeIsGranter,
}

impl AuthzError {
    /// The code.
    pub fn code(&self) -> u32 {
        match self {
            Self::NotFound { .. } => 2,
            Self::InvalidExpiration => 3,
            Self::UnknownType { .. } => 4,
            Self::Expired => 6,
            Self::GranteeIsGranter => 7,
        }
    }
}

/// Whose grant for which messages of whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GrantId {
    pub(crate) granter: Address,
    pub(crate) grantee: Address,
    pub(crate) type_url: String,
}

impl GrantId {
    /// Reads the part of a key that follows its prefix.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, TxError> {
        let (granter, rest) = read_prefixed(bytes)?;
        let (grantee, type_url) = read_prefixed(rest)?;
        Ok(Self {
            granter,
            grantee,
            type_url: String::from_utf8_lossy(type_url).into_owned(),
        })
    }

    /// Typed events carry JSON in their values.
    fn event(&self, machine: &Machine<'_>, kind: &str) -> Event {
        let quoted = |text: &str| format!("\"{text}\"");
        Event::new(kind)
            .with("grantee", quoted(&machine.text(&self.grantee)))
            .with("granter", quoted(&machine.text(&self.granter)))
            .with("msg_type_url", quoted(&self.type_url))
    }
}

pub(crate) fn load(machine: &mut Machine<'_>, id: &GrantId) -> Result<Option<Grant>, TxError> {
    let bytes = machine.read(&key::grant(id))?;
    bytes.map(|bytes| read_grant(&bytes)).transpose()
}

pub(crate) fn read_grant(bytes: &[u8]) -> Result<Grant, TxError> {
    Ok(Grant::decode(bytes).map_err(|error| SdkError::corrupt("grant", &error))?)
}

/// A grant with both sides.
pub(crate) fn with_parties(machine: &Machine<'_>, id: &GrantId, grant: Grant) -> GrantAuthorization {
    GrantAuthorization {
        granter: machine.text(&id.granter),
        grantee: machine.text(&id.grantee),
        authorization: grant.authorization,
        expiration: grant.expiration,
    }
}

/// The first moment at which it is over; none: never.
pub(crate) fn end_nanos(grant: &Grant) -> Result<Option<u64>, SdkError> {
    let end = grant.expiration.as_ref();
    end.map(|time| to_nanos("expiration", time)).transpose()
}

/// Writes a grant and what finds it, in the place of an older one; also used by genesis.
pub(crate) fn apply_grant(machine: &mut Machine<'_>, id: &GrantId, grant: &Grant) -> Result<(), TxError> {
    if let Some(old) = load(machine, id)? {
        remove(machine, id, &old)?;
    }
    machine.write(key::grant(id), grant.encode_to_vec())?;
    machine.write(key::of_grantee(id), Vec::new())?;
    if let Some(end) = end_nanos(grant)? {
        machine.write(key::expiring(end, id), Vec::new())?;
    }
    Ok(())
}

/// Removes a grant that is there.
fn remove(machine: &mut Machine<'_>, id: &GrantId, grant: &Grant) -> Result<(), TxError> {
    machine.delete(key::grant(id))?;
    machine.delete(key::of_grantee(id))?;
    if let Some(end) = end_nanos(grant)? {
        machine.delete(key::expiring(end, id))?;
    }
    Ok(())
}

/// What a block begins with: grants whose time is over go.
pub(crate) fn apply_begin_block(machine: &mut Machine<'_>) -> Result<(), TxError> {
    let end = machine.block.time_nanos.saturating_add(1).to_be_bytes();
    let end = [key::EXPIRING, &end].concat();
    let due = machine
        .state
        .range(Some(key::EXPIRING), Some(&end), Direction::Ascending);
    let due: Vec<Vec<u8>> = due.take(MAX_EXPIRED_PER_BLOCK).map(|(entry, _)| entry).collect();
    for entry in due {
        let id = GrantId::read(entry.get(key::EXPIRING.len() + 8..).unwrap_or_default())?;
        machine.delete(key::grant(&id))?;
        machine.delete(key::of_grantee(&id))?;
        machine.delete(entry)?;
    }
    Ok(())
}
