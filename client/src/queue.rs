//! [`TxQueue`]: sends the transactions of one account in order.
//!
//! The queue keeps the account's sequence itself, so several transactions can be on their way at once. When the chain
//! disagrees (another program used the account, or a transaction was dropped) it takes the chain's word and tries once
//! more.

mod sequence;

use std::sync::Arc;
use std::time::Duration;

use supercloud_proto::cosmos::tx::v1beta1::{SimulateRequest, SimulateResponse};
use supercloud_proto::cosmwasm::wasm::v1::MsgStoreCode;
use supercloud_proto::prost_types::Any;
use tokio::sync::Mutex;

use crate::error::ClientError;
use crate::gas::GasPrice;
use crate::key::Key;
use crate::outcome::TxOutcome;
use crate::query::Client;
use crate::rpc::CheckResult;
use crate::tx::{self, SignerState, UnsignedTx};
use sequence::{AccountState, expected_sequence};

const SIMULATE: &str = "/cosmos.tx.v1beta1.Service/Simulate";

/// Code of `sdk` for a wrong sequence.
const WRONG_SEQUENCE: u32 = 32;

/// Tries per transaction: the first, and one more after a wrong sequence.
const ATTEMPTS: u32 = 2;

/// How long to wait for a transaction of ours that the chain seems not to know. A node that shares its mempool with
/// others learns of it within a block or two; one that was dropped never comes.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(10);

/// How a queue pays and waits.
#[derive(Clone, Debug)]
pub struct TxConfig {
    /// Price of gas; free by default, as on dev chains.
    pub gas_price: GasPrice,
    /// Gas limit in percent of the simulated gas.
    pub gas_percent: u64,
    /// The same for transactions that upload code, whose gas hardly varies.
    pub upload_gas_percent: u64,
    /// How long to wait for a block.
    pub inclusion_timeout: Duration,
}

impl Default for TxConfig {
    fn default() -> Self {
        Self {
            gas_price: GasPrice::free(),
            gas_percent: 140,
            upload_gas_percent: 115,
            inclusion_timeout: Duration::from_secs(60),
        }
    }
}

/// Where a gas limit comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gas {
    /// A simulation times the queue's factor.
    #[default]
    Simulated,
    /// Given.
    Limit(u64),
}

/// What differs from one transaction to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxOptions {
    /// Gas limit.
    pub gas: Gas,
    /// Memo.
    pub memo: String,
    /// Last height at which it may be included; 0 is no limit.
    pub timeout_height: u64,
    /// Who pays the fee by a fee grant.
    pub fee_granter: Option<String>,
}

/// The transactions of one account. Cloning is cheap; clones share the sequence.
#[derive(Clone, Debug)]
pub struct TxQueue {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    client: Client,
    key: Key,
    address: String,
    config: TxConfig,
    account: Mutex<AccountState>,
}

impl TxQueue {
    /// A queue for the account of `key`. The account need not exist yet.
    pub fn new(client: Client, key: Key, config: TxConfig) -> Result<Self, ClientError> {
        let address = key.address(client.hrp())?;
        let account = Mutex::new(AccountState::default());
        Ok(Self {
            inner: Arc::new(Inner {
                client,
                key,
                address,
                config,
                account,
            }),
        })
    }

    /// Address of the account.
    pub fn address(&self) -> &str {
        &self.inner.address
    }

    /// The connection.
    pub fn client(&self) -> &Client {
        &self.inner.client
    }

    /// The account's key.
    pub fn key(&self) -> &Key {
        &self.inner.key
    }

    /// Sends messages in one transaction and waits for its block. A failed transaction is [`ClientError::Failed`].
    pub async fn send(&self, messages: Vec<Any>) -> Result<TxOutcome, ClientError> {
        self.send_with(messages, &TxOptions::default()).await
    }

    /// [`TxQueue::send`] with options.
    pub async fn send_with(&self, messages: Vec<Any>, options: &TxOptions) -> Result<TxOutcome, ClientError> {
        let hash = self.submit(messages, options).await?;
        self.wait(&hash).await
    }

    /// Waits for the block of a transaction from [`TxQueue::submit`]; failed is [`ClientError::Failed`].
    pub async fn wait(&self, hash: &str) -> Result<TxOutcome, ClientError> {
        let waited = self
            .client()
            .wait_for_tx(hash, self.inner.config.inclusion_timeout)
            .await;
        if matches!(waited, Err(ClientError::NotIncluded { .. })) {
            // It may have been dropped, and its sequence with it: ask the chain before the next one.
            self.inner.account.lock().await.forget();
        }
        let outcome = waited?;
        if outcome.code == 0 {
            Ok(outcome)
        } else {
            Err(ClientError::Failed(Box::new(outcome)))
        }
    }

    /// Puts a transaction into the mempool and returns its hash. Transactions of one queue keep their order.
    pub async fn submit(&self, messages: Vec<Any>, options: &TxOptions) -> Result<String, ClientError> {
        let mut account = self.inner.account.lock().await;
        let mut unsigned = UnsignedTx {
            messages,
            memo: options.memo.clone(),
            timeout_height: options.timeout_height,
            fee_granter: options.fee_granter.clone(),
            ..UnsignedTx::default()
        };
        let mut attempt = 1;
        loop {
            match self.try_submit(&mut account, &mut unsigned, options.gas).await {
                Err(error) if attempt < ATTEMPTS && is_wrong_sequence(&error) => {
                    attempt += 1;
                    self.adopt_sequence(&mut account, &error).await;
                }
                other => return other,
            }
        }
    }

    /// Gas that the messages would use now.
    pub async fn simulate(&self, messages: Vec<Any>) -> Result<u64, ClientError> {
        let mut account = self.inner.account.lock().await;
        let state = self.load_account(&mut account).await?;
        self.simulate_at(
            &UnsignedTx {
                messages,
                ..UnsignedTx::default()
            },
            state.sequence,
        )
        .await
    }

    async fn try_submit(
        &self,
        account: &mut AccountState,
        unsigned: &mut UnsignedTx,
        gas: Gas,
    ) -> Result<String, ClientError> {
        let signer = self.load_account(account).await?;
        unsigned.gas_limit = match gas {
            Gas::Limit(limit) => limit,
            Gas::Simulated => self.with_margin(unsigned, self.simulate_at(unsigned, signer.sequence).await?),
        };
        unsigned.fee = self.inner.config.gas_price.fee(unsigned.gas_limit);
        let raw = unsigned.sign(&self.inner.key, &signer);
        let check = match self.broadcast(&raw).await {
            Ok(check) => check,
            Err(error) => {
                // Whether the sequence is used up is unknown now: ask the chain before the next one.
                account.forget();
                return Err(error);
            }
        };
        if check.code != 0 {
            let CheckResult {
                hash,
                code,
                codespace,
                log,
            } = check;
            return Err(ClientError::Refused {
                hash,
                code,
                codespace,
                log,
            });
        }
        account.sent(&check.hash);
        Ok(check.hash)
    }

    fn with_margin(&self, unsigned: &UnsignedTx, gas_used: u64) -> u64 {
        let upload = supercloud_proto::type_url::<MsgStoreCode>();
        let uploads = unsigned.messages.iter().any(|message| message.type_url == upload);
        let percent = if uploads {
            self.inner.config.upload_gas_percent
        } else {
            self.inner.config.gas_percent
        };
        u64::try_from((u128::from(gas_used) * u128::from(percent)).div_ceil(100)).unwrap_or(u64::MAX)
    }

    async fn simulate_at(&self, unsigned: &UnsignedTx, sequence: u64) -> Result<u64, ClientError> {
        let tx_bytes = unsigned.unsigned(&self.inner.key, sequence);
        let request = SimulateRequest {
            tx_bytes,
            ..SimulateRequest::default()
        };
        let response: SimulateResponse = self.client().query(SIMULATE, &request).await?;
        let info = response
            .gas_info
            .ok_or_else(|| ClientError::malformed(SIMULATE, "no gas_info"))?;
        Ok(info.gas_used)
    }

    async fn load_account(&self, account: &mut AccountState) -> Result<SignerState, ClientError> {
        if !account.is_known() {
            let address = self.address();
            let info = self.client().account(address).await?;
            let info = info.ok_or_else(|| ClientError::UnknownAccount {
                address: address.to_owned(),
            })?;
            account.learn(info.account_number, info.sequence);
        }
        Ok(account.signer(self.client().chain_id()))
    }

    /// Takes the chain's word for the sequence. A chain that is behind us does not know our last transaction yet, or
    /// has dropped it.
    async fn adopt_sequence(&self, account: &mut AccountState, error: &ClientError) {
        let expected = error.log().and_then(expected_sequence);
        tracing::debug!(
            address = self.address(),
            ?expected,
            "the chain expects another sequence"
        );
        match (expected, account.pending()) {
            (Some(expected), Some(hash)) if account.is_ahead_of(expected) => {
                let timeout = SETTLE_TIMEOUT.min(self.inner.config.inclusion_timeout);
                // Either way the chain knows the sequence afterwards.
                let _ = self.client().wait_for_tx(hash, timeout).await;
                account.forget();
            }
            (Some(expected), _) => account.set_sequence(expected),
            (None, _) => account.forget(),
        }
    }

    /// Hands over the bytes; a second time when the connection broke, which is safe: the same bytes have the same hash.
    async fn broadcast(&self, raw: &[u8]) -> Result<CheckResult, ClientError> {
        let rpc = self.client().rpc();
        let first = rpc.broadcast_tx_sync(raw).await;
        let result = match first {
            Err(ClientError::Transport { .. }) => rpc.broadcast_tx_sync(raw).await,
            other => other,
        };
        let hash = tx::hash(raw);
        match result {
            Err(ClientError::Rpc { data, .. }) if data.contains("already exists in cache") => Ok(CheckResult {
                hash,
                code: 0,
                codespace: String::new(),
                log: String::new(),
            }),
            Err(ClientError::Transport { reason, .. }) => Err(ClientError::Uncertain { hash, reason }),
            other => other,
        }
    }
}

fn is_wrong_sequence(error: &ClientError) -> bool {
    match error {
        ClientError::Refused {
            code: WRONG_SEQUENCE,
            codespace,
            ..
        } => codespace == "sdk",
        // A failed simulation hides the code behind a generic one.
        ClientError::Query { log, .. } => log.contains("account sequence mismatch"),
        _ => false,
    }
}
