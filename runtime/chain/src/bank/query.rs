//! Queries about coins. All coins are spendable: nothing here locks them.

use supercloud_proto::cosmos::bank::v1beta1::{
    DenomOwner, Metadata, Params, QueryAllBalancesRequest, QueryAllBalancesResponse, QueryBalanceRequest,
    QueryBalanceResponse, QueryDenomMetadataByQueryStringRequest, QueryDenomMetadataByQueryStringResponse,
    QueryDenomMetadataRequest, QueryDenomMetadataResponse, QueryDenomOwnersByQueryRequest,
    QueryDenomOwnersByQueryResponse, QueryDenomOwnersRequest, QueryDenomOwnersResponse, QueryDenomsMetadataRequest,
    QueryDenomsMetadataResponse, QueryParamsRequest, QueryParamsResponse, QuerySendEnabledRequest,
    QuerySendEnabledResponse, QuerySpendableBalanceByDenomRequest, QuerySpendableBalanceByDenomResponse,
    QuerySpendableBalancesRequest, QuerySpendableBalancesResponse, QuerySupplyOfRequest, QuerySupplyOfResponse,
    QueryTotalSupplyRequest, QueryTotalSupplyResponse, SendEnabled,
};
use supercloud_proto::cosmos::base::query::v1beta1::{PageRequest, PageResponse};
use supercloud_proto::cosmos::base::v1beta1::Coin;
use supercloud_proto::prost::Message;
use supercloud_proto::supercloud::bank::v1::{QuerySendRestrictionRequest, QuerySendRestrictionResponse};

use crate::address::Address;
use crate::bank::{self, MAX_ALLOWED_ADDRESSES};
use crate::coin::assert_denom;
use crate::error::SdkError;
use crate::machine::Machine;
use crate::query::QueryError;
use crate::query::page::{Item, read_page};
use crate::state_key;

type Page<T> = (Vec<T>, Option<PageResponse>);

fn to_coin(item: &Item<'_>) -> Result<Coin, QueryError> {
    let denom = String::from_utf8_lossy(item.key).into_owned();
    Ok(Coin {
        denom,
        amount: bank::read_amount(Some(item.value.to_vec()))?.to_string(),
    })
}

fn load_coin(machine: &mut Machine<'_>, address: &str, denom: String) -> Result<Coin, QueryError> {
    assert_denom(&denom)?;
    let address = machine.address(address)?;
    let amount = bank::load_balance(machine, &address, &denom)?.to_string();
    Ok(Coin { denom, amount })
}

fn read_balances(
    machine: &mut Machine<'_>,
    address: &str,
    page: Option<PageRequest>,
) -> Result<Page<Coin>, QueryError> {
    let address = machine.address(address)?;
    read_page(machine, &state_key::bank::balances(&address), page, |_, item| {
        to_coin(&item)
    })
}

pub(crate) fn balance(
    machine: &mut Machine<'_>,
    request: QueryBalanceRequest,
) -> Result<QueryBalanceResponse, QueryError> {
    Ok(QueryBalanceResponse {
        balance: Some(load_coin(machine, &request.address, request.denom)?),
    })
}

pub(crate) fn spendable_balance(
    machine: &mut Machine<'_>,
    request: QuerySpendableBalanceByDenomRequest,
) -> Result<QuerySpendableBalanceByDenomResponse, QueryError> {
    Ok(QuerySpendableBalanceByDenomResponse {
        balance: Some(load_coin(machine, &request.address, request.denom)?),
    })
}

pub(crate) fn all_balances(
    machine: &mut Machine<'_>,
    request: QueryAllBalancesRequest,
) -> Result<QueryAllBalancesResponse, QueryError> {
    let (balances, pagination) = read_balances(machine, &request.address, request.pagination)?;
    Ok(QueryAllBalancesResponse { balances, pagination })
}

pub(crate) fn spendable_balances(
    machine: &mut Machine<'_>,
    request: QuerySpendableBalancesRequest,
) -> Result<QuerySpendableBalancesResponse, QueryError> {
    let (balances, pagination) = read_balances(machine, &request.address, request.pagination)?;
    Ok(QuerySpendableBalancesResponse { balances, pagination })
}

pub(crate) fn total_supply(
    machine: &mut Machine<'_>,
    request: QueryTotalSupplyRequest,
) -> Result<QueryTotalSupplyResponse, QueryError> {
    let (supply, pagination) = read_page(machine, state_key::bank::SUPPLY, request.pagination, |_, item| {
        to_coin(&item)
    })?;
    Ok(QueryTotalSupplyResponse { supply, pagination })
}

pub(crate) fn supply_of(
    machine: &mut Machine<'_>,
    request: QuerySupplyOfRequest,
) -> Result<QuerySupplyOfResponse, QueryError> {
    assert_denom(&request.denom)?;
    let amount = bank::load_supply(machine, &request.denom)?.to_string();
    Ok(QuerySupplyOfResponse {
        amount: Some(Coin {
            denom: request.denom,
            amount,
        }),
    })
}

#[allow(deprecated, reason = "the old field must be named to be left empty")]
pub(crate) fn params(machine: &mut Machine<'_>, _: QueryParamsRequest) -> Result<QueryParamsResponse, QueryError> {
    Ok(QueryParamsResponse {
        params: Some(Params {
            send_enabled: Vec::new(),
            default_send_enabled: bank::load_default_send_enabled(machine),
        }),
    })
}

/// Rules of the denoms that are named, or of all that have one.
pub(crate) fn send_enabled(
    machine: &mut Machine<'_>,
    request: QuerySendEnabledRequest,
) -> Result<QuerySendEnabledResponse, QueryError> {
    let read = |key: &[u8], value: &[u8]| SendEnabled {
        denom: String::from_utf8_lossy(key).into_owned(),
        enabled: value == [1],
    };
    if request.denoms.is_empty() {
        let prefix = state_key::bank::SEND_ENABLED;
        let (send_enabled, pagination) = read_page(machine, prefix, request.pagination, |_, item| {
            Ok(read(item.key, item.value))
        })?;
        return Ok(QuerySendEnabledResponse {
            send_enabled,
            pagination,
        });
    }
    let mut send_enabled = Vec::new();
    for denom in &request.denoms {
        if let Some(rule) = machine.read(&state_key::bank::send_enabled(denom))? {
            send_enabled.push(read(denom.as_bytes(), &rule));
        }
    }
    Ok(QuerySendEnabledResponse {
        send_enabled,
        pagination: Some(PageResponse::default()),
    })
}

pub(crate) fn denom_metadata_by_query_string(
    machine: &mut Machine<'_>,
    request: QueryDenomMetadataByQueryStringRequest,
) -> Result<QueryDenomMetadataByQueryStringResponse, QueryError> {
    let QueryDenomMetadataResponse { metadata } =
        denom_metadata(machine, QueryDenomMetadataRequest { denom: request.denom })?;
    Ok(QueryDenomMetadataByQueryStringResponse { metadata })
}

pub(crate) fn denom_owners_by_query(
    machine: &mut Machine<'_>,
    request: QueryDenomOwnersByQueryRequest,
) -> Result<QueryDenomOwnersByQueryResponse, QueryError> {
    let request = QueryDenomOwnersRequest {
        denom: request.denom,
        pagination: request.pagination,
    };
    let QueryDenomOwnersResponse {
        denom_owners,
        pagination,
    } = denom_owners(machine, request)?;
    Ok(QueryDenomOwnersByQueryResponse {
        denom_owners,
        pagination,
    })
}

pub(crate) fn denom_metadata(
    machine: &mut Machine<'_>,
    request: QueryDenomMetadataRequest,
) -> Result<QueryDenomMetadataResponse, QueryError> {
    let bytes = machine.read(&state_key::bank::metadata(&request.denom))?;
    let bytes = bytes.ok_or_else(|| QueryError::NotFound(format!("client metadata for denom {}", request.denom)))?;
    Ok(QueryDenomMetadataResponse {
        metadata: Some(read_metadata(&bytes)?),
    })
}

pub(crate) fn denoms_metadata(
    machine: &mut Machine<'_>,
    request: QueryDenomsMetadataRequest,
) -> Result<QueryDenomsMetadataResponse, QueryError> {
    let (metadatas, pagination) = read_page(machine, state_key::bank::METADATA, request.pagination, |_, item| {
        read_metadata(item.value)
    })?;
    Ok(QueryDenomsMetadataResponse { metadatas, pagination })
}

fn read_metadata(bytes: &[u8]) -> Result<Metadata, QueryError> {
    Ok(Metadata::decode(bytes).map_err(|error| SdkError::corrupt("metadata", &error))?)
}

pub(crate) fn denom_owners(
    machine: &mut Machine<'_>,
    request: QueryDenomOwnersRequest,
) -> Result<QueryDenomOwnersResponse, QueryError> {
    assert_denom(&request.denom)?;
    let prefix = state_key::bank::holders(&request.denom);
    let (denom_owners, pagination) = read_page(machine, &prefix, request.pagination, |machine, item| {
        let address = read_listed(item.key)?;
        let amount = bank::read_amount(machine.state.get(&state_key::bank::balance(&address, &request.denom)))?;
        let balance = Some(Coin {
            denom: request.denom.clone(),
            amount: amount.to_string(),
        });
        Ok(DenomOwner {
            address: machine.text(&address),
            balance,
        })
    })?;
    Ok(QueryDenomOwnersResponse {
        denom_owners,
        pagination,
    })
}

pub(crate) fn send_restriction(
    machine: &mut Machine<'_>,
    request: QuerySendRestrictionRequest,
) -> Result<QuerySendRestrictionResponse, QueryError> {
    assert_denom(&request.denom)?;
    let restricted = bank::is_restricted(machine, &request.denom)?;
    let list = state_key::bank::all_allowed(&request.denom);
    let mut allowed_addresses = Vec::new();
    for (key, _) in machine.list(&list, MAX_ALLOWED_ADDRESSES)? {
        allowed_addresses.push(machine.text(&read_listed(&key)?));
    }
    Ok(QuerySendRestrictionResponse {
        restricted,
        allowed_addresses,
    })
}

/// Address behind its length byte.
fn read_listed(key: &[u8]) -> Result<Address, QueryError> {
    Ok(Address::from_bytes(key.get(1..).unwrap_or_default())?)
}
