//! The floor of fees: least gas prices and the most gas of a transaction. Governance moves both, and the fee market moves the
//! prices between.

use supercloud_proto::prost::Message;
use supercloud_proto::supercloud::fees::v1::Params;

use crate::coin::assert_denom;
use crate::config::{GasPrice, parse_price};
use crate::error::{SdkError, TxError};
use crate::machine::Machine;
use crate::state_key::fees as key;

pub(crate) mod market;
pub(crate) mod query;
pub(crate) mod update_params;

/// Least and most of `max_tx_gas`: less would lock everybody out, governance included.
pub(crate) const MAX_TX_GAS_RANGE: std::ops::RangeInclusive<u64> = 100_000..=i64::MAX as u64;
/// Most denoms that may pay fees.
const MAX_DENOMS: usize = 16;

/// Parameters in a form to compute with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FeeParams {
    pub(crate) min_gas_prices: Vec<GasPrice>,
    pub(crate) max_tx_gas: u64,
}

impl FeeParams {
    /// Refuses what nobody could pay or what contradicts itself. The prices are those of the parameters.
    pub(crate) fn from_proto(params: &Params) -> Result<Self, TxError> {
        let invalid = |text: String| TxError::from(SdkError::InvalidRequest(text));
        if !MAX_TX_GAS_RANGE.contains(&params.max_tx_gas) {
            let (least, most) = (MAX_TX_GAS_RANGE.start(), MAX_TX_GAS_RANGE.end());
            let text = format!("max_tx_gas: {} is not between {least} and {most}", params.max_tx_gas);
            return Err(invalid(text));
        }
        if params.min_gas_prices.len() > MAX_DENOMS {
            let text = format!("min_gas_prices: {}, limit: {MAX_DENOMS}", params.min_gas_prices.len());
            return Err(invalid(text));
        }
        let mut min_gas_prices: Vec<GasPrice> = Vec::new();
        for price in &params.min_gas_prices {
            assert_denom(&price.denom)?;
            let amount = &price.amount;
            let atto = parse_price(amount)
                .ok_or_else(|| invalid(format!("min_gas_prices: {amount:?} is not a decimal such as 0.025")))?;
            if min_gas_prices.iter().any(|other| other.denom == price.denom) {
                return Err(invalid(format!("min_gas_prices: {} is listed twice", price.denom)));
            }
            min_gas_prices.push(GasPrice {
                denom: price.denom.clone(),
                atto_amount: atto,
            });
        }
        if let Some(market) = &params.market {
            market::assert_valid(market)?;
        }
        Ok(Self {
            min_gas_prices,
            max_tx_gas: params.max_tx_gas,
        })
    }
}

/// The parameters as they are stored. Reading them costs no gas: every transaction does.
pub(crate) fn load_proto(machine: &Machine<'_>) -> Result<Params, TxError> {
    let bytes = machine.state.get(key::PARAMS).unwrap_or_default();
    Ok(Params::decode(&*bytes).map_err(|error| SdkError::corrupt("fee parameters", &error))?)
}

/// What counts now: the prices of the parameters times the fee market's multiplier.
pub(crate) fn load(machine: &Machine<'_>) -> Result<FeeParams, TxError> {
    let proto = load_proto(machine)?;
    let mut params = FeeParams::from_proto(&proto)?;
    let multiplier = market::load_multiplier(machine, &proto)?;
    if multiplier != market::ONE {
        for price in &mut params.min_gas_prices {
            market::apply_multiplier(price, multiplier);
        }
    }
    Ok(params)
}

/// Writes parameters that were checked; also used by genesis.
pub(crate) fn apply(machine: &mut Machine<'_>, params: &Params) -> Result<(), TxError> {
    Ok(machine.write(key::PARAMS.to_vec(), params.encode_to_vec())?)
}
