//! The node as its RPC server sees it.

use std::sync::Arc;

use supercloud_chain::{QueryResult, TxResult};
use supercloud_rpc::{
    BlockRecord, BroadcastError, ChainApi, GenesisInfo, Hash, HeightRange, Identity, MempoolStats, Query, SearchError,
    StateProof, TxLocation, Validator,
};
use tokio::sync::watch;

use crate::state::NodeState;

/// Most bytes of waiting transactions that one answer shows.
const MAX_SHOWN_TX_BYTES: usize = 8 << 20;

impl ChainApi for NodeState {
    fn identity(&self) -> Identity {
        self.identity.clone()
    }

    fn genesis(&self) -> GenesisInfo {
        let app_state = serde_json::to_value(&self.genesis).unwrap_or_default();
        GenesisInfo {
            time_nanos: self.genesis_nanos,
            initial_height: self.genesis.initial_height,
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
            earliest: self.archive.earliest().unwrap_or(1),
            latest: self.shown_height(),
        }
    }

    fn block(&self, height: u64) -> Option<Arc<BlockRecord>> {
        self.archive.block(height)
    }

    fn height_of_block(&self, hash: &Hash) -> Option<u64> {
        self.archive.height_of(hash)
    }

    fn locate_tx(&self, hash: &Hash) -> Option<TxLocation> {
        self.archive.locate_tx(hash)
    }

    fn search_txs(&self, query: &Query) -> Result<Vec<TxLocation>, SearchError> {
        self.archive.search_txs(query)
    }

    fn search_blocks(&self, query: &Query) -> Result<Vec<u64>, SearchError> {
        self.archive.search_blocks(query)
    }

    fn abci_query(&self, path: &str, data: &[u8], height: Option<u64>) -> QueryResult {
        self.query(path, data, height)
    }

    fn prove(&self, module: &str, key: &[u8], height: Option<u64>) -> Result<StateProof, String> {
        NodeState::prove(self, module, key, height)
    }

    fn broadcast(&self, raw: Vec<u8>) -> Result<TxResult, BroadcastError> {
        self.accept(raw)
    }

    fn check(&self, raw: &[u8]) -> TxResult {
        self.try_tx(raw)
    }

    fn mempool(&self) -> MempoolStats {
        self.pool.stats()
    }

    fn waiting_txs(&self, limit: usize) -> Vec<Vec<u8>> {
        let mut txs = self.pool.select(MAX_SHOWN_TX_BYTES, None);
        txs.truncate(limit);
        txs
    }

    fn committed(&self) -> watch::Receiver<u64> {
        self.committed.subscribe()
    }
}
