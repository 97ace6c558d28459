//! What a development chain offers beside blocks: snapshots to go back to, senders without signatures, traces of contract
//! calls, a gas report. A node that was started from a home's configuration has none of it.
//!
//! A revert takes back state, blocks, the mempool and block time together. Clients that have seen later blocks see them
//! replaced, as in a reorganisation.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use supercloud_chain::{AddressError, CallLog, CallTrace, Chain, ChainSnapshot, GasLine, GenesisError};
use supercloud_rpc::Hash;
use thiserror::Error;

use crate::handle::NodeHandle;

/// Snapshots that are kept at once: each may hold on to a thousand states.
const MAX_SNAPSHOTS: usize = 100;

/// Why a development tool does not do what it was asked for.
#[derive(Debug, Error)]
pub enum DevError {
    /// A node that others may rely on.
    #[error("this is no development chain: `supercloud dev` starts one")]
    NotDev,
    /// What needs a chain in memory.
    #[error(
        "{what} need a chain in memory, this one is in a home: start `supercloud dev` without --home, or stop it and go back with `supercloud node rollback`"
    )]
    Durable {
        /// What was asked for.
        what: &'static str,
    },
    /// No such snapshot.
    #[error("there is no snapshot {id}; there are {known:?}")]
    NoSnapshot {
        /// Which.
        id: u64,
        /// Those that are there.
        known: Vec<u64>,
    },
    /// Too many.
    #[error("there are {MAX_SNAPSHOTS} snapshots already; revert to one of {known:?}, which drops the later ones")]
    TooManySnapshots {
        /// Those that are there.
        known: Vec<u64>,
    },
    /// Nobody to impersonate.
    #[error("{address:?}: {source}")]
    Address {
        /// What was given.
        address: String,
        /// What is wrong.
        source: AddressError,
    },
    /// A snapshot that does not make a chain.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
}

/// A moment to go back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SnapshotInfo {
    /// Its number; they ascend and are not used again.
    pub id: u64,
    /// Height of the last block then.
    pub height: u64,
}

/// What happened to a transaction, call by call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TxTrace {
    /// Hash in upper-case hex.
    pub tx_hash: String,
    /// 0, or the code of the error.
    pub code: u32,
    /// The error.
    pub log: String,
    /// Where contracts were stopped and what they caught.
    pub info: String,
    /// SDK gas of the whole transaction: also of its size, its signatures, and the set-up of contracts.
    pub gas_used: u64,
    /// The contract calls; none when they are no longer kept.
    #[serde(flatten)]
    pub trace: Option<CallTrace>,
}

struct Snapshot {
    chain: ChainSnapshot,
    waiting: Vec<Vec<u8>>,
    now_nanos: u64,
}

#[derive(Default)]
struct Snapshots {
    last_id: u64,
    kept: BTreeMap<u64, Snapshot>,
}

impl Snapshots {
    fn known(&self) -> Vec<u64> {
        self.kept.keys().copied().collect()
    }
}

/// The tools of one chain.
pub(crate) struct DevTools {
    is_durable: bool,
    calls: Arc<CallLog>,
    snapshots: Mutex<Snapshots>,
    impersonated: Mutex<BTreeSet<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl DevTools {
    /// Makes a chain one for development.
    pub(crate) fn attach(chain: &mut Chain, is_durable: bool) -> Self {
        let calls = Arc::new(CallLog::default());
        chain.set_call_log(Some(calls.clone()));
        Self {
            is_durable,
            calls,
            snapshots: Mutex::default(),
            impersonated: Mutex::default(),
        }
    }

    fn assert_in_memory(&self, what: &'static str) -> Result<(), DevError> {
        if self.is_durable {
            return Err(DevError::Durable { what });
        }
        Ok(())
    }
}

impl NodeHandle {
    fn dev(&self) -> Result<&DevTools, DevError> {
        self.dev.as_ref().ok_or(DevError::NotDev)
    }

    /// Remembers state, blocks, mempool and block time.
    ///
    /// # Errors
    ///
    /// No development chain in memory, or 100 snapshots already.
    pub fn snapshot(&self) -> Result<SnapshotInfo, DevError> {
        const WHAT: &str = "snapshots";
        let dev = self.dev()?;
        dev.assert_in_memory(WHAT)?;
        let mut snapshots = lock(&dev.snapshots);
        if snapshots.kept.len() >= MAX_SNAPSHOTS {
            return Err(DevError::TooManySnapshots {
                known: snapshots.known(),
            });
        }
        // Held until all of it is read: no block may come in between.
        let chain = self.state.chain();
        let snapshot = Snapshot {
            chain: chain.snapshot().ok_or(DevError::Durable { what: WHAT })?,
            waiting: self.state.all_waiting(),
            now_nanos: self.state.clock.now(),
        };
        drop(chain);
        snapshots.last_id += 1;
        let info = SnapshotInfo {
            id: snapshots.last_id,
            height: snapshot.chain.height(),
        };
        snapshots.kept.insert(info.id, snapshot);
        Ok(info)
    }

    /// Goes back to a snapshot. It stays, later ones are gone.
    ///
    /// # Errors
    ///
    /// No development chain in memory, no such snapshot.
    pub fn revert(&self, id: u64) -> Result<SnapshotInfo, DevError> {
        let dev = self.dev()?;
        dev.assert_in_memory("snapshots")?;
        let mut snapshots = lock(&dev.snapshots);
        let known = snapshots.known();
        let snapshot = snapshots.kept.get(&id).ok_or(DevError::NoSnapshot { id, known })?;
        let height = snapshot.chain.height();
        let mut chain = self.state.chain();
        chain.revert(&snapshot.chain)?;
        dev.calls.forget_above(height);
        self.state.clock.set(snapshot.now_nanos);
        self.state.archive.take_back(height);
        self.state.take_back(&chain, snapshot.waiting.clone());
        drop(chain);
        snapshots.kept.retain(|other, _| *other <= id);
        Ok(SnapshotInfo { id, height })
    }

    /// Accepts transactions of this sender without a valid key or signature, until that is stopped. Says who all may.
    ///
    /// # Errors
    ///
    /// No development chain in memory, or an address that is none.
    pub fn impersonate(&self, address: &str) -> Result<Vec<String>, DevError> {
        self.change_impersonated(|addresses| addresses.insert(address.to_owned()), address)
    }

    /// Wants signatures of this sender again. Says who needs none still.
    ///
    /// # Errors
    ///
    /// No development chain in memory.
    pub fn stop_impersonating(&self, address: &str) -> Result<Vec<String>, DevError> {
        self.change_impersonated(|addresses| addresses.remove(address), address)
    }

    fn change_impersonated(
        &self,
        change: impl FnOnce(&mut BTreeSet<String>) -> bool,
        address: &str,
    ) -> Result<Vec<String>, DevError> {
        let dev = self.dev()?;
        // After a crash such blocks would be run again and refused.
        dev.assert_in_memory("impersonated senders")?;
        let mut impersonated = lock(&dev.impersonated);
        let mut changed = impersonated.clone();
        if !change(&mut changed) {
            return Ok(changed.into_iter().collect());
        }
        let set = self.state.chain().set_impersonated(&changed);
        set.map_err(|source| DevError::Address {
            address: address.to_owned(),
            source,
        })?;
        impersonated.clone_from(&changed);
        Ok(changed.into_iter().collect())
    }

    /// The contract calls of a transaction in a block; none when no block has it.
    ///
    /// # Errors
    ///
    /// No development chain.
    pub fn trace(&self, tx_hash: &Hash) -> Result<Option<TxTrace>, DevError> {
        let dev = self.dev()?;
        let archive = &self.state.archive;
        let Some(place) = archive.locate_tx(tx_hash) else {
            return Ok(None);
        };
        let index = usize::try_from(place.index).unwrap_or(usize::MAX);
        let record = archive.block(place.height);
        let result = record.as_ref().and_then(|record| record.results.get(index));
        Ok(result.map(|result| TxTrace {
            tx_hash: hex::encode_upper(tx_hash),
            code: result.code,
            log: result.log.clone(),
            info: result.info.clone(),
            gas_used: result.gas_used,
            trace: dev.calls.trace(tx_hash),
        }))
    }

    /// What contract calls cost since the node was started, by contract, entry point and message.
    ///
    /// # Errors
    ///
    /// No development chain.
    pub fn gas_report(&self) -> Result<Vec<GasLine>, DevError> {
        Ok(self.dev()?.calls.gas_report())
    }
}
