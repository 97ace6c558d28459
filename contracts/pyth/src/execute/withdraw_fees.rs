//! Governance takes the whole balance of the fee denom: the fees that are owed to it and what strangers sent.

use cosmwasm_std::{BankMsg, DepsMut, Env, MessageInfo, Response};
use supercloud_schema::money::Uakt;

use crate::error::PythError;
use crate::state::{FEES, load_as_governance};

pub(crate) fn withdraw_fees(deps: DepsMut<'_>, env: Env, info: MessageInfo, to: String) -> Result<Response, PythError> {
    let config = load_as_governance(deps.storage, &info.sender)?;
    let to_addr = deps.api.addr_validate(&to)?;
    let balance = deps.querier.query_balance(&env.contract.address, &config.fee_denom)?;
    FEES.save(deps.storage, &Uakt::ZERO)?;
    let response = Response::new().add_attribute("withdrawn", balance.to_string());
    if balance.amount.is_zero() {
        return Ok(response);
    }
    Ok(response.add_message(BankMsg::Send {
        to_address: to_addr.into_string(),
        amount: vec![balance],
    }))
}
