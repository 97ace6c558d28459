//! What only development chains do: take states back, let senders pass without their signatures, record calls. No block or
//! genesis can ask for any of it; the process that holds the [`Chain`] does.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::address::{Address, AddressError};
use crate::diagnostics::calls::CallLog;
use crate::genesis::GenesisError;
use crate::state::State;
use crate::store::Store;

use super::{Chain, load_last_block, pins_to_engine};
use crate::machine::Machine;

/// Senders whose signatures are not looked at. Shared by all that checks or runs transactions of one chain.
#[derive(Debug, Default)]
pub(crate) struct Impersonated {
    /// So that chains without any do not wait for the lock.
    any: AtomicBool,
    senders: RwLock<BTreeSet<Address>>,
}

impl Impersonated {
    pub(crate) fn contains(&self, address: &Address) -> bool {
        self.any.load(Ordering::SeqCst)
            && self
                .senders
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(address)
    }

    fn replace(&self, senders: BTreeSet<Address>) {
        let mut current = self.senders.write().unwrap_or_else(PoisonError::into_inner);
        self.any.store(!senders.is_empty(), Ordering::SeqCst);
        *current = senders;
    }
}

/// A chain as it was at one moment.
pub struct ChainSnapshot {
    store: Box<dyn Store>,
    height: u64,
}

impl ChainSnapshot {
    /// Height of the last block then.
    pub fn height(&self) -> u64 {
        self.height
    }
}

impl Chain {
    /// The chain as it is now, when its store can be copied: the one in memory can.
    pub fn snapshot(&self) -> Option<ChainSnapshot> {
        Some(ChainSnapshot {
            store: self.store.fork()?,
            height: self.last.height,
        })
    }

    /// Goes back to a snapshot, which can be used again.
    ///
    /// # Errors
    ///
    /// A snapshot of a store that holds no chain, or an engine that does not take a pinned code any more; then nothing
    /// has changed.
    pub fn revert(&mut self, snapshot: &ChainSnapshot) -> Result<(), GenesisError> {
        let not_a_chain = |reason: &str| GenesisError::NotAChain {
            reason: reason.to_owned(),
        };
        let store = snapshot
            .store
            .fork()
            .ok_or_else(|| not_a_chain("it cannot be copied"))?;
        let latest = store.latest();
        let last = load_last_block(&*latest).ok_or_else(|| not_a_chain("no last block"))?;
        pins_to_engine(&mut Machine::new(&self.env, State::new(latest.clone()), last))?;
        self.app_hash = latest.root();
        self.last = last;
        self.store = store;
        self.checker = self.checker();
        Ok(())
    }

    /// From now on transactions of these senders, and of nobody else, pass without a valid key or signature.
    ///
    /// # Errors
    ///
    /// An address that is none of this chain; then nothing has changed.
    pub fn set_impersonated(&self, addresses: &BTreeSet<String>) -> Result<(), AddressError> {
        let parsed = addresses.iter().map(|text| self.env.codec.parse(text));
        let parsed = parsed.collect::<Result<_, _>>()?;
        self.env.impersonated.replace(parsed);
        Ok(())
    }

    /// Records the contract calls of all later blocks.
    pub fn set_call_log(&mut self, log: Option<Arc<CallLog>>) {
        self.call_log = log;
    }
}
