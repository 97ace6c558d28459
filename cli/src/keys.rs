//! `supercloud keys`: keys of accounts on this machine.

mod make;
mod passphrase;
mod show;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use supercloud_client::Key;
use supercloud_client::address::{self, DEFAULT_HRP};
use zeroize::Zeroizing;

use crate::home::default_home;
use crate::keyring::{Backend, KeyInfo, Keyring, KeyringError};
use crate::output::Form;

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
        Ok(self.open_with_passphrase(name)?.0)
    }

    fn open_with_passphrase(&self, name: &str) -> Result<(Key, Zeroizing<String>)> {
        let keyring = self.keyring();
        // Before the question: a name that is not there needs no passphrase.
        keyring.info(name)?;
        let passphrase = passphrase::existing(&keyring, name)?;
        Ok((keyring.open(name, &passphrase)?, passphrase))
    }

    /// The name of the key with an address, or the name itself.
    pub(crate) fn resolve(&self, name_or_address: &str) -> Result<KeyInfo> {
        let keyring = self.keyring();
        if let Ok((hrp, _)) = address::decode_any(name_or_address) {
            let (infos, errors) = keyring.list()?;
            for info in infos {
                if info.address(&hrp)? == name_or_address {
                    return Ok(info);
                }
            }
            warn_of(&errors);
            bail!(
                "no key of the keyring has the address {name_or_address}; `supercloud keys list` shows what is there"
            );
        }
        Ok(keyring.info(name_or_address)?)
    }
}

/// What is not a key, or no longer, is passed over.
fn warn_of(errors: &[KeyringError]) {
    for error in errors {
        eprintln!("warning: passed over: {error}");
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
    /// Take a key over from a file that holds its 32 secret bytes in hex, as `keys export` prints them
    Import {
        /// Name of the key
        name: String,
        /// File, or - for stdin
        file: PathBuf,
    },
    /// Show all keys
    #[command(visible_alias = "ls")]
    List {
        /// The names and nothing else
        #[arg(long, short = 'n')]
        list_names: bool,
    },
    /// Show one key
    Show {
        /// Name or address
        name: String,
        /// The address and nothing else
        #[arg(long, short)]
        address: bool,
        /// The public key and nothing else
        #[arg(long, short, conflicts_with = "address")]
        pubkey: bool,
    },
    /// Give a key another name
    Rename {
        /// The name that it has
        name: String,
        /// The name that it gets
        new_name: String,
    },
    /// Print the words of a new key, which is not kept
    Mnemonic {
        /// Words of the mnemonic
        #[arg(long, default_value_t = 24, value_parser = word_count)]
        words: u8,
    },
    /// Turn an address into hex, or hex into an address
    Parse {
        /// Address, or hex of 20 or 32 bytes
        text: String,
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
        KeysCommand::Add(add) if add.recover => make::recover(args, &add.name, &add.path),
        KeysCommand::Add(add) => make::make(args, add),
        KeysCommand::Recover(recovered) => make::recover(args, &recovered.name, &recovered.path),
        KeysCommand::ImportHex { name } => make::import_hex(args, name),
        KeysCommand::Import { name, file } => make::import(args, name, file),
        KeysCommand::Rename { name, new_name } => make::rename(args, name, new_name),
        KeysCommand::Mnemonic { words } => make::mnemonic(args, *words),
        KeysCommand::List { list_names } => show::list(args, *list_names),
        KeysCommand::Show { name, address, pubkey } => show::show(args, name, *address, *pubkey),
        KeysCommand::Parse { text } => show::parse(args, text),
        KeysCommand::Delete { name, yes } => show::delete(args, name, *yes),
        KeysCommand::Export { name, .. } => show::export(args, name),
    }
}
