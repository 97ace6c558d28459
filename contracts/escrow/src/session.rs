//! One message's work: storage, clock and configuration going in, events and messages coming out.

use cosmwasm_std::{Addr, Binary, DepsMut, Env, Event, Response, SubMsg};
use supercloud_schema::money::Uact;
use supercloud_schema::time::{Seconds, block_seconds};

use crate::error::EscrowError;
use crate::state::{CONFIG, Config, OWED};

/// See the module.
pub(crate) struct Session<'a> {
    pub(crate) deps: DepsMut<'a>,
    pub(crate) env: Env,
    pub(crate) config: Config,
    pub(crate) now: Seconds,
    events: Vec<Event>,
    messages: Vec<SubMsg>,
    data: Option<Binary>,
}

impl<'a> Session<'a> {
    pub(crate) fn open(deps: DepsMut<'a>, env: Env) -> Result<Self, EscrowError> {
        let config = CONFIG.load(deps.storage)?;
        let now = block_seconds(&env.block);
        Ok(Self {
            deps,
            env,
            config,
            now,
            events: Vec::new(),
            messages: Vec::new(),
            data: None,
        })
    }

    pub(crate) fn close(self) -> Response {
        let mut response = Response::new().add_events(self.events).add_submessages(self.messages);
        response.data = self.data;
        response
    }

    pub(crate) fn emit(&mut self, event: Event) {
        self.events.push(event);
    }

    pub(crate) fn send(&mut self, message: SubMsg) {
        self.messages.push(message);
    }

    pub(crate) fn answer(&mut self, data: Binary) {
        self.data = Some(data);
    }

    pub(crate) fn validate(&self, address: &str) -> Result<Addr, EscrowError> {
        Ok(self.deps.api.addr_validate(address)?)
    }

    /// Records that ACT came in and somebody has a claim on it.
    pub(crate) fn apply_claim(&mut self, amount: Uact) -> Result<(), EscrowError> {
        let owed = OWED.load(self.deps.storage)?.checked_add(amount)?;
        Ok(OWED.save(self.deps.storage, &owed)?)
    }

    /// Records that a claim was paid.
    pub(crate) fn apply_payout(&mut self, amount: Uact) -> Result<(), EscrowError> {
        let owed = OWED.load(self.deps.storage)?.checked_sub(amount)?;
        Ok(OWED.save(self.deps.storage, &owed)?)
    }

    pub(crate) fn assert_market(&self, sender: &Addr) -> Result<(), EscrowError> {
        if *sender == self.config.market {
            return Ok(());
        }
        Err(EscrowError::NotMarket {
            sender: sender.to_string(),
        })
    }

    pub(crate) fn assert_governance(&self, sender: &Addr) -> Result<(), EscrowError> {
        if *sender == self.config.governance {
            return Ok(());
        }
        Err(EscrowError::NotGovernance {
            sender: sender.to_string(),
        })
    }
}
