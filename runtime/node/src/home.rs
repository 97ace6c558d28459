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
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use supercloud_chain::Genesis;
use thiserror::Error;

use crate::validator::SoloValidator;

mod duration;
mod key_file;
mod settings;

pub use duration::parse_duration;
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

    /// Makes the files of a new home; the genesis was checked. Says the address of the validator, in hex.
    ///
    /// # Errors
    ///
    /// When there is a home already, or the folder cannot be written.
    pub fn init(&self, init: &HomeInit) -> Result<String, HomeError> {
        for path in [self.config_file(), self.genesis_file(), self.data_dir()] {
            if path.exists() {
                return Err(HomeError::Exists { path });
            }
        }
        fs::create_dir_all(&self.root).map_err(HomeError::io(&self.root))?;
        let validator = self.make_validator_key(init.validator_key.as_deref())?;
        write_new(&self.genesis_file(), init.genesis_json.as_bytes())?;
        // Last: the home is there when its configuration is.
        write_new(&self.config_file(), settings::render(&init.moniker).as_bytes())?;
        Ok(hex::encode_upper(validator.public().address))
    }

    /// The key in the home; a copy of `from`, or else a new one, when there is none.
    pub(crate) fn make_validator_key(&self, from: Option<&Path>) -> Result<SoloValidator, HomeError> {
        let path = self.validator_key_file();
        if path.exists() {
            return match from {
                Some(_) => Err(HomeError::Exists { path }),
                None => key_file::load(&path),
            };
        }
        let validator = match from {
            Some(from) => key_file::load(from)?,
            None => SoloValidator::random().map_err(|error| HomeError::Invalid {
                path: path.clone(),
                reason: error.to_string(),
            })?,
        };
        key_file::write(&path, &validator)?;
        Ok(validator)
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
    pub(crate) fn lock(&self) -> Result<HomeLock, HomeError> {
        let data = self.data_dir();
        fs::create_dir_all(&data).map_err(HomeError::io(&data))?;
        self.finish_restore()?;
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

    /// Fails when a restore into this home was interrupted.
    fn finish_restore(&self) -> Result<(), HomeError> {
        let marker = self.restoring_file();
        if marker.exists() {
            return Err(HomeError::Invalid {
                path: self.data_dir(),
                reason: "was not restored to the end; remove the folder and restore the snapshot again".to_owned(),
            });
        }
        Ok(())
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

/// Writes a file that must not exist, to the medium.
pub(crate) fn write_new(path: &Path, contents: &[u8]) -> Result<(), HomeError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    write_with(&options, path, contents)
}

fn write_with(options: &OpenOptions, path: &Path, contents: &[u8]) -> Result<(), HomeError> {
    let write = || {
        let mut file = options.open(path)?;
        file.write_all(contents)?;
        file.sync_all()
    };
    write().map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => HomeError::Exists { path: path.to_owned() },
        _ => HomeError::Io {
            path: path.to_owned(),
            source,
        },
    })
}
