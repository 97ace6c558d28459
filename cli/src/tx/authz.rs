//! `supercloud tx authz`.

use anyhow::{Result, bail};
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::document::{messages_of, typed_coins};
use crate::json_arg;

#[derive(Subcommand)]
pub(super) enum AuthzCommand {
    /// Let another account act for one
    Grant {
        /// Who may act
        grantee: String,
        /// What it may do
        #[arg(value_enum)]
        kind: Kind,
        /// Message it may send, for generic
        #[arg(long, value_name = "TYPE_URL")]
        msg_type: Option<String>,
        /// Most it may send, for send
        #[arg(long, value_name = "COINS")]
        spend_limit: Option<String>,
        /// Receivers it may send to, for send; all when absent
        #[arg(long, value_delimiter = ',', value_name = "ADDRESSES")]
        allow_list: Vec<String>,
        /// End of the right, RFC 3339; never when absent
        #[arg(long, value_name = "TIME")]
        expiration: Option<String>,
    },
    /// Take a right back
    Revoke {
        /// Who may act
        grantee: String,
        /// Message it may send
        msg_type: String,
    },
    /// Act for another account
    Exec {
        /// What --generate-only printed for the other account, or - for stdin
        file: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// Any message of one type
    Generic,
    /// Sending coins
    Send,
}

impl AuthzCommand {
    pub(super) fn message(self, sender: &str) -> Result<Value> {
        Ok(match self {
            Self::Grant {
                grantee,
                kind,
                msg_type,
                spend_limit,
                allow_list,
                expiration,
            } => {
                let authorization = match (kind, msg_type, spend_limit) {
                    (Kind::Generic, Some(msg), None) => {
                        json!({ "@type": "/cosmos.authz.v1beta1.GenericAuthorization", "msg": msg })
                    }
                    (Kind::Send, None, Some(limit)) => json!({
                        "@type": "/cosmos.bank.v1beta1.SendAuthorization",
                        "spend_limit": typed_coins(&limit)?,
                        "allow_list": allow_list,
                    }),
                    (Kind::Generic, ..) => {
                        bail!("a generic grant takes --msg-type, such as /cosmos.gov.v1.MsgVote, and no --spend-limit")
                    }
                    (Kind::Send, ..) => {
                        bail!("a send grant takes --spend-limit, such as 1000000uakt, and no --msg-type")
                    }
                };
                let mut grant = json!({ "authorization": authorization });
                if let Some(expiration) = expiration {
                    grant["expiration"] = expiration.into();
                }
                json!({ "@type": "/cosmos.authz.v1beta1.MsgGrant", "granter": sender, "grantee": grantee, "grant": grant })
            }
            Self::Revoke { grantee, msg_type } => json!({
                "@type": "/cosmos.authz.v1beta1.MsgRevoke",
                "granter": sender,
                "grantee": grantee,
                "msg_type_url": msg_type,
            }),
            Self::Exec { file } => json!({
                "@type": "/cosmos.authz.v1beta1.MsgExec",
                "grantee": sender,
                "msgs": messages_of(json_arg::read_file(&file)?)?,
            }),
        })
    }
}
