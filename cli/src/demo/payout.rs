//! Step 8: the provider withdraws with `redeem`; after the next price bme burns the ACT and pays AKT.

use cosmwasm_std::Uint64;
use supercloud_rules::settlement;
use supercloud_schema::id::LeaseId;
use supercloud_schema::money::UAKT;
use supercloud_schema::{bme, escrow, market};

use super::facts::SettlementFact;
use super::failure::StepError;
use super::provider::RunningProvider;
use super::stage::Stage;

/// How long the lease must have run before the provider withdraws.
const LEASE_SECONDS: u64 = 5;
/// Mantissa (10^-8 USD) of the price that is published after the request.
const REDEEM_PRICE: i64 = 60_120_000;

/// Runs the step.
pub(crate) async fn run(stage: &mut Stage, lease: &LeaseId, winner: &RunningProvider) -> Result<(), StepError> {
    let leased: market::LeaseResponse = stage
        .query("market", &market::QueryMsg::Lease { id: lease.clone() })
        .await?;
    stage
        .wait_for_block_second(leased.lease.created_at + LEASE_SECONDS)
        .await?;

    let outcome = stage.provider_withdraw(winner, lease).await?;
    let id = Uint64::new(outcome.attribute("wasm-conversion_requested", "request_id")?);

    let payment: escrow::PaymentResponse = stage
        .query("escrow", &escrow::QueryMsg::Payment { lease: lease.clone() })
        .await?;
    let payment = payment.payment;
    let request: bme::RequestResponse = stage.query("bme", &bme::QueryMsg::Request { id }).await?;
    let settled_at = request.request.requested_at;
    let seconds = settled_at - payment.opened_at;
    let earned = settlement::compute_earned(payment.rate, seconds).map_err(StepError::unexpected)?;
    if earned.0 != request.request.amount || payment.withdrawn != earned {
        return Err(StepError::unexpected(format!(
            "{seconds} s at {} uact/s are {earned} uact; {} were withdrawn and {} redeemed",
            payment.rate, payment.withdrawn, request.request.amount
        )));
    }

    stage.publish_price(REDEEM_PRICE).await?;
    let relayer = stage.actors.relayer.clone();
    let processed = stage
        .execute(
            &relayer,
            "process requests",
            "bme",
            &bme::ExecuteMsg::Process { limit: 10 },
            &[],
        )
        .await?;
    let request: bme::RequestResponse = stage.query("bme", &bme::QueryMsg::Request { id }).await?;
    let bme::RequestStatus::Executed {
        paid,
        from_credits,
        minted_akt,
        price,
        ..
    } = request.request.status
    else {
        return Err(StepError::unexpected(format!(
            "redeem request {id} is {:?}",
            request.request.status
        )));
    };
    // By event: the provider's fees change its balance meanwhile.
    let arrived = processed.received(&winner.actor.address, UAKT)?;
    if arrived != paid.u128() || paid.is_zero() {
        return Err(StepError::unexpected(format!(
            "{arrived} uakt arrived, request {id} paid {paid}"
        )));
    }
    let burned: u128 = processed.burned("uact")?;
    if burned != earned.u128() {
        return Err(StepError::unexpected(format!(
            "{burned} uact were burned, {earned} redeemed"
        )));
    }
    stage.facts.bme.burned = burned.to_string();
    stage.facts.settlement = SettlementFact {
        seconds_billed: seconds,
        rate: payment.rate.to_string(),
        act_burned: burned.to_string(),
        akt_paid: paid.to_string(),
        akt_from_credits: from_credits.to_string(),
        akt_minted: minted_akt.to_string(),
        price: price.to_string(),
    };
    stage.summary(format!(
        "{seconds} s billed: {burned} uact burned, {paid} uakt paid at {price} USD"
    ));
    Ok(())
}
