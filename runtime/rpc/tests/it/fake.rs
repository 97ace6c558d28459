//! A chain of a few blocks, and a client of its server.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use serde_json::{Value, json};
use supercloud_chain::{BlockInput, Chain, Event, QueryResult, TxResult};
use supercloud_proto::cosmos::auth::v1beta1::{Bech32PrefixResponse, QueryAccountRequest};
use supercloud_proto::cosmos::bank::v1beta1::{
    QueryAllBalancesRequest, QueryAllBalancesResponse, QueryBalanceRequest, QueryBalanceResponse,
};
use supercloud_proto::cosmos::base::v1beta1::Coin;
use supercloud_proto::cosmwasm::wasm::v1::{QuerySmartContractStateRequest, QuerySmartContractStateResponse};
use supercloud_proto::prost::Message;
use supercloud_rpc::{
    BlockRecord, BroadcastError, ChainApi, Commit, CommitSignature, Connections, GenesisInfo, Hash, HeightRange,
    Identity, MempoolStats, Query, SealInput, SearchError, ServeLimits, Servers, TxLocation, Validator, seal_block,
    serve,
};
use tokio::sync::watch;

pub(crate) const CHAIN_ID: &str = "fake-1";

pub(crate) fn validator() -> Validator {
    // The ed25519 base point, a valid key that nobody needs to sign with here.
    let key = hex::decode("5866666666666666666666666666666666666666666666666666666666666666").unwrap();
    let public_key: [u8; 32] = key.try_into().unwrap();
    let address = supercloud_rpc::tx_hash(&public_key)[..20].try_into().unwrap();
    Validator {
        address,
        public_key,
        power: 10,
    }
}

pub(crate) fn event(kind: &str, attributes: &[(&str, &str)]) -> Event {
    attributes
        .iter()
        .fold(Event::new(kind), |event, (key, value)| event.with(*key, *value))
}

pub(crate) fn result(events: Vec<Event>) -> TxResult {
    TxResult {
        code: 0,
        codespace: String::new(),
        data: vec![0x12, 0],
        log: String::new(),
        info: "notes for developers".into(),
        gas_wanted: 200_000,
        gas_used: 110_000,
        events,
    }
}

fn answered(value: Vec<u8>, height: u64) -> QueryResult {
    QueryResult {
        code: 0,
        codespace: String::new(),
        log: String::new(),
        info: String::new(),
        value,
        height,
    }
}

fn refused(code: u32, log: &str, height: u64) -> QueryResult {
    QueryResult {
        code,
        codespace: "sdk".into(),
        log: log.into(),
        info: "asked in vain".into(),
        value: vec![],
        height,
    }
}

fn failure(code: u32, log: &str) -> TxResult {
    TxResult {
        code,
        codespace: "sdk".into(),
        data: vec![],
        log: log.into(),
        ..result(vec![])
    }
}

pub(crate) struct FakeChain {
    blocks: Mutex<Vec<Arc<BlockRecord>>>,
    committed: watch::Sender<u64>,
    /// Answers queries in place of the few answers of [`FakeChain::abci_query`].
    answers: Option<Mutex<Chain>>,
    /// Queries of `/wait` and the transaction `wait` wait while a test holds it.
    pub(crate) gate: RwLock<()>,
    /// Calls that came to the gate.
    pub(crate) came: AtomicUsize,
}

impl Default for FakeChain {
    fn default() -> Self {
        Self {
            blocks: Mutex::default(),
            committed: watch::Sender::new(0),
            answers: None,
            gate: RwLock::default(),
            came: AtomicUsize::new(0),
        }
    }
}

impl FakeChain {
    /// Blocks that `chain` runs.
    pub(crate) fn of(chain: Chain) -> Self {
        Self {
            answers: Some(Mutex::new(chain)),
            ..Self::default()
        }
    }

    /// Runs a block and keeps it.
    pub(crate) fn run_block(&self, txs: Vec<Vec<u8>>) -> Vec<TxResult> {
        let height = self.blocks.lock().unwrap().len() as u64 + 1;
        let block = BlockInput {
            height,
            time_nanos: 1_700_000_000_123_000_000 + (height - 1) * 1_000_000_000,
            proposer: validator().address,
            txs: txs.clone(),
        };
        let answers = self.answers.as_ref().unwrap();
        let output = answers.lock().unwrap().execute_block(block).unwrap();
        let results = output.tx_results.clone();
        self.push_block(txs.into_iter().zip(output.tx_results).collect(), output.events);
        results
    }

    pub(crate) fn push_block(&self, txs: Vec<(Vec<u8>, TxResult)>, events: Vec<Event>) {
        let mut blocks = self.blocks.lock().unwrap();
        let (txs, results): (Vec<_>, Vec<_>) = txs.into_iter().unzip();
        let own = validator();
        let time_nanos = 1_700_000_000_123_000_000 + blocks.len() as u64 * 1_000_000_000;
        let sealed = seal_block(&SealInput {
            chain_id: CHAIN_ID,
            previous: blocks.last().map(|block| &**block),
            time_nanos,
            app_hash: [blocks.len() as u8; 32],
            validators: std::slice::from_ref(&own),
            proposer: own.address,
            txs: &txs,
        });
        let signature = CommitSignature {
            validator: own.address,
            time_nanos,
            signature: [1; 64],
        };
        let commit = Commit {
            height: sealed.header.height,
            block_id: Some(sealed.id),
            signatures: vec![signature],
        };
        let app_hash = [blocks.len() as u8 + 1; 32];
        blocks.push(Arc::new(BlockRecord {
            header: sealed.header,
            id: sealed.id,
            size: sealed.size,
            txs,
            tx_hashes: sealed.tx_hashes,
            last_commit: sealed.last_commit,
            commit,
            results,
            events,
            app_hash,
        }));
        self.committed.send_replace(blocks.len() as u64);
    }

    /// Three blocks; the second has three transactions.
    pub(crate) fn with_three_blocks() -> Arc<Self> {
        let chain = Self::default();
        chain.push_block(vec![], vec![]);
        let transfer = |to: &str, amount: &str| event("transfer", &[("recipient", to), ("amount", amount)]);
        chain.push_block(
            vec![
                (
                    b"one".to_vec(),
                    result(vec![transfer("alice", "5uakt"), transfer("bob", "100uakt")]),
                ),
                (b"two".to_vec(), result(vec![transfer("bob", "7uakt")])),
                (b"three".to_vec(), failure(5, "broke")),
            ],
            vec![event("cron", &[("job", "sweep")])],
        );
        chain.push_block(
            vec![(b"four".to_vec(), result(vec![transfer("alice", "9uakt")]))],
            vec![],
        );
        Arc::new(chain)
    }

    fn locations(&self) -> Vec<(TxLocation, Arc<BlockRecord>)> {
        let blocks = self.blocks.lock().unwrap();
        let all = blocks.iter().flat_map(|block| {
            (0..block.txs.len() as u32).map(move |index| {
                (
                    TxLocation {
                        height: block.header.height,
                        index,
                    },
                    block.clone(),
                )
            })
        });
        all.collect()
    }
}

impl ChainApi for FakeChain {
    fn identity(&self) -> Identity {
        Identity {
            chain_id: CHAIN_ID.into(),
            moniker: "fake".into(),
            node_id: [9; 20],
            rpc_address: "tcp://127.0.0.1:26657".into(),
            app_name: "fake-app".into(),
            app_version: "0.1.0".into(),
        }
    }

    fn genesis(&self) -> GenesisInfo {
        GenesisInfo {
            time_nanos: 1_700_000_000_000_000_000,
            initial_height: 1,
            app_state: json!({ "balances": [] }),
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
            latest: self.blocks.lock().unwrap().len() as u64,
        }
    }

    fn block(&self, height: u64) -> Option<Arc<BlockRecord>> {
        self.blocks
            .lock()
            .unwrap()
            .get((height as usize).checked_sub(1)?)
            .cloned()
    }

    fn height_of_block(&self, hash: &Hash) -> Option<u64> {
        let blocks = self.blocks.lock().unwrap();
        blocks
            .iter()
            .find(|block| block.id.hash == *hash)
            .map(|block| block.header.height)
    }

    fn locate_tx(&self, hash: &Hash) -> Option<TxLocation> {
        let found = self
            .locations()
            .into_iter()
            .find(|(at, block)| block.tx_hashes[at.index as usize] == *hash);
        found.map(|(at, _)| at)
    }

    fn search_txs(&self, query: &Query) -> Result<Vec<TxLocation>, SearchError> {
        let matching = |(at, block): &(TxLocation, Arc<BlockRecord>)| query.matches_tx(block, at.index as usize);
        let found = self.locations().into_iter().filter(matching).map(|(at, _)| at);
        match query.conditions()[0].key.as_str() {
            "costly.search" => Err(SearchError::TooManyBlocks { limit: 7 }),
            _ => Ok(found.collect()),
        }
    }

    fn search_blocks(&self, query: &Query) -> Result<Vec<u64>, SearchError> {
        let blocks = self.blocks.lock().unwrap();
        let matching = blocks.iter().filter(|block| query.matches_block(block));
        match query.conditions()[0].key.as_str() {
            "costly.search" => Err(SearchError::TooManyEntries { limit: 8 }),
            _ => Ok(matching.map(|block| block.header.height).collect()),
        }
    }

    fn abci_query(&self, path: &str, data: &[u8], height: Option<u64>) -> QueryResult {
        if let Some(chain) = &self.answers {
            return chain.lock().unwrap().query(path, data, height);
        }
        let height = height.unwrap_or(0);
        match path {
            "/echo" => answered(data.to_vec(), height),
            "/wait" => {
                self.came.fetch_add(1, Ordering::SeqCst);
                let _open = self.gate.read().unwrap();
                answered(vec![], height)
            }
            "/cosmos.auth.v1beta1.Query/Bech32Prefix" => {
                let bech32_prefix = "akash".into();
                answered(Bech32PrefixResponse { bech32_prefix }.encode_to_vec(), height)
            }
            "/cosmos.auth.v1beta1.Query/Account" => {
                let request = QueryAccountRequest::decode(data).unwrap();
                let text = format!("account {} not found", request.address);
                refused(
                    22,
                    &format!("rpc error: code = NotFound desc = {text}: key not found"),
                    height,
                )
            }
            "/cosmos.bank.v1beta1.Query/Balance" => {
                let request = QueryBalanceRequest::decode(data).unwrap();
                let balance = Some(Coin {
                    denom: request.denom,
                    amount: "5".into(),
                });
                answered(QueryBalanceResponse { balance }.encode_to_vec(), height)
            }
            // Shows what it was asked for in the denom.
            "/cosmos.bank.v1beta1.Query/AllBalances" => {
                let request = QueryAllBalancesRequest::decode(data).unwrap();
                let page = request.pagination.unwrap_or_default();
                let denom = format!("{}|{:?}|{}|{}", request.address, page.key, page.limit, page.count_total);
                let balances = vec![Coin {
                    denom,
                    amount: "1".into(),
                }];
                answered(
                    QueryAllBalancesResponse {
                        balances,
                        pagination: Some(Default::default()),
                    }
                    .encode_to_vec(),
                    height,
                )
            }
            "/cosmwasm.wasm.v1.Query/SmartContractState" => {
                let request = QuerySmartContractStateRequest::decode(data).unwrap();
                let data = request.query_data;
                answered(QuerySmartContractStateResponse { data }.encode_to_vec(), height)
            }
            "/cosmos.tx.v1beta1.Service/Simulate" => refused(
                6,
                "rpc error: code = Unknown desc = out of gas: unknown request",
                height,
            ),
            _ => refused(6, &format!("unknown query path {path}: unknown request"), height),
        }
    }

    fn broadcast(&self, raw: Vec<u8>) -> Result<TxResult, BroadcastError> {
        match raw.as_slice() {
            b"seen" => Err(BroadcastError::AlreadyInCache),
            b"bad" => Ok(failure(4, "unauthorized")),
            b"wait" => {
                self.came.fetch_add(1, Ordering::SeqCst);
                let _open = self.gate.read().unwrap();
                Ok(result(vec![]))
            }
            _ => {
                self.push_block(vec![(raw, result(vec![]))], vec![]);
                Ok(TxResult {
                    data: vec![],
                    gas_used: 0,
                    ..result(vec![])
                })
            }
        }
    }

    fn check(&self, raw: &[u8]) -> TxResult {
        match raw {
            b"bad" => failure(4, "unauthorized"),
            _ => result(vec![event("tx", &[("fee", "5uakt")])]),
        }
    }

    fn mempool(&self) -> MempoolStats {
        MempoolStats { txs: 2, bytes: 512 }
    }

    fn waiting_txs(&self, limit: usize) -> Vec<Vec<u8>> {
        [b"first".to_vec(), b"second".to_vec()]
            .into_iter()
            .take(limit)
            .collect()
    }

    fn committed(&self) -> watch::Receiver<u64> {
        self.committed.subscribe()
    }
}

/// A served fake chain.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) rest: SocketAddr,
    pub(crate) grpc: SocketAddr,
    pub(crate) metrics: SocketAddr,
    pub(crate) chain: Arc<FakeChain>,
    pub(crate) http: reqwest::Client,
}

async fn start(router: axum::Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, router, Connections::new(900), ServeLimits::default()));
    address
}

impl Served {
    pub(crate) async fn start() -> Self {
        Self::over(FakeChain::with_three_blocks()).await
    }

    pub(crate) async fn over(chain: Arc<FakeChain>) -> Self {
        let servers = Servers::new(chain.clone());
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            address: start(servers.rpc()).await,
            rest: start(servers.rest()).await,
            grpc: start(servers.grpc()).await,
            metrics: start(servers.metrics()).await,
            chain,
            http: reqwest::Client::new(),
        }
    }

    pub(crate) async fn post(&self, body: impl Into<String>) -> (u16, String) {
        let answer = self
            .http
            .post(format!("http://{}/", self.address))
            .body(body.into())
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self
            .http
            .get(format!("http://{}{path}", self.address))
            .send()
            .await
            .unwrap();
        (
            answer.status().as_u16(),
            serde_json::from_str(&answer.text().await.unwrap()).unwrap(),
        )
    }

    /// The whole response to one call.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Value {
        let request = json!({ "jsonrpc": "2.0", "id": "7f", "method": method, "params": params });
        let (status, text) = self.post(request.to_string()).await;
        assert_eq!(status, 200);
        let response: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(response["id"], "7f");
        response
    }

    pub(crate) async fn result(&self, method: &str, params: Value) -> Value {
        let response = self.call(method, params).await;
        assert_eq!(response.get("error"), None, "{method}");
        response["result"].clone()
    }

    /// Text of `/metrics`.
    pub(crate) async fn metrics_text(&self) -> String {
        let url = format!("http://{}/metrics", self.metrics);
        self.http.get(url).send().await.unwrap().text().await.unwrap()
    }

    /// Code and data of the error.
    pub(crate) async fn error(&self, method: &str, params: Value) -> (i64, String) {
        let response = self.call(method, params).await;
        let error = &response["error"];
        (
            error["code"].as_i64().unwrap(),
            error["data"].as_str().unwrap().to_owned(),
        )
    }
}
