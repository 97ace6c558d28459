//! Arguments of `supercloud wasm check`, and the rules that they make.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use supercloud_chain::vm::CodeRules;

use super::report::Form;

/// Arguments of `supercloud wasm check`.
#[derive(Args)]
pub(crate) struct CheckArgs {
    /// Compiled contracts, plain or gzipped.
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Print one JSON array.
    #[arg(long)]
    json: bool,
    /// Capabilities that the chain has, separated by commas, in place of the rules' own.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    available_capabilities: Option<Vec<String>>,
    /// Refuse bulk memory operators, as wasmd does.
    #[arg(long)]
    no_bulk_memory: bool,
    /// The chain's rules for uploads, as JSON; what the file does not name has its default.
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
}

impl CheckArgs {
    /// What files are held against.
    ///
    /// # Errors
    ///
    /// When the rules' file cannot be read, does not parse, or allows more than an engine serves.
    pub(super) fn rules(&self) -> Result<CodeRules> {
        let mut rules = match &self.rules {
            None => CodeRules::default(),
            Some(file) => {
                let text = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
                let rules: CodeRules = serde_json::from_slice(&text)
                    .with_context(|| format!("{} does not hold rules for uploads", file.display()))?;
                rules.assert_valid()?;
                rules
            }
        };
        if let Some(names) = &self.available_capabilities {
            let names = names.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
            rules.capabilities = names.map(str::to_owned).collect();
        }
        if self.no_bulk_memory {
            rules.bulk_memory = false;
        }
        Ok(rules)
    }

    pub(super) fn form(&self) -> Form {
        if self.json { Form::Json } else { Form::Text }
    }
}
