//! `supercloud tx tokenfactory`.

use anyhow::{Result, anyhow};
use clap::Subcommand;
use serde_json::{Value, json};

use crate::coins::parse_coin;

#[derive(Subcommand)]
pub(super) enum TokenfactoryCommand {
    /// Make the denom factory/ADDRESS/SUBDENOM
    CreateDenom {
        /// Last part of its name
        subdenom: String,
    },
    /// Mint coins of a denom one is admin of
    Mint {
        /// Such as 5factory/akash1…/x
        coin: String,
        /// Who gets them; oneself when absent
        #[arg(long, value_name = "ADDRESS")]
        to: Option<String>,
    },
    /// Burn coins of a denom one is admin of
    Burn {
        /// Such as 5factory/akash1…/x
        coin: String,
    },
    /// Make another account admin of a denom
    ChangeAdmin {
        /// Denom
        denom: String,
        /// The new admin
        admin: String,
    },
}

impl TokenfactoryCommand {
    pub(super) fn message(self, sender: &str) -> Result<Value> {
        let coin_json = |text: &str| -> Result<Value> {
            let coin = parse_coin(text).map_err(|error| anyhow!(error))?;
            Ok(json!({ "denom": coin.denom, "amount": coin.amount.to_string() }))
        };
        Ok(match self {
            Self::CreateDenom { subdenom } => json!({
                "@type": "/osmosis.tokenfactory.v1beta1.MsgCreateDenom",
                "sender": sender,
                "subdenom": subdenom,
            }),
            Self::Mint { coin, to } => json!({
                "@type": "/osmosis.tokenfactory.v1beta1.MsgMint",
                "sender": sender,
                "amount": coin_json(&coin)?,
                "mint_to_address": to.unwrap_or_else(|| sender.to_owned()),
            }),
            Self::Burn { coin } => json!({
                "@type": "/osmosis.tokenfactory.v1beta1.MsgBurn",
                "sender": sender,
                "amount": coin_json(&coin)?,
                "burn_from_address": sender,
            }),
            Self::ChangeAdmin { denom, admin } => json!({
                "@type": "/osmosis.tokenfactory.v1beta1.MsgChangeAdmin",
                "sender": sender,
                "denom": denom,
                "new_admin": admin,
            }),
        })
    }
}
