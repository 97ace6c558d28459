//! Step 4: AKT becomes ACT. Requests are queued; a price published after them, signed by the second signer set, lets the
//! burn-mint contract run them.

use cosmwasm_std::{Decimal, Uint64, Uint128};
use supercloud_rules::conversion;
use supercloud_schema::bme;
use supercloud_schema::money::{UACT, UAKT, Uakt};

use super::facts::MintFact;
use super::failure::StepError;
use super::roles::Actor;
use super::stage::Stage;

/// What each role locks.
const MINTS: [(&str, Uakt); 4] = [
    ("tenant", Uakt::new(40_000_000)),
    ("sponsor", Uakt::new(30_000_000)),
    ("provider-a", Uakt::new(20_000_000)),
    ("provider-b", Uakt::new(20_000_000)),
];

/// Mantissa (10^-8 USD) of the price that the second signer set publishes for the mints.
const MINT_PRICE: i64 = 58_700_000;

/// Runs the step.
pub(crate) async fn run(stage: &mut Stage) -> Result<(), StepError> {
    let config: bme::ConfigResponse = stage.query("bme", &bme::QueryMsg::Config {}).await?;
    let spread_bps = config.params.mint_spread_bps;
    let vault_before: bme::VaultResponse = stage.query("bme", &bme::QueryMsg::Vault {}).await?;
    let mut requests: Vec<(Actor, Uakt, Uint64)> = Vec::new();
    for (role, amount) in MINTS {
        let actor = stage.actors.by_role(role).clone();
        let outcome = stage
            .execute(
                &actor,
                "request mint",
                "bme",
                &bme::ExecuteMsg::RequestMint { min_out: None },
                &[amount.coin(UAKT)],
            )
            .await?;
        let id = Uint64::new(outcome.attribute("wasm-conversion_requested", "request_id")?);
        requests.push((actor, amount, id));
    }
    stage.publish_price(MINT_PRICE).await?;
    let relayer = stage.actors.relayer.clone();
    stage
        .execute(
            &relayer,
            "process requests",
            "bme",
            &bme::ExecuteMsg::Process { limit: 10 },
            &[],
        )
        .await?;

    let (mut locked, mut minted) = (0u128, 0u128);
    for (actor, amount, id) in requests {
        let response: bme::RequestResponse = stage.query("bme", &bme::QueryMsg::Request { id }).await?;
        let bme::RequestStatus::Executed {
            paid, spread, price, ..
        } = response.request.status
        else {
            return Err(StepError::unexpected(format!(
                "mint request {id} is {:?}",
                response.request.status
            )));
        };
        let balance = stage.balance(&actor.address, UACT).await?;
        if balance != paid.u128() || paid.is_zero() {
            return Err(StepError::unexpected(format!(
                "{} holds {balance} uact, request {id} paid {paid}",
                actor.role
            )));
        }
        assert_price_and_spread(amount, paid, spread, price.0, spread_bps)?;
        locked += amount.u128();
        minted += paid.u128();
        stage.facts.bme.mints.push(MintFact {
            owner: actor.role.into(),
            uakt: amount.to_string(),
            uact: paid.to_string(),
            spread: spread.to_string(),
            price: price.to_string(),
        });
    }
    let vault: bme::VaultResponse = stage.query("bme", &bme::QueryMsg::Vault {}).await?;
    if vault.vault.saturating_sub(vault_before.vault) != Uakt::new(locked) {
        return Err(StepError::unexpected(format!(
            "the vault grew to {} uakt, {locked} were locked",
            vault.vault
        )));
    }
    stage.facts.bme.locked_uakt = locked.to_string();
    stage.facts.bme.minted = minted.to_string();
    stage.summary(format!(
        "{locked} uakt left circulation into the vault, {minted} uact appeared"
    ));
    Ok(())
}

/// The contract's figures must be those of the shared rules at the price it says it used.
fn assert_price_and_spread(
    amount: Uakt,
    paid: Uint128,
    spread: Uint128,
    price: Decimal,
    spread_bps: u16,
) -> Result<(), StepError> {
    let quote = conversion::compute_mint(amount, supercloud_schema::money::UsdPrice(price), spread_bps)
        .map_err(StepError::unexpected)?;
    if quote.paid.0 == paid && quote.spread.0 == spread {
        return Ok(());
    }
    Err(StepError::unexpected(format!(
        "{amount} uakt at {price} give {} uact and {} spread by the rules, {paid} and {spread} on chain",
        quote.paid, quote.spread
    )))
}
