//! Entry points; they route.

use cosmwasm_std::{
    BankMsg, Binary, Coin, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Reply, Response, entry_point, to_json_binary,
};

use crate::error::ConformanceError;
use crate::msg::{ExecuteMsg, Plan, QueryMsg};
use crate::plan::{LOG, follow, load_list};
use crate::replies::REPLIES;
use crate::{address, chain, crypto, floats, regions, replies, storage, stress};

/// Version in the section `cw_migrate_version`.
pub const MIGRATE_VERSION: u64 = 7;

/// Follows the plan; `{}` is one.
#[entry_point]
pub fn instantiate(deps: DepsMut<'_>, _env: Env, _info: MessageInfo, msg: Plan) -> Result<Response, ConformanceError> {
    follow(deps.storage, msg)
}

/// Makes one probe.
#[entry_point]
pub fn execute(deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ConformanceError> {
    let data = match msg {
        ExecuteMsg::Noop {} => return Ok(Response::new()),
        ExecuteMsg::Fail { text } => return Err(ConformanceError::Asked(text)),
        ExecuteMsg::BankSend { to, denom, amount } => {
            let amount = vec![Coin { denom, amount }];
            return Ok(Response::new().add_message(BankMsg::Send { to_address: to, amount }));
        }
        ExecuteMsg::Messages(plan) => return follow(deps.storage, plan),
        ExecuteMsg::MessageLoop {} => return Ok(stress::message_loop(&env)?),
        ExecuteMsg::Flood(flood) => return Ok(stress::flood(&flood)),
        ExecuteMsg::Set { key, value } => none(|| deps.storage.set(&key, &value)),
        ExecuteMsg::Write { key_len, value_len } => none(|| storage::write(deps.storage, key_len, value_len)),
        ExecuteMsg::Remove { key } => none(|| deps.storage.remove(&key)),
        ExecuteMsg::Scan(scan) => storage::scan(deps.storage, &scan)?,
        ExecuteMsg::Iterate(iterate) => to_json_binary(&storage::iterate(&iterate))?,
        ExecuteMsg::OpenIterators { count } => none(|| storage::open_many(count)),
        ExecuteMsg::Addr(call) => address::call(deps.api, &call)?,
        ExecuteMsg::Crypto(call) => to_json_binary(&crypto::call(&call))?,
        ExecuteMsg::Debug { lines } => none(|| lines.iter().for_each(|line| deps.api.debug(line))),
        ExecuteMsg::Abort {} => panic!("this abort is intended"),
        ExecuteMsg::Unreachable {} => stress::trap(),
        ExecuteMsg::Grow { pages } => number(stress::grow(pages)?),
        ExecuteMsg::Recurse { depth } => number(stress::recurse(depth)),
        ExecuteMsg::ShaLoop { rounds } => Binary::from(stress::sha_loop(rounds)),
        ExecuteMsg::CpuLoop {} => stress::cpu_loop(),
        ExecuteMsg::StorageLoop {} => stress::storage_loop(deps.storage),
        ExecuteMsg::MemoryLoop {} => stress::memory_loop(),
        ExecuteMsg::Chain { request } => chain::ask(deps.as_ref(), &request)?,
        ExecuteMsg::ChainRaw { request } => chain::ask_raw(deps.as_ref(), &request)?,
        ExecuteMsg::RecurseQuery { depth } => number(chain::recurse(deps.as_ref(), &env, depth)?),
        ExecuteMsg::MirrorEnv {} => to_json_binary(&env)?,
        ExecuteMsg::MirrorInfo {} => to_json_binary(&info)?,
        ExecuteMsg::Float { calls } => to_json_binary(&calls.iter().map(floats::compute).collect::<Vec<_>>())?,
        ExecuteMsg::Raw(call) => regions::call(&call)?,
    };
    Ok(Response::new().set_data(data))
}

/// Answers from storage, or probes what may be probed read-only.
#[entry_point]
pub fn query(deps: Deps<'_>, env: Env, msg: QueryMsg) -> Result<Binary, ConformanceError> {
    Ok(match msg {
        QueryMsg::Noop {} => Binary::from(b"{}"),
        QueryMsg::Get { key } => to_json_binary(&deps.storage.get(&key).map(Binary::from))?,
        QueryMsg::MirrorEnv {} => to_json_binary(&env)?,
        QueryMsg::Log {} => to_json_binary(&load_list::<String>(deps.storage, LOG)?)?,
        QueryMsg::Replies {} => deps.storage.get(REPLIES).unwrap_or_else(|| b"[]".to_vec()).into(),
        QueryMsg::WriteAttempt {} => none(regions::write_blindly),
        QueryMsg::RemoveAttempt {} => none(regions::remove_blindly),
        QueryMsg::Scan(scan) => storage::scan(deps.storage, &scan)?,
        QueryMsg::Chain { request } => chain::ask(deps, &request)?,
        QueryMsg::RecurseQuery { depth } => to_json_binary(&chain::recurse(deps, &env, depth)?)?,
        QueryMsg::ShaLoop { rounds } => to_json_binary(&Binary::from(stress::sha_loop(rounds)))?,
        QueryMsg::CpuLoop {} => stress::cpu_loop(),
        QueryMsg::Fail { text } => return Err(ConformanceError::Asked(text)),
        QueryMsg::Abort {} => panic!("this abort is intended"),
    })
}

/// Follows the plan and mirrors the migrate info as two attributes.
#[entry_point]
#[migrate_version(MIGRATE_VERSION)]
pub fn migrate(deps: DepsMut<'_>, _env: Env, msg: Plan, info: MigrateInfo) -> Result<Response, ConformanceError> {
    let old = info
        .old_migrate_version
        .map_or_else(|| "null".to_owned(), |version| version.to_string());
    Ok(follow(deps.storage, msg)?
        .add_attribute("migrate_sender", info.sender)
        .add_attribute("old_migrate_version", old))
}

/// Follows the plan.
#[entry_point]
pub fn sudo(deps: DepsMut<'_>, _env: Env, msg: Plan) -> Result<Response, ConformanceError> {
    follow(deps.storage, msg)
}

/// Records the reply and follows the plan that was left for it.
#[entry_point]
pub fn reply(deps: DepsMut<'_>, _env: Env, msg: Reply) -> Result<Response, ConformanceError> {
    replies::receive(deps.storage, msg)
}

/// Data of a probe whose finding is that it returned.
fn none(probe: impl FnOnce()) -> Binary {
    probe();
    Binary::default()
}

fn number(number: u32) -> Binary {
    Binary::from(number.to_be_bytes())
}
