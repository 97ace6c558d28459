//! Step 7: the cheaper bid is accepted, the loser's deposit comes back in the same transaction, the manifest goes to the
//! winner's gateway, the workload answers.

use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use supercloud_provider::gateway_client::{ForwardedPort, GatewayClient, GatewayClientError, LogQuery};
use supercloud_schema::id::LeaseId;
use supercloud_schema::money::UACT;
use supercloud_schema::{market, registry};

use super::chain::HRP;
use super::deployment::Deployed;
use super::facts::{BidRefundFact, WorkloadFact};
use super::failure::StepError;
use super::provider::RunningProvider;
use super::stage::Stage;

/// How long the workload may take to come up.
const START_TIMEOUT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(100);

/// Runs the step.
pub(crate) async fn run(
    stage: &mut Stage,
    deployed: &Deployed,
    winner: &RunningProvider,
    bids: &[market::Bid],
    tamper: bool,
) -> Result<LeaseId, StepError> {
    let lease = bids[0].id.clone();
    accept(stage, bids).await?;

    let registered: registry::ProviderResponse = stage
        .query(
            "registry",
            &registry::QueryMsg::Provider {
                owner: lease.provider.clone(),
            },
        )
        .await?;
    let provider = registered
        .provider
        .ok_or_else(|| StepError::unexpected("the winner is not registered"))?;
    let gateway = GatewayClient::new(&provider, stage.actors.tenant.key().clone(), HRP)?;
    send_manifest(&gateway, deployed, tamper).await?;

    let port = wait_for_port(&gateway, &lease).await?;
    let url = format!("http://{}:{}/", port.host, port.external_port);
    let page = fetch(&url).await?;
    let logs = gateway.logs(&lease, &LogQuery::default()).await?;
    stage.facts.workload = WorkloadFact {
        url: url.clone(),
        http_status: page.0,
        body_sha256: hex::encode(Sha256::digest(&page.1)),
        body_bytes: page.1.len(),
        log_lines: logs.len(),
    };
    if page.0 != 200 || page.1.is_empty() || logs.is_empty() {
        return Err(StepError::unexpected(format!(
            "{url} answered {} with {} bytes; {} log lines",
            page.0,
            page.1.len(),
            logs.len()
        )));
    }
    stage.facts.lease_id = Some(lease.clone());
    stage.summary(format!(
        "lease {}/{}/{} with {}; HTTP {} and {} bytes from {url}, {} log lines",
        lease.dseq,
        lease.gseq,
        lease.oseq,
        winner.actor.role,
        page.0,
        page.1.len(),
        logs.len()
    ));
    Ok(lease)
}

/// Accepts the cheapest bid and sees the others' deposits come back in that transaction.
async fn accept(stage: &mut Stage, bids: &[market::Bid]) -> Result<(), StepError> {
    let mut before = Vec::new();
    for loser in &bids[1..] {
        before.push(stage.balance(&loser.id.provider, UACT).await?);
    }
    let tenant = stage.actors.tenant.clone();
    let accept = market::ExecuteMsg::CreateLease {
        bid: bids[0].id.clone(),
    };
    let outcome = stage.execute(&tenant, "create lease", "market", &accept, &[]).await?;
    let height = outcome.height();
    for (loser, before) in bids[1..].iter().zip(before) {
        let role = stage.role_of(&loser.id.provider);
        let returned = stage.balance(&loser.id.provider, UACT).await?.saturating_sub(before);
        let released = outcome.received(&loser.id.provider, UACT)?;
        if returned == 0 || released != returned {
            return Err(StepError::unexpected(format!(
                "{role} got {released} uact in the lease's transaction and {returned} uact by block {height}"
            )));
        }
        stage.facts.bid_refunds.push(BidRefundFact {
            provider: role,
            amount: returned.to_string(),
            tx: outcome.hash().to_owned(),
        });
    }
    Ok(())
}

async fn send_manifest(gateway: &GatewayClient, deployed: &Deployed, tamper: bool) -> Result<(), StepError> {
    let mut json = deployed.sdl.manifest().to_json();
    if tamper {
        let image = "vllm/vllm-openai:gptoss";
        let tampered = json.replace(image, "vllm/vllm-openai:latest");
        if tampered == json {
            return Err(StepError::unexpected(format!("the manifest does not name {image}")));
        }
        json = tampered;
    }
    let dseq = deployed.id.dseq.u64();
    // The provider looks at the chain now and then: it may not know its lease yet.
    let deadline = Instant::now() + START_TIMEOUT;
    loop {
        match gateway.send_manifest_json(dseq, json.clone()).await {
            Ok(_) if tamper => return Err(StepError::unexpected("the gateway accepted a tampered manifest")),
            Ok(_) => return Ok(()),
            Err(GatewayClientError::Refused { status: 404, .. }) if Instant::now() < deadline => {
                tokio::time::sleep(POLL).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn wait_for_port(gateway: &GatewayClient, lease: &LeaseId) -> Result<ForwardedPort, StepError> {
    let deadline = Instant::now() + START_TIMEOUT;
    loop {
        let report = gateway.lease_status(lease).await;
        match &report {
            Ok(report) if report.is_ready() => {
                if let Some(port) = report.forwarded_ports.values().flatten().next() {
                    return Ok(port.clone());
                }
            }
            // Not looked at the chain since the lease was made.
            Ok(_) | Err(GatewayClientError::Refused { status: 404, .. }) => {}
            Err(error) => return Err(error.clone().into()),
        }
        if Instant::now() > deadline {
            return Err(StepError::unexpected(format!(
                "the workload is not up after {START_TIMEOUT:?}: {report:?}"
            )));
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Status and body; waits while the fresh process does not listen yet.
async fn fetch(url: &str) -> Result<(u16, Vec<u8>), StepError> {
    let deadline = Instant::now() + START_TIMEOUT;
    loop {
        match reqwest::get(url).await {
            Ok(response) => {
                let status = response.status().as_u16();
                let body = response.bytes().await.map_err(StepError::unexpected)?;
                return Ok((status, body.to_vec()));
            }
            Err(_) if Instant::now() < deadline => tokio::time::sleep(POLL).await,
            Err(error) => return Err(StepError::unexpected(format!("{url}: {error}"))),
        }
    }
}

impl From<GatewayClientError> for StepError {
    fn from(error: GatewayClientError) -> Self {
        let code = match &error {
            GatewayClientError::Refused { code, .. } => format!("gateway/{code}"),
            _ => "gateway/unavailable".into(),
        };
        Self {
            code,
            contract_error: None,
            message: error.to_string(),
        }
    }
}
