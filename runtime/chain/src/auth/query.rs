//! Queries about accounts.

use supercloud_proto::cosmos::auth::v1beta1::{
    Bech32PrefixRequest, Bech32PrefixResponse, Params, QueryAccountInfoRequest, QueryAccountInfoResponse,
    QueryAccountRequest, QueryAccountResponse, QueryAccountsRequest, QueryAccountsResponse,
    QueryModuleAccountByNameRequest, QueryModuleAccountByNameResponse, QueryModuleAccountsRequest,
    QueryModuleAccountsResponse, QueryParamsRequest, QueryParamsResponse,
};

use crate::auth::{self, Account};
use crate::machine::{GOV_MODULE, Machine};
use crate::query::QueryError;
use crate::query::page::read_page;
use crate::state_key;

/// Gas of an ed25519 signature; accounts cannot have such keys, the field wants a value.
const ED25519_VERIFY_COST: u64 = 590;

fn load(machine: &mut Machine<'_>, text: &str) -> Result<Account, QueryError> {
    let address = machine.address(text)?;
    auth::load(machine, &address)?.ok_or_else(|| QueryError::NotFound(format!("account {text} not found")))
}

pub(crate) fn account(
    machine: &mut Machine<'_>,
    request: QueryAccountRequest,
) -> Result<QueryAccountResponse, QueryError> {
    Ok(QueryAccountResponse {
        account: Some(load(machine, &request.address)?.to_any()),
    })
}

pub(crate) fn account_info(
    machine: &mut Machine<'_>,
    request: QueryAccountInfoRequest,
) -> Result<QueryAccountInfoResponse, QueryError> {
    Ok(QueryAccountInfoResponse {
        info: Some(load(machine, &request.address)?.base()),
    })
}

pub(crate) fn accounts(
    machine: &mut Machine<'_>,
    request: QueryAccountsRequest,
) -> Result<QueryAccountsResponse, QueryError> {
    let (accounts, pagination) = read_page(machine, state_key::auth::ACCOUNTS, request.pagination, |_, item| {
        Ok(Some(Account::decode(item.value)?.to_any()))
    })?;
    Ok(QueryAccountsResponse { accounts, pagination })
}

pub(crate) fn params(_: &mut Machine<'_>, _: QueryParamsRequest) -> Result<QueryParamsResponse, QueryError> {
    Ok(QueryParamsResponse {
        params: Some(Params {
            max_memo_characters: auth::MAX_MEMO_LEN as u64,
            tx_sig_limit: auth::MAX_SIGNATURES as u64,
            tx_size_cost_per_byte: auth::TX_SIZE_COST_PER_BYTE,
            sig_verify_cost_ed25519: ED25519_VERIFY_COST,
            sig_verify_cost_secp256k1: auth::SECP256K1_VERIFY_COST,
        }),
    })
}

pub(crate) fn module_accounts(
    machine: &mut Machine<'_>,
    _: QueryModuleAccountsRequest,
) -> Result<QueryModuleAccountsResponse, QueryError> {
    let gov = machine.env.gov.clone();
    let account = auth::load(machine, &gov)?;
    Ok(QueryModuleAccountsResponse {
        accounts: account.iter().map(Account::to_any).collect(),
    })
}

pub(crate) fn module_account_by_name(
    machine: &mut Machine<'_>,
    request: QueryModuleAccountByNameRequest,
) -> Result<QueryModuleAccountByNameResponse, QueryError> {
    if request.name != GOV_MODULE {
        return Err(QueryError::NotFound(format!("account {} not found", request.name)));
    }
    let gov = machine.env.gov.clone();
    let account = auth::load(machine, &gov)?;
    Ok(QueryModuleAccountByNameResponse {
        account: account.as_ref().map(Account::to_any),
    })
}

pub(crate) fn bech32_prefix(
    machine: &mut Machine<'_>,
    _: Bech32PrefixRequest,
) -> Result<Bech32PrefixResponse, QueryError> {
    Ok(Bech32PrefixResponse {
        bech32_prefix: machine.env.codec.prefix().to_owned(),
    })
}
