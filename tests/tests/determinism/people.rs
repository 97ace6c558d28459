//! Who sends transactions.

use sha2::{Digest, Sha256};
use supercloud_chain::Chain;
use supercloud_client::tx::{SignerState, UnsignedTx};
use supercloud_client::{Any, Key, coin};
use supercloud_proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountRequest, QueryAccountResponse};
use supercloud_proto::prost::Message;

pub(crate) const CHAIN_ID: &str = "supercloud-determinism-1";
pub(crate) const HRP: &str = "akash";
/// Price of a gas is 0.0025uakt.
const GAS_PER_FEE: u64 = 400;

/// Somebody with a key.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) key: Key,
    pub(crate) address: String,
    number: u64,
    /// Of the next transaction.
    pub(crate) sequence: u64,
}

impl Person {
    pub(crate) fn new(name: &str) -> Self {
        let key = Key::from_secret(&Sha256::digest(name).into()).unwrap();
        let address = key.address(HRP).unwrap();
        Self {
            key,
            address,
            number: 0,
            sequence: 0,
        }
    }

    /// Takes number and sequence from the chain.
    pub(crate) fn refresh(&mut self, chain: &Chain) {
        let request = QueryAccountRequest {
            address: self.address.clone(),
        };
        let answer = chain.query("/cosmos.auth.v1beta1.Query/Account", &request.encode_to_vec(), None);
        assert_eq!(answer.code, 0, "{}", answer.log);
        let account = QueryAccountResponse::decode(&*answer.value).unwrap().account.unwrap();
        let account = BaseAccount::decode(&*account.value).unwrap();
        (self.number, self.sequence) = (account.account_number, account.sequence);
    }

    pub(crate) fn state(&self) -> SignerState {
        SignerState {
            chain_id: CHAIN_ID.to_owned(),
            account_number: self.number,
            sequence: self.sequence,
        }
    }

    /// A transaction that is next in order and pays what it must.
    pub(crate) fn sign(&mut self, messages: Vec<Any>, gas_limit: u64) -> Vec<u8> {
        let raw = unsigned(messages, gas_limit).sign(&self.key, &self.state());
        self.sequence += 1;
        raw
    }
}

/// With the least fee.
pub(crate) fn unsigned(messages: Vec<Any>, gas_limit: u64) -> UnsignedTx {
    UnsignedTx {
        messages,
        gas_limit,
        fee: vec![coin(u128::from(gas_limit.div_ceil(GAS_PER_FEE)), "uakt")],
        ..UnsignedTx::default()
    }
}
