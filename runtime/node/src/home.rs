//! The home folder of a node.
//!
//! ```text
//! config.toml               what the operator chooses, with comments
//! genesis.json              first state of the chain
//! priv_validator_key.json   the key that signs blocks, for its owner alone
//! data/state                the last states       (supercloud-store)
//! data/blocks               blocks, results, index
//! data/wasm                 compiled code; may be removed at any time
//! data/LOCK                 held by the process that uses the folder
//! data/RESTORING            a snapshot was not restored to its end: nothing else is done with the home
//! ```
//!
//! A home is there when its `config.toml` is, which is written last.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use supercloud_chain::Genesis;
use thiserror::Error;

use crate::validator::SoloValidator;

mod duration;
mod files;
mod key_file;
mod settings;

pub use duration::parse_duration;
pub(crate) use files::{make_dir, remove_file, write_new};
pub use settings::{Settings, SettingsError};

/// A home folder; nothing is read or written before it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    root: PathBuf,
}

/// What a new home begins with.
#[derive(Clone, Debug)]
pub struct HomeInit {
    /// Name of the node.
    pub moniker: String,
    /// `genesis.json`, to the byte; [`Genesis::to_json`] writes one.
    pub genesis_json: String,
    /// A file of a validator key to copy; without it a key is made.
    pub validator_key: Option<PathBuf>,
}

/// Why a home cannot be made or used.
#[derive(Debug, Error)]
pub enum HomeError {
    /// A file could not be used.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is a home already.
    #[error("{path} exists already; remove it, or name another folder with --home")]
    Exists {
        /// The file that was to be made.
        path: PathBuf,
    },
    /// There is no home.
    #[error("{path} is not there; make a home with `supercloud node init`")]
    NotInitialized {
        /// The file that is missing.
        path: PathBuf,
    },
    /// The home has another validator key than the one that was named.
    #[error(
        "{path} is of validator {there}, the key that was named of {named}; leave the option out to use the one there"
    )]
    OtherKey {
        /// The key file in the home.
        path: PathBuf,
        /// Address of the key in the home, hex.
        there: String,
        /// Address of the key that was named, hex.
        named: String,
    },
    /// Another process uses the home.
    #[error("{path} is in use by another process; stop that node first")]
    InUse {
        /// The home.
        path: PathBuf,
    },
    /// A file says something else than it should.
    #[error("{path}: {reason}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl HomeError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}

/// While it lives, no other process uses the home.
#[derive(Debug)]
pub(crate) struct HomeLock {
    _file: File,
}

impl Home {
    /// The home in this folder.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// What the operator chooses.
    pub fn config_file(&self) -> PathBuf {
        self.root.join("config.toml")
    }

    /// First state of the chain.
    pub fn genesis_file(&self) -> PathBuf {
        self.root.join("genesis.json")
    }

    /// The key that signs blocks.
    pub fn validator_key_file(&self) -> PathBuf {
        self.root.join("priv_validator_key.json")
    }

    /// State and blocks.
    pub fn data_dir(&self) -> PathBuf {
        self.root.join("data")
    }

    pub(crate) fn state_dir(&self) -> PathBuf {
        self.data_dir().join("state")
    }

    pub(crate) fn blocks_dir(&self) -> PathBuf {
        self.data_dir().join("blocks")
    }

    pub(crate) fn wasm_dir(&self) -> PathBuf {
        self.data_dir().join("wasm")
    }

    /// Makes the files of a new home; the genesis was checked. Says the address of the validator, in hex. What an
    /// interruption left is completed: its key is used, and another genesis goes aside as `genesis.json.old`.
    ///
    /// # Errors
    ///
    /// When there is a home already, or another key than the one that was named, or the folder cannot be written.
    pub fn init(&self, init: &HomeInit) -> Result<String, HomeError> {
        for path in [self.config_file(), self.data_dir()] {
            if path.exists() {
                return Err(HomeError::Exists { path });
            }
        }
        let validator = self.choose_validator(init.validator_key.as_deref())?;
        let genesis = self.genesis_file();
        if genesis.exists() && fs::read(&genesis).map_err(HomeError::io(&genesis))? != init.genesis_json.as_bytes() {
            fs::rename(&genesis, self.root.join("genesis.json.old")).map_err(HomeError::io(&genesis))?;
        }
        self.write_missing(&validator, &init.genesis_json, &init.moniker)?;
        Ok(hex::encode_upper(validator.public().address))
    }

    /// The key in the home; or else that in the file `from`, or else a new one. Nothing is written.
    pub(crate) fn choose_validator(&self, from: Option<&Path>) -> Result<SoloValidator, HomeError> {
        let path = self.validator_key_file();
        let named = from.map(key_file::load).transpose()?;
        if path.exists() {
            let there = key_file::load(&path)?;
            return match named {
                Some(named) if named.secret() != there.secret() => Err(HomeError::OtherKey {
                    path,
                    there: hex::encode_upper(there.public().address),
                    named: hex::encode_upper(named.public().address),
                }),
                _ => Ok(there),
            };
        }
        named
            .map_or_else(SoloValidator::random, Ok)
            .map_err(|error| HomeError::Invalid {
                path,
                reason: error.to_string(),
            })
    }

    /// Writes those files of a home that are missing: the configuration last, as the home is there when that is.
    pub(crate) fn write_missing(
        &self,
        validator: &SoloValidator,
        genesis_json: &str,
        moniker: &str,
    ) -> Result<(), HomeError> {
        make_dir(&self.root).map_err(HomeError::io(&self.root))?;
        let (key, genesis, config) = (self.validator_key_file(), self.genesis_file(), self.config_file());
        if !key.exists() {
            key_file::write(&key, validator)?;
        }
        if !genesis.exists() {
            write_new(&genesis, genesis_json.as_bytes())?;
        }
        if !config.exists() {
            write_new(&config, settings::render(moniker).as_bytes())?;
        }
        Ok(())
    }

    pub(crate) fn load_validator(&self) -> Result<SoloValidator, HomeError> {
        let path = self.validator_key_file();
        if !path.exists() {
            return Err(HomeError::NotInitialized { path });
        }
        key_file::load(&path)
    }

    /// The genesis.
    ///
    /// # Errors
    ///
    /// When it is missing or not one. What is wrong with a value in it is found when a chain begins with it.
    pub fn load_genesis(&self) -> Result<Genesis, HomeError> {
        let path = self.genesis_file();
        if !path.exists() {
            return Err(HomeError::NotInitialized { path });
        }
        let json = fs::read(&path).map_err(HomeError::io(&path))?;
        serde_json::from_slice(&json).map_err(|error| HomeError::Invalid {
            path,
            reason: error.to_string(),
        })
    }

    /// What the operator chose.
    ///
    /// # Errors
    ///
    /// When the file is missing, has an unknown field, or a value that cannot be.
    pub fn load_settings(&self) -> Result<Settings, HomeError> {
        let path = self.config_file();
        if !path.exists() {
            return Err(HomeError::NotInitialized { path });
        }
        let text = fs::read_to_string(&path).map_err(HomeError::io(&path))?;
        Settings::parse(&text).map_err(|error| HomeError::Invalid {
            path,
            reason: error.to_string(),
        })
    }

    /// Keeps other processes out until it is dropped.
    ///
    /// # Errors
    ///
    /// When another process uses the home, or a snapshot was not restored to its end.
    pub(crate) fn lock(&self) -> Result<HomeLock, HomeError> {
        let lock = self.lock_for_restore()?;
        self.assert_restored()?;
        Ok(lock)
    }

    /// Fails when a restore into this home failed or was interrupted.
    pub(crate) fn assert_restored(&self) -> Result<(), HomeError> {
        if self.restoring_file().exists() {
            return Err(HomeError::Invalid {
                path: self.data_dir(),
                reason: "was not restored to the end; restore the snapshot again".to_owned(),
            });
        }
        Ok(())
    }

    /// As [`Home::lock`], also where a restore failed.
    pub(crate) fn lock_for_restore(&self) -> Result<HomeLock, HomeError> {
        let data = self.data_dir();
        make_dir(&data).map_err(HomeError::io(&data))?;
        let path = data.join("LOCK");
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(HomeError::io(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(HomeLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(HomeError::InUse {
                path: self.root.clone(),
            }),
            Err(TryLockError::Error(source)) => Err(HomeError::Io { path, source }),
        }
    }

    /// There while a restore is not done.
    pub(crate) fn restoring_file(&self) -> PathBuf {
        self.data_dir().join("RESTORING")
    }

    /// Key of the validator that may go on though another one made the last block.
    pub(crate) fn new_validator_file(&self) -> PathBuf {
        self.data_dir().join("new_validator")
    }
}
