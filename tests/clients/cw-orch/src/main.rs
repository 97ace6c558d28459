//! cw-orch as it comes from the registry, against a node that runs: gRPC only.
//! STATE_FILE=FRESH_FILE client-test-cw-orch READY_LINE_FILE CONTRACT_WASM ACCOUNT_INDEX

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use cosmwasm_std::{Binary, Coin};
use cw_orch::daemon::networks::{ChainInfo, ChainKind, NetworkInfo};
use cw_orch::daemon::queriers::{Bank, Node, Staking};
use cw_orch::daemon::senders::CosmosOptions;
use cw_orch::daemon::{Daemon, DaemonBuilder};
use cw_orch::prelude::*;
use serde_json::{Value, json};

#[cw_orch::interface(Value, Value, Value, Value)]
pub struct Conformance<Chain>;

impl<Chain> Uploadable for Conformance<Chain> {
    fn wasm(_: &ChainInfoOwned) -> WasmPath {
        let path = std::env::args().nth(2).expect("the second argument is a contract");
        WasmPath::new(PathBuf::from(path)).expect("the contract is there")
    }
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().context("the node's line lacks a text")?.to_owned())
}

/// The chain's facts are constants for cw-orch.
fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn connect(node: &Value, index: u32) -> Result<Daemon> {
    let price = text(&node["min_gas_price"])?.parse()?;
    let chain = ChainInfo {
        kind: ChainKind::Local,
        chain_id: leak(text(&node["chain_id"])?),
        gas_denom: leak(text(&node["denom"])?),
        gas_price: price,
        grpc_urls: Box::leak(Box::new([leak(text(&node["grpc_url"])?)])),
        network_info: NetworkInfo {
            chain_name: "supercloud",
            pub_address_prefix: leak(text(&node["prefix"])?),
            coin_type: 118,
        },
        lcd_url: None,
        fcd_url: None,
    };
    let options = CosmosOptions::default()
        .mnemonic(text(&node["mnemonic"])?)
        .hd_index(index);
    Ok(DaemonBuilder::new(chain).build_sender(options)?)
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let ready = PathBuf::from(arguments.next().context("READY_LINE_FILE is missing")?);
    let index: u32 = arguments.nth(1).context("ACCOUNT_INDEX is missing")?.parse()?;
    let node: Value = serde_json::from_slice(&std::fs::read(&ready)?)?;
    let daemon = connect(&node, index)?;
    let sender = daemon.sender_addr();
    ensure!(Some(sender.as_str()) == node["accounts"][index as usize]["address"].as_str());
    ensure!(daemon.balance(&sender, Some("uakt".into()))?[0].amount.u128() >= 1_000_000_000_000);

    let contract = Conformance::new("conformance", daemon.clone());
    contract.upload()?;
    ensure!(
        contract.latest_is_uploaded()?,
        "the code's hash is not that of the file"
    );
    contract.instantiate(&json!({}), Some(&sender), &[])?;
    println!("ok    upload, instantiate");

    let set = json!({ "set": { "key": Binary::from(b"key"), "value": Binary::from(b"value") } });
    contract.execute(&set, &[Coin::new(5u128, "uakt")])?;
    let held: Value = contract.query(&json!({ "get": { "key": Binary::from(b"key") } }))?;
    ensure!(held == json!(Binary::from(b"value")), "{held}");
    let wasm = daemon.wasm_querier();
    ensure!(wasm.raw_query(&contract.address()?, b"key".to_vec())? == b"value");
    ensure!(daemon.balance(&contract.address()?, Some("uakt".into()))? == [Coin::new(5u128, "uakt")]);
    println!("ok    execute with funds, smart and raw query");

    let refused = contract.execute(&json!({ "fail": { "text": "asked to" } }), &[]);
    let refused = refused.err().context("a contract's failure went through")?.to_string();
    ensure!(refused.contains("asked to: execute wasm contract failed"), "{refused}");
    println!("ok    error of a contract");

    contract.migrate(&json!({ "log": "migrated" }), contract.code_id()?)?;
    ensure!(contract.is_running_latest()?, "the contract has another code");
    println!("ok    migrate");

    let second = Conformance::new("second", daemon.clone());
    second.set_code_id(contract.code_id()?);
    let salt = Binary::from(std::process::id().to_be_bytes());
    let predicted = wasm.instantiate2_addr(contract.code_id()?, &sender, salt.clone())?;
    second.instantiate2(&json!({}), Some(&sender), &[], salt)?;
    ensure!(second.address()?.as_str() == predicted, "predicted {predicted}");
    ensure!(wasm.contract_info(&second.address()?)?.code_id == contract.code_id()?);
    println!("ok    instantiate2 at the predicted address");

    let before = daemon.block_info()?;
    daemon.wait_blocks(2)?;
    let after = daemon.block_info()?;
    ensure!(after.height >= before.height + 2 && after.time > before.time && after.chain_id == before.chain_id);
    daemon.rt_handle.block_on(read(&daemon, &node))?;
    println!("ok    blocks, node, bank and staking");
    Ok(())
}

/// Queries that cw-orch decodes strictly.
async fn read(daemon: &Daemon, facts: &Value) -> Result<()> {
    let node = Node::new_async(daemon.channel());
    let network = node._info().await?.default_node_info.context("no node info")?.network;
    ensure!(Some(network.as_str()) == facts["chain_id"].as_str());
    ensure!(!node._syncing().await?);
    let latest = node._latest_block().await?;
    let same = node._block_by_height(latest.header.height.value()).await?;
    ensure!(same.header == latest.header);
    ensure!(node._average_block_speed(None).await?.as_millis() > 0);
    let bank = Bank::new_async(daemon.channel());
    ensure!(bank._supply_of("uakt").await?.amount.u128() > 0);
    ensure!(!bank._denoms_metadata(None).await?.is_empty());
    let staking = Staking::new_async(daemon.channel());
    ensure!(staking._params().await?.params.context("no parameters")?.bond_denom == "uakt");
    Ok(())
}
