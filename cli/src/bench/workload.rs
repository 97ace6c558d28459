//! What is sent. A workload is a set of actors; each has at most one transaction that waits for an answer.

mod bank;
mod deals;
mod once;
mod registry;

pub(crate) use bank::BankSends;
pub(crate) use deals::{Deals, Step};
pub(crate) use once::Once;
pub(crate) use registry::{ProfileUpdates, profile};

use supercloud_client::Any;

/// One transaction to be signed and sent.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// Whose it is within its workload.
    pub(crate) actor: usize,
    /// Index of the account that signs.
    pub(crate) signer: usize,
    pub(crate) messages: Vec<Any>,
    pub(crate) gas_limit: u64,
}

/// How a transaction ended in a block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TxEnd {
    /// 0 is success.
    pub(crate) code: u32,
    /// The chain's words on failure.
    pub(crate) log: String,
    /// Encoded `TxMsgData`.
    pub(crate) data: Vec<u8>,
}

/// A source of transactions. After [`Workload::next`] the actor rests until one of the other calls.
pub(crate) trait Workload: Send {
    /// A transaction of an actor that does not rest.
    fn next(&mut self) -> Option<Item>;
    /// The node took it into its mempool.
    fn accepted(&mut self, actor: usize);
    /// The node did not take it; nothing happened.
    fn refused(&mut self, actor: usize);
    /// It is in a block. The end is there when [`Workload::needs_results`].
    fn committed(&mut self, actor: usize, end: Option<&TxEnd>);
    /// Whether what comes next depends on how a transaction ended.
    fn needs_results(&self) -> bool;
    /// Whether there will be no more.
    fn is_done(&self) -> bool {
        false
    }
}
