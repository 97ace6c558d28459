//! Queries about the floor of fees.

use supercloud_proto::cosmos::base::node::v1beta1::{ConfigRequest, ConfigResponse};
use supercloud_proto::supercloud::fees::v1::{
    GasPrice, QueryGasPricesRequest, QueryGasPricesResponse, QueryParamsRequest, QueryParamsResponse,
};

use crate::fees;
use crate::machine::Machine;
use crate::query::QueryError;

pub(crate) fn params(machine: &mut Machine<'_>, _: QueryParamsRequest) -> Result<QueryParamsResponse, QueryError> {
    Ok(QueryParamsResponse {
        params: Some(fees::load_proto(machine)?),
    })
}

pub(crate) fn gas_prices(
    machine: &mut Machine<'_>,
    _: QueryGasPricesRequest,
) -> Result<QueryGasPricesResponse, QueryError> {
    let params = fees::load_proto(machine)?;
    let multiplier_millionths = fees::market::load_multiplier(machine, &params)?;
    let prices = fees::load(machine)?.min_gas_prices.into_iter().map(|price| GasPrice {
        amount: price.to_decimal(),
        denom: price.denom,
    });
    Ok(QueryGasPricesResponse {
        prices: prices.collect(),
        multiplier_millionths,
    })
}

/// What other chains let each node decide.
pub(crate) fn node_config(machine: &mut Machine<'_>, _: ConfigRequest) -> Result<ConfigResponse, QueryError> {
    let prices = fees::load(machine)?.min_gas_prices;
    let prices: Vec<String> = prices
        .iter()
        .map(|price| format!("{}{}", price.to_decimal(), price.denom))
        .collect();
    Ok(ConfigResponse {
        minimum_gas_price: prices.join(","),
        ..ConfigResponse::default()
    })
}
