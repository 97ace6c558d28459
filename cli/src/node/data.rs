//! `supercloud node export|snapshot|rollback`.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use serde::Serialize;
use supercloud_node::offline;

use super::Common;
use super::progress::Counted;
use crate::new_file::write_new;
use crate::output;

/// Exports and snapshots hold what every client may read.
const FILE_MODE: u32 = 0o666;

/// Arguments of `supercloud node export`.
#[derive(Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    common: Common,
    /// Height of the state; the last one when absent
    #[arg(long)]
    height: Option<u64>,
    /// File to write; stdout when absent
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Arguments of `supercloud node snapshot`.
#[derive(Args)]
pub(crate) struct SnapshotArgs {
    #[command(flatten)]
    common: Common,
    /// File to write
    file: PathBuf,
    /// Height of the state; the last one when absent
    #[arg(long)]
    height: Option<u64>,
}

/// Arguments of `supercloud node rollback`.
#[derive(Args)]
pub(crate) struct RollbackArgs {
    #[command(flatten)]
    common: Common,
    /// Height to go back to; the one before the last when absent
    #[arg(long)]
    height: Option<u64>,
}

#[derive(Serialize)]
struct Exported {
    chain_id: String,
    initial_height: u64,
    file: String,
}

pub(super) fn export(args: &ExportArgs) -> Result<()> {
    let storage = args.common.storage()?;
    eprintln!("reading the state");
    let genesis = offline::export(&storage, args.height)?;
    let json = genesis.to_json();
    let Some(path) = &args.out else {
        return Ok(output::line(json.trim_end_matches('\n'))?);
    };
    let written = write_new(path, FILE_MODE, |file| file.write_all(json.as_bytes()));
    written.with_context(|| format!("cannot write {}", path.display()))?;
    let result = Exported {
        chain_id: genesis.chain_id,
        initial_height: genesis.initial_height,
        file: path.display().to_string(),
    };
    args.common.print(&result, || {
        let height = result.initial_height - 1;
        format!("state of height {height} of {} is in {}", result.chain_id, result.file)
    })
}

pub(super) fn snapshot(args: &SnapshotArgs) -> Result<()> {
    let storage = args.common.storage()?;
    let summary = write_new(&args.file, FILE_MODE, |file| -> Result<_> {
        let mut out = BufWriter::new(Counted::new(file, "written"));
        let summary = offline::snapshot(&storage, args.height, &mut out)?;
        out.flush()?;
        Ok(summary)
    })
    .with_context(|| format!("cannot write {}", args.file.display()))?;
    args.common.print(&summary, || {
        format!(
            "height    {}\napp hash  {}\nentries   {}\nbytes     {}",
            summary.height, summary.app_hash, summary.entries, summary.bytes
        )
    })
}

pub(super) fn rollback(args: &RollbackArgs) -> Result<()> {
    let storage = args.common.storage()?;
    let height = match args.height {
        Some(height) => height,
        None => {
            let last = offline::inspect(&storage)?.height;
            last.checked_sub(1)
                .context("there is no height before the first state")?
        }
    };
    eprintln!("going back to height {height}");
    let done = offline::rollback(&storage, height)?;
    args.common.print(&done, || {
        format!("height {} is the last one; it was {}", done.to, done.from)
    })
}
