//! Follows the chain block by block and finds the load's transactions in it. Blocks are polled: a transaction counts as
//! committed when its block was read, so latencies include up to one [`POLL`] and the reading.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::board::{Board, Flight, Tally};
use super::http::{Http, at_height};
use super::workload::TxEnd;

/// Pause between two looks for the next block.
pub(crate) const POLL: Duration = Duration::from_millis(8);

/// A block that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SeenBlock {
    pub(crate) height: u64,
    pub(crate) txs: usize,
    /// Bytes of its transactions.
    pub(crate) bytes: usize,
    /// Places and streams of the load's transactions whose ends are not known yet.
    pub(crate) unknown: Vec<(usize, usize)>,
}

/// All blocks with transactions of the load, and when the last was seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) blocks: Vec<SeenBlock>,
    pub(crate) last: Option<Instant>,
}

/// Follows the chain from a height on. With `all_results` every end is read at once, not only those that workloads need.
pub(crate) struct Watcher {
    http: Http,
    next: u64,
    all_results: bool,
    pub(crate) seen: Seen,
}

impl Watcher {
    pub(crate) async fn new(url: &str, first: u64, all_results: bool) -> Result<Self> {
        Ok(Self {
            http: Http::connect(url).await?,
            next: first,
            all_results,
            seen: Seen::default(),
        })
    }

    /// Follows until the board stopped and nothing is on its way, or `drain` after that.
    pub(crate) async fn run(mut self, board: Arc<Board>, drain: Duration) -> Result<Seen> {
        let mut stopped: Option<Instant> = None;
        loop {
            if board.is_stopped() {
                let since = *stopped.get_or_insert_with(Instant::now);
                if board.on_their_way() == 0 || since.elapsed() > drain {
                    return Ok(self.seen);
                }
            }
            if !self.read_next(&board).await? {
                tokio::time::sleep(POLL).await;
            }
        }
    }

    /// Reads the next block; `false` when it is not there yet.
    async fn read_next(&mut self, board: &Board) -> Result<bool> {
        let Some(txs) = read_block(&mut self.http, self.next).await? else {
            return Ok(false);
        };
        let seen = Instant::now();
        let bytes = txs.iter().map(|(_, len)| len).sum();
        let mut wanted = Vec::new();
        let mut unknown = Vec::new();
        {
            let mut inner = board.lock();
            for (place, (hash, _)) in txs.iter().enumerate() {
                match inner.land(hash, seen) {
                    Some((flight, true)) => wanted.push((place, flight)),
                    Some((flight, false)) => unknown.push((place, flight.stream)),
                    None => {}
                }
            }
        }
        if wanted.is_empty() && unknown.is_empty() {
            self.next += 1;
            return Ok(true);
        }
        self.seen.last = Some(seen);
        if !wanted.is_empty() || self.all_results {
            self.read_ends(board, &wanted, &mut unknown).await?;
        }
        self.seen.blocks.push(SeenBlock {
            height: self.next,
            txs: txs.len(),
            bytes,
            unknown,
        });
        self.next += 1;
        Ok(true)
    }

    async fn read_ends(
        &mut self,
        board: &Board,
        wanted: &[(usize, Flight)],
        unknown: &mut Vec<(usize, usize)>,
    ) -> Result<()> {
        let ends = read_results(&mut self.http, self.next).await?;
        let mut inner = board.lock();
        for (place, flight) in wanted {
            inner.end(*flight, end_at(&ends, *place, self.next)?);
        }
        for (place, stream) in unknown.drain(..) {
            let end = end_at(&ends, place, self.next)?;
            inner.streams[stream].tally.count_end(end.code, &end.log);
        }
        Ok(())
    }
}

fn end_at(ends: &[TxEnd], place: usize, height: u64) -> Result<&TxEnd> {
    ends.get(place)
        .with_context(|| format!("block {height} has {} results, none at {place}", ends.len()))
}

/// Reads the ends that nobody needed during the run, and counts them.
pub(crate) async fn count_unknown(url: &str, seen: &mut Seen, tallies: &mut [&mut Tally]) -> Result<()> {
    let mut http = Http::connect(url).await?;
    for block in &mut seen.blocks {
        if block.unknown.is_empty() {
            continue;
        }
        let ends = read_results(&mut http, block.height).await?;
        for (place, stream) in block.unknown.drain(..) {
            let end = end_at(&ends, place, block.height)?;
            tallies[stream].count_end(end.code, &end.log);
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct Reply<'a, T> {
    result: Option<T>,
    #[serde(borrow)]
    error: Option<ReplyError<'a>>,
}

#[derive(Deserialize)]
struct ReplyError<'a> {
    #[serde(borrow, default)]
    data: Cow<'a, str>,
}

#[derive(Deserialize)]
struct RawBlock<'a> {
    #[serde(borrow)]
    block: RawBody<'a>,
}

#[derive(Deserialize)]
struct RawBody<'a> {
    #[serde(borrow)]
    data: RawData<'a>,
}

#[derive(Deserialize)]
struct RawData<'a> {
    #[serde(borrow)]
    txs: Option<Vec<&'a str>>,
}

/// Hash and length of each transaction of a block; `None` when the chain is not there yet.
async fn read_block(http: &mut Http, height: u64) -> Result<Option<Vec<([u8; 32], usize)>>> {
    let body = http.post(&at_height("block", height)).await?;
    let reply: Reply<'_, RawBlock<'_>> = serde_json::from_slice(body).context("a block")?;
    let block = match (reply.result, reply.error) {
        (Some(block), _) => block,
        (None, Some(error)) if error.data.contains("must be less than or equal to") => return Ok(None),
        (None, error) => {
            let why = error.map(|error| error.data.into_owned()).unwrap_or_default();
            bail!("block {height} cannot be read: {why}");
        }
    };
    let mut txs = Vec::new();
    let mut raw = Vec::new();
    for text in block.block.data.txs.unwrap_or_default() {
        raw.clear();
        STANDARD
            .decode_vec(text, &mut raw)
            .context("a transaction of a block")?;
        txs.push((Sha256::digest(&raw).into(), raw.len()));
    }
    Ok(Some(txs))
}

#[derive(Deserialize)]
struct RawResults<'a> {
    #[serde(borrow)]
    txs_results: Option<Vec<RawEnd<'a>>>,
}

#[derive(Deserialize)]
struct RawEnd<'a> {
    #[serde(default)]
    code: u32,
    #[serde(borrow, default)]
    log: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    data: Option<&'a str>,
}

async fn read_results(http: &mut Http, height: u64) -> Result<Vec<TxEnd>> {
    let body = http.post(&at_height("block_results", height)).await?;
    let reply: Reply<'_, RawResults<'_>> = serde_json::from_slice(body).context("results of a block")?;
    let results = reply
        .result
        .with_context(|| format!("the results of block {height} cannot be read"))?;
    let end = |raw: RawEnd<'_>| {
        Ok(TxEnd {
            code: raw.code,
            log: raw.log.map(Cow::into_owned).unwrap_or_default(),
            data: STANDARD
                .decode(raw.data.unwrap_or_default())
                .context("data of a result")?,
        })
    };
    results.txs_results.unwrap_or_default().into_iter().map(end).collect()
}
