//! Keys that come into the keyring: made, recovered, imported, renamed.

use std::io::IsTerminal;
use std::path::Path;

use anyhow::{Context, Result, bail};
use supercloud_client::{Key, WordCount, generate_mnemonic};
use zeroize::Zeroizing;

use super::show::{describe, value};
use super::{AddArgs, KeysArgs, PathArgs, passphrase};
use crate::keyring::KeyInfo;
use crate::output::{self, Form};

pub(super) fn make(args: &KeysArgs, add: &AddArgs) -> Result<()> {
    let mnemonic = new_words(add.words)?;
    let info = keep(args, &add.name, &Key::from_mnemonic_path(&mnemonic, &add.path.path())?)?;
    let mut document = describe(&info, &args.prefix)?;
    document["mnemonic"] = mnemonic.as_str().into();
    output::document(&document, args.output)?;
    if args.output == Form::Text {
        eprintln!("Write the mnemonic down: it is not shown again, and nothing else brings the key back.");
    }
    Ok(())
}

fn new_words(count: u8) -> Result<Zeroizing<String>> {
    let count = match count {
        12 => WordCount::Twelve,
        _ => WordCount::TwentyFour,
    };
    Ok(generate_mnemonic(count)?)
}

pub(super) fn mnemonic(args: &KeysArgs, words: u8) -> Result<()> {
    let words = new_words(words)?;
    value(args, "mnemonic", &words)
}

pub(super) fn recover(args: &KeysArgs, name: &str, path: &PathArgs) -> Result<()> {
    let mnemonic = read_secret("Mnemonic: ")?;
    let key = Key::from_mnemonic_path(&mnemonic, &path.path())?;
    let info = keep(args, name, &key)?;
    Ok(output::document(&describe(&info, &args.prefix)?, args.output)?)
}

pub(super) fn import_hex(args: &KeysArgs, name: &str) -> Result<()> {
    keep_hex(args, name, &read_secret("Secret key in hex: ")?)
}

pub(super) fn import(args: &KeysArgs, name: &str, file: &Path) -> Result<()> {
    if file == Path::new("-") {
        return import_hex(args, name);
    }
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let text = Zeroizing::new(text);
    if text.contains("-----BEGIN") {
        bail!(
            "{} is an armored key, which this program does not read; export it with --unarmored-hex --unsafe, and pass that to `supercloud keys import-hex {name}`",
            file.display()
        );
    }
    keep_hex(args, name, text.trim())
}

fn keep_hex(args: &KeysArgs, name: &str, text: &str) -> Result<()> {
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

/// The new file is there before the old one goes: a key may have two names for a moment, but never none.
pub(super) fn rename(args: &KeysArgs, name: &str, new_name: &str) -> Result<()> {
    let keyring = args.keyring.keyring();
    let (key, passphrase) = args.keyring.open_with_passphrase(name)?;
    let info = keyring.add(new_name, &key, &passphrase)?;
    keyring.delete(name)?;
    Ok(output::document(&describe(&info, &args.prefix)?, args.output)?)
}
