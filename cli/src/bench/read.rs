//! Smart queries beside the writes: each reader asks on its own connection, one query after the other.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::board::Board;
use super::http::{Http, abci_query};
use super::pacer::{Pacer, Rate};

/// The path of a smart query.
const SMART: &str = "/cosmwasm.wasm.v1.Query/SmartContractState";
/// Pause when no query is due.
const IDLE: Duration = Duration::from_millis(2);

/// What one reader saw.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReadTally {
    pub(crate) answered: u64,
    pub(crate) failed: u64,
    /// Microseconds per query.
    pub(crate) latencies: Vec<u32>,
    pub(crate) failure: Option<String>,
}

impl ReadTally {
    pub(crate) fn merge(&mut self, other: Self) {
        self.answered += other.answered;
        self.failed += other.failed;
        self.latencies.extend(other.latencies);
        self.failure = self.failure.take().or(other.failure);
    }
}

/// The request of a smart query of a contract.
pub(crate) fn smart_query(contract: &str, message: &impl serde::Serialize) -> Result<String> {
    use supercloud_proto::cosmwasm::wasm::v1::QuerySmartContractStateRequest;
    use supercloud_proto::prost::Message;
    let request = QuerySmartContractStateRequest {
        address: contract.to_owned(),
        query_data: serde_json::to_vec(message).context("a query")?,
    };
    Ok(abci_query(SMART, &request.encode_to_vec()))
}

#[derive(Deserialize)]
struct Reply {
    result: Option<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    response: Response,
}

#[derive(Deserialize)]
struct Response {
    #[serde(default)]
    code: u32,
    #[serde(default)]
    log: Option<String>,
}

/// Asks the queries in turn, from the `first` on, until the board stops.
pub(crate) async fn run(
    board: Arc<Board>,
    url: String,
    queries: Arc<Vec<String>>,
    first: usize,
    rate: Rate,
) -> Result<ReadTally> {
    let mut http = Http::connect(&url).await?;
    let mut tally = ReadTally::default();
    let mut pacer = Pacer::new(rate);
    let mut next = first;
    while !board.is_stopped() {
        if pacer.take(board.started.elapsed(), 1) == 0 {
            tokio::time::sleep(IDLE).await;
            continue;
        }
        let asked = Instant::now();
        let body = http.post(&queries[next % queries.len()]).await?;
        let reply: Reply = serde_json::from_slice(body).context("the answer to a query")?;
        tally
            .latencies
            .push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
        let Some(answer) = reply.result else {
            bail!("a query has no result: {}", String::from_utf8_lossy(body));
        };
        if answer.response.code == 0 {
            tally.answered += 1;
        } else {
            tally.failed += 1;
            tally.failure.get_or_insert(answer.response.log.unwrap_or_default());
        }
        next += 1;
    }
    Ok(tally)
}
