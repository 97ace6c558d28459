//! `priv_validator_key.json`, in CometBFT's form.

use std::fs::{self, OpenOptions};
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};

use super::HomeError;
use super::files::write_with;
use crate::validator::SoloValidator;

const PUBLIC_TYPE: &str = "tendermint/PubKeyEd25519";
const PRIVATE_TYPE: &str = "tendermint/PrivKeyEd25519";

#[derive(Serialize, Deserialize)]
struct KeyFile {
    /// Upper hex.
    address: String,
    pub_key: TypedKey,
    priv_key: TypedKey,
}

#[derive(Serialize, Deserialize)]
struct TypedKey {
    #[serde(rename = "type")]
    kind: String,
    /// Base64; of the private key the seed and then the public key.
    value: String,
}

pub(super) fn write(path: &Path, validator: &SoloValidator) -> Result<(), HomeError> {
    let public = validator.public();
    let typed = |kind: &str, bytes: &[u8]| TypedKey {
        kind: kind.to_owned(),
        value: BASE64_STANDARD.encode(bytes),
    };
    let file = KeyFile {
        address: hex::encode_upper(public.address),
        pub_key: typed(PUBLIC_TYPE, &public.public_key),
        priv_key: typed(PRIVATE_TYPE, &[validator.secret(), public.public_key].concat()),
    };
    let json = serde_json::to_string_pretty(&file).expect("the file has only text");
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    write_with(&mut options, path, format!("{json}\n").as_bytes())
}

pub(super) fn load(path: &Path) -> Result<SoloValidator, HomeError> {
    let invalid = |reason: String| HomeError::Invalid {
        path: path.to_owned(),
        reason,
    };
    let json = fs::read(path).map_err(HomeError::io(path))?;
    // What serde says may show a part of the key.
    let file: KeyFile = serde_json::from_slice(&json).map_err(|error| {
        invalid(format!(
            "is no validator key (line {}, column {})",
            error.line(),
            error.column()
        ))
    })?;
    if file.priv_key.kind != PRIVATE_TYPE {
        return Err(invalid(format!(
            "the key is of type {:?}, not {PRIVATE_TYPE:?}",
            file.priv_key.kind
        )));
    }
    let bytes = BASE64_STANDARD.decode(&file.priv_key.value);
    let bytes: [u8; 64] = bytes
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| invalid("priv_key is not 64 bytes in base64".to_owned()))?;
    let secret = std::array::from_fn(|i| bytes[i]);
    let validator = SoloValidator::from_secret(secret);
    if bytes[32..] != validator.public().public_key || file.address != hex::encode_upper(validator.public().address) {
        return Err(invalid(
            "the halves of the key, or its address, do not belong together".to_owned(),
        ));
    }
    Ok(validator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_survives_its_file_and_only_the_owner_reads_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key.json");
        let validator = SoloValidator::from_secret([7; 32]);
        write(&path, &validator).unwrap();
        assert_eq!(load(&path).unwrap().public(), validator.public());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert!(matches!(write(&path, &validator), Err(HomeError::Exists { .. })));
    }

    #[test]
    fn damaged_keys_are_refused_without_showing_them() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key.json");
        write(&path, &SoloValidator::from_secret([7; 32])).unwrap();
        let whole = fs::read_to_string(&path).unwrap();
        for damaged in [
            whole.replace("PrivKeyEd25519", "PrivKeySecp256k1"),
            whole.replace("BwcH", "BwcI"),
            whole.replace('{', "["),
            String::new(),
        ] {
            fs::write(&path, &damaged).unwrap();
            let error = load(&path).err().unwrap().to_string();
            assert!(!error.contains("BwcH") && !error.contains("BwcI"), "{error}");
        }
    }
}
