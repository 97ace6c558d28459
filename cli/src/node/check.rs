//! `supercloud node check`.

use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;
use supercloud_node::offline::{self, OnDamage};

use super::Common;

/// Least time between two words about progress.
const TELL: Duration = Duration::from_secs(2);

/// Arguments of `supercloud node check`.
#[derive(Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    common: Common,
    /// Build the tree of the state again when only that is damaged
    #[arg(long)]
    repair: bool,
}

/// Says whether all is well.
pub(super) fn run(args: &CheckArgs) -> Result<bool> {
    let storage = args.common.storage()?;
    let on_damage = if args.repair {
        OnDamage::Repair
    } else {
        OnDamage::Report
    };
    eprintln!("reading the state");
    let mut told = Instant::now();
    let report = offline::check(&storage, on_damage, &mut |height| {
        if told.elapsed() >= TELL {
            eprintln!("block {height}");
            told = Instant::now();
        }
    })?;
    args.common.print(&report, || {
        let blocks = report
            .blocks
            .map_or_else(|| "none".to_owned(), |(first, last)| format!("{first} to {last}"));
        let mut text = format!(
            "height    {}\napp hash  {}\nentries   {}\nstates    {} to {}\nblocks    {blocks}\ntxs       {}",
            report.height, report.app_hash, report.entries, report.oldest_state, report.height, report.txs
        );
        for damage in &report.damage {
            text.push_str(&format!("\ndamaged   {damage}"));
        }
        if report.damage.is_empty() {
            text.push_str("\nall is as it was written");
        }
        text
    })?;
    Ok(report.damage.is_empty())
}
