//! Queues ACT to be turned into AKT, for the sender or a beneficiary that the sender names (a provider that escrow pays
//! out). Never paused: money on its way out is not held.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, to_json_binary};
use supercloud_schema::bme::RequestKind;
use supercloud_schema::money::Uakt;
use supercloud_schema::time::block_seconds;

use crate::error::BmeError;
use crate::events;
use crate::funds::assert_one_coin;
use crate::ledger::{Filing, apply_filing};
use crate::state::CONFIG;

pub(crate) fn request_redeem(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    beneficiary: Option<String>,
    min_out: Option<Uakt>,
) -> Result<Response, BmeError> {
    let config = CONFIG.load(deps.storage)?;
    let amount = assert_one_coin(&info, &config.act_denom)?;
    let minimum = config.params.min_redeem.0;
    if amount < minimum {
        return Err(BmeError::RedeemTooSmall { amount, minimum });
    }
    let owner = match beneficiary {
        Some(beneficiary) => deps.api.addr_validate(&beneficiary)?,
        None => info.sender.clone(),
    };
    let filing = Filing {
        kind: RequestKind::Redeem {},
        owner,
        filer: info.sender,
        amount,
        min_out: min_out.map(|min_out| min_out.0),
    };
    let request = apply_filing(deps.storage, filing, block_seconds(&env.block))?;
    Ok(Response::new()
        .add_event(events::requested(&request))
        .set_data(to_json_binary(&request.id)?))
}
