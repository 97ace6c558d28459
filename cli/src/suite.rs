//! The contract suite as governance sets it up: addresses known beforehand, messages that wire the peers.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use cosmwasm_std::HexBinary;
use serde_json::Value;
use supercloud_client::Any;
use supercloud_client::address::predict_instantiate2;
use supercloud_client::message::{self, Instantiate};
use supercloud_schema::money::{UACT, UAKT, Uact, Uakt};
use supercloud_schema::{attestation, bme, escrow, market, oracle, pyth, registry};

use crate::artifacts::SUITE;

/// The token factory's mint message on this project's chain.
pub(crate) const MINT_TYPE_URL: &str = "/osmosis.tokenfactory.v1beta1.MsgMint";

/// What differs from one installation to the next.
pub(crate) struct SuiteConfig {
    /// The gov module's account.
    pub(crate) governance: String,
    /// Signer sets that the Pyth receiver trusts.
    pub(crate) signer_sets: Vec<pyth::SignerSet>,
    /// Origins that the Pyth receiver accepts.
    pub(crate) data_sources: Vec<pyth::DataSource>,
    /// Pyth feed of AKT/USD.
    pub(crate) akt_usd_feed: HexBinary,
}

/// Addresses of the suite by contract name.
#[derive(Clone, Debug)]
pub(crate) struct Addresses(BTreeMap<&'static str, String>);

impl Addresses {
    /// The addresses that instantiate2 by `creator` with the contract's name as salt will give.
    pub(crate) fn predict(creator: &str) -> Result<Self> {
        let mut addresses = BTreeMap::new();
        for artifact in SUITE {
            let address = predict_instantiate2(&artifact.checksum(), creator, artifact.name.as_bytes())
                .with_context(|| format!("address of {}", artifact.name))?;
            addresses.insert(artifact.name, address);
        }
        Ok(Self(addresses))
    }

    /// Address of a contract of the suite.
    pub(crate) fn of(&self, name: &str) -> &str {
        self.0
            .get(name)
            .map(String::as_str)
            .expect("the suite has a contract of this name")
    }

    /// All of them by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, address)| (*name, address.as_str()))
    }
}

/// The contracts that may hold and move the restricted ACT denom.
const ACT_HOLDERS: [&str; 3] = ["market", "escrow", "bme"];

/// Most AKT that bme may mint in a day, in uakt: the chain itself enforces it.
const AKT_MINT_CAP_PER_DAY: u128 = 50_000_000_000;

/// What governance executes once the codes are stored under `code_ids`, in [`SUITE`] order: contracts, minters, and who
/// may hold ACT.
pub(crate) fn setup_messages(config: &SuiteConfig, addresses: &Addresses, code_ids: &[u64]) -> Result<Vec<Any>> {
    let gov = config.governance.as_str();
    let mut messages = Vec::new();
    for ((name, msg), code_id) in instantiate_messages(config, addresses)?.into_iter().zip(code_ids) {
        let label = format!("supercloud {name}");
        let contract = Instantiate {
            code_id: *code_id,
            label: &label,
            admin: Some(gov),
            message: &msg,
            funds: &[],
        };
        messages.push(message::instantiate2(gov, &contract, name.as_bytes())?);
    }
    let bme = addresses.of("bme");
    messages.push(message::change_denom_admin(gov, UACT, bme));
    messages.push(message::change_denom_admin(gov, UAKT, bme));
    messages.push(message::set_mint_cap(gov, UAKT, Some(AKT_MINT_CAP_PER_DAY)));
    let holders = ACT_HOLDERS.iter().map(|name| addresses.of(name).to_owned()).collect();
    messages.push(message::set_send_restriction(gov, UACT, holders));
    Ok(messages)
}

/// The instantiate message of every contract, in [`SUITE`] order.
fn instantiate_messages(config: &SuiteConfig, addresses: &Addresses) -> Result<Vec<(&'static str, Value)>> {
    let gov = || config.governance.clone();
    let of = |name: &str| addresses.of(name).to_owned();
    Ok(vec![
        (
            "registry",
            serde_json::to_value(registry::InstantiateMsg { governance: gov() })?,
        ),
        (
            "market",
            serde_json::to_value(market::InstantiateMsg {
                governance: gov(),
                guardian: None,
                registry: of("registry"),
                escrow: of("escrow"),
                act_denom: UACT.into(),
                params: market_params(),
            })?,
        ),
        (
            "escrow",
            serde_json::to_value(escrow::InstantiateMsg {
                governance: gov(),
                market: of("market"),
                bme: of("bme"),
                act_denom: UACT.into(),
                params: escrow_params(),
            })?,
        ),
        (
            "bme",
            serde_json::to_value(bme::InstantiateMsg {
                governance: gov(),
                guardian: None,
                oracle: of("oracle"),
                akt_denom: UAKT.into(),
                act_denom: UACT.into(),
                mint_type_url: MINT_TYPE_URL.into(),
                params: bme_params(),
            })?,
        ),
        (
            "oracle",
            serde_json::to_value(oracle::InstantiateMsg {
                governance: gov(),
                params: oracle_params(of("pyth")),
            })?,
        ),
        (
            "pyth",
            serde_json::to_value(pyth::InstantiateMsg {
                governance: gov(),
                signer_sets: config.signer_sets.clone(),
                data_sources: config.data_sources.clone(),
                feeds: vec![pyth::FeedConfig {
                    id: config.akt_usd_feed.clone(),
                    asset: Some(oracle::AKT_USD.into()),
                }],
                oracle: Some(of("oracle")),
                fee_denom: UAKT.into(),
                params: pyth_params(),
            })?,
        ),
        (
            "attestation",
            serde_json::to_value(attestation::InstantiateMsg {
                governance: gov(),
                verifiers: Vec::new(),
                max_validity_seconds: 180 * 86_400,
            })?,
        ),
    ])
}

/// Akash mainnet's figures where it has them.
fn market_params() -> market::Params {
    market::Params {
        order_max_bids: 32,
        deployment_min_deposit: Uact::new(500_000),
        bid_min_deposit: Uact::new(500_000),
        lease_grace_seconds: 300,
        manifest_grace_seconds: 300,
        min_reclamation_seconds: 3_600,
        max_reclamation_seconds: 720 * 3_600,
        max_groups: 20,
        max_units: 20,
    }
}

fn escrow_params() -> escrow::Params {
    escrow::Params {
        min_deposit: Uact::new(100_000),
        max_deposits: 16,
        max_payments: 20,
        runway_warning_seconds: 3_600,
    }
}

/// AEP-76: spread 25 bps on minting, warning at 0.95, halt at 0.90, least mint 10 ACT.
fn bme_params() -> bme::Params {
    bme::Params {
        asset: oracle::AKT_USD.into(),
        mint_spread_bps: 25,
        redeem_spread_bps: 0,
        warn_ratio_bps: 9_500,
        halt_ratio_bps: 9_000,
        min_mint: Uact::new(10_000_000),
        min_redeem: Uact::new(1_000),
        max_per_process: 50,
        mint_akt: true,
    }
}

/// An update may be five minutes old, not one: a slow machine needs that long to set a chain up around a real one.
fn pyth_params() -> pyth::Params {
    pyth::Params {
        max_age: 300,
        max_future: 10,
        fee_per_update: Uakt::new(1),
    }
}

/// Guards for minting and redeeming as AEP-76 has them, with one source: only for development chains.
fn oracle_params(pyth: String) -> oracle::Params {
    oracle::Params {
        sources: vec![pyth],
        assets: vec![oracle::AKT_USD.into()],
        min_sources: 1,
        max_age_mint: 600,
        max_age_refund: 300,
        max_age_settle: 300,
        max_future: 10,
        max_confidence_bps: 100,
        max_source_gap_bps: 300,
    }
}
