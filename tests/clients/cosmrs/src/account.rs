//! An account that signs: key, number and sequence; simulating, sending and waiting.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use cosmrs::crypto::secp256k1::SigningKey;
use cosmrs::proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountRequest, QueryAccountResponse};
use cosmrs::proto::cosmos::bank::v1beta1::{QueryBalanceRequest, QueryBalanceResponse};
use cosmrs::proto::cosmos::tx::v1beta1::{SimulateRequest, SimulateResponse};
use cosmrs::tx::{Body, Fee, SignDoc, SignerInfo};
use cosmrs::{AccountId, Any, Coin};
use prost::{Message, Name};
use tendermint::Hash;
use tendermint_rpc::Client;
use tendermint_rpc::endpoint::tx::Response as TxResponse;

use crate::node::Node;
use crate::plain;

/// How long a transaction may wait for its block.
const INCLUSION: Duration = Duration::from_secs(60);

/// What the signing of one transaction may choose.
#[derive(Clone, Default)]
pub struct Choice {
    /// Gas limit; by simulation when absent.
    pub gas: Option<u64>,
    /// Fee in the fee denom; the least that the node takes when absent.
    pub fee: Option<u128>,
    /// Instead of the next one.
    pub sequence: Option<u64>,
    /// Instead of the node's.
    pub chain_id: Option<String>,
    /// Free text.
    pub memo: String,
}

/// A signer.
pub struct Account {
    /// Private key.
    pub key: SigningKey,
    /// Address.
    pub id: AccountId,
    /// Number on the chain.
    pub number: u64,
    /// Of the next transaction.
    pub sequence: u64,
}

/// Key `m/44'/118'/0'/0/index` of the node's words.
pub fn key(node: &Node, index: u32) -> Result<SigningKey> {
    let seed = bip39::Mnemonic::parse(&node.mnemonic)?.to_seed("");
    let path = format!("m/44'/118'/0'/0/{index}").parse().map_err(plain)?;
    SigningKey::derive_from_path(seed, &path).map_err(plain)
}

/// The address of a key.
pub fn address(node: &Node, key: &SigningKey) -> Result<AccountId> {
    key.public_key().account_id(&node.prefix).map_err(plain)
}

impl Account {
    /// The account of an index, as the chain knows it.
    pub async fn load(node: &Node, index: u32) -> Result<Self> {
        let key = key(node, index)?;
        let id = address(node, &key)?;
        let request = QueryAccountRequest {
            address: id.to_string(),
        };
        let answer: QueryAccountResponse = node.query("/cosmos.auth.v1beta1.Query/Account", &request).await?;
        let account = answer.account.context("no account in the answer")?;
        ensure!(account.type_url == BaseAccount::type_url(), "{}", account.type_url);
        let account = BaseAccount::decode(account.value.as_slice())?;
        ensure!(account.address == id.to_string(), "{} instead of {id}", account.address);
        Ok(Self {
            key,
            id,
            number: account.account_number,
            sequence: account.sequence,
        })
    }

    /// What the account owns of the fee denom.
    pub async fn balance(&self, node: &Node) -> Result<u128> {
        let request = QueryBalanceRequest {
            address: self.id.to_string(),
            denom: node.denom.clone(),
        };
        let answer: QueryBalanceResponse = node.query("/cosmos.bank.v1beta1.Query/Balance", &request).await?;
        Ok(answer.balance.context("no balance in the answer")?.amount.parse()?)
    }

    /// Signed bytes.
    pub fn sign(&self, node: &Node, messages: &[Any], choice: &Choice) -> Result<Vec<u8>> {
        let gas = choice.gas.unwrap_or(0);
        let least = (gas as f64 * node.gas_price).ceil() as u128;
        let coin = Coin {
            denom: node.denom.parse().map_err(plain)?,
            amount: choice.fee.unwrap_or(least),
        };
        let body = Body::new(messages.to_vec(), choice.memo.clone(), 0u32);
        let sequence = choice.sequence.unwrap_or(self.sequence);
        let info = SignerInfo::single_direct(Some(self.key.public_key()), sequence)
            .auth_info(Fee::from_amount_and_gas(coin, gas));
        let chain_id = choice.chain_id.as_ref().unwrap_or(&node.chain_id).parse()?;
        SignDoc::new(&body, &info, &chain_id, self.number)
            .and_then(|document| document.sign(&self.key))
            .and_then(|raw| raw.to_bytes())
            .map_err(plain)
    }

    /// Gas that the messages would use.
    pub async fn simulate(&self, node: &Node, messages: &[Any]) -> Result<u64> {
        let tx_bytes = self.sign(node, messages, &Choice::default())?;
        #[allow(deprecated)]
        let request = SimulateRequest { tx: None, tx_bytes };
        let answer: SimulateResponse = node.query("/cosmos.tx.v1beta1.Service/Simulate", &request).await?;
        Ok(answer.gas_info.context("no gas info in the answer")?.gas_used)
    }

    /// Sends messages and waits for their block. The transaction may fail there.
    pub async fn deliver(&mut self, node: &Node, messages: &[Any], choice: Choice) -> Result<TxResponse> {
        let gas = match choice.gas {
            Some(gas) => gas,
            None => self.simulate(node, messages).await? * 14 / 10,
        };
        let bytes = self.sign(
            node,
            messages,
            &Choice {
                gas: Some(gas),
                ..choice
            },
        )?;
        let sent = node.rpc.broadcast_tx_sync(bytes).await?;
        ensure!(
            sent.code.is_ok(),
            "refused: {:?} {}: {}",
            sent.code,
            sent.codespace,
            sent.log
        );
        self.sequence += 1;
        included(node, sent.hash).await
    }

    /// Sends messages that must succeed.
    pub async fn send(&mut self, node: &Node, messages: &[Any]) -> Result<TxResponse> {
        let done = self.deliver(node, messages, Choice::default()).await?;
        let result = &done.tx_result;
        ensure!(result.code.is_ok(), "failed: {:?}: {}", result.code, result.log);
        ensure!(result.log.is_empty(), "the log of a success: {}", result.log);
        Ok(done)
    }
}

/// The included transaction of a hash.
pub async fn included(node: &Node, hash: Hash) -> Result<TxResponse> {
    let begun = Instant::now();
    loop {
        match node.rpc.tx(hash, false).await {
            Ok(found) => return Ok(found),
            Err(error) if begun.elapsed() > INCLUSION => bail!("{hash} is in no block: {error}"),
            Err(error) => ensure!(error.to_string().contains("not found"), "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
