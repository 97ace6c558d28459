//! Which coins a message may carry. The market keeps none: what it accepts it forwards to escrow in the same message.

use cosmwasm_std::MessageInfo;
use supercloud_schema::money::Uact;

use crate::error::MarketError;

fn text(info: &MessageInfo) -> String {
    info.funds.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// The message's info, refused when coins came.
pub(crate) fn unpaid(info: MessageInfo) -> Result<MessageInfo, MarketError> {
    if info.funds.is_empty() {
        return Ok(info);
    }
    Err(MarketError::UnexpectedFunds { found: text(&info) })
}

/// The amount of the one denom that may come, zero when nothing came.
pub(crate) fn load_act(info: &MessageInfo, act_denom: &str) -> Result<Uact, MarketError> {
    match info.funds.as_slice() {
        [] => Ok(Uact::ZERO),
        [coin] if coin.denom == act_denom => Ok(Uact::from_bank(coin.amount)?),
        _ => Err(MarketError::WrongFunds {
            expected: act_denom.to_string(),
            found: text(info),
        }),
    }
}
