//! From the arguments to the streams of a run.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use supercloud_schema::{escrow, market, registry};

use super::accounts::Accounts;
use super::args::{BenchArgs, Load};
use super::board::Stream;
use super::chain::Node;
use super::engine::{Readers, RunPlan, stream};
use super::pacer::Rate;
use super::presigned::Presigned;
use super::read::smart_query;
use super::setup::Preparer;
use super::workload::{BankSends, Deals, ProfileUpdates, Step};

/// Deployments that the queries of a read load ask for.
const READ_DEALS: usize = 20;
/// Signed ahead for a run of `max`: this many a second.
const PRESIGN_MAX: u32 = 10_000;

/// A run, ready to go.
pub(crate) struct Prepared {
    pub(crate) accounts: Accounts,
    pub(crate) streams: Vec<Stream>,
    pub(crate) run: RunPlan,
    pub(crate) presigned: Option<Arc<Presigned>>,
}

pub(crate) async fn prepare(
    args: &BenchArgs,
    node: &Node,
    preparer: &Preparer,
    mut accounts: Accounts,
) -> Result<Prepared> {
    let rate = args.rate();
    let half = accounts.list.len() / 2;
    let mut run = RunPlan {
        url: node.url.clone(),
        window: args.in_flight as usize,
        connections: args.connections as usize,
        duration: Duration::from_secs(args.duration()),
        until_done: false,
        results_at_once: args.soak.is_some(),
        readers: None,
    };
    let mut presigned = None;
    let streams = match args.load {
        Load::Bank => {
            let senders = accounts.list.len();
            let (bank, gas_limit) = bank(preparer, &accounts, senders).await?;
            presigned = presign(args, rate, &accounts, senders, gas_limit).await?;
            vec![stream("bank", Box::new(bank), rate)]
        }
        Load::Execute => {
            let gas_limit = preparer.register(&mut accounts, 0).await?;
            let registry = preparer.addresses.of("registry");
            let updates = ProfileUpdates::new(&accounts.list, registry, gas_limit);
            vec![stream("execute", Box::new(updates), rate)]
        }
        Load::Market => {
            let deals = deals(args, node, preparer, &mut accounts, 0).await?;
            vec![stream("market", Box::new(deals), rate)]
        }
        Load::Mixed => {
            // The first half sends, the second half deals: no account does both.
            let deals = deals(args, node, preparer, &mut accounts, half & !1).await?;
            let (bank, _) = bank(preparer, &accounts, half & !1).await?;
            let (bank_rate, market_rate) = Load::split(rate);
            vec![
                stream("bank", Box::new(bank), bank_rate),
                stream("market", Box::new(deals), market_rate),
            ]
        }
        Load::Read => {
            run.readers = Some(Readers {
                queries: Arc::new(queries(args, node, preparer, &mut accounts).await?),
                connections: args.connections as usize,
                rate: args.query_rate,
            });
            let senders = accounts.list.len();
            let (bank, gas_limit) = bank(preparer, &accounts, senders).await?;
            presigned = presign(args, rate, &accounts, senders, gas_limit).await?;
            vec![stream("bank", Box::new(bank), rate)]
        }
    };
    Ok(Prepared {
        accounts,
        streams,
        run,
        presigned,
    })
}

async fn bank(preparer: &Preparer, accounts: &Accounts, senders: usize) -> Result<(BankSends, u64)> {
    let trial = BankSends::new(&accounts.list[..senders], 0);
    let message = trial.message(0).remove(0);
    let gas_limit = preparer.gas_limit(&accounts.list[0], message).await?;
    Ok((BankSends::new(&accounts.list[..senders], gas_limit), gas_limit))
}

/// Signs ahead what a short run may send. A soak signs as it goes: hours of it would not fit into memory.
async fn presign(
    args: &BenchArgs,
    rate: Rate,
    accounts: &Accounts,
    senders: usize,
    gas_limit: u64,
) -> Result<Option<Arc<Presigned>>> {
    if args.soak.is_some() {
        return Ok(None);
    }
    let per_second = u64::from(rate.per_second().unwrap_or(PRESIGN_MAX));
    let count = usize::try_from(per_second * (args.duration() + args.warm_up) * 11 / 10)?;
    eprintln!("signing up to {count} sends ahead");
    let accounts = accounts.clone();
    let signed = tokio::task::spawn_blocking(move || Presigned::sign(0, &accounts, senders, gas_limit, count)).await?;
    Ok(Some(Arc::new(signed)))
}

/// Deals between the accounts from `first` on, whose providers are registered and whose first pair has had one deal.
async fn deals(
    args: &BenchArgs,
    node: &Node,
    preparer: &Preparer,
    accounts: &mut Accounts,
    first: usize,
) -> Result<Deals> {
    if let (false, Some(mnemonic)) = (node.is_own(), &args.mnemonic) {
        preparer.make_credit(accounts, mnemonic).await?;
    }
    let pairs = (accounts.list.len() - first) / 2;
    preparer.register(accounts, first + pairs).await?;
    let market = preparer.addresses.of("market");
    let list = accounts.list[first..first + 2 * pairs].to_vec();
    let mut trial = Deals::new(&list, first, market, [0; 4]);
    let limits = preparer.trial_deal(accounts, &mut trial, 0, &Step::ALL).await?;
    let limits = [limits[0], limits[1], limits[2], limits[3]];
    Ok(Deals::new(&list, first, market, limits))
}

/// Smart queries in equal parts: a deployment of the market, its account in escrow, a provider of the registry.
async fn queries(args: &BenchArgs, node: &Node, preparer: &Preparer, accounts: &mut Accounts) -> Result<Vec<String>> {
    let mut deals = deals(args, node, preparer, accounts, 0).await?;
    let pairs = (accounts.list.len() / 2).min(READ_DEALS);
    let mut queries = Vec::new();
    for pair in 0..pairs {
        preparer.trial_deal(accounts, &mut deals, pair, &Step::ALL[..3]).await?;
        let id = deals.deployment(pair);
        let dseq = id.dseq;
        let owner = accounts.list[accounts.list.len() / 2 + pair].address.clone();
        let of = |name| preparer.addresses.of(name);
        queries.push(smart_query(of("market"), &market::QueryMsg::Deployment { id })?);
        queries.push(smart_query(of("escrow"), &escrow::QueryMsg::Account { dseq })?);
        queries.push(smart_query(of("registry"), &registry::QueryMsg::Provider { owner })?);
    }
    Ok(queries)
}
