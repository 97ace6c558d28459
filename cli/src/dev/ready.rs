//! What a dev chain tells once it is ready: for people, as one line of JSON, and in files that other commands find.
//!
//! The files hold the mnemonic, so only their owner may read them. The one by port goes away with the chain; a home keeps
//! its `dev.json`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use supercloud_node::NodeHandle;
use supercloud_schema::money::UAKT;

use super::plan::Wallet;
use crate::module_cache;

/// Prefix of addresses.
pub(crate) const HRP: &str = "akash";

/// The document.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ready {
    /// Chain id.
    pub(crate) chain_id: String,
    /// JSON-RPC.
    pub(crate) rpc_url: String,
    /// REST gateway.
    pub(crate) rest_url: Option<String>,
    /// gRPC without TLS.
    pub(crate) grpc_url: Option<String>,
    /// Prometheus.
    pub(crate) metrics_url: Option<String>,
    /// Blocks, time, faucet, prices.
    pub(crate) control_url: Option<String>,
    /// Prefix of addresses.
    pub(crate) prefix: String,
    /// Denom of fees.
    pub(crate) denom: String,
    /// Least price of gas in that denom.
    pub(crate) min_gas_price: String,
    /// Words of the accounts.
    pub(crate) mnemonic: String,
    /// Funded accounts.
    pub(crate) accounts: Vec<AccountFact>,
    /// The council's only voter.
    pub(crate) council: String,
    /// The market, if it was installed.
    #[serde(flatten)]
    pub(crate) suite: Option<SuiteFact>,
}

/// A funded account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AccountFact {
    /// Index in the wallet.
    pub(crate) index: usize,
    /// Address.
    pub(crate) address: String,
    /// BIP-32 path of the key.
    pub(crate) path: String,
    /// What it owned at genesis, in the fee denom.
    pub(crate) balance: String,
}

/// The installed market.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SuiteFact {
    /// Addresses by name.
    pub(crate) contracts: BTreeMap<String, String>,
    /// Stored codes.
    pub(crate) codes: Vec<CodeFact>,
}

/// A stored code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CodeFact {
    /// Contract.
    pub(crate) name: String,
    /// Code id.
    pub(crate) code_id: u64,
    /// SHA-256 in lower-case hex.
    pub(crate) checksum: String,
}

/// BIP-32 path of an account.
fn path_of(index: usize) -> String {
    format!("m/44'/118'/0'/0/{index}")
}

impl Ready {
    pub(super) fn new(wallet: &Wallet, node: &NodeHandle) -> Self {
        Self {
            rpc_url: node.rpc_url(),
            rest_url: node.rest_url(),
            grpc_url: node.grpc_url(),
            metrics_url: node.metrics_url(),
            ..Self::of_home(wallet, node.chain_id())
        }
    }

    /// What is known before the chain runs.
    pub(super) fn of_home(wallet: &Wallet, chain_id: &str) -> Self {
        let account = |(index, address): (usize, &String)| AccountFact {
            index,
            address: address.clone(),
            path: path_of(index),
            balance: wallet.funds.clone(),
        };
        Self {
            chain_id: chain_id.to_owned(),
            rpc_url: String::new(),
            rest_url: None,
            grpc_url: None,
            metrics_url: None,
            control_url: None,
            prefix: wallet.prefix.clone(),
            denom: UAKT.to_owned(),
            min_gas_price: wallet.min_gas_price.clone(),
            mnemonic: wallet.mnemonic.clone(),
            accounts: wallet.addresses.iter().enumerate().map(account).collect(),
            council: wallet.addresses.first().cloned().unwrap_or_default(),
            suite: None,
        }
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut text = format!("mnemonic  {}\n", self.mnemonic);
        for account in &self.accounts {
            let role = if account.index == 0 { "  (council)" } else { "" };
            // Writing to a String does not fail.
            let _ = writeln!(text, "account {} {}{role}", account.index, account.address);
        }
        for (name, address) in self.suite.iter().flat_map(|suite| &suite.contracts) {
            let _ = writeln!(text, "{name:<12}{address}");
        }
        let _ = writeln!(text, "chain id  {}\njson-rpc  {}", self.chain_id, self.rpc_url);
        let others = [
            ("rest", &self.rest_url),
            ("grpc", &self.grpc_url),
            ("metrics", &self.metrics_url),
            ("control", &self.control_url),
        ];
        for (name, url) in others {
            if let Some(url) = url {
                let _ = writeln!(text, "{name:<10}{url}");
            }
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// Writes `dev.json` into the home and a file by port among the user's caches. Neither is worth failing for.
    pub(super) fn write_files(&self, home: Option<&Path>) -> Files {
        let by_port = port_of(&self.rpc_url).and_then(file_of_port);
        let written = [
            home.map(|home| self.write_into(home)),
            by_port.as_ref().map(|path| self.write(path)),
        ];
        for error in written.into_iter().flatten().filter_map(Result::err) {
            tracing::warn!(%error, "cannot write down where the chain is");
        }
        Files(by_port)
    }

    /// Writes a home's `dev.json`.
    pub(super) fn write_into(&self, home: &Path) -> io::Result<()> {
        self.write(&home.join("dev.json"))
    }

    /// Either the old file stays or the new one is whole.
    fn write(&self, path: &Path) -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let new = path.with_extension("json.new");
        // Left over by a run that was interrupted; it may have other rights.
        let _ = fs::remove_file(&new);
        let mut file: File = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_all()?;
        fs::rename(&new, path)
    }

    /// What an earlier run wrote down.
    pub(super) fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    /// The dev chain of this user at a JSON-RPC URL on this machine, as it wrote itself down.
    pub(crate) fn find(rpc_url: &str) -> Option<Self> {
        Self::read(&file_of_port(port_of(rpc_url)?)?)
    }
}

fn port_of(url: &str) -> Option<u16> {
    url.trim_end_matches('/').rsplit_once(':')?.1.parse().ok()
}

fn file_of_port(port: u16) -> Option<PathBuf> {
    Some(module_cache::user_folder()?.join("dev").join(format!("{port}.json")))
}

/// The file that goes away with the chain.
pub(super) struct Files(Option<PathBuf>);

impl Drop for Files {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _ = fs::remove_file(path);
        }
    }
}
