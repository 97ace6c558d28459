//! Secret keys on disk, one file per name.
//!
//! | backend | folder | a file holds |
//! |---|---|---|
//! | `file` | `<home>/keyring-file` | the key under ChaCha20-Poly1305 with a key made by Argon2id from the passphrase |
//! | `test` | `<home>/keyring-test` | the key as it is: for development chains only |
//!
//! Name and public key are authenticated with the secret, so a file that was renamed or mixed is refused.

mod sealed;

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use supercloud_client::Key;
use supercloud_client::address::{self, AddressError};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::new_file;
use sealed::Sealed;

/// Longest name of a key.
const MAX_NAME_LEN: usize = 64;
/// Version of the files.
const VERSION: u32 = 1;

/// How keys are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Backend {
    /// Encrypted with a passphrase
    File,
    /// Not encrypted: for development chains only
    Test,
}

/// Why a key cannot be had.
#[derive(Debug, Error)]
pub(crate) enum KeyringError {
    /// The disk says no.
    #[error("keyring {path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    /// No such key.
    #[error("there is no key {name:?} in {folder}; `supercloud keys list` shows what is there")]
    NotFound { name: String, folder: PathBuf },
    /// A key of that name is there already.
    #[error("there is a key {name:?} in {folder} already; delete it first or take another name")]
    Exists { name: String, folder: PathBuf },
    /// The name cannot be a file's.
    #[error(
        "{name:?} is no name for a key: expected 1 to {MAX_NAME_LEN} letters, digits, '-', '_' or '.', the first a letter or digit"
    )]
    Name { name: String },
    /// A damaged file.
    #[error(
        "keyring {path} is damaged: {reason}; put a backup in its place, or delete the key and recover it from its mnemonic"
    )]
    Damaged { path: PathBuf, reason: String },
    /// The passphrase is wrong, or the file was changed.
    #[error("the passphrase does not open key {name:?} (or its file was changed)")]
    Passphrase { name: String },
    /// Too short to be one.
    #[error("a passphrase has at least {} characters, got {got}", sealed::MIN_PASSPHRASE_LEN)]
    ShortPassphrase { got: usize },
    /// Encryption does not work on this machine.
    #[error("cannot encrypt: {reason}")]
    Cipher { reason: String },
}

/// What is on disk.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    version: u32,
    name: String,
    public_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed: Option<Sealed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// A key without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyInfo {
    /// Name.
    pub(crate) name: String,
    /// Compressed public key.
    pub(crate) public_key: [u8; 33],
}

impl KeyInfo {
    /// Its address with a prefix.
    pub(crate) fn address(&self, hrp: &str) -> Result<String, AddressError> {
        address::encode(hrp, &address::account_id(&self.public_key))
    }
}

/// A folder of keys.
#[derive(Clone, Debug)]
pub(crate) struct Keyring {
    folder: PathBuf,
    backend: Backend,
}

impl Keyring {
    /// The keyring below `home`. Nothing is created before a key is.
    pub(crate) fn new(home: &Path, backend: Backend) -> Self {
        let name = match backend {
            Backend::File => "keyring-file",
            Backend::Test => "keyring-test",
        };
        Self {
            folder: home.join(name),
            backend,
        }
    }

    /// Whether its keys need a passphrase.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.backend == Backend::File
    }

    /// Keeps a key. `passphrase` is not looked at by the `test` backend.
    pub(crate) fn add(&self, name: &str, key: &Key, passphrase: &str) -> Result<KeyInfo, KeyringError> {
        let path = self.path(name)?;
        if path.exists() {
            return Err(self.exists(name));
        }
        let info = KeyInfo {
            name: name.to_owned(),
            public_key: key.public_key(),
        };
        let secret = key.to_secret();
        let (sealed, plain) = match self.backend {
            Backend::File => (Some(Sealed::seal(&secret, passphrase, &bound_data(&info))?), None),
            Backend::Test => (None, Some(hex::encode(secret.as_slice()))),
        };
        let record = Record {
            version: VERSION,
            name: info.name.clone(),
            public_key: hex::encode(info.public_key),
            sealed,
            secret: plain,
        };
        let text = Zeroizing::new(serde_json::to_vec_pretty(&record).expect("a record is plain data"));
        self.write_new(name, &path, &text)?;
        Ok(info)
    }

    /// The file is there whole, with all folders on the medium, or not at all.
    fn write_new(&self, name: &str, path: &Path, text: &[u8]) -> Result<(), KeyringError> {
        let io = |source| KeyringError::Io {
            path: path.to_owned(),
            source,
        };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)
            .map_err(io)?;
        match new_file::write_new(path, 0o600, |file| file.write_all(text)) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(self.exists(name)),
            written => written.and_then(|()| self.sync_home()).map_err(io),
        }
    }

    /// The folder itself may be new.
    fn sync_home(&self) -> io::Result<()> {
        self.folder.parent().map_or(Ok(()), new_file::sync_folder)
    }

    fn exists(&self, name: &str) -> KeyringError {
        KeyringError::Exists {
            name: name.to_owned(),
            folder: self.folder.clone(),
        }
    }

    /// The secret key of that name.
    pub(crate) fn open(&self, name: &str, passphrase: &str) -> Result<Key, KeyringError> {
        let (info, record) = self.read(name)?;
        let damaged = |reason: &str| KeyringError::Damaged {
            path: self.folder.join(format!("{name}.json")),
            reason: reason.to_owned(),
        };
        let secret = match (&record.sealed, &record.secret) {
            (Some(sealed), None) => sealed
                .open(passphrase, &bound_data(&info))
                .ok_or_else(|| KeyringError::Passphrase { name: name.to_owned() })?,
            (None, Some(text)) => {
                let mut secret = Zeroizing::new([0; 32]);
                hex::decode_to_slice(text, secret.as_mut_slice())
                    .map_err(|_| damaged("the secret is not 32 bytes in hex"))?;
                secret
            }
            _ => return Err(damaged("expected one of sealed and secret")),
        };
        let key = Key::from_secret(&secret).map_err(|error| damaged(&error.to_string()))?;
        if key.public_key() != info.public_key {
            return Err(damaged("the public key is not the secret's"));
        }
        Ok(key)
    }

    /// A key without its secret.
    pub(crate) fn info(&self, name: &str) -> Result<KeyInfo, KeyringError> {
        Ok(self.read(name)?.0)
    }

    /// All keys by name, and what is wrong with the files that are no keys: one of them does not hide the others.
    pub(crate) fn list(&self) -> Result<(Vec<KeyInfo>, Vec<KeyringError>), KeyringError> {
        let io = |source| KeyringError::Io {
            path: self.folder.clone(),
            source,
        };
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok((Vec::new(), Vec::new())),
            entries => entries.map_err(io)?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let file = entry.map_err(io)?.file_name();
            if let Some(name) = file.to_string_lossy().strip_suffix(".json") {
                names.push(name.to_owned());
            }
        }
        names.sort();
        let (mut infos, mut errors) = (Vec::new(), Vec::new());
        for name in names {
            match self.info(&name) {
                Ok(info) => infos.push(info),
                Err(error) => errors.push(error),
            }
        }
        Ok((infos, errors))
    }

    /// Deletes a key for good, whatever its file holds.
    pub(crate) fn delete(&self, name: &str) -> Result<(), KeyringError> {
        let path = self.path(name)?;
        match fs::remove_file(&path).and_then(|()| new_file::sync_folder(&self.folder)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(self.not_found(name)),
            removed => removed.map_err(|source| KeyringError::Io { path, source }),
        }
    }

    fn not_found(&self, name: &str) -> KeyringError {
        KeyringError::NotFound {
            name: name.to_owned(),
            folder: self.folder.clone(),
        }
    }

    fn path(&self, name: &str) -> Result<PathBuf, KeyringError> {
        let inner = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let sound = (1..=MAX_NAME_LEN).contains(&name.len())
            && name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.chars().all(inner);
        if !sound {
            return Err(KeyringError::Name { name: name.to_owned() });
        }
        Ok(self.folder.join(format!("{name}.json")))
    }

    fn read(&self, name: &str) -> Result<(KeyInfo, Record), KeyringError> {
        let path = self.path(name)?;
        let text = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(self.not_found(name));
            }
            read => Zeroizing::new(read.map_err(|source| KeyringError::Io {
                path: path.clone(),
                source,
            })?),
        };
        let damaged = |reason: String| KeyringError::Damaged {
            path: path.clone(),
            reason,
        };
        let record: Record = serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        if record.version != VERSION {
            return Err(damaged(format!("version {} is not {VERSION}", record.version)));
        }
        if record.name != name {
            return Err(damaged(format!("it is the file of {:?}", record.name)));
        }
        let mut public_key = [0; 33];
        hex::decode_to_slice(&record.public_key, &mut public_key)
            .map_err(|error| damaged(format!("public_key: {error}")))?;
        let info = KeyInfo {
            name: name.to_owned(),
            public_key,
        };
        Ok((info, record))
    }
}

/// What a sealed secret is bound to.
fn bound_data(info: &KeyInfo) -> Vec<u8> {
    [b"supercloud keyring 1\0", info.name.as_bytes(), b"\0", &info.public_key].concat()
}

#[cfg(test)]
mod tests;
