//! `supercloud dev snapshot|revert|...`: what one does with a dev chain that runs, by its control port.

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::ready::Ready;
use crate::output::{self, Form};

/// Tools for a dev chain that runs.
#[derive(Subcommand)]
pub(crate) enum DevTool {
    /// Remember state, blocks, mempool and block time, and show the number to go back to
    Snapshot(Target),
    /// Go back to a snapshot; it stays, later ones are gone
    Revert {
        /// Number of the snapshot
        id: u64,
        #[command(flatten)]
        target: Target,
    },
    /// Accept transactions of a sender without a valid key or signature
    Impersonate {
        /// Sender: an account, a contract, or a module such as governance
        address: String,
        /// Want signatures again
        #[arg(long)]
        stop: bool,
        #[command(flatten)]
        target: Target,
    },
    /// Show the contract calls of a transaction with messages, gas, answers and errors
    Trace {
        /// Hash of the transaction in a block
        hash: String,
        #[command(flatten)]
        target: Target,
    },
    /// Show what contract calls cost since the chain was started
    GasReport(Target),
    /// Make blocks
    Blocks {
        /// How many
        #[arg(default_value_t = 1)]
        count: u64,
        #[command(flatten)]
        target: Target,
    },
    /// Move block time ahead and make a block
    Time {
        /// By how many seconds
        seconds: u64,
        #[command(flatten)]
        target: Target,
    },
}

/// Which chain.
#[derive(Args)]
pub(crate) struct Target {
    /// JSON-RPC port of the chain, which this user started on this machine
    #[arg(long, value_name = "N", default_value_t = 26657)]
    rpc_port: u16,
    /// Control URL of the chain, in place of its port
    #[arg(long, value_name = "URL")]
    control_url: Option<String>,
    /// Form of the result
    #[arg(long, value_enum, default_value_t = Form::Text)]
    output: Form,
}

pub(super) async fn run(tool: &DevTool) -> Result<()> {
    match tool {
        DevTool::Snapshot(target) => target.post("/snapshot", &json!({})).await,
        DevTool::Revert { id, target } => target.post("/revert", &json!({ "id": id })).await,
        DevTool::Impersonate { address, stop, target } => {
            let body = json!({ "address": address, "stop": stop });
            target.post("/impersonate", &body).await
        }
        DevTool::Blocks { count, target } => target.post("/blocks", &json!({ "count": count })).await,
        DevTool::Time { seconds, target } => target.post("/time", &json!({ "seconds": seconds })).await,
        DevTool::Trace { hash, target } => {
            let trace = target.get(&format!("/trace/{hash}")).await?;
            target.show(&trace, trace_text)
        }
        DevTool::GasReport(target) => {
            let report = target.get("/gas-report").await?;
            target.show(&report, report_text)
        }
    }
}

impl Target {
    fn url(&self, path: &str) -> Result<String> {
        if let Some(url) = &self.control_url {
            return Ok(format!("{}{path}", url.trim_end_matches('/')));
        }
        let port = self.rpc_port;
        let known = Ready::find(&format!("http://127.0.0.1:{port}")).and_then(|ready| ready.control_url);
        let url = known.with_context(|| {
            format!(
                "no `supercloud dev` of this user is known at port {port}; name it with --rpc-port or --control-url"
            )
        })?;
        Ok(format!("{url}{path}"))
    }

    async fn post(&self, path: &str, body: &Value) -> Result<()> {
        let url = self.url(path)?;
        let sent = http().post(&url).json(body).send().await;
        let answer = read(&url, sent).await?;
        Ok(output::document(&answer, self.output)?)
    }

    async fn get(&self, path: &str) -> Result<Value> {
        let url = self.url(path)?;
        let sent = http().get(&url).send().await;
        read(&url, sent).await
    }

    fn show(&self, value: &Value, text: fn(&Value) -> String) -> Result<()> {
        match self.output {
            Form::Json => output::line(value)?,
            Form::Text => output::line(text(value))?,
        }
        Ok(())
    }
}

fn http() -> reqwest::Client {
    // It fails only when there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

async fn read(url: &str, sent: reqwest::Result<reqwest::Response>) -> Result<Value> {
    let response = sent.with_context(|| format!("no dev chain answers at {url}"))?;
    let is_done = response.status().is_success();
    let body: Value = response
        .json()
        .await
        .with_context(|| format!("{url} is no dev chain"))?;
    if !is_done {
        bail!("{}", body["error"].as_str().unwrap_or("the chain refused"));
    }
    Ok(body)
}

/// The calls as an indented tree.
fn trace_text(trace: &Value) -> String {
    let mut lines = vec![format!(
        "{}  height {}  code {}  gas {}",
        text_of(&trace["tx_hash"]),
        trace["height"],
        trace["code"],
        trace["gas_used"]
    )];
    if let Some(log) = trace["log"].as_str().filter(|log| !log.is_empty()) {
        lines.push(format!("error: {log}"));
    }
    match trace["calls"].as_array() {
        None => lines.push("its contract calls are no longer kept".to_owned()),
        Some(calls) if calls.is_empty() => lines.push("it called no contract".to_owned()),
        Some(calls) => calls.iter().for_each(|call| add_call(call, 0, &mut lines)),
    }
    if let Some(left_out) = trace["left_out"].as_u64().filter(|count| *count > 0) {
        lines.push(format!("{left_out} more calls were not kept"));
    }
    lines.join("\n")
}

fn add_call(call: &Value, depth: usize, lines: &mut Vec<String>) {
    let indent = "  ".repeat(depth);
    let (total, own) = (&call["gas_total"], &call["gas_used"]);
    let gas = if total == own {
        format!("gas {own}")
    } else {
        format!("gas {own}, with calls {total}")
    };
    let (entry_point, contract) = (text_of(&call["entry_point"]), text_of(&call["contract"]));
    lines.push(format!("{indent}{entry_point} {contract}  {gas}"));
    lines.push(format!("{indent}  {}", call["msg"]));
    if let Some(info) = call.get("info") {
        let funds = info["funds"].as_array().is_some_and(|funds| !funds.is_empty());
        let funds = if funds {
            format!("  funds {}", info["funds"])
        } else {
            String::new()
        };
        lines.push(format!("{indent}  from {}{funds}", text_of(&info["sender"])));
    }
    for attribute in call["answer"]["attributes"].as_array().into_iter().flatten() {
        lines.push(format!(
            "{indent}  {} = {}",
            text_of(&attribute["key"]),
            text_of(&attribute["value"])
        ));
    }
    for event in call["answer"]["events"].as_array().into_iter().flatten() {
        lines.push(format!(
            "{indent}  event {} {}",
            text_of(&event["type"]),
            event["attributes"]
        ));
    }
    if let Some(error) = call["error"].as_str() {
        lines.push(format!("{indent}  error: {error}"));
    }
    for inner in call["calls"].as_array().into_iter().flatten() {
        add_call(inner, depth + 1, lines);
    }
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A table, the dearest first.
fn report_text(report: &Value) -> String {
    let empty = Vec::new();
    let mut lines: Vec<&Value> = report["lines"].as_array().unwrap_or(&empty).iter().collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line["max"].as_u64()));
    let mut table = vec![["contract", "call", "calls", "failed", "min", "avg", "max"].map(str::to_owned)];
    for line in lines {
        let call = format!("{} {}", text_of(&line["entry_point"]), text_of(&line["message"]));
        let number = |field: &str| line[field].to_string();
        table.push([
            line["name"].as_str().unwrap_or(text_of(&line["contract"])).to_owned(),
            call.trim_end().to_owned(),
            number("calls"),
            number("failed"),
            number("min"),
            number("avg"),
            number("max"),
        ]);
    }
    let width = |column: usize| table.iter().map(|row| row[column].len()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..7).map(width).collect();
    let rows = table.iter().map(|row| {
        let cells = row
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(column, (cell, width))| match column {
                0 | 1 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
        cells.collect::<Vec<_>>().join("  ")
    });
    rows.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_an_indented_tree() {
        let trace = json!({
            "tx_hash": "AB", "height": 3, "code": 0, "gas_used": 90, "log": "", "left_out": 0,
            "calls": [{
                "contract": "akash1a", "entry_point": "execute", "msg": {"go": {}}, "gas_used": 10, "gas_total": 30,
                "info": {"sender": "akash1s", "funds": []},
                "answer": {"attributes": [{"key": "action", "value": "go"}], "events": []},
                "calls": [{
                    "contract": "akash1b", "entry_point": "execute", "msg": {"x": 1}, "gas_used": 20, "gas_total": 20,
                    "error": "no",
                }],
            }],
        });
        let expected = [
            "AB  height 3  code 0  gas 90",
            "execute akash1a  gas 10, with calls 30",
            "  {\"go\":{}}",
            "  from akash1s",
            "  action = go",
            "  execute akash1b  gas 20",
            "    {\"x\":1}",
            "    error: no",
        ];
        assert_eq!(trace_text(&trace).lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_report_is_a_table_with_the_dearest_first() {
        let line = |message: &str, max: u64| json!({ "contract": "akash1a", "entry_point": "execute", "message": message, "calls": 2, "failed": 0, "min": 1, "avg": 2, "max": max });
        let text = report_text(&json!({ "lines": [line("cheap", 3), line("dear", 4000)] }));
        let expected = [
            "contract  call           calls  failed  min  avg   max",
            "akash1a   execute dear       2       0    1    2  4000",
            "akash1a   execute cheap      2       0    1    2     3",
        ];
        assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    }
}
