//! `feemarket.feemarket.v1.Query`: the chain's own floor of gas prices in the words that wallets know from other chains
//! whose fees move. The latest state is shown, whatever height is asked for.
//!
//! The floor moves as that market's does with a window of one block and one learning rate: in proportion to the distance
//! of the block's gas from half of its maximum.

use supercloud_proto::cosmos::base::v1beta1::DecCoin;
use supercloud_proto::feemarket::feemarket::v1 as pb;
use supercloud_proto::supercloud::fees::v1::{
    GasPrice, Params, QueryGasPricesRequest, QueryGasPricesResponse, QueryParamsRequest, QueryParamsResponse,
};

use super::{Answered, Call, run};
use crate::status::{Code, Status};

/// Digits behind the point of a decimal.
const PLACES: usize = 18;
/// One, as decimals travel.
const ONE_DEC: &str = "1000000000000000000";
/// Zero, as decimals travel.
const ZERO_DEC: &str = "0";
/// A thousandth, as decimals travel.
const PERMILLE_DEC: u128 = 1_000_000_000_000_000;

pub(super) fn answer(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "Params" => run(call, data, params),
        "State" => run(call, data, state),
        "GasPrice" => run(call, data, gas_price),
        "GasPrices" => run(call, data, gas_prices),
        _ => None,
    }
}

fn params(call: &Call<'_>, _: pb::ParamsRequest) -> Result<pb::ParamsResponse, Status> {
    let own = own_params(call)?;
    let learning_rate = learning_rate(&own);
    let floor = own.min_gas_prices.first();
    let params = pb::Params {
        alpha: ZERO_DEC.into(),
        beta: ONE_DEC.into(),
        gamma: ZERO_DEC.into(),
        delta: ZERO_DEC.into(),
        min_base_gas_price: floor.map_or(Ok(ZERO_DEC.into()), |price| to_dec(&price.amount))?,
        min_learning_rate: learning_rate.clone(),
        max_learning_rate: learning_rate,
        max_block_utilization: own.market.map_or(0, |market| market.target_block_gas.saturating_mul(2)),
        window: 1,
        fee_denom: floor.map(|price| price.denom.clone()).unwrap_or_default(),
        enabled: own.market.is_some(),
        distribute_fees: true,
    };
    Ok(pb::ParamsResponse { params: Some(params) })
}

fn state(call: &Call<'_>, _: pb::StateRequest) -> Result<pb::StateResponse, Status> {
    let api = call.dispatcher.api();
    let last = api.block(api.heights().latest);
    let gas_used = last.map_or(0, |block| {
        block
            .results
            .iter()
            .fold(0, |sum: u64, result| sum.saturating_add(result.gas_used))
    });
    let floor = own_prices(call)?.into_iter().next();
    let state = pb::State {
        base_gas_price: floor.map_or(Ok(ZERO_DEC.into()), |price| to_dec(&price.amount))?,
        learning_rate: learning_rate(&own_params(call)?),
        window: vec![gas_used],
        index: 0,
    };
    Ok(pb::StateResponse { state: Some(state) })
}

fn gas_price(call: &Call<'_>, request: pb::GasPriceRequest) -> Result<pb::GasPriceResponse, Status> {
    let prices = own_prices(call)?;
    let price = prices.iter().find(|price| price.denom == request.denom);
    let price = price.ok_or_else(|| {
        let known: Vec<&str> = prices.iter().map(|price| price.denom.as_str()).collect();
        let why = match known.as_slice() {
            [] => "transactions are free".to_owned(),
            known => format!("denoms with a price are {}", known.join(", ")),
        };
        Status::not_found(format!("no gas price in {:?}: {why}", request.denom))
    })?;
    Ok(pb::GasPriceResponse {
        price: Some(to_coin(price)?),
    })
}

fn gas_prices(call: &Call<'_>, request: pb::GasPricesRequest) -> Result<pb::GasPricesResponse, Status> {
    let prices = own_prices(call)?;
    let asked = prices
        .iter()
        .filter(|price| request.denom.is_empty() || price.denom == request.denom);
    Ok(pb::GasPricesResponse {
        prices: asked.map(to_coin).collect::<Result<_, _>>()?,
    })
}

fn own_params(call: &Call<'_>) -> Result<Params, Status> {
    let response: QueryParamsResponse = call.ask("/supercloud.fees.v1.Query/Params", &QueryParamsRequest {})?;
    Ok(response.params.unwrap_or_default())
}

fn own_prices(call: &Call<'_>) -> Result<Vec<GasPrice>, Status> {
    let response: QueryGasPricesResponse =
        call.ask("/supercloud.fees.v1.Query/GasPrices", &QueryGasPricesRequest {})?;
    Ok(response.prices)
}

/// Zero when the floor stands still.
fn learning_rate(own: &Params) -> String {
    let permille = own.market.map_or(0, |market| market.max_change_permille);
    (u128::from(permille) * PERMILLE_DEC).to_string()
}

fn to_coin(price: &GasPrice) -> Result<DecCoin, Status> {
    Ok(DecCoin {
        denom: price.denom.clone(),
        amount: to_dec(&price.amount)?,
    })
}

/// `0.025` is `25000000000000000`.
fn to_dec(decimal: &str) -> Result<String, Status> {
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    let digits = format!("{whole}{fraction:0<PLACES$}");
    if fraction.len() > PLACES || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        let text = format!("gas price {decimal:?} is no decimal with up to {PLACES} places");
        return Err(Status::new(Code::Internal, text));
    }
    let digits = digits.trim_start_matches('0');
    Ok(if digits.is_empty() { ZERO_DEC } else { digits }.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_travel_as_integers_of_18_places() {
        for (decimal, integer) in [
            ("0.025", "25000000000000000"),
            ("3", "3000000000000000000"),
            ("0.000000000000000001", "1"),
            ("0", "0"),
            ("0.0", "0"),
        ] {
            assert_eq!(to_dec(decimal).as_deref(), Ok(integer), "{decimal}");
        }
        for wrong in ["-1", "1e3", "0.0000000000000000001"] {
            assert_eq!(to_dec(wrong).unwrap_err().code, Code::Internal, "{wrong}");
        }
    }

    #[test]
    fn the_learning_rate_is_a_fraction_of_one() {
        let market = supercloud_proto::supercloud::fees::v1::FeeMarket {
            max_change_permille: 125,
            ..Default::default()
        };
        let moving = Params {
            market: Some(market),
            ..Params::default()
        };
        assert_eq!(learning_rate(&moving), "125000000000000000");
        assert_eq!(learning_rate(&Params::default()), "0");
    }
}
