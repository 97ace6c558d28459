//! The fee: at least the minimum price of the gas asked for, paid to governance's account, the pool of the chain.

use supercloud_proto::cosmos::tx::v1beta1::Fee;

use crate::address::Address;
use crate::coin::{Coin, CoinError, Coins};
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::{Machine, Mode};
use crate::{auth, bank, feegrant, fees};

use super::DecodedTx;

/// SDK gas that taking a fee costs beyond the checks that a free transaction passes too: three balance updates in the
/// store. Simulations name no fee, so this is added to them and an estimate is not short of it.
const SIMULATED_FEE_GAS: u64 = 20_000;

/// Takes the fee from its payer (by default the first signer), or from who granted that payer its fees. The account
/// must exist.
pub(super) fn apply_fee(machine: &mut Machine<'_>, tx: &DecodedTx, first_signer: &Address) -> Result<(), TxError> {
    let fee = tx.auth.fee.clone().unwrap_or_default();
    let coins = fee_coins(&fee)?;
    let payer = if fee.payer.is_empty() {
        first_signer.clone()
    } else {
        machine.address(&fee.payer)?
    };
    if machine.mode == Mode::Deliver {
        assert_price(machine, &coins, fee.gas_limit)?;
    }
    let source = apply_grant(machine, tx, payer, &coins)?;
    let source_text = machine.text(&source);
    if auth::load(machine, &source)?.is_none() {
        return Err(SdkError::UnknownAddress(format!("fee payer address: {source_text} does not exist")).into());
    }
    if machine.mode == Mode::Simulate {
        machine.charge(SIMULATED_FEE_GAS, "fee")?;
    } else if !coins.is_empty() {
        for coin in coins.iter() {
            if bank::is_restricted(machine, &coin.denom)? {
                let text = format!("{} is restricted and cannot pay fees", coin.denom);
                return Err(SdkError::InsufficientFee(text).into());
            }
        }
        let pool = machine.env.gov.clone();
        bank::apply_transfer(machine, &source, &pool, &coins)?;
    }
    machine.emit(
        Event::new("tx")
            .with("fee", coins.to_string())
            .with("fee_payer", source_text),
    );
    Ok(())
}

/// A list of nothing but zeros is no fee: clients that sign what they simulate name one.
fn fee_coins(fee: &Fee) -> Result<Coins, CoinError> {
    let coins = fee.amount.iter().map(Coin::from_proto).collect::<Result<Vec<_>, _>>()?;
    if coins.iter().all(|coin| coin.amount == 0) {
        return Ok(Coins::default());
    }
    Coins::from_proto(&fee.amount)
}

/// Whose coins pay: the granter's, when the transaction names one and its allowance covers the fee.
fn apply_grant(machine: &mut Machine<'_>, tx: &DecodedTx, payer: Address, fee: &Coins) -> Result<Address, TxError> {
    let granter = tx.auth.fee.as_ref().map_or("", |fee| &fee.granter);
    if granter.is_empty() {
        return Ok(payer);
    }
    let granter = machine.address(granter)?;
    if granter == payer {
        return Ok(payer);
    }
    let type_urls: Vec<&str> = tx.body.messages.iter().map(|message| &*message.type_url).collect();
    feegrant::apply_use(machine, &granter, &payer, fee, &type_urls).map_err(|error| {
        let (granter, payer) = (machine.text(&granter), machine.text(&payer));
        error.wrap(format!("{granter} does not allow to pay fees for {payer}"))
    })?;
    Ok(granter)
}

/// Whether the fee that a transaction names is enough; nobody pays yet.
pub(super) fn assert_offer(machine: &Machine<'_>, tx: &DecodedTx) -> Result<(), TxError> {
    let fee = tx.auth.fee.clone().unwrap_or_default();
    assert_price(machine, &fee_coins(&fee)?, fee.gas_limit)
}

/// What block makers sort by: how many millionths of the least fee are offered, in the best denom. On a chain without a least
/// fee, millionths of a coin per gas.
pub(crate) fn compute_priority(machine: &Machine<'_>, tx: &DecodedTx) -> Result<u64, TxError> {
    const MILLION: u128 = 1_000_000;
    let fee = tx.auth.fee.clone().unwrap_or_default();
    let coins = fee_coins(&fee)?;
    let ratio = |amount: u128, base: u128| amount.saturating_mul(MILLION) / base.max(1);
    let prices = fees::load(machine)?.min_gas_prices;
    let best = if prices.is_empty() {
        coins.iter().map(|coin| ratio(coin.amount, fee.gas_limit.into())).max()
    } else {
        let offers = prices.iter().map(|price| (coins.amount_of(&price.denom), price));
        offers
            .map(|(amount, price)| ratio(amount, price.compute_fee(fee.gas_limit)))
            .max()
    };
    Ok(u64::try_from(best.unwrap_or_default()).unwrap_or(u64::MAX))
}

/// One of the accepted denoms must reach its minimum.
fn assert_price(machine: &Machine<'_>, coins: &Coins, gas: u64) -> Result<(), TxError> {
    let prices = fees::load(machine)?.min_gas_prices;
    let enough = prices
        .iter()
        .any(|price| coins.amount_of(&price.denom) >= price.compute_fee(gas));
    if prices.is_empty() || enough {
        return Ok(());
    }
    let required: Vec<String> = prices
        .iter()
        .map(|price| format!("{}{}", price.compute_fee(gas), price.denom))
        .collect();
    Err(SdkError::InsufficientFee(format!(
        "insufficient fees; got: {coins} required: {}",
        required.join(",")
    ))
    .into())
}
