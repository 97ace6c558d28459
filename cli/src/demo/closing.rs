//! Step 10, first half: the tenant closes the deployment; each source gets its unspent deposit back, the workload stops.

use std::time::{Duration, Instant};

use supercloud_rules::settlement;
use supercloud_schema::id::LeaseId;
use supercloud_schema::money::{UACT, Uact};
use supercloud_schema::{escrow, market};

use super::deployment::Deployed;
use super::facts::RefundFact;
use super::failure::StepError;
use super::stage::Stage;

/// How long the provider may take to stop the workload.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);

/// Runs the half step.
pub(crate) async fn run(stage: &mut Stage, deployed: &Deployed, lease: &LeaseId) -> Result<(), StepError> {
    let dseq = deployed.id.dseq;
    let opened: escrow::AccountResponse = stage.query("escrow", &escrow::QueryMsg::Account { dseq }).await?;
    let deposits = &stage.facts.deployment.deposits;
    let deposited = deposits
        .iter()
        .map(|deposit| deposit.amount.parse::<u128>())
        .sum::<Result<u128, _>>();
    let deposited = deposited.map_err(StepError::unexpected)?;
    let tenant = stage.actors.tenant.clone();
    let wallet_before = stage.balance(&tenant.address, UACT).await?;
    let budget_before = query_budget(stage, deployed).await?;

    stage
        .execute(
            &tenant,
            "close deployment",
            "market",
            &market::ExecuteMsg::CloseDeployment { dseq },
            &[],
        )
        .await?;

    let wallet_refund = stage.balance(&tenant.address, UACT).await? - wallet_before;
    let budget_after = query_budget(stage, deployed).await?;
    let budget_refund = budget_after
        .balance
        .checked_sub(budget_before.balance)
        .map_err(StepError::unexpected)?;
    let payment: escrow::PaymentResponse = stage
        .query("escrow", &escrow::QueryMsg::Payment { lease: lease.clone() })
        .await?;
    let payment = payment.payment;
    let earned = settlement::compute_earned(payment.rate, payment.settled_at - payment.opened_at)
        .map_err(StepError::unexpected)?;
    if payment.earned != earned {
        return Err(StepError::unexpected(format!(
            "payment earned {}, the rules say {earned}",
            payment.earned
        )));
    }
    let returned = wallet_refund + budget_refund.u128();
    if returned + earned.u128() != deposited || !budget_after.drawn.is_zero() {
        return Err(StepError::unexpected(format!(
            "{deposited} uact deposited, {earned} earned, {returned} returned, {} of the budget still drawn (account before: {:?})",
            budget_after.drawn, opened.account
        )));
    }
    for (source, owner, amount) in [
        ("wallet", "tenant", Uact::new(wallet_refund)),
        ("budget", "sponsor", budget_refund),
    ] {
        stage.facts.refunds.push(RefundFact {
            source: source.into(),
            owner: owner.into(),
            denom: UACT.into(),
            amount: amount.to_string(),
        });
    }
    assert_workload_stops(&stage.facts.workload.url).await?;
    stage.summary(format!(
        "{wallet_refund} uact back to the tenant, {budget_refund} uact back to the sponsor's budget, workload stopped"
    ));
    Ok(())
}

async fn query_budget(stage: &Stage, deployed: &Deployed) -> Result<escrow::Budget, StepError> {
    let response: escrow::BudgetResponse = stage
        .query("escrow", &escrow::QueryMsg::Budget { id: deployed.budget_id })
        .await?;
    Ok(response.budget)
}

async fn assert_workload_stops(url: &str) -> Result<(), StepError> {
    let deadline = Instant::now() + STOP_TIMEOUT;
    while reqwest::get(url).await.is_ok() {
        if Instant::now() > deadline {
            return Err(StepError::unexpected(format!(
                "the workload still answers at {url} after {STOP_TIMEOUT:?}"
            )));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}
