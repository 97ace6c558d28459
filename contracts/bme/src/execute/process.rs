//! Settles pending requests. Anyone may ask, and the cron does; that nothing could be settled is an answer (attributes
//! `processed`, `mint_queue`, `redeem_queue`), not an error.

use cosmwasm_std::{DepsMut, Env, Response};

use crate::error::BmeError;
use crate::pass::Pass;

pub(crate) fn process(deps: DepsMut<'_>, env: Env, limit: u32) -> Result<Response, BmeError> {
    Pass::begin(deps.as_ref(), env)?.run(deps, limit)
}
