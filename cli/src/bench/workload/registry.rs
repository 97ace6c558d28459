//! Executions of one small contract: providers that change their profile in the registry.

use std::collections::VecDeque;

use anyhow::Result;
use cosmwasm_std::HexBinary;
use supercloud_client::message;
use supercloud_schema::registry::{ExecuteMsg, ProviderInfo, ProviderProfile};

use super::{Item, TxEnd, Workload};
use crate::bench::accounts::Account;

/// A profile; the number makes each different.
pub(crate) fn profile(number: u64) -> ProviderProfile {
    ProviderProfile {
        host_uri: "https://bench.example:8443".to_owned(),
        tls_key_sha256: HexBinary::from([7; 32]),
        attributes: Vec::new(),
        info: ProviderInfo {
            email: format!("{number}@bench.example"),
            website: String::new(),
        },
    }
}

pub(crate) struct ProfileUpdates {
    addresses: Vec<String>,
    registry: String,
    gas_limit: u64,
    count: u64,
    ready: VecDeque<usize>,
}

impl ProfileUpdates {
    /// By accounts that are registered.
    pub(crate) fn new(accounts: &[Account], registry: &str, gas_limit: u64) -> Self {
        Self {
            addresses: accounts.iter().map(|account| account.address.clone()).collect(),
            registry: registry.to_owned(),
            gas_limit,
            count: 0,
            ready: (0..accounts.len()).collect(),
        }
    }

    fn item(&mut self, actor: usize) -> Result<Item> {
        self.count += 1;
        let update = ExecuteMsg::UpdateProvider {
            profile: profile(self.count),
        };
        Ok(Item {
            actor,
            signer: actor,
            messages: vec![message::execute(
                &self.addresses[actor],
                &self.registry,
                &update,
                Vec::new(),
            )?],
            gas_limit: self.gas_limit,
        })
    }
}

impl Workload for ProfileUpdates {
    fn next(&mut self) -> Option<Item> {
        let actor = self.ready.pop_front()?;
        self.item(actor).ok()
    }

    fn accepted(&mut self, actor: usize) {
        self.ready.push_back(actor);
    }

    fn refused(&mut self, actor: usize) {
        self.ready.push_front(actor);
    }

    fn committed(&mut self, _: usize, _: Option<&TxEnd>) {}

    fn needs_results(&self) -> bool {
        false
    }
}
