//! The node as its RPC server sees it.

use std::sync::{Arc, PoisonError, RwLockReadGuard};

use supercloud_chain::{QueryResult, TxResult};
use supercloud_rpc::{
    BlockRecord, BroadcastError, ChainApi, GenesisInfo, Hash, HeightRange, Identity, MempoolStats, Query, TxLocation,
    Validator,
};

use tokio::sync::watch;

use crate::archive::Archive;
use crate::state::NodeState;

/// Most bytes of waiting transactions that one answer shows.
const MAX_SHOWN_TX_BYTES: usize = 8 << 20;

impl NodeState {
    fn archived(&self) -> RwLockReadGuard<'_, Archive> {
        self.archive.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ChainApi for NodeState {
    fn identity(&self) -> Identity {
        self.identity.clone()
    }

    fn genesis(&self) -> GenesisInfo {
        let app_state = serde_json::to_value(&self.genesis).unwrap_or_default();
        GenesisInfo {
            time_nanos: self.genesis_nanos,
            app_state,
        }
    }

    fn validators(&self) -> Vec<Validator> {
        vec![self.validator.public().clone()]
    }

    fn health(&self) -> Result<(), String> {
        self.stop_reason().map_or(Ok(()), |reason| Err(reason.to_owned()))
    }

    fn heights(&self) -> HeightRange {
        HeightRange {
            earliest: 1,
            latest: self.archived().latest().map_or(0, |record| record.header.height),
        }
    }

    fn block(&self, height: u64) -> Option<Arc<BlockRecord>> {
        self.archived().block(height)
    }

    fn height_of_block(&self, hash: &Hash) -> Option<u64> {
        self.archived().height_of(hash)
    }

    fn locate_tx(&self, hash: &Hash) -> Option<TxLocation> {
        self.archived().locate_tx(hash)
    }

    fn search_txs(&self, query: &Query) -> Vec<TxLocation> {
        self.archived().search_txs(query)
    }

    fn search_blocks(&self, query: &Query) -> Vec<u64> {
        self.archived().search_blocks(query)
    }

    fn abci_query(&self, path: &str, data: &[u8], height: Option<u64>) -> QueryResult {
        self.query(path, data, height)
    }

    fn broadcast(&self, raw: Vec<u8>) -> Result<TxResult, BroadcastError> {
        self.accept(raw)
    }

    fn mempool(&self) -> MempoolStats {
        NodeState::mempool(self).stats()
    }

    fn waiting_txs(&self, limit: usize) -> Vec<Vec<u8>> {
        let mut txs = NodeState::mempool(self).first_txs(MAX_SHOWN_TX_BYTES);
        txs.truncate(limit);
        txs
    }

    fn committed(&self) -> watch::Receiver<u64> {
        self.committed.subscribe()
    }
}
