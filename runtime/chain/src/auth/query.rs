//! Queries about accounts.

use supercloud_proto::cosmos::auth::v1beta1::{
    AddressBytesToStringRequest, AddressBytesToStringResponse, AddressStringToBytesRequest,
    AddressStringToBytesResponse, Bech32PrefixRequest, Bech32PrefixResponse, Params, QueryAccountAddressByIdRequest,
    QueryAccountAddressByIdResponse, QueryAccountInfoRequest, QueryAccountInfoResponse, QueryAccountRequest,
    QueryAccountResponse, QueryAccountsRequest, QueryAccountsResponse, QueryModuleAccountByNameRequest,
    QueryModuleAccountByNameResponse, QueryModuleAccountsRequest, QueryModuleAccountsResponse, QueryParamsRequest,
    QueryParamsResponse,
};

use crate::address::Address;
use crate::auth::{self, Account, MODULES};
use crate::machine::Machine;
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
        Ok(Account::decode(item.value)?.to_any())
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

fn is_module(account: &Account) -> bool {
    matches!(account, Account::Module(_))
}

/// The chain's own accounts; there are a handful.
pub(crate) fn module_accounts(
    machine: &mut Machine<'_>,
    _: QueryModuleAccountsRequest,
) -> Result<QueryModuleAccountsResponse, QueryError> {
    let mut accounts = Vec::new();
    for name in MODULES {
        let found = auth::load(machine, &Address::from_module(name))?;
        accounts.extend(found.filter(is_module).as_ref().map(Account::to_any));
    }
    Ok(QueryModuleAccountsResponse { accounts })
}

pub(crate) fn module_account_by_name(
    machine: &mut Machine<'_>,
    request: QueryModuleAccountByNameRequest,
) -> Result<QueryModuleAccountByNameResponse, QueryError> {
    let not_found = || QueryError::NotFound(format!("account {} not found", request.name));
    if !MODULES.contains(&request.name.as_str()) {
        return Err(not_found());
    }
    let found = auth::load(machine, &Address::from_module(&request.name))?;
    let account = found.filter(is_module).ok_or_else(not_found)?;
    Ok(QueryModuleAccountByNameResponse {
        account: Some(account.to_any()),
    })
}

pub(crate) fn address_bytes_to_string(
    machine: &mut Machine<'_>,
    request: AddressBytesToStringRequest,
) -> Result<AddressBytesToStringResponse, QueryError> {
    let address = Address::from_bytes(request.address_bytes)?;
    Ok(AddressBytesToStringResponse {
        address_string: machine.text(&address),
    })
}

pub(crate) fn address_string_to_bytes(
    machine: &mut Machine<'_>,
    request: AddressStringToBytesRequest,
) -> Result<AddressStringToBytesResponse, QueryError> {
    let address = machine.address(&request.address_string)?;
    Ok(AddressStringToBytesResponse {
        address_bytes: address.as_bytes().to_vec(),
    })
}

/// By the account number.
#[allow(deprecated, reason = "older clients fill the old field")]
pub(crate) fn account_address_by_id(
    machine: &mut Machine<'_>,
    request: QueryAccountAddressByIdRequest,
) -> Result<QueryAccountAddressByIdResponse, QueryError> {
    let id = u64::try_from(request.id)
        .map_err(|_| QueryError::InvalidArgument(format!("id {} is below 0: account numbers are not", request.id)))?;
    let number = if request.account_id == 0 {
        id
    } else {
        request.account_id
    };
    let address = machine.read(&state_key::auth::by_number(number))?;
    let address = address
        .ok_or_else(|| QueryError::NotFound(format!("account address not found with account number {number}")))?;
    Ok(QueryAccountAddressByIdResponse {
        account_address: machine.text(&Address::from_bytes(address)?),
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
