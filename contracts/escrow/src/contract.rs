//! Entry points. They route, and say of each message whether it takes coins; deciding is done in `execute`.

use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Reply, Response, SubMsgResult, entry_point, from_json};
use cw2::set_contract_version;
use supercloud_schema::escrow::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg, SudoMsg};
use supercloud_schema::money::Uact;

use crate::error::EscrowError;
use crate::funds::{act_only, assert_none};
use crate::session::Session;
use crate::state::{CONFIG, Config, LAST_BUDGET, OWED};
use crate::{execute, migrate as migration, notices, query as queries, refunds};

/// Name in the contract's version record.
pub const CONTRACT_NAME: &str = "supercloud-escrow";
/// Version in the contract's version record.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Sets the contract up.
#[entry_point]
pub fn instantiate(
    deps: DepsMut<'_>,
    _env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, EscrowError> {
    assert_none(&info)?;
    execute::assert_params(&msg.params)?;
    if msg.act_denom.is_empty() {
        return Err(EscrowError::EmptyDenom);
    }
    set_contract_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    let config = Config {
        governance: deps.api.addr_validate(&msg.governance)?,
        market: deps.api.addr_validate(&msg.market)?,
        bme: deps.api.addr_validate(&msg.bme)?,
        act_denom: msg.act_denom,
        params: msg.params,
    };
    CONFIG.save(deps.storage, &config)?;
    OWED.save(deps.storage, &Uact::ZERO)?;
    LAST_BUDGET.save(deps.storage, &0)?;
    Ok(Response::new())
}

/// Routes a message.
#[entry_point]
pub fn execute(deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, EscrowError> {
    let mut session = Session::open(deps, env)?;
    let (s, sender) = (&mut session, &info.sender);
    let act = s.config.act_denom.clone();
    match msg {
        // Payable in ACT.
        ExecuteMsg::CreateBudget { grantee, terms } => {
            execute::create_budget(s, sender, act_only(&info, &act)?, &grantee, terms)
        }
        ExecuteMsg::FundBudget { budget_id } => execute::fund_budget(s, act_only(&info, &act)?, budget_id.u64()),
        ExecuteMsg::Deposit { dseq, budgets } => {
            execute::deposit(s, sender, act_only(&info, &act)?, dseq.u64(), &budgets)
        }
        ExecuteMsg::OpenAccount {
            dseq,
            owner,
            budgets,
            minimum,
        } => {
            s.assert_market(sender)?;
            let coins = act_only(&info, &act)?;
            execute::open_account(s, coins, dseq.u64(), &owner, &budgets, minimum)
        }
        ExecuteMsg::LockBidDeposit { bid, minimum } => {
            s.assert_market(sender)?;
            execute::lock_bid_deposit(s, act_only(&info, &act)?, bid, minimum)
        }

        // Everything below takes no coins.
        _ if !info.funds.is_empty() => assert_none(&info),

        ExecuteMsg::WithdrawBudget { budget_id, amount } => {
            execute::withdraw_budget(s, sender, budget_id.u64(), amount)
        }
        ExecuteMsg::CloseBudget { budget_id } => execute::close_budget(s, sender, budget_id.u64()),
        ExecuteMsg::Withdraw { leases, redeem } => execute::withdraw(s, sender, &leases, redeem),
        ExecuteMsg::Settle { dseq } => execute::settle(s, dseq.u64()),
        ExecuteMsg::Sweep { limit } => execute::sweep(s, limit),
        ExecuteMsg::ClaimRefund {} => execute::claim_refund(s, sender),

        ExecuteMsg::OpenPayment {
            lease,
            rate,
            grace_seconds,
        } => {
            s.assert_market(sender)?;
            execute::open_payment(s, lease, rate, grace_seconds)
        }
        ExecuteMsg::ClosePayment { lease } => {
            s.assert_market(sender)?;
            execute::close_payment(s, &lease)
        }
        ExecuteMsg::CloseAccount { dseq } => {
            s.assert_market(sender)?;
            execute::close_account(s, dseq.u64())
        }
        ExecuteMsg::ReleaseBidDeposits { releases } => {
            s.assert_market(sender)?;
            execute::release_bid_deposits(s, &releases)
        }

        ExecuteMsg::UpdateParams { params } => {
            s.assert_governance(sender)?;
            execute::update_params(s, params)
        }
        ExecuteMsg::UpdateConfig {
            governance,
            market,
            bme,
        } => {
            s.assert_governance(sender)?;
            execute::update_config(s, governance, market, bme)
        }
        ExecuteMsg::SweepSurplus { denom, to } => {
            s.assert_governance(sender)?;
            execute::sweep_surplus(s, denom, &to)
        }
    }?;
    Ok(session.close())
}

/// The chain's cron.
#[entry_point]
pub fn sudo(deps: DepsMut<'_>, env: Env, msg: SudoMsg) -> Result<Response, EscrowError> {
    let mut session = Session::open(deps, env)?;
    match msg {
        SudoMsg::Sweep { limit } => execute::sweep(&mut session, limit)?,
    }
    Ok(session.close())
}

/// A payment that was not delivered, or a notice that was not taken. Both are asked for on errors only.
#[entry_point]
pub fn reply(deps: DepsMut<'_>, env: Env, msg: Reply) -> Result<Response, EscrowError> {
    let mut session = Session::open(deps, env)?;
    match (msg.id, msg.result) {
        (refunds::REPLY_UNDELIVERED, SubMsgResult::Err(_)) => {
            refunds::apply_undelivered(&mut session, from_json(msg.payload)?)?;
        }
        (notices::REPLY_REFUSED, SubMsgResult::Err(error)) => {
            notices::apply_refused(&mut session, from_json(msg.payload)?, &error)?;
        }
        (id, _) => return Err(EscrowError::UnknownReply { id }),
    }
    Ok(session.close())
}

/// Answers a question.
#[entry_point]
pub fn query(deps: Deps<'_>, env: Env, msg: QueryMsg) -> Result<Binary, EscrowError> {
    queries::query(deps, &env, msg)
}

/// Moves to this version from the same or an older one.
#[entry_point]
pub fn migrate(deps: DepsMut<'_>, _env: Env, _msg: MigrateMsg) -> Result<Response, EscrowError> {
    migration::migrate(deps)
}
