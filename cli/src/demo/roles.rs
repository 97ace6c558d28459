//! The roles of the demo and their keys: each signs for itself.

use supercloud_client::{Key, TxQueue};

use super::chain::HRP;
use super::failure::StepError;

/// A role with its key.
#[derive(Clone)]
pub(crate) struct Actor {
    /// The role's name.
    pub(crate) role: &'static str,
    /// Its account.
    pub(crate) address: String,
    pub(crate) queue: TxQueue,
}

impl Actor {
    /// Its key.
    pub(crate) fn key(&self) -> &Key {
        self.queue.key()
    }
}

/// All roles.
pub(crate) struct Actors {
    /// Council of one.
    pub(crate) governance: Actor,
    /// Deploys.
    pub(crate) tenant: Actor,
    /// Pays part of it.
    pub(crate) sponsor: Actor,
    /// Carries prices and turns the crank.
    pub(crate) relayer: Actor,
    /// The cheaper provider.
    pub(crate) provider_a: Actor,
    /// The dearer provider.
    pub(crate) provider_b: Actor,
}

impl Actors {
    /// Every role.
    pub(crate) fn all(&self) -> [&Actor; 6] {
        [
            &self.governance,
            &self.tenant,
            &self.sponsor,
            &self.relayer,
            &self.provider_a,
            &self.provider_b,
        ]
    }

    /// The actor of a role.
    pub(crate) fn by_role(&self, role: &str) -> &Actor {
        self.all()
            .into_iter()
            .find(|actor| actor.role == role)
            .expect("roles are named in this module")
    }
}

/// Keys of the roles, before there is a chain.
pub(crate) struct RoleKeys(pub(crate) Vec<(&'static str, Key)>);

impl RoleKeys {
    /// Fresh keys.
    pub(crate) fn generate() -> Result<Self, StepError> {
        let roles = ["governance", "tenant", "sponsor", "relayer", "provider-a", "provider-b"];
        let keys = roles.into_iter().map(|role| Key::random().map(|key| (role, key)));
        keys.collect::<Result<_, _>>().map(Self).map_err(StepError::unexpected)
    }

    /// Address of each role.
    pub(crate) fn addresses(&self) -> Result<Vec<(&'static str, String)>, StepError> {
        let addresses = self
            .0
            .iter()
            .map(|(role, key)| key.address(HRP).map(|address| (*role, address)));
        addresses.collect::<Result<_, _>>().map_err(StepError::unexpected)
    }
}
