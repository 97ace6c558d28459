//! `supercloud gov watch`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::Args;
use serde_json::json;
use supercloud_client::{Client, Proposal, ProposalStatus};

use crate::node_args::NodeArgs;
use crate::output::{self, Form};

const POLL: Duration = Duration::from_millis(200);

#[derive(Args)]
pub(crate) struct WatchArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// Proposal; all open ones when absent
    proposal_id: Option<u64>,
    /// Seconds after which it gives up; 0 is never
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    timeout: u64,
    /// Form of the result: one line per change of a proposal
    #[arg(long, short, value_enum, default_value_t)]
    output: Form,
}

/// Ends when nothing that is watched is open any more; a proposal that did not pass is an error.
pub(super) async fn run(args: &WatchArgs) -> Result<()> {
    let client = args.node.connect().await?;
    let deadline = (args.timeout > 0).then(|| Instant::now() + Duration::from_secs(args.timeout));
    let mut shown: BTreeMap<u64, ProposalStatus> = BTreeMap::new();
    let mut lost = Vec::new();
    loop {
        let mut is_open = false;
        for proposal in watched(&client, args.proposal_id, &shown).await? {
            is_open |= proposal.status == ProposalStatus::Open;
            if shown.insert(proposal.id, proposal.status) == Some(proposal.status) {
                continue;
            }
            show(&proposal, args.output)?;
            if !matches!(proposal.status, ProposalStatus::Open | ProposalStatus::Passed) {
                lost.push(proposal.id.to_string());
            }
        }
        if !is_open {
            break;
        }
        if deadline.is_some_and(|deadline| Instant::now() > deadline) {
            bail!("undecided after {} s", args.timeout);
        }
        tokio::time::sleep(POLL).await;
    }
    if !lost.is_empty() {
        bail!("not executed: proposal {}", lost.join(", "));
    }
    Ok(())
}

async fn watched(client: &Client, id: Option<u64>, shown: &BTreeMap<u64, ProposalStatus>) -> Result<Vec<Proposal>> {
    let Some(id) = id else {
        let mut proposals = client.proposals().await?;
        proposals.retain(|proposal| proposal.status == ProposalStatus::Open || shown.contains_key(&proposal.id));
        return Ok(proposals);
    };
    match client.proposal(id).await? {
        Some(proposal) => Ok(vec![proposal]),
        None => bail!("there is no proposal {id}; `supercloud query gov proposals` shows what is there"),
    }
}

fn show(proposal: &Proposal, form: Form) -> Result<()> {
    let status = format!("{:?}", proposal.status).to_lowercase();
    match form {
        Form::Json => output::line(json!({
            "id": proposal.id.to_string(),
            "status": status,
            "title": proposal.title,
            "yes": proposal.yes,
            "no": proposal.no,
            "failed_reason": proposal.failed_reason,
        }))?,
        Form::Text => {
            let reason = Some(&proposal.failed_reason).filter(|reason| !reason.is_empty());
            let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            output::line(format_args!(
                "proposal {} {status}{reason}  {}",
                proposal.id, proposal.title
            ))?;
        }
    }
    Ok(())
}
