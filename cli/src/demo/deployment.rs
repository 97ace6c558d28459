//! Step 5: a deployment from a real SDL file, paid from the tenant's own coins and from a sponsor's budget.

use cosmwasm_std::{HexBinary, Uint64};
use supercloud_schema::escrow::{self, BudgetDraw, BudgetScope, BudgetTerms, DepositSource};
use supercloud_schema::id::DeploymentId;
use supercloud_schema::market;
use supercloud_schema::money::{UACT, Uact};
use supercloud_sdl::{PriceConversion, Sdl};

use super::facts::{DeploymentFact, RefundFact};
use super::failure::StepError;
use super::stage::Stage;

/// The SDL of the demo: a public GPU workload, from awesome-akash.
pub(crate) const SDL_NAME: &str = "openai-gpt-oss-120b.yaml";
/// Its text.
pub(crate) const SDL_TEXT: &str = include_str!("../../data/openai-gpt-oss-120b.yaml");

/// What the tenant puts in.
const OWN_DEPOSIT: Uact = Uact::new(600_000);
/// What the sponsor lets the tenant draw.
const SPONSORED_DEPOSIT: Uact = Uact::new(1_500_000);
/// What the sponsor's budget holds.
const BUDGET: Uact = Uact::new(4_000_000);

/// A created deployment.
pub(crate) struct Deployed {
    /// Its id.
    pub(crate) id: DeploymentId,
    /// The parsed SDL.
    pub(crate) sdl: Sdl,
    /// The sponsor's budget.
    pub(crate) budget_id: Uint64,
}

/// Runs the step.
pub(crate) async fn run(stage: &mut Stage) -> Result<Deployed, StepError> {
    let sdl = Sdl::parse(SDL_TEXT).map_err(StepError::unexpected)?;
    let groups = sdl.groups(&PriceConversion::default()).map_err(StepError::unexpected)?;
    let hash = HexBinary::from(sdl.manifest().hash());

    let tenant = stage.actors.tenant.address.clone();
    let terms = BudgetTerms {
        scopes: vec![BudgetScope::Deployment {}],
        providers: Vec::new(),
        max_rate: None,
        per_deployment_cap: Some(Uact::new(2_000_000)),
        expires_at: None,
    };
    let sponsor = stage.actors.sponsor.clone();
    let outcome = stage
        .execute(
            &sponsor,
            "create budget",
            "escrow",
            &escrow::ExecuteMsg::CreateBudget {
                grantee: tenant.clone(),
                terms,
            },
            &[BUDGET.coin(UACT)],
        )
        .await?;
    let budget_id = Uint64::new(outcome.attribute("wasm-budget_created", "budget_id")?);

    let owner = stage.actors.tenant.clone();
    let outcome = stage
        .execute(
            &owner,
            "create deployment",
            "market",
            &market::ExecuteMsg::CreateDeployment {
                groups,
                hash: hash.clone(),
                budgets: vec![BudgetDraw {
                    budget_id,
                    amount: SPONSORED_DEPOSIT,
                }],
                reclamation_seconds: None,
            },
            &[OWN_DEPOSIT.coin(UACT)],
        )
        .await?;
    let dseq = Uint64::new(outcome.attribute("wasm-deployment_created", "dseq")?);
    let id = DeploymentId { owner: tenant, dseq };

    let account: escrow::AccountResponse = stage.query("escrow", &escrow::QueryMsg::Account { dseq }).await?;
    let deposits = deposit_facts(stage, &account.account.deposits);
    stage.facts.deployment = DeploymentFact {
        owner: "tenant".into(),
        dseq: dseq.to_string(),
        sdl: SDL_NAME.into(),
        manifest_sha256: hash.to_hex(),
        deposits,
    };
    let expected = OWN_DEPOSIT
        .checked_add(SPONSORED_DEPOSIT)
        .map_err(StepError::unexpected)?;
    if account.account.balance != expected || account.account.deposits.len() != 2 {
        return Err(StepError::unexpected(format!(
            "account {dseq} holds {} uact in {} deposits, expected {expected} in 2",
            account.account.balance,
            account.account.deposits.len()
        )));
    }
    stage.summary(format!(
        "deployment {dseq} from {SDL_NAME}: {OWN_DEPOSIT} uact of the tenant's own, {SPONSORED_DEPOSIT} uact of the sponsor's budget {budget_id}"
    ));
    Ok(Deployed { id, sdl, budget_id })
}

fn deposit_facts(stage: &Stage, deposits: &[escrow::Deposit]) -> Vec<RefundFact> {
    deposits
        .iter()
        .map(|deposit| {
            let (source, owner) = match &deposit.source {
                DepositSource::Wallet { owner } => ("wallet", owner),
                DepositSource::Budget { owner, .. } => ("budget", owner),
            };
            RefundFact {
                source: source.into(),
                owner: stage.role_of(owner),
                denom: UACT.into(),
                amount: deposit.remaining.to_string(),
            }
        })
        .collect()
}
