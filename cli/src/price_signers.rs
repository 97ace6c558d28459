//! Keys that sign prices where no oracle network does: on dev chains and in the demo. They are a signer set of the Pyth
//! receiver beside Pyth's own routers, so a price of theirs takes the same path through the contracts.

use anyhow::{Context, Result};
use cosmwasm_std::HexBinary;
use sha2::{Digest, Sha256};
use supercloud_schema::pyth::{DataSource, Quorum, SignerSet};
use supercloud_verify_pyth::build::{Price, Signer, Update};
use supercloud_verify_pyth::network::{AKT_USD, ROUTER_ORIGIN, ROUTER_SET_0};
use zeroize::Zeroizing;

use crate::suite::SuiteConfig;

/// Index of the set; Pyth's routers are set 0.
const SET_INDEX: u32 = 1;
/// Keys in it; two of three sign.
const SET_SIZE: u8 = 3;
/// Sets the keys apart from every other use of the words.
const DOMAIN: &[u8] = b"supercloud dev price signer";

/// The keys.
pub(crate) struct PriceSigners(Vec<Signer>);

impl PriceSigners {
    /// Fresh keys.
    pub(crate) fn generate() -> Result<Self> {
        Self::from_secrets(|_| {
            let mut secret = Zeroizing::new([0; 32]);
            getrandom::fill(secret.as_mut_slice()).context("no randomness")?;
            Ok(secret)
        })
    }

    /// The keys of a dev chain with this mnemonic: whoever has its words can set its prices.
    pub(crate) fn of_dev_chain(mnemonic: &str) -> Result<Self> {
        let words: Vec<&str> = mnemonic.split_whitespace().collect();
        let words = Zeroizing::new(words.join(" "));
        Self::from_secrets(|index| {
            let digest = Sha256::new()
                .chain_update(DOMAIN)
                .chain_update([index])
                .chain_update(words.as_bytes());
            Ok(Zeroizing::new(digest.finalize().into()))
        })
    }

    fn from_secrets(secret: impl Fn(u8) -> Result<Zeroizing<[u8; 32]>>) -> Result<Self> {
        let signer = |index| Signer::from_secret(&*secret(index)?).context("no key for a price signer");
        (0..SET_SIZE).map(signer).collect::<Result<_>>().map(Self)
    }

    /// Addresses of the keys, as the receiver knows them: 20 bytes each.
    pub(crate) fn addresses(&self) -> Vec<[u8; 20]> {
        self.0.iter().map(Signer::address).collect()
    }

    /// A signed update of AKT/USD at `mantissa` x 10^-8 USD; `publish_time` is in Unix seconds.
    pub(crate) fn sign(&self, mantissa: i64, publish_time: u64) -> Result<Vec<u8>> {
        let published = i64::try_from(publish_time).context("publish time")?;
        let conf = u64::try_from(mantissa / 1_000).context("a price is positive")?;
        let update = Update {
            set_index: SET_INDEX,
            origin: ROUTER_ORIGIN,
            slot: publish_time.saturating_mul(20),
            timestamp: u32::try_from(publish_time).context("publish time")?,
            prices: vec![Price {
                feed_id: AKT_USD,
                price: mantissa,
                conf,
                expo: -8,
                publish_time: published,
                prev_publish_time: published - 1,
                ema_price: mantissa,
                ema_conf: conf,
            }],
        };
        Ok(update.sign(&[(0, &self.0[0]), (2, &self.0[2])])?)
    }

    /// A suite that trusts Pyth's routers and these keys.
    pub(crate) fn suite_config(&self, governance: &str) -> SuiteConfig {
        let set = |index: u32, addresses: Vec<[u8; 20]>| SignerSet {
            index,
            addresses: addresses.into_iter().map(HexBinary::from).collect(),
            quorum: Quorum::Half {},
            expires_at: None,
        };
        SuiteConfig {
            governance: governance.to_owned(),
            signer_sets: vec![set(0, ROUTER_SET_0.to_vec()), set(SET_INDEX, self.addresses())],
            data_sources: vec![DataSource {
                chain: ROUTER_ORIGIN.chain,
                emitter: ROUTER_ORIGIN.emitter.into(),
            }],
            akt_usd_feed: AKT_USD.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PriceSigners;

    #[test]
    fn a_dev_chains_signers_follow_from_its_words_alone() {
        let first = PriceSigners::of_dev_chain("one two  three").unwrap().addresses();
        assert_eq!(
            first,
            PriceSigners::of_dev_chain(" one two three\n").unwrap().addresses()
        );
        assert_ne!(first, PriceSigners::of_dev_chain("one two four").unwrap().addresses());
        assert_ne!(first[0], first[1]);
    }

    #[test]
    fn a_negative_price_is_refused() {
        assert!(PriceSigners::of_dev_chain("words").unwrap().sign(-100_000, 5).is_err());
    }
}
