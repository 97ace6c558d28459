//! `supercloud node restore`.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use supercloud_node::{DiskStorage, offline};

use super::Common;
use super::progress::Counted;

/// Arguments of `supercloud node restore`.
#[derive(Args)]
pub(crate) struct RestoreArgs {
    #[command(flatten)]
    common: Common,
    /// Snapshot to read
    file: PathBuf,
    /// The chain's validator key (priv_validator_key.json), to be copied into a home that has none
    #[arg(long)]
    validator_key: Option<PathBuf>,
    /// Go on under another validator key than the chain's. Light clients must be told to trust it.
    #[arg(long)]
    new_validator: bool,
    /// Name of the node, for a home that is made
    #[arg(long, default_value = "supercloud")]
    moniker: String,
}

pub(super) fn run(args: &RestoreArgs) -> Result<()> {
    // A home that is made here has the default settings.
    let home = args.common.home();
    let storage = if home.config_file().exists() {
        args.common.storage()?
    } else {
        DiskStorage::new(home)
    };
    let file = File::open(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let how = offline::Restore {
        validator_key: args.validator_key.clone(),
        new_validator: args.new_validator,
        moniker: args.moniker.clone(),
    };
    let mut input = BufReader::new(Counted::new(file, "read"));
    let summary = offline::restore(&storage, &how, &mut input)?;
    args.common.print(&summary, || {
        format!(
            "chain id  {}\nheight    {}\napp hash  {}\nentries   {}",
            summary.chain_id, summary.height, summary.app_hash, summary.entries
        )
    })
}
