//! Recovery by k256, and the recorded updates.

use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
use serde_json::Value;
use supercloud_verify_pyth::build::{Price, Signer, Update as Draft};
use supercloud_verify_pyth::network::{AKT_USD, GUARDIAN_ORIGIN, ROUTER_ORIGIN};
use supercloud_verify_pyth::{
    Address, Origin, Policy, Quorum, Recover, SignerSet, Update, Verified, VerifyError, verify,
};

pub(crate) struct K256;

impl Recover for K256 {
    fn recover(&self, digest: &[u8; 32], rs: &[u8; 64], recovery_id: u8) -> Option<[u8; 65]> {
        let signature = Signature::from_slice(rs).ok()?;
        let id = RecoveryId::from_byte(recovery_id)?;
        let key = VerifyingKey::recover_from_prehash(digest, &signature, id).ok()?;
        key.to_encoded_point(false).as_bytes().try_into().ok()
    }
}

macro_rules! vector {
    ($name:literal) => {
        $crate::support::Vector::read(include_str!(concat!("../data/", $name, ".json")))
    };
}
pub(crate) use vector;

pub(crate) struct Vector(pub(crate) Value);

impl Vector {
    pub(crate) fn read(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap())
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        hex::decode(self.0["accumulator_hex"].as_str().unwrap()).unwrap()
    }

    pub(crate) fn set(&self) -> SignerSet {
        let index = self.0["vaa"]["set_index"].as_u64().unwrap() as u32;
        let addresses = addresses(&self.0["signer_set"]["addresses"]);
        let quorum = if addresses.len() == 5 {
            Quorum::Half
        } else {
            Quorum::TwoThirds
        };
        SignerSet {
            index,
            addresses,
            quorum,
            expires_at: None,
        }
    }

    pub(crate) fn time(&self) -> u64 {
        self.0["vaa"]["timestamp"].as_u64().unwrap()
    }

    pub(crate) fn verify(&self, picked: &[usize]) -> Result<Verified, VerifyError> {
        let bytes = self.bytes();
        let update = Update::parse(&bytes).unwrap();
        check(&update, picked, &self.set(), self.time())
    }
}

pub(crate) fn addresses(list: &Value) -> Vec<Address> {
    let decode = |text: &Value| hex::decode(text.as_str().unwrap()).unwrap().try_into().unwrap();
    list.as_array().unwrap().iter().map(decode).collect()
}

pub(crate) const ORIGINS: &[Origin] = &[ROUTER_ORIGIN, GUARDIAN_ORIGIN];

pub(crate) fn check(update: &Update<'_>, picked: &[usize], set: &SignerSet, now: u64) -> Result<Verified, VerifyError> {
    verify(
        update,
        picked,
        &Policy {
            now,
            origins: ORIGINS,
            set: Some(set),
        },
        &K256,
    )
}

pub(crate) fn signers() -> [Signer; 5] {
    [1, 2, 3, 4, 5].map(|byte| Signer::from_secret(&[byte; 32]).unwrap())
}

pub(crate) fn test_set() -> SignerSet {
    let addresses = signers().iter().map(Signer::address).collect();
    SignerSet {
        index: 1,
        addresses,
        quorum: Quorum::Half,
        expires_at: None,
    }
}

pub(crate) fn price() -> Price {
    Price {
        feed_id: AKT_USD,
        price: 58_646_744,
        conf: 56_631,
        expo: -8,
        publish_time: 1_783_572_461,
        prev_publish_time: 1_783_572_460,
        ema_price: 58_793_853,
        ema_conf: 32_435,
    }
}

pub(crate) fn draft() -> Draft {
    let other = Price {
        feed_id: [7; 32],
        price: 1,
        ..price()
    };
    Draft {
        set_index: 1,
        origin: ROUTER_ORIGIN,
        slot: 35_671_449_220,
        timestamp: 1_783_572_461,
        prices: vec![
            price(),
            other,
            Price {
                feed_id: [8; 32],
                ..other
            },
        ],
    }
}

/// Signed by members 0, 2 and 4 of five.
pub(crate) fn sign(draft: &Draft) -> Vec<u8> {
    let signers = signers();
    draft
        .sign(&[(0, &signers[0]), (2, &signers[2]), (4, &signers[4])])
        .unwrap()
}
