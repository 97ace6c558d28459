//! Client of a Supercloud chain, for the provider, the command line and any Rust program.
//!
//! It talks to a node over CometBFT JSON-RPC only, and works with any chain that has bank, wasm and auth modules.
//!
//! ```no_run
//! use supercloud_client::{Client, Key, TxConfig, TxQueue, coin, message};
//!
//! # async fn example() -> Result<(), supercloud_client::ClientError> {
//! let client = Client::connect("http://127.0.0.1:26657").await?;
//! let key = Key::from_mnemonic("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about")?;
//! let queue = TxQueue::new(client.clone(), key, TxConfig::default())?;
//! let send = message::send(queue.address(), "akash1…", vec![coin(5_000_000, "uakt")]);
//! let outcome = queue.send(vec![send]).await?;
//! println!("in block {} with {} gas", outcome.height, outcome.gas_used);
//! # Ok(())
//! # }
//! ```
//!
//! | module | what it holds |
//! |---|---|
//! | crate root | [`Client`] and its queries, [`Key`], [`TxQueue`], errors |
//! | [`message`] | constructors of every message that can be sent |
//! | [`address`] | bech32, module addresses, prediction of contract addresses |
//! | [`tx`] | building and signing transactions by hand |
//! | [`rpc`] | the JSON-RPC calls underneath |
//! | [`market`] | typed calls of the market contract |

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

pub mod address;
mod error;
mod event;
mod gas;
mod key;
pub mod market;
pub mod message;
mod outcome;
mod query;
mod queue;
pub mod rpc;
pub mod tx;

pub use cosmwasm_std::{Coin, Uint128, Uint256, coin};
pub use error::ClientError;
pub use event::{Attribute, Event, Events};
pub use gas::{GasPrice, GasPriceError};
pub use key::{Key, KeyError, WordCount, generate_mnemonic};
pub use outcome::TxOutcome;
pub use query::{AccountInfo, Client, CodeInfo, ContractInfo, DenomOwner, Proposal, ProposalStatus};
pub use queue::{Gas, TxConfig, TxOptions, TxQueue};
pub use rpc::RpcClient;
pub use supercloud_proto::prost_types::Any;
