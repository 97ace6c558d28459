//! `supercloud keys`: keys of accounts on this machine.

mod passphrase;

use std::io::IsTerminal;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use supercloud_client::address::DEFAULT_HRP;
use supercloud_client::{Key, WordCount, generate_mnemonic};
use zeroize::Zeroizing;

use crate::home::default_home;
use crate::keyring::{Backend, KeyInfo, Keyring};
use crate::output::{self, Form};

/// Where keys are.
#[derive(Args, Clone)]
pub(crate) struct KeyringArgs {
    /// Folder above the keyring
    #[arg(long, visible_alias = "home", value_name = "DIR", env = "SUPERCLOUD_HOME", default_value_os_t = default_home(), global = true)]
    keyring_dir: PathBuf,
    /// How keys are kept
    #[arg(
        long,
        value_enum,
        env = "SUPERCLOUD_KEYRING_BACKEND",
        default_value = "file",
        global = true
    )]
    keyring_backend: Backend,
}

impl KeyringArgs {
    /// The keyring.
    pub(crate) fn keyring(&self) -> Keyring {
        Keyring::new(&self.keyring_dir, self.keyring_backend)
    }

    /// The secret key of that name; asks for the passphrase where there is one.
    pub(crate) fn open(&self, name: &str) -> Result<Key> {
        let keyring = self.keyring();
        // Before the question: a name that is not there needs no passphrase.
        keyring.info(name)?;
        let passphrase = passphrase::existing(&keyring, name)?;
        Ok(keyring.open(name, &passphrase)?)
    }

    /// The name of the key with an address, or the name itself.
    pub(crate) fn resolve(&self, name_or_address: &str) -> Result<KeyInfo> {
        let keyring = self.keyring();
        if let Ok((hrp, _)) = supercloud_client::address::decode_any(name_or_address) {
            for info in keyring.list()? {
                if info.address(&hrp)? == name_or_address {
                    return Ok(info);
                }
            }
            bail!(
                "no key of the keyring has the address {name_or_address}; `supercloud keys list` shows what is there"
            );
        }
        Ok(keyring.info(name_or_address)?)
    }
}

/// Arguments of `supercloud keys`.
#[derive(Args)]
pub(crate) struct KeysArgs {
    #[command(flatten)]
    keyring: KeyringArgs,
    /// Prefix of addresses
    #[arg(long, default_value = DEFAULT_HRP, global = true)]
    prefix: String,
    /// Form of the result
    #[arg(long, short, value_enum, default_value_t, global = true)]
    output: Form,
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Make a new key and show its mnemonic once
    Add(AddArgs),
    /// Take a key over from its mnemonic, which is read from stdin
    Recover(RecoverArgs),
    /// Take a key over from its 32 secret bytes in hex, read from stdin
    ImportHex {
        /// Name of the key
        name: String,
    },
    /// Show all keys
    #[command(visible_alias = "ls")]
    List,
    /// Show one key
    Show {
        /// Name or address
        name: String,
        /// The address and nothing else
        #[arg(long, short)]
        address: bool,
    },
    /// Delete a key for good
    Delete {
        /// Name
        name: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Print the secret bytes in hex
    Export {
        /// Name
        name: String,
        /// Whoever sees the output owns the account; say that you know
        #[arg(long = "unsafe", required = true)]
        is_unsafe: bool,
        /// Accepted for scripts of other chains; there is no other form
        #[arg(long)]
        unarmored_hex: bool,
    },
}

#[derive(Args)]
struct AddArgs {
    /// Name of the key
    name: String,
    /// As `keys recover`
    #[arg(long)]
    recover: bool,
    /// Words of the new mnemonic
    #[arg(long, default_value_t = 24, value_parser = word_count)]
    words: u8,
    #[command(flatten)]
    path: PathArgs,
}

#[derive(Args)]
struct RecoverArgs {
    /// Name of the key
    name: String,
    #[command(flatten)]
    path: PathArgs,
}

#[derive(Args)]
struct PathArgs {
    /// BIP-32 path of the key, instead of the three numbers
    #[arg(long, value_name = "PATH", conflicts_with_all = ["account", "index", "coin_type"])]
    hd_path: Option<String>,
    /// Third number of the path
    #[arg(long, value_name = "N", default_value_t = 0)]
    account: u32,
    /// Last number of the path
    #[arg(long, value_name = "N", default_value_t = 0)]
    index: u32,
    /// Second number of the path
    #[arg(long, value_name = "N", default_value_t = 118)]
    coin_type: u32,
}

impl PathArgs {
    fn path(&self) -> String {
        let Self {
            account,
            index,
            coin_type,
            ..
        } = self;
        self.hd_path
            .clone()
            .unwrap_or_else(|| format!("m/44'/{coin_type}'/{account}'/0/{index}"))
    }
}

fn word_count(text: &str) -> Result<u8, String> {
    match text {
        "12" => Ok(12),
        "24" => Ok(24),
        _ => Err("a mnemonic has 12 or 24 words".into()),
    }
}

/// Runs `supercloud keys`.
pub(crate) fn run(args: &KeysArgs) -> Result<()> {
    match &args.command {
        KeysCommand::Add(add) if add.recover => recover(args, &add.name, &add.path),
        KeysCommand::Add(add) => make(args, add),
        KeysCommand::Recover(recovered) => recover(args, &recovered.name, &recovered.path),
        KeysCommand::ImportHex { name } => import_hex(args, name),
        KeysCommand::List => list(args),
        KeysCommand::Show { name, address } => show(args, name, *address),
        KeysCommand::Delete { name, yes } => delete(args, name, *yes),
        KeysCommand::Export { name, .. } => export(args, name),
    }
}

fn make(args: &KeysArgs, add: &AddArgs) -> Result<()> {
    let words = if add.words == 12 {
        WordCount::Twelve
    } else {
        WordCount::TwentyFour
    };
    let mnemonic = generate_mnemonic(words)?;
    let info = keep(args, &add.name, &Key::from_mnemonic_path(&mnemonic, &add.path.path())?)?;
    let mut document = describe(&info, &args.prefix)?;
    document["mnemonic"] = mnemonic.as_str().into();
    output::document(&document, args.output)?;
    if args.output == Form::Text {
        eprintln!("Write the mnemonic down: it is not shown again, and nothing else brings the key back.");
    }
    Ok(())
}

fn recover(args: &KeysArgs, name: &str, path: &PathArgs) -> Result<()> {
    let mnemonic = read_secret("Mnemonic: ")?;
    let key = Key::from_mnemonic_path(&mnemonic, &path.path())?;
    let info = keep(args, name, &key)?;
    Ok(output::document(&describe(&info, &args.prefix)?, args.output)?)
}

fn import_hex(args: &KeysArgs, name: &str) -> Result<()> {
    let text = read_secret("Secret key in hex: ")?;
    let mut secret = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.trim_start_matches("0x"), secret.as_mut_slice())
        .ok()
        .context("expected 64 hex digits")?;
    let info = keep(args, name, &Key::from_secret(&secret)?)?;
    Ok(output::document(&describe(&info, &args.prefix)?, args.output)?)
}

fn keep(args: &KeysArgs, name: &str, key: &Key) -> Result<KeyInfo> {
    let keyring = args.keyring.keyring();
    let passphrase = passphrase::fresh(&keyring, name)?;
    Ok(keyring.add(name, key, &passphrase)?)
}

/// One line from stdin, unseen when it is typed.
fn read_secret(prompt: &str) -> Result<Zeroizing<String>> {
    let text = if std::io::stdin().is_terminal() {
        Zeroizing::new(rpassword::prompt_password(prompt)?)
    } else {
        passphrase::next_line_of_stdin()?
    };
    let text = Zeroizing::new(text.trim().to_owned());
    if text.is_empty() {
        bail!("nothing came from stdin");
    }
    Ok(text)
}

fn describe(info: &KeyInfo, prefix: &str) -> Result<Value> {
    use base64::Engine;
    let key = base64::engine::general_purpose::STANDARD.encode(info.public_key);
    Ok(json!({
        "name": info.name,
        "type": "local",
        "address": info.address(prefix)?,
        "pubkey": { "@type": "/cosmos.crypto.secp256k1.PubKey", "key": key },
    }))
}

fn list(args: &KeysArgs) -> Result<()> {
    let infos = args.keyring.keyring().list()?;
    let documents: Vec<Value> = infos
        .iter()
        .map(|info| describe(info, &args.prefix))
        .collect::<Result<_>>()?;
    Ok(output::document(&documents.into(), args.output)?)
}

fn show(args: &KeysArgs, name: &str, address_only: bool) -> Result<()> {
    let info = args.keyring.resolve(name)?;
    if address_only {
        return Ok(output::line(info.address(&args.prefix)?)?);
    }
    Ok(output::document(&describe(&info, &args.prefix)?, args.output)?)
}

fn delete(args: &KeysArgs, name: &str, yes: bool) -> Result<()> {
    let keyring = args.keyring.keyring();
    let info = keyring.info(name)?;
    if !yes
        && !crate::confirm::ask(&format!(
            "Delete key {name} ({}) for good?",
            info.address(&args.prefix)?
        ))?
    {
        bail!("key {name} was not deleted; pass --yes where nobody can answer");
    }
    keyring.delete(name)?;
    Ok(output::document(&json!({ "deleted": name }), args.output)?)
}

fn export(args: &KeysArgs, name: &str) -> Result<()> {
    let key = args.keyring.open(name)?;
    Ok(output::line(hex::encode(key.to_secret().as_slice()))?)
}
