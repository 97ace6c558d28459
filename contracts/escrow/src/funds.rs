//! What coins a message may carry: none, or ACT and nothing else.

use cosmwasm_std::MessageInfo;
use supercloud_schema::money::Uact;

use crate::error::EscrowError;

/// Refuses any coin.
pub(crate) fn assert_none(info: &MessageInfo) -> Result<(), EscrowError> {
    match info.funds.first() {
        None => Ok(()),
        Some(coin) => Err(EscrowError::UnexpectedFunds {
            denom: coin.denom.clone(),
            amount: coin.amount,
        }),
    }
}

/// The ACT that came with the message, which may be none; refuses any other coin.
pub(crate) fn act_only(info: &MessageInfo, act_denom: &str) -> Result<Uact, EscrowError> {
    let mut act = Uact::ZERO;
    for coin in &info.funds {
        if coin.denom != act_denom {
            return Err(EscrowError::UnexpectedFunds {
                denom: coin.denom.clone(),
                amount: coin.amount,
            });
        }
        act = act.checked_add(Uact::from_bank(coin.amount)?)?;
    }
    Ok(act)
}
