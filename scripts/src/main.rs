//! `cargo xtask`: see the subcommands.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};
use xtask::artifacts::check::{Verdict, check};
use xtask::artifacts::stale::find_stale;
use xtask::artifacts::{BuildOptions, build_all};
use xtask::deps::find_violations;
use xtask::schema;
use xtask::toolchain::Way;
use xtask::workspace::{Workspace, own_root};

/// Exit code of `artifacts --check` when another compiler built the committed files.
const EXIT_NOT_COMPARABLE: u8 = 3;

/// The project's own tool.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Builds every contract to artifacts/*.wasm, with checksums.txt and build.json
    Artifacts(ArtifactsArgs),
    /// Checks the dependency laws between our crates, and what contracts link
    Deps,
    /// Writes each contract's JSON Schema to schema/json
    Schema(SchemaArgs),
}

#[derive(Debug, Args)]
struct SchemaArgs {
    /// Compare with the files instead of writing them
    #[arg(long)]
    check: bool,
}

#[derive(Debug, Args)]
struct ArtifactsArgs {
    /// Rebuild in fresh folders and compare bytes; exit 3 when the recorded compiler is not to be had
    #[arg(long, conflicts_with_all = ["stale", "out", "only"])]
    check: bool,
    /// Compare a digest of the sources with build.json, without building
    #[arg(long, conflicts_with = "only")]
    stale: bool,
    /// Folder of the artifacts [default: artifacts]
    #[arg(long)]
    out: Option<PathBuf>,
    /// Cargo's target folder for contracts [default: target/artifacts]
    #[arg(long)]
    target_dir: Option<PathBuf>,
    /// Build only these, by file stem: market, market-next
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Where the compiler comes from [default: rustup, else debian]
    #[arg(long)]
    way: Option<WayArg>,
    /// Parallel compiler processes
    #[arg(long, short, default_value_t = 2)]
    jobs: u32,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum WayArg {
    /// The active rustup toolchain, with rust-src
    Rustup,
    /// Debian's rustc-web, unpacked into the user's cache
    Debian,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Artifacts(args) => run_artifacts(args),
        Command::Deps => run_deps(),
        Command::Schema(args) => run_schema(&args),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run_artifacts(args: ArtifactsArgs) -> Result<ExitCode> {
    let root = own_root();
    let out = args.out.unwrap_or_else(|| root.join("artifacts"));
    let way = args.way.map(|way| match way {
        WayArg::Rustup => Way::Rustup,
        WayArg::Debian => Way::Debian,
    });
    if args.stale {
        return Ok(report_all(
            "artifacts are stale; run `cargo xtask artifacts`",
            &find_stale(&root, &out)?,
        ));
    }
    if args.check {
        return Ok(match check(&root, &out, args.jobs, way)? {
            Verdict::Same => ExitCode::SUCCESS,
            Verdict::Different(files) => report_all("rebuilt artifacts differ", &files),
            Verdict::NotComparable(reason) => {
                eprintln!("not comparable: {reason}");
                ExitCode::from(EXIT_NOT_COMPARABLE)
            }
        });
    }
    let target = args.target_dir.unwrap_or_else(|| root.join("target/artifacts"));
    build_all(&BuildOptions {
        root,
        out,
        target,
        only: args.only,
        way,
        jobs: args.jobs,
    })?;
    Ok(ExitCode::SUCCESS)
}

fn run_deps() -> Result<ExitCode> {
    let violations = find_violations(&Workspace::load(&own_root())?)?;
    let texts: Vec<String> = violations.iter().map(ToString::to_string).collect();
    Ok(report_all("dependency laws are broken", &texts))
}

fn run_schema(args: &SchemaArgs) -> Result<ExitCode> {
    let workspace = Workspace::load(&own_root())?;
    if args.check {
        return Ok(report_all(
            "schema/json is stale; run `cargo xtask schema`",
            &schema::find_differences(&workspace)?,
        ));
    }
    schema::write_all(&workspace)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints findings; their presence is the failure.
fn report_all(heading: &str, findings: &[String]) -> ExitCode {
    if findings.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("{heading}");
    for finding in findings {
        eprintln!("  {finding}");
    }
    ExitCode::FAILURE
}
