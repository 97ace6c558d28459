//! What the oracle is told: Pyth's mantissas as fixed point of 18 decimals, whatever their exponent.

use cosmwasm_std::{Addr, Decimal, StdResult, Uint64, Uint128, WasmMsg, to_json_binary};
use supercloud_schema::oracle::ExecuteMsg;
use supercloud_verify_pyth::PriceMessage;

/// The report of one price to the oracle.
pub(crate) fn observe(oracle: &Addr, asset: &str, price: &PriceMessage, slot: u64) -> StdResult<WasmMsg> {
    let msg = ExecuteMsg::Observe {
        asset: asset.to_string(),
        price: compute_decimal(price.price.unsigned_abs(), price.expo),
        confidence: compute_decimal(price.conf, price.expo),
        ema: Some(compute_decimal(price.ema_price.unsigned_abs(), price.expo)),
        publish_time: price.publish_time.unsigned_abs(),
        sequence: Uint64::new(slot),
    };
    Ok(WasmMsg::Execute {
        contract_addr: oracle.to_string(),
        msg: to_json_binary(&msg)?,
        funds: vec![],
    })
}

/// `mantissa * 10^expo` exactly. Exponents are between -18 and 0, so the product is at most 2^64 x 10^18 < 2^128.
fn compute_decimal(mantissa: u64, expo: i32) -> Decimal {
    let scale = u32::try_from(18 + expo)
        .ok()
        .and_then(|digits| 10u128.checked_pow(digits));
    let atomics = scale.and_then(|scale| u128::from(mantissa).checked_mul(scale));
    Decimal::new(Uint128::new(
        atomics.expect("exponents of stored prices are between -18 and 0"),
    ))
}

#[cfg(test)]
mod tests {
    use super::compute_decimal;

    #[test]
    fn every_exponent_is_normalised() {
        assert_eq!(compute_decimal(58_646_744, -8).to_string(), "0.58646744");
        assert_eq!(compute_decimal(7, 0).to_string(), "7");
        assert_eq!(compute_decimal(1, -18).to_string(), "0.000000000000000001");
        assert_eq!(compute_decimal(u64::MAX, 0).to_string(), "18446744073709551615");
    }
}
