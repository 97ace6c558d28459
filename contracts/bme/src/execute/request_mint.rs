//! Queues AKT to be turned into ACT. The price is not known yet, so neither is the outcome; `min_out` is the owner's
//! floor.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, to_json_binary};
use supercloud_schema::bme::RequestKind;
use supercloud_schema::money::Uact;
use supercloud_schema::time::block_seconds;

use crate::error::BmeError;
use crate::events;
use crate::funds::assert_one_coin;
use crate::ledger::{Filing, apply_filing};
use crate::state::CONFIG;

pub(crate) fn request_mint(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    min_out: Option<Uact>,
) -> Result<Response, BmeError> {
    let config = CONFIG.load(deps.storage)?;
    let amount = assert_one_coin(&info, &config.akt_denom)?;
    if config.mint_paused {
        return Err(BmeError::MintPaused {});
    }
    let filing = Filing {
        kind: RequestKind::Mint {},
        owner: info.sender.clone(),
        filer: info.sender,
        amount,
        min_out: min_out.map(|min_out| min_out.0),
    };
    let request = apply_filing(deps.storage, filing, block_seconds(&env.block))?;
    Ok(Response::new()
        .add_event(events::requested(&request))
        .set_data(to_json_binary(&request.id)?))
}
