//! Sends of one unit, each account to the next one. An account may have many on their way: it goes on once the node took
//! the last one.

use std::collections::VecDeque;

use supercloud_client::{Any, coin, message};
use supercloud_schema::money::UAKT;

use super::{Item, TxEnd, Workload};
use crate::bench::accounts::Account;

pub(crate) struct BankSends {
    messages: Vec<Any>,
    gas_limit: u64,
    ready: VecDeque<usize>,
}

impl BankSends {
    /// Between the accounts of a range of indices.
    pub(crate) fn new(accounts: &[Account], gas_limit: u64) -> Self {
        let receivers = accounts.iter().cycle().skip(1);
        let send = |(from, to): (&Account, &Account)| message::send(&from.address, &to.address, vec![coin(1, UAKT)]);
        Self {
            messages: accounts.iter().zip(receivers).map(send).collect(),
            gas_limit,
            ready: (0..accounts.len()).collect(),
        }
    }

    pub(crate) fn message(&self, actor: usize) -> Vec<Any> {
        vec![self.messages[actor].clone()]
    }
}

impl Workload for BankSends {
    fn next(&mut self) -> Option<Item> {
        let actor = self.ready.pop_front()?;
        Some(Item {
            actor,
            signer: actor,
            messages: self.message(actor),
            gas_limit: self.gas_limit,
        })
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
