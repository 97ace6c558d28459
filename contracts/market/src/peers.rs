//! What the market says to escrow and asks of registry and escrow.

use cosmwasm_std::{Addr, Coin, QuerierWrapper, StdResult, Storage, WasmMsg, to_json_binary};
use supercloud_rules::matching::{self, Candidate};
use supercloud_schema::escrow::{self, AccountState, BidDepositOutcome, BidDepositRelease};
use supercloud_schema::id::BidId;
use supercloud_schema::registry::{self, ProviderResponse};
use supercloud_schema::resource::GroupSpec;
use supercloud_schema::time::Seconds;

use crate::error::MarketError;
use crate::params::MAX_BIDS;
use crate::state::{CONFIG, Config};

pub(crate) fn escrow_msg(config: &Config, msg: &escrow::ExecuteMsg, funds: Vec<Coin>) -> StdResult<WasmMsg> {
    Ok(WasmMsg::Execute {
        contract_addr: config.escrow.to_string(),
        msg: to_json_binary(msg)?,
        funds,
    })
}

pub(crate) fn refund(bid: BidId) -> BidDepositRelease {
    BidDepositRelease {
        bid,
        outcome: BidDepositOutcome::Refund {},
    }
}

/// One message per 32 deposits; none for none.
pub(crate) fn release_msgs(config: &Config, releases: Vec<BidDepositRelease>) -> StdResult<Vec<WasmMsg>> {
    let batches = releases.chunks(MAX_BIDS as usize);
    batches
        .map(|batch| {
            escrow_msg(
                config,
                &escrow::ExecuteMsg::ReleaseBidDeposits {
                    releases: batch.to_vec(),
                },
                vec![],
            )
        })
        .collect()
}

/// Refuses a provider that is not registered or does not meet the group's requirements as the registry has them now.
pub(crate) fn assert_provider_matches(
    storage: &dyn Storage,
    querier: QuerierWrapper<'_>,
    spec: &GroupSpec,
    provider: &Addr,
) -> Result<(), MarketError> {
    let signed_by = &spec.requirements.signed_by;
    let mut auditors = signed_by.all_of.clone();
    auditors.extend(
        signed_by
            .any_of
            .iter()
            .filter(|auditor| !signed_by.all_of.contains(auditor))
            .cloned(),
    );
    let question = registry::QueryMsg::ProviderForAuditors {
        owner: provider.to_string(),
        auditors,
    };
    let answer: ProviderResponse = querier.query_wasm_smart(CONFIG.load(storage)?.registry, &question)?;
    let Some(found) = answer.provider else {
        return Err(MarketError::UnknownProvider {
            provider: provider.to_string(),
        });
    };
    let candidate = Candidate {
        declared: &found.profile.attributes,
        audited: &answer.audited,
    };
    Ok(matching::assert_provider(spec, candidate)?)
}

/// Whether a deployment's account has run dry, noticed by anybody or not.
pub(crate) fn query_ran_dry(
    querier: QuerierWrapper<'_>,
    config: &Config,
    dseq: u64,
    now: Seconds,
) -> Result<bool, MarketError> {
    let question = escrow::QueryMsg::Account { dseq: dseq.into() };
    let answer: escrow::AccountResponse = querier.query_wasm_smart(&config.escrow, &question)?;
    let noticed = answer.account.state != AccountState::Open {};
    Ok(noticed || answer.account.runs_dry_at.is_some_and(|second| second <= now))
}
