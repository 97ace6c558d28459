//! What the contract does, one verb a file.

mod cancel_request;
mod fund_vault;
mod instantiate;
mod process;
mod request_mint;
mod request_redeem;
mod set_paused;
mod update_config;
mod update_params;

pub(crate) use cancel_request::cancel_request;
pub(crate) use fund_vault::fund_vault;
pub(crate) use instantiate::instantiate;
pub(crate) use process::process;
pub(crate) use request_mint::request_mint;
pub(crate) use request_redeem::request_redeem;
pub(crate) use set_paused::set_paused;
pub(crate) use update_config::{ConfigChange, update_config};
pub(crate) use update_params::update_params;
