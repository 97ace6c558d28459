//! The servers over the small chain: what is asked reaches the chain's real queries.

use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use http_body_util::BodyExt;
use serde_json::json;
use supercloud_chain::{Chain, Event, QueryResult, TxResult};
use supercloud_proto::prost::bytes::Bytes;
use supercloud_rpc::{
    BlockRecord, BroadcastError, ChainApi, Commit, CommitSignature, GenesisInfo, Hash, HeightRange, Identity,
    MempoolStats, Query, SealInput, SearchError, Servers, TxLocation, Validator, seal_block, tx_hash,
};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tower::ServiceExt;

use crate::world::{CHAIN_ID, WORLD};

/// The routers of the three ports that take requests.
pub struct Ports {
    /// CometBFT JSON-RPC.
    pub rpc: Router,
    /// REST.
    pub rest: Router,
    /// gRPC.
    pub grpc: Router,
    runtime: Runtime,
}

/// The one set of servers.
pub static PORTS: LazyLock<Ports> = LazyLock::new(|| {
    let servers = Servers::new(API.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    Ports {
        rpc: servers.rpc(),
        rest: servers.rest(),
        grpc: servers.grpc(),
        runtime: runtime.expect("the system has threads"),
    }
});

/// Three blocks to search in.
pub static API: LazyLock<Arc<Api>> = LazyLock::new(|| Arc::new(Api::new()));

impl Ports {
    /// The whole answer of a router. It must come.
    pub fn ask(&self, router: &Router, request: Request<Body>) -> (Response<()>, Bytes) {
        self.runtime.block_on(async {
            let answered = router.clone().oneshot(request).await;
            let (parts, body) = answered.unwrap_or_else(|never| match never {}).into_parts();
            let body = body.collect().await.expect("the body is made in memory");
            let trailers = body.trailers().cloned();
            let mut parts = parts;
            if let Some(trailers) = trailers {
                parts.headers.extend(trailers);
            }
            (Response::from_parts(parts, ()), body.to_bytes())
        })
    }
}

/// A chain whose transactions all fail, so that no request changes it.
pub struct Api {
    chain: Mutex<Chain>,
    blocks: Vec<Arc<BlockRecord>>,
    committed: watch::Sender<u64>,
}

impl Api {
    fn new() -> Self {
        let transfer = |to: &str, amount: &str| {
            Event::new("transfer")
                .with("recipient", to)
                .with("amount", amount)
                .with("time", "2026-11-21T00:00:00Z")
        };
        let txs = |events: Vec<Event>| vec![(b"one".to_vec(), result(events)), (b"two".to_vec(), result(vec![]))];
        let mut api = Self {
            chain: Mutex::new(WORLD.fork()),
            blocks: Vec::new(),
            committed: watch::Sender::new(3),
        };
        api.push(vec![]);
        api.push(txs(vec![transfer("alice", "5uakt"), transfer("bob", "100.5uakt")]));
        api.push(txs(vec![transfer("\u{e9}", "-7")]));
        api
    }

    fn push(&mut self, txs: Vec<(Vec<u8>, TxResult)>) {
        let (txs, results): (Vec<_>, Vec<_>) = txs.into_iter().unzip();
        let own = validator();
        let time_nanos = 1_700_000_000_123_000_000 + self.blocks.len() as u64 * 1_000_000_000;
        let sealed = seal_block(&SealInput {
            chain_id: CHAIN_ID,
            previous: self.blocks.last().map(|block| &**block),
            time_nanos,
            app_hash: [1; 32],
            validators: std::slice::from_ref(&own),
            proposer: own.address,
            txs: &txs,
        });
        let commit = Commit {
            height: sealed.header.height,
            block_id: Some(sealed.id),
            signatures: vec![CommitSignature {
                validator: own.address,
                time_nanos,
                signature: [1; 64],
            }],
        };
        self.blocks.push(Arc::new(BlockRecord {
            header: sealed.header,
            id: sealed.id,
            size: sealed.size,
            txs,
            tx_hashes: sealed.tx_hashes,
            last_commit: sealed.last_commit,
            commit,
            results,
            events: vec![Event::new("cron").with("job", "sweep")],
            app_hash: [1; 32],
        }));
    }

    /// The blocks.
    pub fn blocks(&self) -> &[Arc<BlockRecord>] {
        &self.blocks
    }

    fn locations(&self) -> impl Iterator<Item = (TxLocation, &Arc<BlockRecord>)> {
        self.blocks.iter().flat_map(|block| {
            let height = block.header.height;
            (0..block.txs.len() as u32).map(move |index| (TxLocation { height, index }, block))
        })
    }
}

fn result(events: Vec<Event>) -> TxResult {
    TxResult {
        code: 0,
        codespace: String::new(),
        data: vec![0x12, 0],
        log: String::new(),
        info: String::new(),
        gas_wanted: 200_000,
        gas_used: 110_000,
        events,
    }
}

fn validator() -> Validator {
    // The ed25519 base point: a valid key.
    let mut public_key = [0x66; 32];
    public_key[0] = 0x58;
    let hash = tx_hash(&public_key);
    let mut address = [0; 20];
    address.copy_from_slice(&hash[..20]);
    Validator {
        address,
        public_key,
        power: 10,
    }
}

impl ChainApi for Api {
    fn identity(&self) -> Identity {
        Identity {
            chain_id: CHAIN_ID.into(),
            moniker: "fuzz".into(),
            node_id: [9; 20],
            rpc_address: "tcp://127.0.0.1:26657".into(),
            app_name: "fuzz".into(),
            app_version: "0.0.0".into(),
        }
    }

    fn genesis(&self) -> GenesisInfo {
        GenesisInfo {
            time_nanos: 1_700_000_000_000_000_000,
            initial_height: 1,
            app_state: json!({}),
        }
    }

    fn validators(&self) -> Vec<Validator> {
        vec![validator()]
    }

    fn health(&self) -> Result<(), String> {
        Ok(())
    }

    fn heights(&self) -> HeightRange {
        HeightRange {
            earliest: 1,
            latest: self.blocks.len() as u64,
        }
    }

    fn block(&self, height: u64) -> Option<Arc<BlockRecord>> {
        self.blocks.get(usize::try_from(height).ok()?.checked_sub(1)?).cloned()
    }

    fn height_of_block(&self, hash: &Hash) -> Option<u64> {
        let found = self.blocks.iter().find(|block| block.id.hash == *hash);
        found.map(|block| block.header.height)
    }

    fn locate_tx(&self, hash: &Hash) -> Option<TxLocation> {
        let found = self
            .locations()
            .find(|(at, block)| block.tx_hashes[at.index as usize] == *hash);
        found.map(|(at, _)| at)
    }

    fn search_txs(&self, query: &Query) -> Result<Vec<TxLocation>, SearchError> {
        let found = self
            .locations()
            .filter(|(at, block)| query.matches_tx(block, at.index as usize));
        Ok(found.map(|(at, _)| at).collect())
    }

    fn search_blocks(&self, query: &Query) -> Result<Vec<u64>, SearchError> {
        let found = self.blocks.iter().filter(|block| query.matches_block(block));
        Ok(found.map(|block| block.header.height).collect())
    }

    fn abci_query(&self, path: &str, data: &[u8], height: Option<u64>) -> QueryResult {
        self.chain.lock().expect("no call died").query(path, data, height)
    }

    fn broadcast(&self, raw: Vec<u8>) -> Result<TxResult, BroadcastError> {
        if raw.is_empty() {
            return Err(BroadcastError::AlreadyInCache);
        }
        Ok(TxResult {
            code: 4,
            codespace: "sdk".into(),
            log: "unauthorized".into(),
            data: Vec::new(),
            ..result(Vec::new())
        })
    }

    fn check(&self, raw: &[u8]) -> TxResult {
        let chain = self.chain.lock().expect("no call died");
        let tx = chain.latest_querier().prepare(raw);
        chain.checker().check_now(&tx).result
    }

    fn mempool(&self) -> MempoolStats {
        MempoolStats { txs: 1, bytes: 5 }
    }

    fn waiting_txs(&self, limit: usize) -> Vec<Vec<u8>> {
        [b"first".to_vec()].into_iter().take(limit).collect()
    }

    fn committed(&self) -> watch::Receiver<u64> {
        self.committed.subscribe()
    }
}
