//! What the registry stores.

use cosmwasm_std::Addr;
use cw_storage_plus::{Item, Map};
use supercloud_schema::registry::Provider;
use supercloud_schema::resource::Attribute;

/// Governance address.
pub const GOVERNANCE: Item<Addr> = Item::new("governance");
/// Provider's address -> provider
pub const PROVIDERS: Map<&Addr, Provider> = Map::new("providers");
/// (provider, auditor) -> signed attributes, ordered by key, never empty
pub const AUDITED: Map<(&Addr, &Addr), Vec<Attribute>> = Map::new("audited");
