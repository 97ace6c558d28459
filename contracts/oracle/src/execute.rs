//! What the oracle does, one verb a file.

mod instantiate;
mod observe;
mod set_frozen;
mod update_governance;
mod update_params;

pub(crate) use instantiate::instantiate;
pub(crate) use observe::{Sighting, observe};
pub(crate) use set_frozen::set_frozen;
pub(crate) use update_governance::update_governance;
pub(crate) use update_params::update_params;
