//! How the contracts are set up.

use serde_json::Value;
use supercloud_schema::money::{UACT, UAKT, Uact, Uakt};
use supercloud_schema::{attestation, bme, escrow, market, oracle, pyth, registry};

use crate::suite::{Addresses, BID_DEPOSIT, HOUR, LEASE_GRACE, MANIFEST_GRACE, ONE, json};
use crate::world::Contract;

/// What a contract is instantiated with.
pub(crate) fn message(contract: Contract, at: &Addresses, governance: &str, feeder: &str) -> Value {
    let governance = governance.to_string();
    match contract {
        Contract::Registry => json(&registry::InstantiateMsg { governance }),
        Contract::Market | Contract::MarketNext => json(&market::InstantiateMsg {
            governance,
            guardian: None,
            registry: at.registry.clone(),
            escrow: at.escrow.clone(),
            act_denom: UACT.to_string(),
            params: market_params(),
        }),
        Contract::Escrow => json(&escrow::InstantiateMsg {
            governance,
            market: at.market.clone(),
            bme: at.bme.clone(),
            act_denom: UACT.to_string(),
            params: escrow::Params {
                min_deposit: Uact::new(ONE),
                max_deposits: 10,
                max_payments: 20,
                runway_warning_seconds: 60,
            },
        }),
        Contract::Bme => json(&bme::InstantiateMsg {
            governance,
            guardian: None,
            oracle: at.oracle.clone(),
            akt_denom: UAKT.to_string(),
            act_denom: UACT.to_string(),
            mint_type_url: "/osmosis.tokenfactory.v1beta1.MsgMint".to_string(),
            params: bme_params(),
        }),
        Contract::Oracle => {
            let sources = vec![feeder.to_string(), at.pyth.clone()];
            json(&oracle::InstantiateMsg {
                governance,
                params: oracle_params(sources),
            })
        }
        Contract::Pyth => json(&pyth::InstantiateMsg {
            governance,
            signer_sets: vec![],
            data_sources: vec![],
            feeds: vec![],
            oracle: Some(at.oracle.clone()),
            fee_denom: UAKT.to_string(),
            params: pyth::Params {
                max_age: 60,
                max_future: 10,
                fee_per_update: Uakt::new(1),
            },
        }),
        Contract::Attestation => json(&attestation::InstantiateMsg {
            governance,
            verifiers: vec![],
            max_validity_seconds: 90 * 24 * HOUR,
        }),
    }
}

fn market_params() -> market::Params {
    market::Params {
        order_max_bids: 32,
        deployment_min_deposit: Uact::new(ONE),
        bid_min_deposit: Uact::new(BID_DEPOSIT),
        lease_grace_seconds: LEASE_GRACE,
        manifest_grace_seconds: MANIFEST_GRACE,
        min_reclamation_seconds: HOUR,
        max_reclamation_seconds: 720 * HOUR,
        max_groups: 20,
        max_units: 20,
    }
}

/// No spreads: scenarios with exact figures are easier to follow; bme's own tests cover spreads.
fn bme_params() -> bme::Params {
    bme::Params {
        asset: oracle::AKT_USD.to_string(),
        mint_spread_bps: 0,
        redeem_spread_bps: 0,
        warn_ratio_bps: 9_500,
        halt_ratio_bps: 9_000,
        min_mint: Uact::new(ONE),
        min_redeem: Uact::new(1),
        max_per_process: 50,
        mint_akt: true,
    }
}

fn oracle_params(sources: Vec<String>) -> oracle::Params {
    oracle::Params {
        sources,
        assets: vec![oracle::AKT_USD.to_string()],
        min_sources: 1,
        max_age_mint: 60,
        max_age_refund: 60,
        max_age_settle: 60,
        max_future: 10,
        max_confidence_bps: 500,
        max_source_gap_bps: 300,
    }
}
