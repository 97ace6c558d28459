//! Sends coins that nobody has a claim on: ACT beyond what is owed, and all of any other denom.

use cosmwasm_std::{BankMsg, Coin, SubMsg, Uint256};

use crate::error::EscrowError;
use crate::session::Session;
use crate::state::OWED;

pub(crate) fn sweep_surplus(session: &mut Session<'_>, denom: String, to: &str) -> Result<(), EscrowError> {
    let to = session.validate(to)?;
    let balance = session
        .deps
        .querier
        .query_balance(&session.env.contract.address, &denom)?
        .amount;
    let owed = if denom == session.config.act_denom {
        OWED.load(session.deps.storage)?.0
    } else {
        0u128.into()
    };
    let amount = balance.saturating_sub(Uint256::from(owed));
    if amount.is_zero() {
        return Err(EscrowError::NoSurplus { denom });
    }
    let coins = vec![Coin { denom, amount }];
    session.send(SubMsg::new(BankMsg::Send {
        to_address: to.into_string(),
        amount: coins,
    }));
    Ok(())
}
