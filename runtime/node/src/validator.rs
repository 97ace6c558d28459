//! The one validator of a solo chain.

use ed25519_zebra::{SigningKey, VerificationKey};
use sha2::{Digest, Sha256};
use supercloud_rpc::{BlockRecord, Commit, CommitSignature, PrecommitVote, SealedBlock, Validator};

use crate::error::NodeError;

/// Any positive number would do: there is nobody else to be weighed against.
const POWER: u64 = 10;

pub(crate) struct SoloValidator {
    signing: SigningKey,
    public: Validator,
}

impl SoloValidator {
    /// A validator with a fresh key.
    pub(crate) fn random() -> Result<Self, NodeError> {
        let mut secret = [0u8; 32];
        getrandom::fill(&mut secret).map_err(|error| NodeError::System {
            what: "randomness",
            reason: error.to_string(),
        })?;
        Ok(Self::from_secret(secret))
    }

    pub(crate) fn from_secret(secret: [u8; 32]) -> Self {
        let signing = SigningKey::from(secret);
        let public_key: [u8; 32] = VerificationKey::from(&signing).into();
        let public = Validator {
            address: address(&public_key),
            public_key,
            power: POWER,
        };
        Self { signing, public }
    }

    /// The secret half, to be written to the key file.
    pub(crate) fn secret(&self) -> [u8; 32] {
        self.signing.into()
    }

    pub(crate) fn public(&self) -> &Validator {
        &self.public
    }

    /// Signs the block that was just executed.
    pub(crate) fn commit(&self, sealed: &SealedBlock) -> Commit {
        let header = &sealed.header;
        let vote = PrecommitVote {
            chain_id: &header.chain_id,
            height: header.height,
            block_id: sealed.id,
            time_nanos: header.time_nanos,
        };
        let signature = CommitSignature {
            validator: self.public.address,
            time_nanos: header.time_nanos,
            signature: self.signing.sign(&vote.sign_bytes()).to_bytes(),
        };
        Commit {
            height: header.height,
            block_id: Some(sealed.id),
            signatures: vec![signature],
        }
    }
}

/// Says why the block's own commit is not the validator's.
pub(crate) fn assert_signed(record: &BlockRecord, validator: &Validator) -> Result<(), String> {
    let vote = PrecommitVote {
        chain_id: &record.header.chain_id,
        height: record.header.height,
        block_id: record.id,
        time_nanos: record.header.time_nanos,
    };
    let [signature] = record.commit.signatures.as_slice() else {
        return Err(format!("its commit has {} signatures", record.commit.signatures.len()));
    };
    if record.commit.block_id != Some(record.id) || signature.validator != validator.address {
        return Err("its commit is of another block or validator".to_owned());
    }
    let key = VerificationKey::try_from(validator.public_key).map_err(|error| format!("validator key: {error}"))?;
    key.verify(&signature.signature.into(), &vote.sign_bytes())
        .map_err(|_| "the signature of its commit is wrong".to_owned())
}

/// First 20 bytes of SHA-256 of the key.
fn address(public_key: &[u8; 32]) -> [u8; 20] {
    let digest: [u8; 32] = Sha256::digest(public_key).into();
    std::array::from_fn(|i| digest[i])
}
