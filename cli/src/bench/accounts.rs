//! The accounts that the load comes from. Their sequences are kept here, and taken from the node when it disagrees.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use supercloud_client::tx::{SignerState, UnsignedTx};
use supercloud_client::{Any, Client, GasPrice, Key};

/// Sets the keys apart from every other use of the seed.
const DOMAIN: &[u8] = b"supercloud bench account";

/// One account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) key: Key,
    pub(crate) address: String,
    pub(crate) number: u64,
    /// Sequence of the next transaction.
    pub(crate) sequence: u64,
}

/// All of them, by index.
#[derive(Clone, Debug)]
pub(crate) struct Accounts {
    pub(crate) list: Vec<Account>,
    pub(crate) chain_id: String,
    pub(crate) gas_price: GasPrice,
}

/// Keys that follow from a seed: making thousands of them takes no time, unlike keys of a mnemonic.
pub(crate) fn derive_keys(seed: &[u8], count: usize) -> Result<Vec<Key>> {
    (0..count as u64)
        .map(|index| {
            let digest = Sha256::new()
                .chain_update(DOMAIN)
                .chain_update(seed)
                .chain_update(index.to_be_bytes());
            Key::from_secret(&digest.finalize().into()).context("a key for an account of the load")
        })
        .collect()
}

impl Accounts {
    /// Asks the chain for numbers and sequences.
    pub(crate) async fn load(client: &Client, keys: Vec<Key>, gas_price: GasPrice) -> Result<Self> {
        let mut list = Vec::with_capacity(keys.len());
        for key in keys {
            let address = key.address(client.hrp())?;
            let known = client
                .account(&address)
                .await?
                .with_context(|| format!("{address} is not on the chain"))?;
            list.push(Account {
                key,
                address,
                number: known.account_number,
                sequence: known.sequence,
            });
        }
        Ok(Self {
            list,
            chain_id: client.chain_id().to_owned(),
            gas_price,
        })
    }

    /// Signs with a sequence that the account may not have reached yet.
    pub(crate) fn sign(&self, index: usize, sequence: u64, messages: Vec<Any>, gas_limit: u64) -> Vec<u8> {
        let account = &self.list[index];
        let state = SignerState {
            chain_id: self.chain_id.clone(),
            account_number: account.number,
            sequence,
        };
        let unsigned = UnsignedTx {
            messages,
            gas_limit,
            fee: self.gas_price.fee(gas_limit),
            ..UnsignedTx::default()
        };
        unsigned.sign(&account.key, &state)
    }
}

/// The number in `account sequence mismatch, expected 5, got 3: incorrect account sequence`.
pub(crate) fn expected_sequence(log: &str) -> Option<u64> {
    let (_, rest) = log.split_once("account sequence mismatch, expected ")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expected_sequence_is_read_from_the_log() {
        let log = "account sequence mismatch, expected 15, got 3: incorrect account sequence";
        assert_eq!(expected_sequence(log), Some(15));
        assert_eq!(expected_sequence("signature verification failed"), None);
        assert_eq!(expected_sequence("account sequence mismatch, expected , got 3"), None);
    }

    #[test]
    fn keys_follow_from_the_seed_and_differ() {
        let ids =
            |seed: &[u8]| -> Vec<[u8; 20]> { derive_keys(seed, 3).unwrap().iter().map(Key::account_id).collect() };
        let first = ids(b"a");
        assert_eq!(first, ids(b"a"));
        assert!(first[0] != first[1] && first[1] != first[2] && first[0] != ids(b"b")[0]);
    }
}
