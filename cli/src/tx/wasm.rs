//! `supercloud tx wasm`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use supercloud_client::message::{self, Compression};

use super::document::typed_coins;
use crate::codec;
use crate::json_arg;

#[derive(Subcommand)]
pub(super) enum WasmCommand {
    /// Upload a code
    Store {
        /// Wasm file
        file: PathBuf,
        /// Let nobody but governance instantiate it
        #[arg(long, conflicts_with = "instantiate_anyof_addresses")]
        instantiate_nobody: bool,
        /// Let these addresses instantiate it
        #[arg(long, value_delimiter = ',', value_name = "ADDRESSES")]
        instantiate_anyof_addresses: Vec<String>,
    },
    /// Make a contract of a code
    Instantiate {
        #[command(flatten)]
        contract: ContractArgs,
    },
    /// Make a contract of a code at an address known beforehand
    Instantiate2 {
        #[command(flatten)]
        contract: ContractArgs,
        /// Salt, 1 to 64 bytes
        salt: String,
        /// The salt is hex
        #[arg(long)]
        hex: bool,
        /// The message is part of the address
        #[arg(long)]
        fix_msg: bool,
    },
    /// Call a contract
    Execute {
        /// Contract
        contract: String,
        /// Message in JSON, or @FILE
        message: String,
        /// Coins sent along
        #[arg(long, value_name = "COINS", default_value = "")]
        amount: String,
    },
    /// Give a contract another code
    Migrate {
        /// Contract
        contract: String,
        /// The new code
        code_id: u64,
        /// Message in JSON, or @FILE
        message: String,
    },
    /// Let another account migrate a contract
    SetContractAdmin {
        /// Contract
        contract: String,
        /// The new admin
        admin: String,
    },
    /// Let nobody migrate a contract any more
    ClearContractAdmin {
        /// Contract
        contract: String,
    },
}

#[derive(Args)]
pub(super) struct ContractArgs {
    /// Code
    code_id: u64,
    /// Message in JSON, or @FILE
    message: String,
    /// Name that people see
    #[arg(long)]
    label: String,
    /// Who may migrate it
    #[arg(long, value_name = "ADDRESS", required_unless_present = "no_admin")]
    admin: Option<String>,
    /// Nobody may migrate it
    #[arg(long, conflicts_with = "admin")]
    no_admin: bool,
    /// Coins sent along
    #[arg(long, value_name = "COINS", default_value = "")]
    amount: String,
}

impl ContractArgs {
    fn message(&self, kind: &str, sender: &str) -> Result<Value> {
        Ok(json!({
            "@type": format!("/cosmwasm.wasm.v1.{kind}"),
            "sender": sender,
            "admin": self.admin.clone().unwrap_or_default(),
            "code_id": self.code_id.to_string(),
            "label": self.label,
            "msg": json_arg::read(&self.message)?,
            "funds": typed_coins(&self.amount)?,
        }))
    }
}

impl WasmCommand {
    pub(super) fn message(self, sender: &str) -> Result<Value> {
        Ok(match self {
            Self::Store {
                file,
                instantiate_nobody,
                instantiate_anyof_addresses,
            } => {
                let wasm = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
                let mut store = codec::decode_any(&message::store_code(sender, &wasm, Compression::Gzip))?;
                if instantiate_nobody {
                    store["instantiate_permission"] = json!({ "permission": "ACCESS_TYPE_NOBODY" });
                } else if !instantiate_anyof_addresses.is_empty() {
                    store["instantiate_permission"] = json!({ "permission": "ACCESS_TYPE_ANY_OF_ADDRESSES", "addresses": instantiate_anyof_addresses });
                }
                store
            }
            Self::Instantiate { contract } => contract.message("MsgInstantiateContract", sender)?,
            Self::Instantiate2 {
                contract,
                salt,
                hex,
                fix_msg,
            } => {
                let mut message = contract.message("MsgInstantiateContract2", sender)?;
                let salt = if hex {
                    hex::decode(&salt).context("--hex: the salt is no hex")?
                } else {
                    salt.into_bytes()
                };
                message["salt"] = STANDARD.encode(salt).into();
                message["fix_msg"] = fix_msg.into();
                message
            }
            Self::Execute {
                contract,
                message,
                amount,
            } => json!({
                "@type": "/cosmwasm.wasm.v1.MsgExecuteContract",
                "sender": sender,
                "contract": contract,
                "msg": json_arg::read(&message)?,
                "funds": typed_coins(&amount)?,
            }),
            Self::Migrate {
                contract,
                code_id,
                message,
            } => json!({
                "@type": "/cosmwasm.wasm.v1.MsgMigrateContract",
                "sender": sender,
                "contract": contract,
                "code_id": code_id.to_string(),
                "msg": json_arg::read(&message)?,
            }),
            Self::SetContractAdmin { contract, admin } => json!({
                "@type": "/cosmwasm.wasm.v1.MsgUpdateAdmin",
                "sender": sender,
                "contract": contract,
                "new_admin": admin,
            }),
            Self::ClearContractAdmin { contract } => json!({
                "@type": "/cosmwasm.wasm.v1.MsgClearAdmin",
                "sender": sender,
                "contract": contract,
            }),
        })
    }
}
