//! `supercloud gov upgrade`: a proposal that stores a code and migrates a contract of the suite to it.
//!
//! Before anything is sent the migration is tried: the node simulates both messages on its newest state with governance as
//! their sender. Nothing of a simulation stays.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use supercloud_client::message::{self, Compression};
use supercloud_client::tx::UnsignedTx;
use supercloud_client::{Any, Client, CodeInfo};

use super::schema_diff::{self, SchemaDiff};
use super::schema_source::{self, Schema};
use crate::codec;
use crate::json_arg;
use crate::output::{self, Form};
use crate::suite::Addresses;
use crate::tx::{self, Sender, TxArgs};

#[derive(Args)]
pub(crate) struct UpgradeArgs {
    #[command(flatten)]
    tx: TxArgs,
    /// Contract of the suite, such as market
    contract: String,
    /// The newer Wasm
    #[arg(long, value_name = "FILE")]
    artifact: PathBuf,
    /// Address of the contract; where governance's instantiate2 puts it when absent
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// Migrate message in JSON, or @FILE
    #[arg(long, value_name = "JSON", default_value = "{}")]
    msg: String,
    /// Schema of the newer contract. Looked for when absent: that of a known artifact, else a .json beside the artifact, else
    /// schema/json/CONTRACT.json in a folder above it
    #[arg(long, value_name = "FILE")]
    schema: Option<String>,
    /// Schema of the running code, where it is not one that this program was built with
    #[arg(long, value_name = "FILE")]
    running_schema: Option<String>,
    /// Deposit of the proposal
    #[arg(long, value_name = "COINS", default_value = "")]
    deposit: String,
    /// Vote sooner and execute sooner, with a higher threshold: for security fixes
    #[arg(long)]
    expedited: bool,
    /// Submit it even though the migration fails when it is tried
    #[arg(long)]
    force: bool,
    /// Show what would be proposed and stop
    #[arg(long)]
    no_submit: bool,
}

pub(super) async fn run(args: &UpgradeArgs) -> Result<()> {
    let wasm = std::fs::read(&args.artifact).with_context(|| format!("cannot read {}", args.artifact.display()))?;
    let checksum: [u8; 32] = Sha256::digest(&wasm).into();
    let client = args.tx.connect().await?;
    let governance = client.gov_address()?;
    let address = match &args.address {
        Some(address) => address.clone(),
        None => {
            schema_diff::built_in(&args.contract)?;
            Addresses::predict(&governance)?.of(&args.contract).to_owned()
        }
    };
    let current = current_code(&client, &args.contract, &address).await?;
    if current.checksum == checksum {
        bail!(
            "{} at {address} runs this code already (code {}, {})",
            args.contract,
            current.code_id,
            hex::encode(checksum)
        );
    }
    let migrate_msg = json_arg::read(&args.msg)?;
    let code_id = next_code_id(&client).await?;
    let messages = vec![
        message::store_code(&governance, &wasm, Compression::Gzip),
        message::migrate(&governance, &address, code_id, &migrate_msg)?,
    ];
    let tried = try_migration(&client, &governance, messages.clone()).await;
    let schemas = compare_schemas(args, &current, &checksum)?;
    let council = client.council().await?;
    let timelock = match args.expedited {
        true => council.expedited_timelock_seconds,
        false => council.timelock_seconds,
    };
    let plan = json!({
        "contract": args.contract,
        "address": address,
        "from": { "code_id": current.code_id.to_string(), "checksum": hex::encode(current.checksum) },
        "to": { "code_id": code_id.to_string(), "checksum": hex::encode(checksum), "bytes": wasm.len() },
        "schema": schemas,
        "executed_after_passing_seconds": timelock,
        "dry_run": match &tried {
            Ok(gas) => json!({ "ok": true, "gas_used": gas.to_string() }),
            Err(error) => json!({ "ok": false, "error": format!("{error:#}") }),
        },
    });
    show(&plan, args)?;
    if let (Err(error), false) = (tried, args.force) {
        return Err(error
            .context("the migration was tried and failed, so it is not proposed (--force proposes it all the same)"));
    }
    if args.no_submit {
        return Ok(());
    }
    submit(args, &messages, code_id, &checksum).await
}

fn show(plan: &Value, args: &UpgradeArgs) -> Result<()> {
    match (args.tx.form(), args.no_submit) {
        // The one document on stdout is then the transaction's.
        (Form::Json, false) => eprintln!("{plan}"),
        (form, _) => output::document(plan, form)?,
    }
    Ok(())
}

/// What messages and fields come and go, and by which schemas; or plainly why that is not known.
fn compare_schemas(args: &UpgradeArgs, current: &CodeInfo, checksum: &[u8; 32]) -> Result<Value> {
    let running = match &args.running_schema {
        Some(file) => schema_source::of_artifact(&args.contract, Path::new(""), &current.checksum, Some(file))?,
        None => schema_source::of_known_code(&args.contract, &current.checksum)?,
    };
    let newer = schema_source::of_artifact(&args.contract, &args.artifact, checksum, args.schema.as_deref())?;
    let source = |schema: &Option<Schema>, flag: &str| match schema {
        Some(schema) => schema.source.clone(),
        None => format!("not known: Wasm does not carry its schema; name it with {flag}"),
    };
    let diff = match (&running, &newer) {
        (Some(running), Some(newer)) => Some(SchemaDiff::between(&running.value, &newer.value).lines()),
        _ => None,
    };
    Ok(json!({
        "from": source(&running, "--running-schema"),
        "to": source(&newer, "--schema"),
        "diff": diff,
    }))
}

async fn current_code(client: &Client, name: &str, address: &str) -> Result<CodeInfo> {
    let info = client.contract_info(address).await?;
    let Some(info) = info else {
        bail!(
            "there is no {name} at {address} of {}; name it with --address",
            client.chain_id()
        );
    };
    let governance = client.gov_address()?;
    if info.admin.as_deref() != Some(governance.as_str()) {
        let admin = info.admin.as_deref().unwrap_or("nobody");
        bail!("governance cannot migrate {name} at {address}: its admin is {admin}, not {governance}");
    }
    client
        .code_info(info.code_id)
        .await?
        .with_context(|| format!("there is no code {}", info.code_id))
}

/// The id that the proposal's code will have, unless somebody stores another before it is executed; the migration would then
/// fail as a whole and change nothing.
async fn next_code_id(client: &Client) -> Result<u64> {
    let codes = client.code_infos().await?;
    Ok(codes.iter().map(|code| code.code_id).max().unwrap_or(0) + 1)
}

/// Gas of both messages on the newest state.
async fn try_migration(client: &Client, governance: &str, messages: Vec<Any>) -> Result<u64> {
    let sequence = client.account(governance).await?.map_or(0, |account| account.sequence);
    let unsigned = UnsignedTx {
        messages,
        ..UnsignedTx::default()
    };
    tx::simulate(client, &unsigned, None, sequence).await
}

async fn submit(args: &UpgradeArgs, messages: &[Any], code_id: u64, checksum: &[u8; 32]) -> Result<()> {
    let sender = Sender::open(&args.tx, None).await?;
    let packed: Vec<Value> = messages.iter().map(codec::decode_any).collect::<Result<_>>()?;
    let proposal = json!({
        "@type": "/cosmos.gov.v1.MsgSubmitProposal",
        "messages": packed,
        "initial_deposit": tx::typed_coins(&args.deposit)?,
        "proposer": sender.address(),
        "title": format!("Upgrade {} to code {code_id}", args.contract),
        "summary": format!("Stores the code with SHA-256 {} and migrates {} to it", hex::encode(checksum), args.contract),
        "expedited": args.expedited,
    });
    tx::send_messages(&sender, &[proposal]).await
}
