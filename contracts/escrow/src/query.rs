//! Answers. Accounts and payments are settled to now for the answer, without being stored.

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, Binary, Deps, Env, Order, StdResult, Uint64, to_json_binary};
use cw_storage_plus::Bound;
use supercloud_schema::escrow::{
    AccountResponse, BidDepositResponse, Budget, BudgetResponse, BudgetsResponse, ConfigResponse, NoticesResponse,
    Payment, PaymentResponse, PaymentsResponse, QueryMsg, RefundResponse,
};
use supercloud_schema::id::{BidId, LeaseId};
use supercloud_schema::money::Uact;
use supercloud_schema::solvency::{DenomSolvency, SolvencyResponse};
use supercloud_schema::time::block_seconds;

use crate::books::{self, Books};
use crate::error::EscrowError;
use crate::state::{
    BID_DEPOSITS, BUDGETS, BUDGETS_BY_GRANTEE, BudgetRecord, CONFIG, NOTICES, OWED, PAYMENTS, REFUNDS, bid_key,
};

const DEFAULT_LIMIT: u32 = 30;
const MAX_LIMIT: u32 = 100;

pub(crate) fn query(deps: Deps<'_>, env: &Env, msg: QueryMsg) -> Result<Binary, EscrowError> {
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&query_config(deps)?),
        QueryMsg::Account { dseq } => to_json_binary(&query_account(deps, env, dseq.u64())?),
        QueryMsg::Payment { lease } => to_json_binary(&query_payment(deps, env, &lease)?),
        QueryMsg::Payments {
            dseq,
            start_after,
            limit,
        } => to_json_binary(&query_payments(deps, env, dseq.u64(), start_after, limit)?),
        QueryMsg::Budget { id } => to_json_binary(&query_budget(deps, id.u64())?),
        QueryMsg::BudgetsByGrantee {
            grantee,
            start_after,
            limit,
        } => to_json_binary(&query_budgets(deps, &grantee, start_after, limit)?),
        QueryMsg::BidDeposit { bid } => to_json_binary(&query_bid_deposit(deps, &bid)?),
        QueryMsg::Refund { owner } => to_json_binary(&query_refund(deps, &owner)?),
        QueryMsg::Notices { limit } => to_json_binary(&query_notices(deps, limit)?),
        QueryMsg::Solvency {} => to_json_binary(&query_solvency(deps, env)?),
    }?)
}

fn page_size(limit: Option<u32>) -> usize {
    limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT) as usize
}

fn query_config(deps: Deps<'_>) -> Result<ConfigResponse, EscrowError> {
    let config = CONFIG.load(deps.storage)?;
    Ok(ConfigResponse {
        governance: config.governance.into_string(),
        market: config.market.into_string(),
        bme: config.bme.into_string(),
        act_denom: config.act_denom,
        params: config.params,
    })
}

/// The books as a settlement would leave them now; what an exhausted account refunds is taken off.
fn load_as_of_now(deps: Deps<'_>, env: &Env, dseq: u64) -> Result<Books, EscrowError> {
    let mut books = Books::load(deps.storage, dseq)?;
    if books.settle(block_seconds(&env.block))?.exhausted {
        books.account.deposits.clear();
    }
    Ok(books)
}

fn query_account(deps: Deps<'_>, env: &Env, dseq: u64) -> Result<AccountResponse, EscrowError> {
    let books = load_as_of_now(deps, env, dseq)?;
    let stored = PAYMENTS.prefix(dseq).range(deps.storage, None, None, Order::Ascending);
    let mut payments: BTreeMap<Vec<u8>, Payment> = stored.take(MAX_LIMIT as usize).collect::<StdResult<_>>()?;
    for payment in &books.payments {
        payments.insert(bid_key(&payment.lease).1, payment.clone());
    }
    Ok(AccountResponse {
        account: books.view()?,
        payments: payments.into_values().collect(),
    })
}

fn query_payment(deps: Deps<'_>, env: &Env, lease: &LeaseId) -> Result<PaymentResponse, EscrowError> {
    let stored = books::assert_payment(deps.storage, lease)?;
    let books = load_as_of_now(deps, env, lease.dseq.u64())?;
    let settled = books.payments.into_iter().find(|payment| payment.lease == *lease);
    Ok(PaymentResponse {
        payment: settled.unwrap_or(stored),
    })
}

fn query_payments(
    deps: Deps<'_>,
    env: &Env,
    dseq: u64,
    start_after: Option<LeaseId>,
    limit: Option<u32>,
) -> Result<PaymentsResponse, EscrowError> {
    let books = load_as_of_now(deps, env, dseq)?;
    let after = start_after.map(|lease| bid_key(&lease).1);
    let start = after.as_deref().map(Bound::exclusive);
    let stored = PAYMENTS
        .prefix(dseq)
        .range(deps.storage, start, None, Order::Ascending)
        .take(page_size(limit));
    let settled = |stored: Payment| {
        let open = books.payments.iter().find(|payment| payment.lease == stored.lease);
        open.cloned().unwrap_or(stored)
    };
    let payments = stored.map(|item| Ok(settled(item?.1))).collect::<StdResult<_>>()?;
    Ok(PaymentsResponse { payments })
}

fn view_budget(id: u64, budget: BudgetRecord) -> Budget {
    Budget {
        id: id.into(),
        owner: budget.owner.into_string(),
        grantee: budget.grantee.into_string(),
        terms: budget.terms,
        balance: budget.balance,
        drawn: budget.drawn,
        closed: budget.closed,
    }
}

fn query_budget(deps: Deps<'_>, id: u64) -> Result<BudgetResponse, EscrowError> {
    let budget = BUDGETS
        .may_load(deps.storage, id)?
        .ok_or(EscrowError::BudgetNotFound { budget_id: id })?;
    Ok(BudgetResponse {
        budget: view_budget(id, budget),
    })
}

fn query_budgets(
    deps: Deps<'_>,
    grantee: &str,
    start_after: Option<Uint64>,
    limit: Option<u32>,
) -> Result<BudgetsResponse, EscrowError> {
    let grantee: Addr = deps.api.addr_validate(grantee)?;
    let start = start_after.map(|id| Bound::exclusive(id.u64()));
    let ids = BUDGETS_BY_GRANTEE
        .prefix(&grantee)
        .keys(deps.storage, start, None, Order::Ascending);
    let load = |id: u64| Ok(view_budget(id, BUDGETS.load(deps.storage, id)?));
    let budgets = ids
        .take(page_size(limit))
        .map(|id| load(id?))
        .collect::<StdResult<_>>()?;
    Ok(BudgetsResponse { budgets })
}

fn query_bid_deposit(deps: Deps<'_>, bid: &BidId) -> Result<BidDepositResponse, EscrowError> {
    let (dseq, rest) = bid_key(bid);
    Ok(BidDepositResponse {
        deposit: BID_DEPOSITS.may_load(deps.storage, (dseq, &rest))?,
    })
}

fn query_refund(deps: Deps<'_>, owner: &str) -> Result<RefundResponse, EscrowError> {
    let owner = deps.api.addr_validate(owner)?;
    Ok(RefundResponse {
        amount: REFUNDS.may_load(deps.storage, &owner)?.unwrap_or_default(),
    })
}

fn query_notices(deps: Deps<'_>, limit: Option<u32>) -> Result<NoticesResponse, EscrowError> {
    let notices = NOTICES
        .range(deps.storage, None, None, Order::Ascending)
        .take(page_size(limit));
    Ok(NoticesResponse {
        notices: notices.map(|item| Ok(item?.1)).collect::<StdResult<_>>()?,
    })
}

fn query_solvency(deps: Deps<'_>, env: &Env) -> Result<SolvencyResponse, EscrowError> {
    let denom = CONFIG.load(deps.storage)?.act_denom;
    let owed = OWED.load(deps.storage)?;
    let balance = Uact::from_bank(deps.querier.query_balance(&env.contract.address, &denom)?.amount)?;
    let surplus = balance.saturating_sub(owed);
    let solvent = balance >= owed;
    let coin = DenomSolvency {
        denom,
        owed: owed.0,
        balance: balance.0,
        surplus: surplus.0,
        solvent,
    };
    Ok(SolvencyResponse { coins: vec![coin] })
}
