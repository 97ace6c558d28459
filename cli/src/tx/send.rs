//! From messages to a block: account, gas, fee, signature, broadcast.

use std::time::Duration;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use supercloud_client::tx::{self, UnsignedTx};
use supercloud_client::{Client, ClientError, Coin, GasPrice, TxOutcome};
use supercloud_proto::cosmos::base::node::v1beta1::{ConfigRequest, ConfigResponse};
use supercloud_proto::cosmos::tx::v1beta1::{SimulateRequest, SimulateResponse};

use super::document;
use super::sender::Sender;
use crate::coins;
use crate::hint;
use crate::keys::KeyringArgs;
use crate::node_args::NodeArgs;
use crate::output::{self, Form};
use crate::query::tx_response;

/// How long a transaction is waited for.
const INCLUSION_TIMEOUT: Duration = Duration::from_secs(60);

/// Arguments of every transaction.
#[derive(Args, Clone)]
pub(crate) struct TxArgs {
    #[command(flatten)]
    pub(super) node: NodeArgs,
    #[command(flatten)]
    pub(super) keyring: KeyringArgs,
    /// Key that signs: name or address
    #[arg(long, value_name = "KEY", env = "SUPERCLOUD_FROM", global = true)]
    pub(super) from: Option<String>,
    /// Gas limit, or `auto` for a simulation
    #[arg(long, value_name = "GAS", default_value = "auto", global = true)]
    gas: String,
    /// Factor on what a simulation says
    #[arg(long, value_name = "FACTOR", default_value_t = 1.4, global = true)]
    gas_adjustment: f64,
    /// Price of gas, such as 0.0025uakt; the node's least one when absent
    #[arg(long, value_name = "PRICE", global = true)]
    gas_prices: Option<GasPrice>,
    /// The fee, instead of gas times price
    #[arg(long, value_name = "COINS", conflicts_with = "gas_prices", global = true)]
    fees: Option<String>,
    /// Who pays the fee by a fee allowance
    #[arg(long, value_name = "ADDRESS", global = true)]
    fee_granter: Option<String>,
    /// Memo, at most 256 characters
    #[arg(long, visible_alias = "memo", default_value = "", global = true)]
    note: String,
    /// Last block that may take it; 0 is no limit
    #[arg(long, value_name = "N", default_value_t = 0, global = true)]
    timeout_height: u64,
    /// What to wait for
    #[arg(long, short, value_enum, default_value_t, global = true)]
    broadcast_mode: BroadcastMode,
    /// Simulate and say what gas it takes; nothing is signed or sent
    #[arg(long, conflicts_with_all = ["generate_only", "offline"], global = true)]
    dry_run: bool,
    /// Print the unsigned transaction as JSON; nothing is signed or sent, and --from may be any address
    #[arg(long, global = true)]
    pub(super) generate_only: bool,
    /// Ask no node: for --generate-only with --gas and --fees, and for `tx sign` with --chain-id, --account-number and
    /// --sequence
    #[arg(long, global = true)]
    pub(super) offline: bool,
    /// Number of the signer's account; the chain's answer when absent
    #[arg(long, short, value_name = "N", global = true)]
    pub(super) account_number: Option<u64>,
    /// Sequence of the signer's account; the chain's answer when absent
    #[arg(long, short, value_name = "N", global = true)]
    pub(super) sequence: Option<u64>,
    /// Send without a question; needed where there is no terminal to answer on
    #[arg(long, short, global = true)]
    yes: bool,
    /// Form of the result
    #[arg(long, short, value_enum, default_value_t, global = true)]
    pub(super) output: Form,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum BroadcastMode {
    /// Until it is in a block
    #[default]
    Block,
    /// Until the node has checked it
    Sync,
    /// For nothing
    Async,
}

impl TxArgs {
    /// Connects to the node.
    pub(crate) async fn connect(&self) -> Result<Client> {
        if self.offline {
            bail!("--offline: this needs a node; leave the flag out");
        }
        self.node.connect().await
    }

    /// Whether `--from` names the signer.
    pub(super) fn has_from(&self) -> bool {
        self.from.is_some()
    }

    /// Form of the result.
    pub(crate) fn form(&self) -> Form {
        self.output
    }
}

/// Sends messages given as JSON, as the arguments say, and prints what came out.
pub(crate) async fn run(sender: &Sender<'_>, messages: &[Value]) -> Result<()> {
    let args = sender.args;
    let mut unsigned = UnsignedTx {
        messages: document::pack(messages)?,
        memo: args.note.clone(),
        timeout_height: args.timeout_height,
        fee_granter: args.fee_granter.clone(),
        ..UnsignedTx::default()
    };
    if args.dry_run {
        let used = sender.simulate(&unsigned).await?;
        let document =
            json!({ "gas_used": used.to_string(), "gas_estimate": adjusted(used, args.gas_adjustment)?.to_string() });
        return Ok(output::document(&document, args.output)?);
    }
    unsigned.gas_limit = gas_limit(sender, &unsigned).await?;
    unsigned.fee = fee(sender, unsigned.gas_limit).await?;
    if args.generate_only {
        return Ok(output::line(document::show(&unsigned, messages))?);
    }
    let client = sender.client("nothing can be sent: use --generate-only, then `tx sign` and `tx broadcast`")?;
    if !args.yes {
        confirm(&question(&unsigned, messages))?;
    }
    let raw = unsigned.sign(&sender.key()?, sender.state().await?);
    broadcast(client, args, &raw).await
}

/// An error unless somebody said yes. Nothing is sent because nobody could be asked.
fn confirm(question: &str) -> Result<()> {
    use std::io::IsTerminal;
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        bail!("not sent: there is no terminal to ask on; pass --yes (-y) to send without a question");
    }
    if !crate::confirm::ask(question)? {
        bail!("not sent");
    }
    Ok(())
}

fn question(unsigned: &UnsignedTx, messages: &[Value]) -> String {
    let kinds: Vec<&str> = messages
        .iter()
        .filter_map(|message| message["@type"].as_str())
        .collect();
    format!(
        "Send {} with at most {} gas for {}?",
        kinds.join(", "),
        unsigned.gas_limit,
        match coins::show(&unsigned.fee) {
            fee if fee.is_empty() => "no fee".to_owned(),
            fee => fee,
        }
    )
}

/// Gas that a transaction would use now.
pub(crate) async fn simulate(
    client: &Client,
    unsigned: &UnsignedTx,
    public_key: Option<&[u8; 33]>,
    sequence: u64,
) -> Result<u64> {
    const SIMULATE: &str = "/cosmos.tx.v1beta1.Service/Simulate";
    let request = SimulateRequest {
        tx_bytes: unsigned.unsigned_by(public_key, sequence),
        ..SimulateRequest::default()
    };
    let response: SimulateResponse = client.query(SIMULATE, &request).await?;
    match response.gas_info {
        Some(info) => Ok(info.gas_used),
        None => bail!("the node's simulation tells no gas"),
    }
}

async fn gas_limit(sender: &Sender<'_>, unsigned: &UnsignedTx) -> Result<u64> {
    let args = sender.args;
    if args.gas != "auto" {
        return match args.gas.parse() {
            Ok(gas) if gas > 0 => Ok(gas),
            _ => bail!("--gas is `auto` or a whole number above 0, got {:?}", args.gas),
        };
    }
    adjusted(sender.simulate(unsigned).await?, args.gas_adjustment)
}

/// Gas with room for what changes between simulation and block.
fn adjusted(used: u64, factor: f64) -> Result<u64> {
    if !(1.0..=100.0).contains(&factor) {
        bail!("--gas-adjustment is from 1 to 100, got {factor}");
    }
    // In thousandths, so that the same factor gives the same gas everywhere.
    let thousandths = (factor * 1_000.0).round() as u128;
    Ok(u64::try_from((u128::from(used) * thousandths).div_ceil(1_000))?)
}

async fn fee(sender: &Sender<'_>, gas: u64) -> Result<Vec<Coin>> {
    let args = sender.args;
    if let Some(fees) = &args.fees {
        return coins::parse_coins(fees).map_err(anyhow::Error::msg);
    }
    if let Some(price) = &args.gas_prices {
        return Ok(price.fee(gas));
    }
    let client = sender.client("--fees or --gas-prices is needed")?;
    Ok(least_gas_price(client).await?.fee(gas))
}

/// The node's least gas price in the first denom that it takes.
pub(crate) async fn least_gas_price(client: &Client) -> Result<GasPrice> {
    let path = "/cosmos.base.node.v1beta1.Service/Config";
    let config: ConfigResponse = match client.query(path, &ConfigRequest {}).await {
        Ok(config) => config,
        // A node that does not tell takes what it takes.
        Err(ClientError::Query { .. }) => return Ok(GasPrice::free()),
        Err(error) => return Err(error.into()),
    };
    match config.minimum_gas_price.split(',').next() {
        None | Some("") => Ok(GasPrice::free()),
        Some(price) => Ok(shorten(price).parse()?),
    }
}

/// Without the zeros that the SDK writes to eighteen decimals.
fn shorten(price: &str) -> String {
    let split = price.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(price.len());
    let (number, denom) = price.split_at(split);
    let number = if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    };
    format!("{number}{denom}")
}

pub(super) async fn broadcast(client: &Client, args: &TxArgs, raw: &[u8]) -> Result<()> {
    if args.broadcast_mode == BroadcastMode::Async {
        use base64::Engine;
        let tx = base64::engine::general_purpose::STANDARD.encode(raw);
        client.rpc().call("broadcast_tx_async", json!({ "tx": tx })).await?;
        return finish(
            args,
            &TxOutcome {
                hash: tx::hash(raw),
                ..TxOutcome::default()
            },
        );
    }
    let check = client.rpc().broadcast_tx_sync(raw).await?;
    if check.code != 0 || args.broadcast_mode == BroadcastMode::Sync {
        let outcome = TxOutcome {
            hash: check.hash,
            code: check.code,
            codespace: check.codespace,
            log: check.log,
            ..TxOutcome::default()
        };
        return finish(args, &outcome);
    }
    finish(args, &client.wait_for_tx(&check.hash, INCLUSION_TIMEOUT).await?)
}

/// Prints the result; one that failed is an error besides.
fn finish(args: &TxArgs, outcome: &TxOutcome) -> Result<()> {
    let mut response = tx_response(outcome, false);
    if args.output == Form::Text {
        summarize(&mut response);
    }
    output::document(&response, args.output)?;
    if outcome.code == 0 {
        return Ok(());
    }
    let hint = hint::hint_for_code(&outcome.codespace, outcome.code)
        .map(|hint| format!("\n  {hint}"))
        .unwrap_or_default();
    bail!(
        "the chain refused: {} (code {} of {}){hint}",
        outcome.log,
        outcome.code,
        outcome.codespace
    )
}

/// What people want of the result: no events but what they are named after.
fn summarize(response: &mut Value) {
    let known = ["code_id", "code_checksum", "_contract_address", "proposal_id"];
    let mut found = serde_json::Map::new();
    for attribute in response["events"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|event| event["attributes"].as_array())
        .flatten()
    {
        if let (Some(key), Some(value)) = (attribute["key"].as_str(), attribute["value"].as_str())
            && known.contains(&key)
        {
            found
                .entry(key.trim_start_matches('_').to_owned())
                .or_insert_with(|| value.into());
        }
    }
    if let Some(object) = response.as_object_mut() {
        object.remove("events");
        object.remove("data");
        object.retain(|_, value| value.as_str() != Some(""));
        object.extend(found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gas_gets_room_in_thousandths_and_rounds_up() {
        assert_eq!(adjusted(100_001, 1.4).unwrap(), 140_002);
        assert_eq!(adjusted(5, 1.0).unwrap(), 5);
        for factor in [0.99, 100.1, f64::NAN] {
            assert!(
                adjusted(5, factor)
                    .unwrap_err()
                    .to_string()
                    .contains("--gas-adjustment")
            );
        }
    }

    #[test]
    fn prices_of_eighteen_decimals_are_shortened() {
        assert_eq!(shorten("0.002500000000000000uakt"), "0.0025uakt");
        assert_eq!(shorten("1.000000000000000000uakt"), "1uakt");
        assert_eq!(shorten("10uakt"), "10uakt");
    }
}
