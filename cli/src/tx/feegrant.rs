//! `supercloud tx feegrant`.

use anyhow::{Context, Result};
use clap::Subcommand;
use serde_json::{Value, json};

use super::document::typed_coins;

#[derive(Subcommand)]
pub(super) enum FeegrantCommand {
    /// Pay the fees of another account: [FROM] GRANTEE
    Grant {
        /// The payer's key unless --from names it, and the address whose fees are paid
        #[arg(num_args = 1..=2, required = true, value_name = "GRANTEE")]
        words: Vec<String>,
        /// Most that is paid in all; no limit when absent
        #[arg(long, value_name = "COINS", default_value = "")]
        spend_limit: String,
        /// End of the allowance, RFC 3339; never when absent
        #[arg(long, value_name = "TIME")]
        expiration: Option<String>,
        /// Length of a period in seconds
        #[arg(long, value_name = "SECONDS", requires = "period_limit")]
        period: Option<u64>,
        /// Most that is paid in a period
        #[arg(long, value_name = "COINS", requires = "period")]
        period_limit: Option<String>,
        /// Messages whose fees are paid; all when absent
        #[arg(long, value_delimiter = ',', value_name = "TYPE_URLS")]
        allowed_messages: Vec<String>,
    },
    /// Stop paying: [FROM] GRANTEE
    Revoke {
        /// The payer's key unless --from names it, and the address whose fees were paid
        #[arg(num_args = 1..=2, required = true, value_name = "GRANTEE")]
        words: Vec<String>,
    },
}

/// The last of the words.
fn grantee_of(mut words: Vec<String>) -> Result<String> {
    words.pop().context("expected a grantee")
}

impl FeegrantCommand {
    /// The payer, where the command itself names it.
    pub(super) fn from(&self) -> Option<&str> {
        match self {
            Self::Grant { words, .. } | Self::Revoke { words } if words.len() == 2 => words.first().map(String::as_str),
            _ => None,
        }
    }

    pub(super) fn message(self, sender: &str) -> Result<Value> {
        let (grantee, spend_limit, expiration, period, period_limit, allowed_messages) = match self {
            Self::Revoke { words } => {
                let grantee = grantee_of(words)?;
                return Ok(
                    json!({ "@type": "/cosmos.feegrant.v1beta1.MsgRevokeAllowance", "granter": sender, "grantee": grantee }),
                );
            }
            Self::Grant {
                words,
                spend_limit,
                expiration,
                period,
                period_limit,
                allowed_messages,
            } => (
                grantee_of(words)?,
                spend_limit,
                expiration,
                period,
                period_limit,
                allowed_messages,
            ),
        };
        let mut basic = json!({ "spend_limit": typed_coins(&spend_limit)? });
        if let Some(expiration) = expiration {
            basic["expiration"] = expiration.into();
        }
        let mut allowance = match (period, period_limit) {
            (Some(seconds), Some(limit)) => json!({
                "@type": "/cosmos.feegrant.v1beta1.PeriodicAllowance",
                "basic": basic,
                "period": format!("{seconds}s"),
                "period_spend_limit": typed_coins(&limit)?,
            }),
            _ => {
                basic["@type"] = "/cosmos.feegrant.v1beta1.BasicAllowance".into();
                basic
            }
        };
        if !allowed_messages.is_empty() {
            allowance = json!({
                "@type": "/cosmos.feegrant.v1beta1.AllowedMsgAllowance",
                "allowance": allowance,
                "allowed_messages": allowed_messages,
            });
        }
        Ok(json!({
            "@type": "/cosmos.feegrant.v1beta1.MsgGrantAllowance",
            "granter": sender,
            "grantee": grantee,
            "allowance": allowance,
        }))
    }
}
