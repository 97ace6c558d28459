//! Step 9: while the lease is active, governance uploads a newer market and migrates to it. The lease accrues on.

use supercloud_rules::settlement;
use supercloud_schema::escrow;
use supercloud_schema::id::LeaseId;
use supercloud_schema::market::{self, LeaseState};

use super::facts::UpgradeFact;
use super::failure::StepError;
use super::governance;
use super::stage::Stage;
use crate::artifacts::MARKET_NEXT;

/// Runs the step.
pub(crate) async fn run(stage: &mut Stage, lease: &LeaseId) -> Result<(), StepError> {
    let from_version = stage.contract_version("market").await?;
    let before = query_payment(stage, lease).await?;

    if !stage.owns_chain() && runs_next(stage).await? {
        let seconds = before.settled_at - before.opened_at;
        stage.facts.upgrade = UpgradeFact {
            from_version: from_version.clone(),
            to_version: from_version.clone(),
            seconds_before: seconds,
            seconds_after: seconds,
            ..UpgradeFact::default()
        };
        stage.summary(format!("skipped, an earlier run upgraded the market to {from_version}"));
        return Ok(());
    }
    let code_id = governance::store_codes(stage, &[MARKET_NEXT]).await?.remove(0);
    governance::migrate(stage, "market", code_id, &market::MigrateMsg {}).await?;

    let to_version = stage.contract_version("market").await?;
    if to_version == from_version {
        return Err(StepError::unexpected(format!(
            "market still has version {from_version}"
        )));
    }
    let after = query_payment(stage, lease).await?;
    let leased: market::LeaseResponse = stage
        .query("market", &market::QueryMsg::Lease { id: lease.clone() })
        .await?;
    if leased.lease.state != (LeaseState::Active {}) {
        return Err(StepError::unexpected(format!(
            "lease {lease} is {:?} after the migration",
            leased.lease.state
        )));
    }
    let (seconds_before, seconds_after) = (before.settled_at - before.opened_at, after.settled_at - after.opened_at);
    let expected = settlement::compute_earned(after.rate, seconds_after).map_err(StepError::unexpected)?;
    if after.opened_at != before.opened_at || after.earned != expected || seconds_after <= seconds_before {
        return Err(StepError::unexpected(format!(
            "the lease stopped accruing: {before:?}, then {after:?}"
        )));
    }
    stage.facts.upgrade = UpgradeFact {
        from_version: from_version.clone(),
        to_version: to_version.clone(),
        code_id,
        seconds_before,
        seconds_after,
    };
    stage.summary(format!(
        "market {from_version} -> {to_version} (code {code_id}); the lease went from {seconds_before} s to {seconds_after} s without a gap"
    ));
    Ok(())
}

/// Whether the market runs the newer code already.
async fn runs_next(stage: &Stage) -> Result<bool, StepError> {
    let Some(info) = stage.client().contract_info(stage.addresses().of("market")).await? else {
        return Ok(false);
    };
    let code = stage.client().code_info(info.code_id).await?;
    Ok(code.is_some_and(|code| code.checksum == MARKET_NEXT.checksum()))
}

async fn query_payment(stage: &Stage, lease: &LeaseId) -> Result<escrow::Payment, StepError> {
    let response: escrow::PaymentResponse = stage
        .query("escrow", &escrow::QueryMsg::Payment { lease: lease.clone() })
        .await?;
    Ok(response.payment)
}
