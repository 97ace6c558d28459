//! `supercloud wasm`: tools for compiled contracts.

mod arguments;
mod check;
mod report;
mod size;

use std::process::ExitCode;

use clap::Subcommand;
use supercloud_vm::{Tiers, VmConfig, WasmtimeVm};

use crate::output;
use arguments::CheckArgs;
use report::Report;

/// Subcommands of `supercloud wasm`.
#[derive(Subcommand)]
pub(crate) enum WasmCommand {
    /// Say of each file whether the chain would take it as a contract, and why not
    Check(CheckArgs),
}

/// Wrong arguments, as clap reports them.
const USAGE: u8 = 2;

/// Runs `supercloud wasm`. The exit code is 0 when all is well, 1 when a file was refused or the tool failed, 2 when
/// the arguments are wrong.
pub(crate) fn main(command: WasmCommand) -> ExitCode {
    let WasmCommand::Check(args) = command;
    let rules = match args.rules() {
        Ok(rules) => rules,
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::from(USAGE);
        }
    };
    // Codes are compiled once each and never called.
    let config = VmConfig {
        concurrent_calls: 1,
        memory_cache_bytes: 0,
        tiers: Tiers::Optimized,
        ..VmConfig::default()
    };
    let judged = WasmtimeVm::new(config).map_err(anyhow::Error::from).and_then(|vm| {
        let reports: Vec<Report> = args.files.iter().map(|file| check::check(&vm, &rules, file)).collect();
        output::line(report::show(&reports, args.form())?)?;
        Ok(reports.iter().all(Report::passed))
    });
    match judged {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
