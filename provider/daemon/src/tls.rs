//! The gateway's key: self-signed, made once, pinned in the registry by the SHA-256 of its public key.
//!
//! No certificate authority is involved: a tenant learns the pin from the chain and accepts exactly that key. Names and
//! dates in the certificate mean nothing, so it is made anew at every start from the same key.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::private_file;

const KEY_FILE: &str = "gateway-key.pem";

/// Why there is no key.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The key file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What happened.
        source: std::io::Error,
    },
    /// The file holds no key, or no certificate can be made.
    #[error("gateway key: {0}")]
    Key(#[from] rcgen::Error),
    /// The server refuses the key.
    #[error("gateway key: {0}")]
    Server(#[from] rustls::Error),
}

/// The gateway's key with a certificate for it.
#[derive(Clone)]
pub struct TlsIdentity {
    pin: [u8; 32],
    server: Arc<ServerConfig>,
}

impl TlsIdentity {
    /// The key in `dir`, made when there is none yet. The file can be read by its owner only.
    pub fn load_or_create(dir: &Path) -> Result<Self, TlsError> {
        let path = dir.join(KEY_FILE);
        let failed = |source| TlsError::File {
            path: path.clone(),
            source,
        };
        if path.exists() {
            return Self::from_key(&KeyPair::from_pem(&std::fs::read_to_string(&path).map_err(failed)?)?);
        }
        std::fs::create_dir_all(dir).map_err(failed)?;
        let key = KeyPair::generate()?;
        private_file::write(&path, key.serialize_pem().as_bytes()).map_err(failed)?;
        Self::from_key(&key)
    }

    /// A key that is forgotten at the end.
    pub fn ephemeral() -> Result<Self, TlsError> {
        Self::from_key(&KeyPair::generate()?)
    }

    fn from_key(key: &KeyPair) -> Result<Self, TlsError> {
        let certificate = CertificateParams::new(vec!["provider.invalid".to_owned()])?.self_signed(key)?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)?;
        Ok(Self {
            pin: Sha256::digest(key.subject_public_key_info()).into(),
            server: Arc::new(server),
        })
    }

    /// SHA-256 of the DER SubjectPublicKeyInfo, as the registry holds it.
    pub fn pin(&self) -> [u8; 32] {
        self.pin
    }

    pub(crate) fn server(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.server)
    }
}
