//! A list of transactions, each sent once: how the accounts of a load are prepared.

use std::collections::VecDeque;

use super::{Item, TxEnd, Workload};

pub(crate) struct Once {
    items: Vec<Item>,
    ready: VecDeque<usize>,
    left: usize,
}

impl Once {
    /// All of different signers; actors are numbered anew.
    pub(crate) fn new(items: Vec<Item>) -> Self {
        Self {
            ready: (0..items.len()).collect(),
            left: items.len(),
            items,
        }
    }
}

impl Workload for Once {
    fn next(&mut self) -> Option<Item> {
        let actor = self.ready.pop_front()?;
        let item = self.items[actor].clone();
        Some(Item { actor, ..item })
    }

    fn accepted(&mut self, _: usize) {}

    fn refused(&mut self, actor: usize) {
        self.ready.push_back(actor);
    }

    fn committed(&mut self, _: usize, _: Option<&TxEnd>) {
        self.left -= 1;
    }

    fn needs_results(&self) -> bool {
        true
    }

    fn is_done(&self) -> bool {
        self.left == 0
    }
}
