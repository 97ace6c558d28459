//! [`Client`]: a connected chain and its typed queries.

mod auth;
mod bank;
mod gov;
mod wasm;

use std::sync::Arc;
use std::time::Duration;

use supercloud_proto::cosmos::auth::v1beta1::{Bech32PrefixRequest, Bech32PrefixResponse};
use supercloud_proto::cosmos::base::query::v1beta1::{PageRequest, PageResponse};
use supercloud_proto::prost::Message;

use crate::error::ClientError;
use crate::outcome::TxOutcome;
use crate::rpc::RpcClient;

pub use auth::AccountInfo;
pub use bank::DenomOwner;
pub use gov::{Proposal, ProposalStatus};
pub use wasm::{CodeInfo, ContractInfo};

/// Entries asked for per page of a paged query.
const PAGE_LIMIT: u64 = 200;

/// First pause between two looks for a transaction, and the longest; it grows by half each time.
const FIRST_POLL: Duration = Duration::from_millis(10);
const LONGEST_POLL: Duration = Duration::from_millis(500);

/// A connection to one chain. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    rpc: RpcClient,
    chain_id: String,
    hrp: String,
}

impl Client {
    /// Connects to the node at `url` and asks it for its chain id and address prefix.
    pub async fn connect(url: &str) -> Result<Self, ClientError> {
        let rpc = RpcClient::new(url)?;
        let chain_id = rpc.status().await?.chain_id;
        let path = "/cosmos.auth.v1beta1.Query/Bech32Prefix";
        let prefix: Bech32PrefixResponse = query(&rpc, path, &Bech32PrefixRequest {}).await?;
        Ok(Self {
            inner: Arc::new(Inner {
                rpc,
                chain_id,
                hrp: prefix.bech32_prefix,
            }),
        })
    }

    /// A connection to a chain whose id and prefix are known; makes no call.
    pub fn new(rpc: RpcClient, chain_id: impl Into<String>, hrp: impl Into<String>) -> Self {
        Self {
            inner: Arc::new(Inner {
                rpc,
                chain_id: chain_id.into(),
                hrp: hrp.into(),
            }),
        }
    }

    /// The JSON-RPC calls underneath.
    pub fn rpc(&self) -> &RpcClient {
        &self.inner.rpc
    }

    /// Chain id.
    pub fn chain_id(&self) -> &str {
        &self.inner.chain_id
    }

    /// Prefix of the chain's addresses.
    pub fn hrp(&self) -> &str {
        &self.inner.hrp
    }

    /// Last committed height.
    pub async fn height(&self) -> Result<u64, ClientError> {
        Ok(self.rpc().status().await?.height)
    }

    /// A gRPC query by its path, such as `/cosmos.bank.v1beta1.Query/Balance`.
    pub async fn query<Q: Message, R: Message + Default>(&self, path: &str, request: &Q) -> Result<R, ClientError> {
        query(self.rpc(), path, request).await
    }

    /// Waits until the transaction is in a block. A transaction that failed there is an outcome too: look at its code.
    pub async fn wait_for_tx(&self, hash: &str, timeout: Duration) -> Result<TxOutcome, ClientError> {
        let poll = async {
            let mut pause = FIRST_POLL;
            loop {
                if let Some(outcome) = self.rpc().tx(hash).await? {
                    return Ok(outcome);
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 3 / 2).min(LONGEST_POLL);
            }
        };
        let late = |_| ClientError::NotIncluded {
            hash: hash.to_owned(),
            waited: timeout,
        };
        tokio::time::timeout(timeout, poll).await.map_err(late)?
    }
}

async fn query<Q: Message, R: Message + Default>(rpc: &RpcClient, path: &str, request: &Q) -> Result<R, ClientError> {
    let answer = rpc.abci_query(path, &request.encode_to_vec(), None).await?;
    if answer.code != 0 {
        return Err(ClientError::Query {
            path: path.to_owned(),
            code: answer.code,
            codespace: answer.codespace,
            log: answer.log,
        });
    }
    R::decode(answer.value.as_slice()).map_err(|error| ClientError::malformed(path, error))
}

fn page(key: Vec<u8>) -> Option<PageRequest> {
    Some(PageRequest {
        key,
        limit: PAGE_LIMIT,
        ..PageRequest::default()
    })
}

/// Key of the next page; `None` after the last.
fn next_key(pagination: Option<PageResponse>) -> Option<Vec<u8>> {
    pagination.map(|page| page.next_key).filter(|key| !key.is_empty())
}

/// Runs a paged query to its end.
async fn all_pages<Q, R, T>(
    client: &Client,
    path: &str,
    request: impl Fn(Option<PageRequest>) -> Q,
    split: impl Fn(R) -> (Vec<T>, Option<PageResponse>),
) -> Result<Vec<T>, ClientError>
where
    Q: Message,
    R: Message + Default,
{
    let mut all = Vec::new();
    let mut key = Some(Vec::new());
    while let Some(from) = key {
        let (entries, pagination) = split(client.query(path, &request(page(from))).await?);
        all.extend(entries);
        key = next_key(pagination);
    }
    Ok(all)
}
