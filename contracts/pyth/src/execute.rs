//! What the receiver does, one verb a file.

mod add_signer_set;
mod expire_signer_set;
mod instantiate;
mod update_config;
mod update_params;
mod update_price_feeds;
mod withdraw_fees;

pub(crate) use add_signer_set::add_signer_set;
pub(crate) use expire_signer_set::expire_signer_set;
pub(crate) use instantiate::instantiate;
pub(crate) use update_config::{Change, update_config};
pub(crate) use update_params::update_params;
pub(crate) use update_price_feeds::update_price_feeds;
pub(crate) use withdraw_fees::withdraw_fees;
