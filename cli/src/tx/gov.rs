//! `supercloud tx gov`.

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use serde_json::{Value, json};

use super::document::typed_coins;
use crate::json_arg;

#[derive(Subcommand)]
pub(super) enum GovCommand {
    /// Propose messages that the gov account then executes
    SubmitProposal {
        /// JSON file with messages, title, summary and, where wanted, deposit, metadata and expedited; or - for stdin
        file: String,
    },
    /// Vote
    Vote {
        /// Proposal
        proposal_id: u64,
        /// yes, no, abstain or no_with_veto
        option: String,
    },
    /// Split a vote
    WeightedVote {
        /// Proposal
        proposal_id: u64,
        /// Such as yes=0.6,no=0.4
        options: String,
    },
    /// Add to a proposal's deposit
    Deposit {
        /// Proposal
        proposal_id: u64,
        /// Coins
        coins: String,
    },
    /// Take one's own proposal back
    CancelProposal {
        /// Proposal
        proposal_id: u64,
    },
}

impl GovCommand {
    pub(super) fn message(self, sender: &str) -> Result<Value> {
        Ok(match self {
            Self::SubmitProposal { file } => submit(&json_arg::read_file(&file)?, sender)?,
            Self::Vote { proposal_id, option } => json!({
                "@type": "/cosmos.gov.v1.MsgVote",
                "proposal_id": proposal_id.to_string(),
                "voter": sender,
                "option": option_name(&option)?,
            }),
            Self::WeightedVote { proposal_id, options } => json!({
                "@type": "/cosmos.gov.v1.MsgVoteWeighted",
                "proposal_id": proposal_id.to_string(),
                "voter": sender,
                "options": weighted(&options)?,
            }),
            Self::Deposit { proposal_id, coins } => json!({
                "@type": "/cosmos.gov.v1.MsgDeposit",
                "proposal_id": proposal_id.to_string(),
                "depositor": sender,
                "amount": typed_coins(&coins)?,
            }),
            Self::CancelProposal { proposal_id } => json!({
                "@type": "/cosmos.gov.v1.MsgCancelProposal",
                "proposal_id": proposal_id.to_string(),
                "proposer": sender,
            }),
        })
    }
}

fn submit(file: &Value, sender: &str) -> Result<Value> {
    let known = [
        "messages",
        "metadata",
        "deposit",
        "title",
        "summary",
        "expedited",
        "proposer",
    ];
    let object = file.as_object().context("a proposal is a JSON object")?;
    if let Some(unknown) = object.keys().find(|key| !known.contains(&key.as_str())) {
        bail!("a proposal has no {unknown}; it has {}", known.join(", "));
    }
    let text = |field: &str| object.get(field).and_then(Value::as_str).unwrap_or_default();
    if text("title").is_empty() {
        bail!("a proposal needs a title");
    }
    Ok(json!({
        "@type": "/cosmos.gov.v1.MsgSubmitProposal",
        "messages": object.get("messages").cloned().unwrap_or_else(|| json!([])),
        "initial_deposit": typed_coins(text("deposit"))?,
        "proposer": sender,
        "metadata": text("metadata"),
        "title": text("title"),
        "summary": text("summary"),
        "expedited": object.get("expedited").and_then(Value::as_bool).unwrap_or(false),
    }))
}

fn option_name(option: &str) -> Result<&'static str> {
    match option.to_ascii_lowercase().replace('-', "_").as_str() {
        "yes" | "vote_option_yes" => Ok("VOTE_OPTION_YES"),
        "no" | "vote_option_no" => Ok("VOTE_OPTION_NO"),
        "abstain" | "vote_option_abstain" => Ok("VOTE_OPTION_ABSTAIN"),
        "no_with_veto" | "veto" | "vote_option_no_with_veto" => Ok("VOTE_OPTION_NO_WITH_VETO"),
        _ => bail!("a vote is yes, no, abstain or no_with_veto, got {option:?}"),
    }
}

fn weighted(options: &str) -> Result<Value> {
    let part = |part: &str| -> Result<Value> {
        let (option, weight) = part
            .split_once('=')
            .with_context(|| format!("expected OPTION=WEIGHT, got {part:?}"))?;
        Ok(json!({ "option": option_name(option.trim())?, "weight": weight.trim() }))
    };
    options
        .split(',')
        .map(part)
        .collect::<Result<Vec<_>>>()
        .map(Value::Array)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_with_a_misspelt_field_is_refused() {
        let error = submit(&json!({ "title": "t", "sumary": "s" }), "a").unwrap_err();
        assert!(error.to_string().contains("sumary"));
        assert!(submit(&json!({ "summary": "s" }), "a").is_err());
    }

    #[test]
    fn votes_are_words_and_weights() {
        assert_eq!(option_name("No-With-Veto").unwrap(), "VOTE_OPTION_NO_WITH_VETO");
        assert!(option_name("maybe").is_err());
        let expected =
            json!([{ "option": "VOTE_OPTION_YES", "weight": "0.6" }, { "option": "VOTE_OPTION_NO", "weight": "0.4" }]);
        assert_eq!(weighted("yes=0.6, no=0.4").unwrap(), expected);
    }
}
