//! One file per message.

mod accounts_exhausted;
mod close_bid;
mod close_deployment;
mod close_group;
mod close_lease;
mod create_bid;
mod create_deployment;
mod create_lease;
mod instantiate;
mod pause_group;
mod release_deposits;
mod set_paused;
mod start_group;
mod start_reclaim;
mod update_config;
mod update_deployment;
mod update_params;

use cosmwasm_std::{MessageInfo, Storage};

pub(crate) use accounts_exhausted::accounts_exhausted;
pub(crate) use close_bid::close_bid;
pub(crate) use close_deployment::close_deployment;
pub(crate) use close_group::close_group;
pub(crate) use close_lease::close_lease;
pub(crate) use create_bid::{Offer, create_bid};
pub(crate) use create_deployment::{Demand, create_deployment};
pub(crate) use create_lease::create_lease;
pub(crate) use instantiate::instantiate;
pub(crate) use pause_group::pause_group;
pub(crate) use release_deposits::release_deposits;
pub(crate) use set_paused::set_paused;
pub(crate) use start_group::start_group;
pub(crate) use start_reclaim::start_reclaim;
pub(crate) use update_config::{ConfigChange, update_config};
pub(crate) use update_deployment::update_deployment;
pub(crate) use update_params::update_params;

use crate::error::{MarketError, Role};
use crate::state::{CONFIG, PAUSED};
use supercloud_schema::market::reason;

fn assert_governance(storage: &dyn Storage, info: &MessageInfo) -> Result<(), MarketError> {
    assert_sender(info, CONFIG.load(storage)?.governance.as_str(), Role::Governance)
}

fn assert_sender(info: &MessageInfo, expected: &str, needed: Role) -> Result<(), MarketError> {
    if info.sender.as_str() == expected {
        return Ok(());
    }
    Err(MarketError::Unauthorized {
        sender: info.sender.to_string(),
        needed,
    })
}

fn assert_intake(storage: &dyn Storage) -> Result<(), MarketError> {
    if PAUSED.load(storage)? {
        Err(MarketError::IntakePaused)
    } else {
        Ok(())
    }
}

fn assert_provider_reason(reason: u32) -> Result<(), MarketError> {
    if (reason::PROVIDER_MIN..=reason::PROVIDER_MAX).contains(&reason) {
        return Ok(());
    }
    Err(MarketError::ReasonOutOfRange { reason })
}
