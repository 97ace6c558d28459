//! `supercloud tx bank`.

use anyhow::Result;
use clap::Subcommand;
use serde_json::{Value, json};
use supercloud_client::address;

use super::document::typed_coins;

#[derive(Subcommand)]
pub(super) enum BankCommand {
    /// Send coins: [FROM] TO COINS
    Send {
        /// The sender's key unless --from names it, the receiver's address, and coins such as 1000000uakt
        #[arg(num_args = 2..=3, required = true, value_names = ["FROM", "TO", "COINS"])]
        words: Vec<String>,
    },
    /// Send the same coins to each of several accounts, in one transaction: [FROM] TO... COINS
    MultiSend {
        /// The sender's key or address unless --from names it, the receivers' addresses, and coins such as 1000000uakt
        #[arg(num_args = 2.., required = true, value_name = "[FROM] TO... COINS")]
        words: Vec<String>,
    },
}

impl BankCommand {
    /// The sender, where the command itself names it. A first receiver is an address; a key's name can only be the sender.
    pub(super) fn from(&self, has_from: bool) -> Option<&str> {
        let is_first = |words: &[String]| match words {
            [first, _, _, ..] => !has_from || address::decode_any(first).is_err(),
            _ => false,
        };
        match self {
            Self::Send { words } if words.len() == 3 => words.first().map(String::as_str),
            Self::MultiSend { words } if is_first(words) => words.first().map(String::as_str),
            _ => None,
        }
    }

    pub(super) fn messages(self, has_from: bool, sender: &str) -> Result<Vec<Value>> {
        let (Self::Send { words } | Self::MultiSend { words }) = &self;
        // Who names the sender both ways does not send to itself.
        let is_named = self.from(has_from).is_some() || (words.len() > 2 && words[0] == sender);
        let Some((coins, receivers)) = words[usize::from(is_named)..].split_last() else {
            anyhow::bail!("expected a receiver and coins");
        };
        let amount = typed_coins(coins)?;
        let send = |to: &String| json!({ "@type": "/cosmos.bank.v1beta1.MsgSend", "from_address": sender, "to_address": to, "amount": amount });
        Ok(receivers.iter().map(send).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receivers(words: &[&str], has_from: bool, sender: &str) -> (Option<String>, Vec<String>) {
        let command = BankCommand::MultiSend {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
        };
        let from = command.from(has_from).map(str::to_owned);
        let messages = command.messages(has_from, sender).unwrap();
        let to = messages
            .iter()
            .map(|message| message["to_address"].as_str().unwrap().to_owned());
        (from, to.collect())
    }

    #[test]
    fn the_sender_of_a_multi_send_may_come_first() {
        let key = |byte| supercloud_client::Key::from_secret(&[byte; 32]).unwrap();
        let [a, b, c] = [1, 2, 3].map(|byte| key(byte).address("akash").unwrap());
        let both = vec![b.clone(), c.clone()];
        let named = |words: &[&str], has_from| receivers(words, has_from, &a);
        assert_eq!(named(&[&b, &c, "1uakt"], true), (None, both.clone()));
        assert_eq!(named(&[&a, &b, &c, "1uakt"], true), (None, both.clone()));
        assert_eq!(named(&[&a, &b, &c, "1uakt"], false), (Some(a.clone()), both.clone()));
        assert_eq!(named(&["alice", &b, &c, "1uakt"], true), (Some("alice".into()), both));
        assert_eq!(named(&[&b, "1uakt"], true), (None, vec![b.clone()]));
    }
}
