//! Keys that are shown or leave: what is in the keyring, addresses, export, deletion.

use anyhow::{Result, bail};
use serde_json::{Value, json};
use supercloud_client::address;
use zeroize::Zeroizing;

use super::{KeysArgs, warn_of};
use crate::keyring::{KeyInfo, KeyringError};
use crate::output::{self, Form};

/// One value: bare as text, named in JSON.
pub(super) fn value(args: &KeysArgs, field: &str, text: &str) -> Result<()> {
    match args.output {
        Form::Text => output::line(text)?,
        Form::Json => output::line(json!({ field: text }))?,
    }
    Ok(())
}

pub(super) fn describe(info: &KeyInfo, prefix: &str) -> Result<Value> {
    use base64::Engine;
    let key = base64::engine::general_purpose::STANDARD.encode(info.public_key);
    Ok(json!({
        "name": info.name,
        "type": "local",
        "address": info.address(prefix)?,
        "pubkey": { "@type": "/cosmos.crypto.secp256k1.PubKey", "key": key },
    }))
}

pub(super) fn list(args: &KeysArgs, names_only: bool) -> Result<()> {
    let (infos, errors) = args.keyring.keyring().list()?;
    warn_of(&errors);
    if names_only {
        let names: Vec<&str> = infos.iter().map(|info| info.name.as_str()).collect();
        match args.output {
            Form::Json => output::line(json!(names))?,
            Form::Text if names.is_empty() => {}
            Form::Text => output::line(names.join("\n"))?,
        }
        return Ok(());
    }
    let documents: Vec<Value> = infos
        .iter()
        .map(|info| describe(info, &args.prefix))
        .collect::<Result<_>>()?;
    Ok(output::document(&documents.into(), args.output)?)
}

pub(super) fn show(args: &KeysArgs, name: &str, address_only: bool, pubkey_only: bool) -> Result<()> {
    let info = args.keyring.resolve(name)?;
    if address_only {
        return value(args, "address", &info.address(&args.prefix)?);
    }
    let document = describe(&info, &args.prefix)?;
    if pubkey_only {
        // JSON in either form, as other chains print it.
        return Ok(output::line(&document["pubkey"])?);
    }
    Ok(output::document(&document, args.output)?)
}

pub(super) fn parse(args: &KeysArgs, text: &str) -> Result<()> {
    let (hrp, bytes) = match address::decode_any(text) {
        Ok(decoded) => decoded,
        Err(error) => match hex::decode(text.trim_start_matches("0x")) {
            Ok(bytes) if [20, 32].contains(&bytes.len()) => (args.prefix.clone(), bytes),
            _ => bail!("{text:?} is no address ({error}), nor hex of 20 or 32 bytes"),
        },
    };
    let document = json!({
        "prefix": hrp,
        "address": address::encode(&hrp, &bytes)?,
        "hex": hex::encode_upper(bytes),
    });
    Ok(output::document(&document, args.output)?)
}

pub(super) fn delete(args: &KeysArgs, name: &str, yes: bool) -> Result<()> {
    let keyring = args.keyring.keyring();
    // What cannot be read can be deleted as well; what is not there cannot.
    let what = match keyring.info(name) {
        Ok(info) => info.address(&args.prefix)?,
        Err(error @ (KeyringError::NotFound { .. } | KeyringError::Name { .. })) => return Err(error.into()),
        Err(error) => error.to_string(),
    };
    if !yes && !crate::confirm::ask(&format!("Delete key {name} ({what}) for good?"))? {
        bail!("key {name} was not deleted; pass --yes where nobody can answer");
    }
    keyring.delete(name)?;
    Ok(output::document(&json!({ "deleted": name }), args.output)?)
}

pub(super) fn export(args: &KeysArgs, name: &str) -> Result<()> {
    let key = args.keyring.open(name)?;
    let secret = Zeroizing::new(hex::encode(key.to_secret().as_slice()));
    match args.output {
        Form::Text => output::line(secret.as_str())?,
        Form::Json => output::line(json!({ "name": name, "secret_hex": secret.as_str() }))?,
    }
    Ok(())
}
