//! What an application does with contracts: upload, instantiate at a chosen address, execute, query, migrate.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cosmrs::bank::MsgSend;
use cosmrs::cosmwasm::{MsgExecuteContract, MsgInstantiateContract, MsgMigrateContract, MsgStoreCode};
use cosmrs::proto::cosmos::base::abci::v1beta1::TxMsgData;
use cosmrs::proto::cosmwasm::wasm::v1::{
    MsgInstantiateContract2, MsgInstantiateContractResponse, QueryContractHistoryRequest, QueryContractHistoryResponse,
};
use cosmrs::tx::Msg;
use cosmrs::{AccountId, Any, Coin};
use prost::Message;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tendermint_rpc::endpoint::tx::Response as TxResponse;

use crate::{Suite, held, plain};

/// A message as it travels.
pub fn any(message: impl Msg) -> Result<Any> {
    message.to_any().map_err(plain)
}

/// A transfer between the suite's accounts.
pub fn transfer(suite: &Suite, amount: u128) -> Result<Any> {
    any(MsgSend {
        from_address: suite.sender.id.clone(),
        to_address: suite.other.id.clone(),
        amount: vec![Coin {
            denom: suite.node.denom.parse().map_err(plain)?,
            amount,
        }],
    })
}

/// A call of a contract by the sender.
pub fn execute(suite: &Suite, contract: &AccountId, message: &Value) -> Result<Any> {
    any(MsgExecuteContract {
        sender: suite.sender.id.clone(),
        contract: contract.clone(),
        msg: message.to_string().into_bytes(),
        funds: vec![],
    })
}

/// The values of an event attribute, in order.
pub fn attributes(tx: &TxResponse, event: &str, key: &str) -> Vec<String> {
    tx.tx_result
        .events
        .iter()
        .filter(|found| found.kind == event)
        .flat_map(|found| &found.attributes)
        .filter(|found| found.key_str().is_ok_and(|name| name == key))
        .filter_map(|found| found.value_str().ok().map(str::to_owned))
        .collect()
}

fn attribute(tx: &TxResponse, event: &str, key: &str) -> Result<String> {
    attributes(tx, event, key)
        .pop()
        .with_context(|| format!("no {event}.{key} among {:?}", tx.tx_result.events))
}

/// What the messages answered. tendermint-rpc leaves the text of JSON as it is, which is base64.
fn message_data(tx: &TxResponse) -> Result<TxMsgData> {
    let bytes = STANDARD.decode(&tx.tx_result.data)?;
    Ok(TxMsgData::decode(bytes.as_slice())?)
}

async fn upload(suite: &mut Suite) -> Result<u64> {
    let store = any(MsgStoreCode {
        sender: suite.sender.id.clone(),
        wasm_byte_code: suite.wasm.clone(),
        instantiate_permission: None,
    })?;
    let done = suite.sender.send(&suite.node, &[store]).await?;
    let checksum = attribute(&done, "store_code", "code_checksum")?;
    let expected: String = Sha256::digest(&suite.wasm)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    ensure!(checksum == expected, "{checksum} instead of {expected}");
    held("upload");
    Ok(attribute(&done, "store_code", "code_id")?.parse()?)
}

async fn instantiate(suite: &mut Suite, code_id: u64) -> Result<AccountId> {
    let message = any(MsgInstantiateContract {
        sender: suite.sender.id.clone(),
        admin: Some(suite.sender.id.clone()),
        code_id,
        label: Some("cosmrs".to_owned()),
        msg: b"{}".to_vec(),
        funds: vec![],
    })?;
    let done = suite.sender.send(&suite.node, &[message]).await?;
    let address = attribute(&done, "instantiate", "_contract_address")?;
    let data = message_data(&done)?;
    let answer = MsgInstantiateContractResponse::decode(data.msg_responses[0].value.as_slice())?;
    ensure!(
        answer.address == address,
        "{} in the data, {address} in the event",
        answer.address
    );
    held("instantiate");
    address.parse().map_err(plain)
}

/// Where `instantiate2` without `fix_msg` puts a contract.
fn predicted(suite: &Suite, salt: &[u8]) -> Result<AccountId> {
    let checksum = Sha256::digest(&suite.wasm).to_vec();
    let mut key = b"wasm\0".to_vec();
    for part in [&checksum[..], &suite.sender.id.to_bytes(), salt, &[]] {
        key.extend_from_slice(&(part.len() as u64).to_be_bytes());
        key.extend_from_slice(part);
    }
    let address = Sha256::new()
        .chain_update(Sha256::digest(b"module"))
        .chain_update(key)
        .finalize();
    AccountId::new(&suite.node.prefix, &address).map_err(plain)
}

async fn instantiate2(suite: &mut Suite, code_id: u64) -> Result<()> {
    let salt = format!("salt {}", suite.sender.sequence).into_bytes();
    let expected = predicted(suite, &salt)?;
    let message = Any::from_msg(&MsgInstantiateContract2 {
        sender: suite.sender.id.to_string(),
        admin: String::new(),
        code_id,
        label: "cosmrs two".to_owned(),
        msg: b"{}".to_vec(),
        funds: vec![],
        salt,
        fix_msg: false,
    })?;
    let done = suite.sender.send(&suite.node, &[message]).await?;
    let address = attribute(&done, "instantiate", "_contract_address")?;
    ensure!(address == expected.to_string(), "{address} instead of {expected}");
    held("instantiate2 at the address computed beforehand");
    Ok(())
}

// "key", "value", "a", "1", "b", "2" as base64: the contract's messages hold bytes.
async fn execute_and_query(suite: &mut Suite, contract: &AccountId) -> Result<()> {
    let (key, value) = ("a2V5", "dmFsdWU=");
    let set = execute(suite, contract, &json!({"set": {"key": key, "value": value}}))?;
    suite.sender.send(&suite.node, &[set]).await?;
    let found = suite
        .node
        .smart(contract.as_ref(), &json!({"get": {"key": key}}))
        .await?;
    ensure!(found == value, "{found}");
    ensure!(suite.node.raw(contract.as_ref(), b"key").await? == b"value");
    ensure!(suite.node.raw(contract.as_ref(), b"absent").await?.is_empty());
    held("execute, smart query, raw query");
    Ok(())
}

async fn several_messages(suite: &mut Suite, contract: &AccountId) -> Result<()> {
    let messages = [
        execute(suite, contract, &json!({"set": {"key": "YQ==", "value": "MQ=="}}))?,
        transfer(suite, 17)?,
        execute(suite, contract, &json!({"set": {"key": "Yg==", "value": "Mg=="}}))?,
    ];
    let before = suite.other.balance(&suite.node).await?;
    let done = suite.sender.send(&suite.node, &messages).await?;
    ensure!(attributes(&done, "execute", "msg_index") == ["0", "2"]);
    ensure!(message_data(&done)?.msg_responses.len() == 3);
    ensure!(suite.other.balance(&suite.node).await? - before == 17);
    ensure!(suite.node.raw(contract.as_ref(), b"b").await? == b"2");
    held("three messages of two kinds in one transaction");
    Ok(())
}

async fn migrate(suite: &mut Suite, contract: &AccountId, code_id: u64) -> Result<()> {
    let message = any(MsgMigrateContract {
        sender: suite.sender.id.clone(),
        contract: contract.clone(),
        code_id,
        msg: b"{}".to_vec(),
    })?;
    suite.sender.send(&suite.node, &[message]).await?;
    let request = QueryContractHistoryRequest {
        address: contract.to_string(),
        pagination: None,
    };
    let history: QueryContractHistoryResponse = suite
        .node
        .query("/cosmwasm.wasm.v1.Query/ContractHistory", &request)
        .await?;
    let operations: Vec<i32> = history.entries.iter().map(|entry| entry.operation).collect();
    ensure!(operations == [1, 2], "{operations:?}");
    held("migrate");
    Ok(())
}

async fn simulate(suite: &mut Suite) -> Result<()> {
    let message = transfer(suite, 1)?;
    let estimate = suite
        .sender
        .simulate(&suite.node, std::slice::from_ref(&message))
        .await?;
    let done = suite.sender.send(&suite.node, &[message]).await?;
    let used = u64::try_from(done.tx_result.gas_used)?;
    ensure!(
        estimate >= used && estimate * 10 <= used * 12,
        "{estimate} estimated, {used} used"
    );
    held("simulate is close to what the transaction uses");
    Ok(())
}

/// All of it; the contract's failures come in `errors`.
pub async fn run(suite: &mut Suite) -> Result<()> {
    let code_id = upload(suite).await.context("upload")?;
    let contract = instantiate(suite, code_id).await.context("instantiate")?;
    instantiate2(suite, code_id).await.context("instantiate2")?;
    execute_and_query(suite, &contract).await.context("execute and query")?;
    several_messages(suite, &contract).await.context("several messages")?;
    migrate(suite, &contract, code_id).await.context("migrate")?;
    simulate(suite).await.context("simulate")?;
    crate::errors::contract_failure(suite, &contract)
        .await
        .context("a contract's error")
}
