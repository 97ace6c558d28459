//! Step 6: the providers see the order, match it against their inventories and bid.

use std::time::{Duration, Instant};

use supercloud_schema::market;

use super::deployment::Deployed;
use super::facts::BidFact;
use super::failure::StepError;
use super::provider::{PLANS, RunningProvider};
use super::stage::Stage;

/// How long the providers may take.
const BID_TIMEOUT: Duration = Duration::from_secs(60);

/// Runs the step. Returns the provider with the cheapest bid, and all bids, cheapest first.
pub(crate) async fn run(
    stage: &mut Stage,
    deployed: &Deployed,
) -> Result<(RunningProvider, Vec<market::Bid>), StepError> {
    let manifest = deployed.sdl.manifest();
    let image = manifest
        .groups()
        .iter()
        .flat_map(|group| &group.services)
        .map(|service| service.image.clone())
        .next()
        .ok_or_else(|| StepError::unexpected("the manifest has no service"))?;
    let mut providers = Vec::new();
    for plan in &PLANS {
        providers.push(RunningProvider::start(stage, plan, &image).await?);
    }
    let order = deployed.id.group(1).order(1);
    let mut bids = wait_for_bids(stage, &providers, &order).await?;
    bids.sort_by_key(|bid| bid.price);

    for bid in &bids {
        let role = stage.role_of(&bid.id.provider);
        let registered = format!("wasm-provider_registered.provider='{}'", bid.id.provider);
        stage.record_found(&role, "register provider", &registered).await?;
        stage
            .record_found(
                &role,
                "bid",
                &format!("wasm-bid_created.provider='{}'", bid.id.provider),
            )
            .await?;
        stage.facts.bids.push(BidFact {
            provider: role,
            id: bid.id.clone(),
            price: bid.price.to_string(),
        });
    }
    let cheapest = providers
        .iter()
        .position(|provider| provider.actor.address == bids[0].id.provider)
        .ok_or_else(|| StepError::unexpected("the cheapest bid is of no provider of the demo"))?;
    let winner = providers.remove(cheapest);
    for provider in providers {
        stage.keep(provider);
    }
    let lines: Vec<String> = stage
        .facts
        .bids
        .iter()
        .map(|bid| format!("{} asks {} uact/s", bid.provider, bid.price))
        .collect();
    stage.summary(lines.join(", "));
    Ok((winner, bids))
}

async fn wait_for_bids(
    stage: &Stage,
    providers: &[RunningProvider],
    order: &supercloud_schema::id::OrderId,
) -> Result<Vec<market::Bid>, StepError> {
    let deadline = Instant::now() + BID_TIMEOUT;
    loop {
        let response: market::BidsResponse = stage
            .query("market", &market::QueryMsg::Bids { order: order.clone() })
            .await?;
        if response.bids.len() == providers.len() {
            return Ok(response.bids);
        }
        if Instant::now() > deadline {
            let views: Vec<String> = providers
                .iter()
                .map(|provider| format!("{}: {:?}", provider.actor.role, provider.handle.status().orders))
                .collect();
            return Err(StepError::unexpected(format!(
                "{} of {} bids after {BID_TIMEOUT:?}; {}",
                response.bids.len(),
                providers.len(),
                views.join("; ")
            )));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
