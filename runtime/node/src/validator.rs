//! The one validator of a solo chain.

use ed25519_zebra::{SigningKey, VerificationKey};
use sha2::{Digest, Sha256};
use supercloud_rpc::{Commit, CommitSignature, PrecommitVote, SealedBlock, Validator};

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

    fn from_secret(secret: [u8; 32]) -> Self {
        let signing = SigningKey::from(secret);
        let public_key: [u8; 32] = VerificationKey::from(&signing).into();
        let public = Validator {
            address: address(&public_key),
            public_key,
            power: POWER,
        };
        Self { signing, public }
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

/// First 20 bytes of SHA-256 of the key.
fn address(public_key: &[u8; 32]) -> [u8; 20] {
    let digest: [u8; 32] = Sha256::digest(public_key).into();
    std::array::from_fn(|i| digest[i])
}
