//! Real transactions: signed with the account's number and sequence as the chain tells them, and what comes back.

use supercloud_chain::{Chain, TxResult};
use supercloud_client::tx::{SignerState, UnsignedTx};
use supercloud_client::{Any, Key};
use supercloud_proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountRequest, QueryAccountResponse};
use supercloud_proto::cosmos::base::abci::v1beta1::TxMsgData;
use supercloud_proto::prost::Message;
use supercloud_tests::Refusal;

use super::base::{CHAIN_ID, HRP};
use super::history::History;

/// The most that a transaction may ask for on a chain with default rules: what does not fit fails here too.
const GAS: u64 = 150_000_000;

/// An account that can sign.
#[derive(Clone)]
pub(crate) struct Signer {
    key: Key,
    pub(crate) address: String,
}

impl Signer {
    pub(crate) fn new(key: Key) -> Self {
        let address = key.address(HRP).unwrap();
        Self { key, address }
    }

    /// A transaction that is next in this account's order.
    pub(crate) fn sign(&self, history: &History, messages: Vec<Any>) -> Vec<u8> {
        let account = self.account(history.chain());
        self.sign_as(account.account_number, account.sequence, messages)
    }

    pub(crate) fn sign_as(&self, account_number: u64, sequence: u64, messages: Vec<Any>) -> Vec<u8> {
        let tx = UnsignedTx {
            messages,
            gas_limit: GAS,
            ..UnsignedTx::default()
        };
        let state = SignerState {
            chain_id: CHAIN_ID.to_owned(),
            account_number,
            sequence,
        };
        tx.sign(&self.key, &state)
    }

    pub(crate) fn account(&self, chain: &Chain) -> BaseAccount {
        let request = QueryAccountRequest {
            address: self.address.clone(),
        };
        let answer: QueryAccountResponse = ask(chain, "/cosmos.auth.v1beta1.Query/Account", &request).unwrap();
        BaseAccount::decode(answer.account.unwrap().value.as_slice()).unwrap()
    }
}

/// Asks the chain.
pub(crate) fn ask<A: Message + Default>(chain: &Chain, path: &str, request: &impl Message) -> Result<A, Refusal> {
    let result = chain.query(path, &request.encode_to_vec(), None);
    if result.code == 0 {
        Ok(A::decode(result.value.as_slice()).unwrap())
    } else {
        Err(Refusal(result.log))
    }
}

/// The response to the only message of a transaction.
pub(crate) fn response<R: Message + Default>(result: &TxResult) -> R {
    let data = TxMsgData::decode(result.data.as_slice()).unwrap();
    let [response] = data.msg_responses.as_slice() else {
        panic!("{} responses", data.msg_responses.len());
    };
    R::decode(response.value.as_slice()).unwrap()
}
