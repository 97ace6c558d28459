//! Where the keyring's passphrase comes from: the environment, the terminal, or a line of stdin.

use std::io::{BufRead, IsTerminal, stdin};

use anyhow::{Context, Result, bail};
use zeroize::Zeroizing;

use crate::keyring::Keyring;

const VARIABLE: &str = "SUPERCLOUD_KEYRING_PASSPHRASE";

/// The passphrase of a key that is there; empty where none is needed.
pub(super) fn existing(keyring: &Keyring, name: &str) -> Result<Zeroizing<String>> {
    given(keyring, &format!("Passphrase of key {name}: "))
}

/// The passphrase of a new key, asked for twice on a terminal.
pub(super) fn fresh(keyring: &Keyring, name: &str) -> Result<Zeroizing<String>> {
    let first = given(keyring, &format!("Passphrase for key {name}: "))?;
    let typed = keyring.is_encrypted() && std::env::var_os(VARIABLE).is_none() && stdin().is_terminal();
    if typed && *first != rpassword::prompt_password("The same again: ")? {
        bail!("the two passphrases differ");
    }
    Ok(first)
}

fn given(keyring: &Keyring, prompt: &str) -> Result<Zeroizing<String>> {
    if !keyring.is_encrypted() {
        return Ok(Zeroizing::default());
    }
    if let Ok(passphrase) = std::env::var(VARIABLE) {
        return Ok(Zeroizing::new(passphrase));
    }
    if stdin().is_terminal() {
        return Ok(Zeroizing::new(rpassword::prompt_password(prompt)?));
    }
    let line = next_line_of_stdin()?;
    if line.is_empty() {
        bail!("the keyring is encrypted: set {VARIABLE}, or send the passphrase as a line of stdin");
    }
    Ok(line)
}

/// The next line of stdin without its end; empty when there is none. Rust's own buffer keeps what follows.
pub(super) fn next_line_of_stdin() -> Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::new());
    stdin().lock().read_line(&mut line).context("cannot read stdin")?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
