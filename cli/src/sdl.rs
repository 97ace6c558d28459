//! `supercloud sdl`: what an SDL file means to the market.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use supercloud_sdl::{PriceConversion, Sdl};

use crate::output;

/// Arguments of `supercloud sdl`.
#[derive(Args)]
pub(crate) struct SdlArgs {
    /// The SDL file.
    file: PathBuf,
    /// What to print.
    #[arg(long, value_enum, default_value = "manifest")]
    show: Show,
}

/// What `supercloud sdl` prints.
#[derive(Clone, Copy, ValueEnum)]
enum Show {
    /// The manifest that the provider gets.
    Manifest,
    /// The manifest's SHA-256, as it stands on chain.
    Hash,
    /// The groups that the market gets, prices per second.
    Groups,
}

/// Runs `supercloud sdl`.
pub(crate) fn run(args: SdlArgs) -> Result<()> {
    let text = std::fs::read_to_string(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let sdl = Sdl::parse(&text).with_context(|| format!("{} is no valid SDL", args.file.display()))?;
    for warning in sdl.warnings() {
        eprintln!("warning: {warning}");
    }
    let text = match args.show {
        Show::Manifest => sdl.manifest().to_json(),
        Show::Hash => hex::encode(sdl.manifest().hash()),
        Show::Groups => serde_json::to_string_pretty(&sdl.groups(&PriceConversion::default())?)?,
    };
    Ok(output::line(text)?)
}
