//! Prices of the demo: the real signed update of step 3, and later ones from a second signer set.

use std::path::Path;

use cosmwasm_std::{Binary, Coin, Decimal};
use serde_json::Value;
use supercloud_schema::pyth;
use supercloud_schema::{money::UAKT, money::Uakt, oracle};
use supercloud_verify_pyth::{PriceMessage, Update as SignedUpdate};

use super::failure::StepError;
use super::outcome::Outcome;
use super::stage::Stage;

/// The update that the demo replays when it is given none: AKT/USD, signed by Pyth's routers on 2026-07-09.
const GENUINE: &str = include_str!("../../../verify/pyth/tests/data/01_akt_usd_router_set0_20260709.json");

/// What the oracle must answer after it.
const GENUINE_PRICE: &str = "0.58646744";

/// Publish times that a chain can start at: 2020 to 2096. A damaged update may say anything.
const PLAUSIBLE_TIMES: std::ops::Range<u64> = 1_577_836_800..4_000_000_000;

/// A price update as it was read from a file.
pub(crate) struct LoadedUpdate {
    /// Accumulator messages to submit: one, or two when the file's hex and base64 do not agree.
    pub(crate) messages: Vec<Vec<u8>>,
    /// When the price was published, as far as the message says it.
    pub(crate) publish_time: Option<u64>,
    /// It is the demo's own file.
    genuine: bool,
}

/// Reads an update file, or the built-in one.
pub(crate) fn load_update(file: Option<&Path>) -> Result<LoadedUpdate, StepError> {
    let text = match file {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| bad_file(format!("cannot read {}: {error}", path.display())))?,
        None => GENUINE.to_owned(),
    };
    let document: Value = serde_json::from_str(&text).map_err(|error| bad_file(format!("no JSON: {error}")))?;
    let messages = decode_messages(&document)?;
    let genuine = serde_json::from_str::<Value>(GENUINE)
        .ok()
        .and_then(|document| decode_messages(&document).ok())
        .is_some_and(|genuine| genuine == messages);
    let publish_time = messages.iter().find_map(|message| publish_time_of(message));
    Ok(LoadedUpdate {
        messages,
        publish_time,
        genuine,
    })
}

fn bad_file(message: String) -> StepError {
    StepError {
        code: "demo/bad_price_file".into(),
        contract_error: None,
        message,
    }
}

/// The file's encodings of the message. Both are submitted when they differ, so that neither hides the other's damage.
fn decode_messages(document: &Value) -> Result<Vec<Vec<u8>>, StepError> {
    let mut messages = Vec::new();
    if let Some(text) = document.get("accumulator_hex").and_then(Value::as_str) {
        messages.push(hex::decode(text).map_err(|error| bad_file(format!("accumulator_hex: {error}")))?);
    }
    if let Some(text) = document.get("accumulator_base64").and_then(Value::as_str) {
        let decoded = Binary::from_base64(text).map_err(|error| bad_file(format!("accumulator_base64: {error}")))?;
        if messages.iter().all(|message| *message != decoded.as_slice()) {
            messages.push(decoded.to_vec());
        }
    }
    if messages.is_empty() {
        return Err(bad_file(
            "neither accumulator_hex nor accumulator_base64 is there".into(),
        ));
    }
    Ok(messages)
}

fn publish_time_of(message: &[u8]) -> Option<u64> {
    let update = SignedUpdate::parse(message).ok()?;
    let price = update
        .messages
        .iter()
        .find_map(|proven| PriceMessage::parse(proven.message).ok())?;
    u64::try_from(price.publish_time)
        .ok()
        .filter(|time| PLAUSIBLE_TIMES.contains(time))
}

/// Step 3: the signed update goes to `pyth`, the oracle answers with its price.
pub(crate) async fn run(stage: &mut Stage, update: &LoadedUpdate) -> Result<(), StepError> {
    let messages = pick(stage, update).await?;
    let outcome = submit(stage, "submit signed price", &messages).await?;
    let set_index: String = outcome.attribute("wasm-price_updated", "set_index")?;
    let price = query_price(stage).await?;
    let mid = price.mid.to_string();
    if update.genuine && mid != GENUINE_PRICE {
        return Err(StepError::unexpected(format!(
            "the oracle answers {mid}, the update says {GENUINE_PRICE}"
        )));
    }
    stage.facts.price_signers = SignedUpdate::parse(&update.messages[0])
        .map(|update| {
            update
                .vaa
                .signatures
                .iter()
                .map(|signature| format!("router {} of set {set_index}", signature.signer))
                .collect()
        })
        .unwrap_or_default();
    stage.facts.oracle_price = mid.clone();
    stage.summary(format!(
        "the oracle answers {mid} USD per AKT, signed by set {set_index}"
    ));
    Ok(())
}

/// The messages to submit. Of two that differ, the one that the contract refuses by itself: beside a sound one its damage
/// might not show.
async fn pick(stage: &Stage, update: &LoadedUpdate) -> Result<Vec<Vec<u8>>, StepError> {
    if update.messages.len() > 1 {
        for message in &update.messages {
            let (msg, fee) = update_call(stage, std::slice::from_ref(message)).await;
            if !stage
                .passes_simulation(&stage.actors.relayer, "pyth", &msg, &[fee])
                .await?
            {
                return Ok(vec![message.clone()]);
            }
        }
    }
    Ok(update.messages.clone())
}

/// Submits accumulator messages with the receiver's fee.
pub(crate) async fn submit(stage: &mut Stage, action: &str, messages: &[Vec<u8>]) -> Result<Outcome, StepError> {
    let relayer = stage.actors.relayer.clone();
    let (msg, fee) = update_call(stage, messages).await;
    stage.execute(&relayer, action, "pyth", &msg, &[fee]).await
}

async fn update_call(stage: &Stage, messages: &[Vec<u8>]) -> (pyth::ExecuteMsg, Coin) {
    let data: Vec<Binary> = messages.iter().map(|message| Binary::new(message.clone())).collect();
    // A damaged message has no fee that can be asked for; it is sent with the usual one, and the contract says what is wrong.
    let asked: Result<Coin, StepError> = stage
        .query("pyth", &pyth::QueryMsg::GetUpdateFee { vaas: data.clone() })
        .await;
    let fee = asked.unwrap_or_else(|_| Uakt::new(messages.len() as u128).coin(UAKT));
    (pyth::ExecuteMsg::UpdatePriceFeeds { data }, fee)
}

/// The oracle's price for settling.
pub(crate) async fn query_price(stage: &Stage) -> Result<oracle::PriceResponse, StepError> {
    let query = oracle::QueryMsg::Price {
        asset: oracle::AKT_USD.into(),
        use_case: oracle::UseCase::Settle {},
    };
    stage.query("oracle", &query).await
}

/// Whether the oracle's mid price is `mantissa` x 10^-8 USD.
pub(crate) fn is_price(price: &oracle::PriceResponse, mantissa: i64) -> bool {
    u128::try_from(mantissa).is_ok_and(|mantissa| price.mid.0 == Decimal::new((mantissa * 10_000_000_000).into()))
}
