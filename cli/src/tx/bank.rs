//! `supercloud tx bank`.

use anyhow::Result;
use clap::Subcommand;
use serde_json::{Value, json};

use super::document::typed_coins;

#[derive(Subcommand)]
pub(super) enum BankCommand {
    /// Send coins: [FROM] TO COINS
    Send {
        /// The sender's key unless --from names it, the receiver's address, and coins such as 1000000uakt
        #[arg(num_args = 2..=3, required = true, value_names = ["FROM", "TO", "COINS"])]
        words: Vec<String>,
    },
    /// Send the same coins to each of several accounts, in one transaction
    MultiSend {
        /// The receivers' addresses, then coins such as 1000000uakt
        #[arg(num_args = 2.., required = true, value_name = "TO... COINS")]
        words: Vec<String>,
    },
}

impl BankCommand {
    /// The sender, where the command itself names it.
    pub(super) fn from(&self) -> Option<&str> {
        match self {
            Self::Send { words } if words.len() == 3 => words.first().map(String::as_str),
            _ => None,
        }
    }

    pub(super) fn messages(self, sender: &str) -> Result<Vec<Value>> {
        let (Self::Send { words } | Self::MultiSend { words }) = &self;
        let skipped = usize::from(self.from().is_some());
        let Some((coins, receivers)) = words[skipped..].split_last() else {
            anyhow::bail!("expected a receiver and coins");
        };
        let amount = typed_coins(coins)?;
        let send = |to: &String| json!({ "@type": "/cosmos.bank.v1beta1.MsgSend", "from_address": sender, "to_address": to, "amount": amount });
        Ok(receivers.iter().map(send).collect())
    }
}
