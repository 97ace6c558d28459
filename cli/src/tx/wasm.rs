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
        #[command(flatten)]
        access: AccessArgs,
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
        /// Salt, 1 to 64 bytes, in hex
        salt: String,
        #[command(flatten)]
        form: SaltForm,
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
    /// Give a contract another name
    SetContractLabel {
        /// Contract
        contract: String,
        /// Name that people see
        label: String,
    },
    /// Say who may make contracts of a code
    UpdateInstantiateConfig {
        /// Code
        code_id: u64,
        #[command(flatten)]
        access: AccessArgs,
    },
}

/// Who may instantiate a code; the chain's default when nothing is said.
#[derive(Args)]
#[group(multiple = false)]
pub(super) struct AccessArgs {
    /// Let everybody instantiate it
    #[arg(long)]
    instantiate_everybody: bool,
    /// Let nobody but governance instantiate it
    #[arg(long)]
    instantiate_nobody: bool,
    /// Let these addresses instantiate it
    #[arg(long, value_delimiter = ',', value_name = "ADDRESSES")]
    instantiate_anyof_addresses: Vec<String>,
}

impl AccessArgs {
    fn config(&self) -> Option<Value> {
        if self.instantiate_everybody {
            return Some(json!({ "permission": "ACCESS_TYPE_EVERYBODY" }));
        }
        if self.instantiate_nobody {
            return Some(json!({ "permission": "ACCESS_TYPE_NOBODY" }));
        }
        let addresses = &self.instantiate_anyof_addresses;
        (!addresses.is_empty()).then(|| json!({ "permission": "ACCESS_TYPE_ANY_OF_ADDRESSES", "addresses": addresses }))
    }
}

/// How a salt is written: as in wasmd, hex unless something else is said.
#[derive(Args)]
#[group(multiple = false)]
pub(super) struct SaltForm {
    /// The salt is hex, as without a flag
    #[arg(long)]
    hex: bool,
    /// The salt is text
    #[arg(long)]
    ascii: bool,
    /// The salt is base64
    #[arg(long)]
    b64: bool,
}

impl SaltForm {
    fn read(&self, salt: &str) -> Result<Vec<u8>> {
        if self.ascii {
            return Ok(salt.as_bytes().to_vec());
        }
        if self.b64 {
            return STANDARD.decode(salt).context("--b64: the salt is no base64");
        }
        hex::decode(salt)
            .with_context(|| format!("the salt {salt:?} is no hex; with --ascii it is text, with --b64 base64"))
    }
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
            Self::Store { file, access } => {
                let wasm = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
                let mut store = codec::decode_any(&message::store_code(sender, &wasm, Compression::Gzip))?;
                if let Some(config) = access.config() {
                    store["instantiate_permission"] = config;
                }
                store
            }
            Self::Instantiate { contract } => contract.message("MsgInstantiateContract", sender)?,
            Self::Instantiate2 {
                contract,
                salt,
                form,
                fix_msg,
            } => {
                let mut message = contract.message("MsgInstantiateContract2", sender)?;
                message["salt"] = STANDARD.encode(form.read(&salt)?).into();
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
            Self::SetContractLabel { contract, label } => json!({
                "@type": "/cosmwasm.wasm.v1.MsgUpdateContractLabel",
                "sender": sender,
                "contract": contract,
                "new_label": label,
            }),
            Self::UpdateInstantiateConfig { code_id, access } => json!({
                "@type": "/cosmwasm.wasm.v1.MsgUpdateInstantiateConfig",
                "sender": sender,
                "code_id": code_id.to_string(),
                "new_instantiate_permission": access
                    .config()
                    .context("say who: --instantiate-everybody, --instantiate-nobody or --instantiate-anyof-addresses")?,
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_is_hex_unless_something_else_is_said() {
        let form = |hex, ascii, b64| SaltForm { hex, ascii, b64 };
        assert_eq!(form(false, false, false).read("0a0b").unwrap(), [10, 11]);
        assert_eq!(form(true, false, false).read("0a0b").unwrap(), [10, 11]);
        assert_eq!(form(false, true, false).read("0a0b").unwrap(), b"0a0b");
        assert_eq!(form(false, false, true).read("Cgs=").unwrap(), [10, 11]);
        let error = form(false, false, false).read("salt").unwrap_err().to_string();
        assert!(error.contains("\"salt\" is no hex; with --ascii"), "{error}");
    }
}
