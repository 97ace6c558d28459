//! The parameters of governance: in the state as in a genesis, on the wire as the Cosmos SDK has them. Ratios are kept
//! as basis points, so decimals with more than four digits are refused.

use supercloud_proto::cosmos::base::v1beta1::Coin as ProtoCoin;
use supercloud_proto::cosmos::gov::v1::Params;
use supercloud_proto::prost_types::Duration;

use crate::coin::{Coin, Coins};
use crate::config::{PRICE_DECIMALS, parse_price};
use crate::error::{SdkError, TxError};
use crate::genesis::{ALL_BPS, GenesisCoin, GenesisGov};
use crate::machine::Machine;
use crate::state_key::gov as key;

/// 10^-18 per basis point.
const ATTO_PER_BPS: u128 = 10u128.pow(PRICE_DECIMALS) / ALL_BPS as u128;

/// The parameters as they are stored, without voters.
pub(crate) fn load(machine: &Machine<'_>) -> Result<GenesisGov, TxError> {
    let Some(bytes) = machine.state.get(key::PARAMS) else {
        return Ok(GenesisGov::default());
    };
    Ok(serde_json::from_slice(&bytes).map_err(|error| SdkError::corrupt("gov parameters", &error))?)
}

/// Writes parameters that were checked; also used by genesis.
pub(crate) fn apply(machine: &mut Machine<'_>, params: &GenesisGov) -> Result<(), TxError> {
    let stored = GenesisGov {
        voters: Vec::new(),
        ..params.clone()
    };
    let json = serde_json::to_vec(&stored).expect("parameters have only text keys");
    Ok(machine.write(key::PARAMS.to_vec(), json)?)
}

/// Least deposit of a proposal; none: proposals of the council need none, and nobody else proposes.
pub(super) fn min_deposit(params: &GenesisGov, expedited: bool) -> Result<Coins, TxError> {
    let coins = if expedited && !params.expedited_min_deposit.is_empty() {
        &params.expedited_min_deposit
    } else {
        &params.min_deposit
    };
    let coins = coins.iter().map(|coin| Coin::parse(&coin.denom, &coin.amount));
    Ok(Coins::normalized(coins.collect::<Result<Vec<_>, _>>()?)?)
}

/// A part of coins, rounded down.
pub(super) fn compute_share(coins: &Coins, bps: u64) -> Result<Coins, TxError> {
    let share = |coin: &Coin| Coin {
        denom: coin.denom.clone(),
        // Whole and rest apart, so that no product passes 2^128.
        amount: coin.amount / u128::from(ALL_BPS) * u128::from(bps)
            + coin.amount % u128::from(ALL_BPS) * u128::from(bps) / u128::from(ALL_BPS),
    };
    Ok(Coins::normalized(coins.iter().map(share))?)
}

pub(super) fn to_proto(params: &GenesisGov) -> Params {
    let coins = |coins: &[GenesisCoin]| -> Vec<ProtoCoin> {
        let coin = |coin: &GenesisCoin| ProtoCoin {
            denom: coin.denom.clone(),
            amount: coin.amount.clone(),
        };
        coins.iter().map(coin).collect()
    };
    Params {
        min_deposit: coins(&params.min_deposit),
        max_deposit_period: to_duration(params.max_deposit_period_seconds),
        voting_period: to_duration(params.voting_period_seconds),
        quorum: to_decimal(params.quorum_bps),
        threshold: to_decimal(params.threshold_bps),
        veto_threshold: to_decimal(params.veto_threshold_bps),
        min_initial_deposit_ratio: to_decimal(params.min_initial_deposit_bps),
        proposal_cancel_ratio: to_decimal(params.proposal_cancel_bps),
        proposal_cancel_dest: params.proposal_cancel_dest.clone(),
        expedited_voting_period: to_duration(params.expedited_voting_period_seconds),
        expedited_threshold: to_decimal(params.expedited_threshold_bps),
        expedited_min_deposit: coins(&params.expedited_min_deposit),
        burn_vote_quorum: params.burn_vote_quorum,
        burn_proposal_deposit_prevote: params.burn_proposal_deposit_prevote,
        burn_vote_veto: params.burn_vote_veto,
        min_deposit_ratio: to_decimal(params.min_deposit_bps),
    }
}

/// What the wire has replaces; what it has no room for stays as in `old`.
pub(super) fn from_proto(params: &Params, old: GenesisGov) -> Result<GenesisGov, TxError> {
    let coins = |coins: &[ProtoCoin]| -> Result<Vec<GenesisCoin>, TxError> {
        let coins = Coins::from_proto(coins)?;
        let coin = |coin: &Coin| GenesisCoin {
            denom: coin.denom.clone(),
            amount: coin.amount.to_string(),
        };
        Ok(coins.iter().map(coin).collect())
    };
    Ok(GenesisGov {
        min_deposit: coins(&params.min_deposit)?,
        expedited_min_deposit: coins(&params.expedited_min_deposit)?,
        max_deposit_period_seconds: to_seconds("max_deposit_period", params.max_deposit_period)?,
        voting_period_seconds: to_seconds("voting_period", params.voting_period)?,
        expedited_voting_period_seconds: to_seconds("expedited_voting_period", params.expedited_voting_period)?,
        quorum_bps: to_bps("quorum", &params.quorum)?,
        threshold_bps: to_bps("threshold", &params.threshold)?,
        expedited_threshold_bps: to_bps("expedited_threshold", &params.expedited_threshold)?,
        veto_threshold_bps: to_bps("veto_threshold", &params.veto_threshold)?,
        min_initial_deposit_bps: to_bps("min_initial_deposit_ratio", &params.min_initial_deposit_ratio)?,
        min_deposit_bps: to_bps("min_deposit_ratio", &params.min_deposit_ratio)?,
        proposal_cancel_bps: to_bps("proposal_cancel_ratio", &params.proposal_cancel_ratio)?,
        proposal_cancel_dest: params.proposal_cancel_dest.clone(),
        burn_vote_quorum: params.burn_vote_quorum,
        burn_proposal_deposit_prevote: params.burn_proposal_deposit_prevote,
        burn_vote_veto: params.burn_vote_veto,
        ..old
    })
}

fn to_duration(seconds: u64) -> Option<Duration> {
    Some(Duration {
        seconds: seconds as i64,
        nanos: 0,
    })
}

fn to_seconds(field: &str, span: Option<Duration>) -> Result<u64, SdkError> {
    let span = span.unwrap_or_default();
    let seconds = u64::try_from(span.seconds).ok().filter(|_| span.nanos == 0);
    seconds.ok_or_else(|| {
        let text = format!("{field}: {} s and {} ns are no whole seconds", span.seconds, span.nanos);
        SdkError::InvalidRequest(text)
    })
}

/// Basis points as a decimal fraction.
pub(super) fn to_decimal(bps: u64) -> String {
    let fraction = format!("{:04}", bps % ALL_BPS);
    format!("{}.{fraction:0<width$}", bps / ALL_BPS, width = PRICE_DECIMALS as usize)
}

/// An empty text is 0, as in the Cosmos SDK.
fn to_bps(field: &str, decimal: &str) -> Result<u64, SdkError> {
    let text = if decimal.is_empty() { "0" } else { decimal };
    let bps = parse_price(text).filter(|atto| atto % ATTO_PER_BPS == 0);
    let bps = bps.and_then(|atto| u64::try_from(atto / ATTO_PER_BPS).ok());
    bps.ok_or_else(|| {
        let text = format!("{field}: {decimal:?} is not a decimal with up to four digits behind the point");
        SdkError::InvalidRequest(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basis_points_become_decimals_of_18_digits_and_back() {
        for (bps, decimal) in [
            (3_340, "0.334000000000000000"),
            (10_000, "1.000000000000000000"),
            (5, "0.000500000000000000"),
        ] {
            assert_eq!(to_decimal(bps), decimal);
            assert_eq!(to_bps("f", decimal), Ok(bps));
        }
        assert_eq!(to_bps("f", ""), Ok(0));
        assert_eq!(to_bps("f", "0.00001").map_err(|error| error.code()), Err(18));
        assert_eq!(to_bps("f", "-1").map_err(|error| error.code()), Err(18));
    }

    #[test]
    fn parameters_survive_the_wire() {
        let params = GenesisGov {
            min_deposit: vec![GenesisCoin {
                denom: "uakt".into(),
                amount: "7".into(),
            }],
            burn_vote_quorum: true,
            timelock_seconds: 9,
            ..GenesisGov::default()
        };
        assert_eq!(from_proto(&to_proto(&params), params.clone()).unwrap(), params);
    }

    #[test]
    fn share_is_rounded_down_and_never_overflows() {
        let coins = |amount| {
            Coins::one(Coin {
                denom: "uakt".into(),
                amount,
            })
        };
        for (amount, bps, share) in [(3, 5_000, 1), (10_001, 1, 1), (u128::MAX, 10_000, u128::MAX), (9, 0, 0)] {
            assert_eq!(
                compute_share(&coins(amount), bps).unwrap(),
                coins(share),
                "{amount} {bps}"
            );
        }
    }
}
