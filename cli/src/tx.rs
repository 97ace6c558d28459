//! `supercloud tx`: transactions of the accounts in the keyring.
//!
//! A command makes messages as JSON; [`send`] prices, signs and broadcasts them. JSON is what `--generate-only` prints, what
//! proposals and `tx sign` read, and what the descriptors turn into bytes, so the three cannot differ.

mod authz;
mod bank;
mod document;
mod feegrant;
mod gov;
mod offline;
mod send;
mod sender;
mod tokenfactory;
mod wasm;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::hint;

pub(crate) use document::typed_coins;
pub(crate) use send::{TxArgs, least_gas_price, run as send_messages, simulate};
pub(crate) use sender::Sender;

/// Arguments of `supercloud tx`.
#[derive(Args)]
pub(crate) struct TxCommandArgs {
    #[command(flatten)]
    tx: TxArgs,
    #[command(subcommand)]
    command: TxCommand,
}

#[derive(Subcommand)]
enum TxCommand {
    /// Coins
    #[command(subcommand)]
    Bank(bank::BankCommand),
    /// Codes and contracts
    #[command(subcommand)]
    Wasm(wasm::WasmCommand),
    /// Proposals, votes, deposits
    #[command(subcommand)]
    Gov(gov::GovCommand),
    /// Authorizations for other accounts
    #[command(subcommand)]
    Authz(authz::AuthzCommand),
    /// Fee allowances for other accounts
    #[command(subcommand)]
    Feegrant(feegrant::FeegrantCommand),
    /// Denoms of one's own
    #[command(subcommand)]
    Tokenfactory(tokenfactory::TokenfactoryCommand),
    /// Any messages: a JSON list of objects with @type
    Raw {
        /// File, or - for stdin
        file: String,
    },
    /// Sign what --generate-only printed
    Sign {
        /// File, or - for stdin
        file: String,
    },
    /// Broadcast what `tx sign` printed
    Broadcast {
        /// File, or - for stdin
        file: String,
    },
    /// Print a transaction document as the chain takes it, in base64
    Encode {
        /// File, or - for stdin
        file: String,
    },
    /// Print a transaction that the chain takes as a document
    Decode {
        /// The transaction in base64
        tx: String,
        /// It is in hex
        #[arg(long, short = 'x')]
        hex: bool,
    },
}

/// Runs `supercloud tx`.
pub(crate) async fn run(args: TxCommandArgs) -> Result<()> {
    run_command(args).await.map_err(hint::explain)
}

async fn run_command(args: TxCommandArgs) -> Result<()> {
    let TxCommandArgs { tx, command } = args;
    match &command {
        TxCommand::Sign { file } => return offline::sign(&tx, file).await,
        TxCommand::Broadcast { file } => return offline::broadcast(&tx, file).await,
        TxCommand::Encode { file } => return offline::encode(file),
        TxCommand::Decode { tx: raw, hex } => return offline::decode(&tx, raw, *hex),
        _ => {}
    }
    let from = match &command {
        TxCommand::Bank(bank) => bank.from(tx.has_from()),
        TxCommand::Feegrant(feegrant) => feegrant.from(),
        _ => None,
    };
    let sender = Sender::open(&tx, from).await?;
    let messages: Vec<Value> = match command {
        TxCommand::Bank(command) => command.messages(tx.has_from(), sender.address())?,
        TxCommand::Wasm(command) => vec![command.message(sender.address())?],
        TxCommand::Gov(command) => vec![command.message(sender.address())?],
        TxCommand::Authz(command) => vec![command.message(sender.address())?],
        TxCommand::Feegrant(command) => vec![command.message(sender.address())?],
        TxCommand::Tokenfactory(command) => vec![command.message(sender.address())?],
        TxCommand::Raw { file } => document::messages_of(crate::json_arg::read_file(&file)?)?,
        TxCommand::Sign { .. } | TxCommand::Broadcast { .. } | TxCommand::Encode { .. } | TxCommand::Decode { .. } => {
            Vec::new()
        }
    };
    send::run(&sender, &messages).await
}
