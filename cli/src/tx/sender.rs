//! Who signs a transaction, and the node that it goes to, if one is asked at all.

use anyhow::{Context, Result, bail};
use supercloud_client::address::{self, DEFAULT_HRP};
use supercloud_client::tx::{SignerState, UnsignedTx};
use supercloud_client::{Client, ClientError, Key};
use tokio::sync::OnceCell;

use super::send::{TxArgs, simulate};
use crate::keyring::KeyInfo;

/// Who sends, and where to.
pub(crate) struct Sender<'a> {
    pub(super) args: &'a TxArgs,
    /// The chain; `None` with `--offline`.
    client: Option<Client>,
    /// `None` for an address without a key here, which `--generate-only` takes.
    info: Option<KeyInfo>,
    address: String,
    state: OnceCell<SignerState>,
}

impl<'a> Sender<'a> {
    /// Finds the key and connects. `from` comes from the command itself and goes before `--from`.
    pub(crate) async fn open(args: &'a TxArgs, from: Option<&str>) -> Result<Self> {
        let Some(from) = from.or(args.from.as_deref()) else {
            bail!("--from is missing: name the key that signs; `supercloud keys list` shows what is there");
        };
        let decoded = address::decode_any(from).ok();
        let info = match (args.generate_only, &decoded) {
            (true, Some(_)) => args.keyring.resolve(from).ok(),
            _ => Some(args.keyring.resolve(from)?),
        };
        let client = match args.offline {
            true => None,
            false => Some(args.node.connect().await?),
        };
        let address = match (&client, &info, &decoded) {
            (Some(client), Some(info), _) => info.address(client.hrp())?,
            (None, Some(info), None) => info.address(DEFAULT_HRP)?,
            (Some(client), None, _) => {
                address::decode(client.hrp(), from)?;
                from.to_owned()
            }
            (None, _, _) => from.to_owned(),
        };
        Ok(Self {
            args,
            client,
            info,
            address,
            state: OnceCell::new(),
        })
    }

    /// Address of the signer.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The chain, or what to give in place of its answers.
    pub(super) fn client(&self, instead: &str) -> Result<&Client> {
        let client = self.client.as_ref();
        client.with_context(|| format!("--offline: no node is asked, so {instead}"))
    }

    /// What the signature is bound to; the chain is asked once.
    pub(super) async fn state(&self) -> Result<&SignerState> {
        self.state.get_or_try_init(|| self.find_state()).await
    }

    async fn find_state(&self) -> Result<SignerState> {
        let chain_id = match (&self.client, self.args.node.chain_id()) {
            (Some(client), _) => client.chain_id(),
            (None, Some(chain_id)) => chain_id,
            (None, None) => bail!("--offline: no node is asked, so --chain-id is needed"),
        };
        let (account_number, sequence) = match (self.args.account_number, self.args.sequence) {
            (Some(number), Some(sequence)) => (number, sequence),
            (number, sequence) => {
                let client = self.client("--account-number and --sequence are needed")?;
                let account = client.account(&self.address).await?;
                let account = account.ok_or_else(|| ClientError::UnknownAccount {
                    address: self.address.clone(),
                })?;
                (
                    number.unwrap_or(account.account_number),
                    sequence.unwrap_or(account.sequence),
                )
            }
        };
        Ok(SignerState {
            chain_id: chain_id.to_owned(),
            account_number,
            sequence,
        })
    }

    /// Gas that a transaction of the signer would use now.
    pub(super) async fn simulate(&self, unsigned: &UnsignedTx) -> Result<u64> {
        let client = self.client("--gas must be a number")?;
        let public_key = self.info.as_ref().map(|info| &info.public_key);
        simulate(client, unsigned, public_key, self.state().await?.sequence).await
    }

    pub(super) fn key(&self) -> Result<Key> {
        let info = self.info.as_ref().context("--generate-only signs nothing")?;
        self.args.keyring.open(&info.name)
    }
}
