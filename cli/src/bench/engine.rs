//! One run: senders per stream, readers, a watcher and a sampler, for a time or until the work is done.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::task::JoinSet;

use super::accounts::Accounts;
use super::board::{Board, Stream};
use super::pacer::Rate;
use super::presigned::Presigned;
use super::read::{self, ReadTally};
use super::send;
use super::soak::Sampler;
use super::watch::{Seen, Watcher, count_unknown};
use super::workload::Workload;

/// How long transactions may still be on their way after the end.
const DRAIN: Duration = Duration::from_secs(60);
/// How often a run that ends by itself is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// How a run goes.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunPlan {
    pub(crate) url: String,
    /// Most transactions on their way.
    pub(crate) window: usize,
    /// Connections per stream.
    pub(crate) connections: usize,
    pub(crate) duration: Duration,
    /// End as soon as all streams have no more to send; otherwise after the duration.
    pub(crate) until_done: bool,
    /// Read all results during the run, not after it.
    pub(crate) results_at_once: bool,
    pub(crate) readers: Option<Readers>,
}

/// Readers beside the senders.
#[derive(Clone, Debug)]
pub(crate) struct Readers {
    pub(crate) queries: Arc<Vec<String>>,
    pub(crate) connections: usize,
    /// All together.
    pub(crate) rate: Rate,
}

/// What a run left.
pub(crate) struct Run {
    pub(crate) accounts: Accounts,
    pub(crate) streams: Vec<Stream>,
    pub(crate) seen: Seen,
    pub(crate) reads: Option<ReadTally>,
    /// Transactions that were taken and came into no block.
    pub(crate) lost: usize,
    /// Until no more were sent.
    pub(crate) sending: Duration,
    /// Until the last block with a transaction of the load was seen.
    pub(crate) elapsed: Duration,
    pub(crate) sampler: Option<Sampler>,
    pub(crate) missed: u64,
}

pub(crate) fn stream(name: &'static str, workload: Box<dyn Workload>, rate: Rate) -> Stream {
    Stream::new(name, workload, rate)
}

/// Runs streams. `at_end` is called when the last transaction has landed, before results are read.
pub(crate) async fn run(
    accounts: Accounts,
    streams: Vec<Stream>,
    plan: RunPlan,
    presigned: Arc<Presigned>,
    sampler: Option<Sampler>,
) -> Result<Run> {
    let first = height(&plan.url).await? + 1;
    let watcher = Watcher::new(&plan.url, first, plan.results_at_once).await?;
    let count = streams.len();
    let board = Arc::new(Board::new(accounts, streams, plan.window));
    let mut tasks: JoinSet<Result<Option<ReadTally>>> = JoinSet::new();
    for stream in 0..count {
        for _ in 0..plan.connections {
            let sender = send::run(board.clone(), stream, plan.url.clone(), presigned.clone());
            tasks.spawn(async move { sender.await.map(|()| None) });
        }
    }
    spawn_readers(&mut tasks, &board, &plan);
    let mut watching = tokio::spawn(watcher.run(board.clone(), DRAIN));
    let sampling = sampler.map(|sampler| tokio::spawn(sampler.run(board.clone())));
    let (mut reads, mut first_error) = (None, None);
    let deadline = tokio::time::sleep(plan.duration);
    tokio::pin!(deadline);
    let seen = loop {
        tokio::select! {
            () = &mut deadline, if !board.is_stopped() => board.stop(),
            () = tokio::time::sleep(LOOK), if plan.until_done && !board.is_stopped() => {
                if board.lock().streams.iter().all(|stream| stream.workload.is_done()) {
                    board.stop();
                }
            }
            Some(ended) = tasks.join_next() => match ended.context("a task of the load")? {
                Ok(Some(tally)) => reads.get_or_insert_with(ReadTally::default).merge(tally),
                Ok(None) => {}
                Err(error) => {
                    first_error.get_or_insert(error);
                    board.stop();
                }
            },
            seen = &mut watching => break seen?,
        }
    };
    let sending = plan.duration.min(board.started.elapsed());
    board.stop();
    while let Some(ended) = tasks.join_next().await {
        if let Ok(Some(tally)) = ended.context("a task of the load")? {
            reads.get_or_insert_with(ReadTally::default).merge(tally);
        }
    }
    if let Some(error) = first_error {
        return Err(error);
    }
    let sampler = match sampling {
        Some(sampling) => Some(sampling.await?),
        None => None,
    };
    finish(board, seen?, reads, sending, sampler)
}

fn spawn_readers(tasks: &mut JoinSet<Result<Option<ReadTally>>>, board: &Arc<Board>, plan: &RunPlan) {
    let Some(readers) = &plan.readers else { return };
    let connections = u32::try_from(readers.connections).unwrap_or(1).max(1);
    let rate = match readers.rate {
        Rate::Max => Rate::Max,
        Rate::PerSecond(rate) => Rate::PerSecond(rate.div_ceil(connections)),
    };
    for first in 0..readers.connections {
        let reader = read::run(board.clone(), plan.url.clone(), readers.queries.clone(), first, rate);
        tasks.spawn(async move { reader.await.map(Some) });
    }
}

fn finish(
    board: Arc<Board>,
    seen: Seen,
    reads: Option<ReadTally>,
    sending: Duration,
    sampler: Option<Sampler>,
) -> Result<Run> {
    let started: Instant = board.started;
    let board = Arc::into_inner(board).context("a task of the load goes on")?;
    let (accounts, streams, lost) = board.finish();
    let elapsed = seen
        .last
        .map_or(sending, |last| last.saturating_duration_since(started));
    Ok(Run {
        missed: streams.iter().map(|stream| stream.pacer.missed()).sum(),
        accounts,
        streams,
        seen,
        reads,
        lost,
        sending,
        elapsed,
        sampler,
    })
}

impl Run {
    /// Reads the results that nobody needed during the run.
    pub(crate) async fn count_results(&mut self, url: &str) -> Result<()> {
        let mut tallies: Vec<_> = self.streams.iter_mut().map(|stream| &mut stream.tally).collect();
        count_unknown(url, &mut self.seen, &mut tallies).await
    }
}

async fn height(url: &str) -> Result<u64> {
    Ok(supercloud_client::RpcClient::new(url)?.status().await?.height)
}
