//! `supercloud version`.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use crate::output::{self, Form};

/// Commit that this program was built from. Whoever packages it sets the variable at build time: asking git in a build script
/// would build this crate anew after every commit.
const COMMIT: Option<&str> = option_env!("SUPERCLOUD_COMMIT");

/// Arguments of `supercloud version`.
#[derive(Args)]
pub(crate) struct VersionArgs {
    /// Name and commit as well
    #[arg(long)]
    long: bool,
    /// Form of the result; JSON has all of it
    #[arg(long, short, value_enum, default_value_t)]
    output: Form,
}

/// Runs `supercloud version`.
pub(crate) fn run(args: &VersionArgs) -> Result<()> {
    match (args.output, args.long) {
        (Form::Text, false) => output::line(env!("CARGO_PKG_VERSION"))?,
        (form, _) => output::document(&document(COMMIT), form)?,
    }
    Ok(())
}

fn document(commit: Option<&str>) -> Value {
    let mut document = json!({
        "name": "supercloud",
        "server_name": "supercloud",
        "version": env!("CARGO_PKG_VERSION"),
    });
    if let Some(commit) = commit {
        document["commit"] = commit.into();
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_there_only_when_it_is_known() {
        assert_eq!(document(Some("abc"))["commit"], "abc");
        assert_eq!(document(None).get("commit"), None);
    }
}
