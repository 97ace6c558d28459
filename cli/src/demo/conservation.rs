//! Step 10, second half: the books, from figures queried over RPC.
//!
//! Genesis comes from the genesis document, minted and burned from the events of every block, balances from the list of
//! all owners of the denom. None of the three knows of the others.

use std::collections::BTreeMap;

use cosmwasm_std::{Uint128, Uint256};
use serde_json::Value;
use supercloud_client::{Event, Events};
use supercloud_schema::money::{UACT, UAKT};
use supercloud_schema::solvency::SolvencyResponse;

use super::facts::{ConservationFact, DenomFact, OwedFact};
use super::failure::StepError;
use super::stage::Stage;

/// Contracts that hold funds and answer `Solvency {}`.
const FUND_HOLDERS: [&str; 3] = ["bme", "escrow", "pyth"];

/// Runs the half step.
pub(crate) async fn run(stage: &mut Stage) -> Result<(), StepError> {
    let genesis = genesis_balances(stage).await?;
    let flows = mints_and_burns(stage).await?;
    let mut denoms = BTreeMap::new();
    for denom in [UAKT, UACT] {
        let genesis = genesis.get(denom).copied().unwrap_or_default();
        let (minted, burned) = flows.get(denom).copied().unwrap_or_default();
        let balances = sum_of_balances(stage, denom).await?;
        let expected = (genesis + minted).checked_sub(burned);
        if expected != Some(balances) || balances == 0 {
            return Err(StepError::unexpected(format!(
                "{denom}: {genesis} genesis + {minted} minted - {burned} burned is not {balances} in balances"
            )));
        }
        denoms.insert(
            denom.to_owned(),
            DenomFact {
                genesis: genesis.to_string(),
                minted: minted.to_string(),
                burned: burned.to_string(),
                balances: balances.to_string(),
            },
        );
    }
    let mut owed = Vec::new();
    for contract in FUND_HOLDERS {
        let books: SolvencyResponse = stage.query(contract, &serde_json::json!({ "solvency": {} })).await?;
        for coin in books.coins {
            let balance = stage.balance(stage.addresses().of(contract), &coin.denom).await?;
            if coin.owed.u128() > balance || coin.balance.u128() != balance {
                return Err(StepError::unexpected(format!(
                    "{contract} owes {} {} and holds {balance}",
                    coin.owed, coin.denom
                )));
            }
            owed.push(OwedFact {
                contract: contract.into(),
                denom: coin.denom,
                owed: coin.owed.to_string(),
                balance: balance.to_string(),
            });
        }
    }
    stage.facts.conservation = ConservationFact { denoms, owed };
    Ok(())
}

/// Sum of the genesis balances per denom, from the genesis document.
async fn genesis_balances(stage: &Stage) -> Result<BTreeMap<String, u128>, StepError> {
    let genesis = stage.client().rpc().genesis().await?;
    let accounts = genesis["app_state"]["balances"]
        .as_array()
        .ok_or_else(|| StepError::unexpected("the genesis document has no app_state.balances"))?;
    let mut sums = BTreeMap::new();
    for coin in accounts
        .iter()
        .filter_map(|account| account["coins"].as_array())
        .flatten()
    {
        let denom = coin["denom"]
            .as_str()
            .ok_or_else(|| StepError::unexpected(format!("{coin} is no coin")))?
            .to_owned();
        *sums.entry(denom).or_default() += read_units(&coin["amount"])?;
    }
    Ok(sums)
}

fn read_units(value: &Value) -> Result<u128, StepError> {
    value
        .as_str()
        .and_then(|units| units.parse().ok())
        .ok_or_else(|| StepError::unexpected(format!("{value} is no amount")))
}

/// Minted and burned units per denom, summed over the events of every block.
async fn mints_and_burns(stage: &Stage) -> Result<BTreeMap<&'static str, (u128, u128)>, StepError> {
    let mut flows = BTreeMap::from([(UAKT, (0, 0)), (UACT, (0, 0))]);
    let last = stage.client().height().await?;
    for height in 1..=last {
        let results = stage.client().rpc().block_results(Some(height)).await?;
        let of_txs = results.txs.iter().filter(|tx| tx.code == 0).map(|tx| &tx.events);
        for events in of_txs.chain([&results.events]) {
            for (denom, (minted, burned)) in &mut flows {
                *minted += sum_of_flow(events, "coinbase", denom)?;
                *burned += sum_of_flow(events, "burn", denom)?;
            }
        }
    }
    Ok(flows)
}

/// Sum of the `amount` attributes in events of a kind, in one denom.
pub(crate) fn sum_of_flow(events: &Vec<Event>, kind: &str, denom: &str) -> Result<u128, StepError> {
    let coins = events
        .attribute_values(kind, "amount")
        .flat_map(|amount| amount.split(','));
    let amounts = coins.filter_map(|coin| coin.strip_suffix(denom));
    amounts
        .filter(|units| units.bytes().all(|digit| digit.is_ascii_digit()))
        .map(|units| units.parse::<u128>().map_err(StepError::unexpected))
        .sum()
}

async fn sum_of_balances(stage: &Stage, denom: &str) -> Result<u128, StepError> {
    let owners = stage.client().denom_owners(denom).await?;
    let sum: Uint256 = owners.into_iter().map(|owner| owner.amount).sum();
    Uint128::try_from(sum)
        .map(|units| units.u128())
        .map_err(StepError::unexpected)
}
