//! Failures keep their code, their codespace and their words: scripts read them.

use anyhow::{Context, Result, ensure};
use cosmrs::AccountId;
use cosmrs::proto::cosmos::auth::v1beta1::QueryAccountRequest;
use cosmrs::proto::cosmwasm::wasm::v1::QuerySmartContractStateRequest;
use serde_json::json;
use tendermint_rpc::Client;

use crate::account::{Account, Choice, address, key};
use crate::contracts::{execute, transfer};
use crate::{Suite, held};

/// An index into the mnemonic that the node never funds.
const UNFUNDED: u32 = 4000;
const GAS: u64 = 200_000;

/// What CheckTx must answer: code, codespace `sdk`, and the whole log.
async fn refused(suite: &Suite, bytes: Vec<u8>, code: u32, log: &str) -> Result<()> {
    let answer = suite.node.rpc.broadcast_tx_sync(bytes).await?;
    ensure!(answer.code.value() == code, "code {:?}: {}", answer.code, answer.log);
    ensure!(answer.codespace == "sdk", "codespace {}", answer.codespace);
    ensure!(answer.log == log, "\n  log      {}\n  expected {log}", answer.log);
    Ok(())
}

async fn at_the_door(suite: &Suite) -> Result<()> {
    let (account, node) = (&suite.sender, &suite.node);
    let (number, sequence, chain) = (account.number, account.sequence, &node.chain_id);
    let sign = |choice: Choice| {
        account.sign(
            node,
            &[transfer(suite, 1)?],
            &Choice {
                gas: Some(GAS),
                ..choice
            },
        )
    };

    let least = (GAS as f64 * node.gas_price).ceil() as u128;
    let denom = &node.denom;
    let poor = sign(Choice {
        fee: Some(least - 1),
        ..Choice::default()
    })?;
    let log = format!(
        "insufficient fees; got: {}{denom} required: {least}{denom}: insufficient fee",
        least - 1
    );
    refused(suite, poor, 13, &log)
        .await
        .context("one unit below the least fee")?;

    let early = sign(Choice {
        sequence: Some(sequence + 1),
        ..Choice::default()
    })?;
    let log = format!(
        "account sequence mismatch, expected {sequence}, got {}: incorrect account sequence",
        sequence + 1
    );
    refused(suite, early, 32, &log).await.context("a sequence too high")?;

    let foreign = sign(Choice {
        chain_id: Some("another-1".to_owned()),
        ..Choice::default()
    })?;
    let log = format!(
        "signature verification failed; please verify account number ({number}), sequence ({sequence}) and chain-id ({chain}): unauthorized"
    );
    refused(suite, foreign, 4, &log)
        .await
        .context("signed for another chain")?;

    let long = sign(Choice {
        memo: "m".repeat(257),
        ..Choice::default()
    })?;
    let log = "maximum number of characters is 256 but received 257 characters: memo too large";
    refused(suite, long, 12, log).await.context("a memo too long")?;

    let answer = suite.node.rpc.broadcast_tx_sync(b"no transaction".to_vec()).await?;
    ensure!(answer.code.value() == 2 && answer.codespace == "sdk", "{answer:?}");
    ensure!(answer.log.ends_with("tx parse error"), "{}", answer.log);

    let key = key(node, UNFUNDED)?;
    let stranger = Account {
        id: address(node, &key)?,
        key,
        number: 0,
        sequence: 0,
    };
    let bytes = stranger.sign(
        node,
        &[transfer(suite, 1)?],
        &Choice {
            gas: Some(GAS),
            ..Choice::default()
        },
    )?;
    let answer = suite.node.rpc.broadcast_tx_sync(bytes).await?;
    ensure!(answer.code.is_err() && answer.codespace == "sdk", "{answer:?}");
    held("CheckTx refuses with the SDK's codes and words");
    Ok(())
}

async fn in_a_block(suite: &mut Suite) -> Result<()> {
    let owned = suite.sender.balance(&suite.node).await?;
    let chosen = |gas| Choice {
        gas: Some(gas),
        ..Choice::default()
    };
    let message = transfer(suite, owned * 2)?;
    let done = suite.sender.deliver(&suite.node, &[message], chosen(GAS)).await?;
    let result = done.tx_result;
    ensure!(
        (result.code.value(), result.codespace.as_str()) == (5, "sdk"),
        "{result:?}"
    );
    ensure!(
        result.log.contains(&format!(
            "is smaller than {}{}: insufficient funds",
            owned * 2,
            suite.node.denom
        )),
        "{}",
        result.log
    );
    ensure!(result.data.is_empty(), "a failure has no data");

    // Enough to enter, too little to end.
    let messages = vec![transfer(suite, 1)?; 10];
    let needed = suite.sender.simulate(&suite.node, &messages).await?;
    let done = suite
        .sender
        .deliver(&suite.node, &messages, chosen(needed * 9 / 10))
        .await?;
    let result = done.tx_result;
    ensure!(
        (result.code.value(), result.codespace.as_str()) == (11, "sdk"),
        "{result:?}"
    );
    ensure!(
        result.log.starts_with("out of gas in location: ") && result.log.ends_with(": out of gas"),
        "{}",
        result.log
    );
    ensure!(
        result
            .log
            .contains(&format!("gasWanted: {}, gasUsed: ", needed * 9 / 10)),
        "{}",
        result.log
    );
    held("transactions fail in a block with the SDK's codes and words");
    Ok(())
}

async fn twice(suite: &mut Suite) -> Result<()> {
    let bytes = suite.sender.sign(
        &suite.node,
        &[transfer(suite, 2)?],
        &Choice {
            gas: Some(GAS),
            ..Choice::default()
        },
    )?;
    let sent = suite.node.rpc.broadcast_tx_sync(bytes.clone()).await?;
    ensure!(sent.code.is_ok(), "{}", sent.log);
    suite.sender.sequence += 1;
    let error = suite
        .node
        .rpc
        .broadcast_tx_sync(bytes)
        .await
        .err()
        .context("taken a second time")?;
    ensure!(error.to_string().contains("tx already exists in cache"), "{error}");
    crate::account::included(&suite.node, sent.hash).await?;
    held("the same transaction a second time");
    Ok(())
}

async fn queries(suite: &Suite) -> Result<()> {
    let nobody = QueryAccountRequest {
        address: address(&suite.node, &key(&suite.node, UNFUNDED)?)?.to_string(),
    };
    let (code, log) = suite
        .node
        .failing_query("/cosmos.auth.v1beta1.Query/Account", &nobody)
        .await?;
    ensure!(
        code == 22 && log.contains("rpc error: code = NotFound"),
        "{code}: {log}"
    );
    let (code, _) = suite
        .node
        .failing_query("/cosmos.auth.v1beta1.Query/Nothing", &nobody)
        .await?;
    ensure!(code == 6, "{code} for an unknown path");
    let error = suite
        .node
        .rpc
        .tx(tendermint::Hash::Sha256([7; 32]), false)
        .await
        .err()
        .context("found")?;
    ensure!(
        error
            .to_string()
            .contains(&format!("tx ({}) not found", "07".repeat(32))),
        "{error}"
    );
    let error = suite.node.rpc.block(4_000_000_000u32).await.err().context("found")?;
    ensure!(
        error
            .to_string()
            .contains("height 4000000000 must be less than or equal to the current blockchain height"),
        "{error}"
    );
    held("queries fail with the codes and words of the SDK and CometBFT");
    Ok(())
}

/// What a contract says when it fails, in a block and in a query.
pub async fn contract_failure(suite: &mut Suite, contract: &AccountId) -> Result<()> {
    let messages = [
        transfer(suite, 1)?,
        execute(suite, contract, &json!({"fail": {"text": "as the contract said"}}))?,
    ];
    let choice = Choice {
        gas: Some(1_000_000),
        ..Choice::default()
    };
    let done = suite.sender.deliver(&suite.node, &messages, choice).await?;
    let result = done.tx_result;
    ensure!(
        (result.code.value(), result.codespace.as_str()) == (5, "wasm"),
        "{result:?}"
    );
    ensure!(
        result.log == "failed to execute message; message index: 1: as the contract said: execute wasm contract failed",
        "{}",
        result.log
    );
    let request = QuerySmartContractStateRequest {
        address: contract.to_string(),
        query_data: br#"{"fail":{"text":"no answer"}}"#.to_vec(),
    };
    let path = "/cosmwasm.wasm.v1.Query/SmartContractState";
    let (code, log) = suite.node.failing_query(path, &request).await?;
    ensure!(
        code == 6 && log.contains("no answer: query wasm contract failed"),
        "{code}: {log}"
    );
    held("a contract's error keeps its words");
    Ok(())
}

/// Failures that need no contract.
pub async fn run(suite: &mut Suite) -> Result<()> {
    at_the_door(suite).await.context("CheckTx")?;
    in_a_block(suite).await.context("failures in a block")?;
    twice(suite).await.context("sent twice")?;
    queries(suite).await.context("queries")
}
