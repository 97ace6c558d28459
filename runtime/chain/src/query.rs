//! Queries from outside: one table from path to answer, for every transport.
//!
//! Answers never change state; what a query writes on the way (a simulation does) is thrown away.

use supercloud_proto::cosmos::base::abci::v1beta1::{GasInfo, Result as SimulationData, TxMsgData};
use supercloud_proto::cosmos::tx::v1beta1::{SimulateRequest, SimulateResponse, TxRaw};
use supercloud_proto::prost::Message;
use supercloud_proto::tendermint::abci as proto;
use thiserror::Error;

use crate::block::{QueryResult, TxResult};
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::Machine;
use crate::{auth, authz, bank, consensus, cron, distribution, feegrant, fees, gov, tokenfactory, tx, wasm};

pub(crate) mod page;

/// Why a query has no answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum QueryError {
    #[error("rpc error: code = NotFound desc = {0}: key not found")]
    NotFound(String),
    #[error("rpc error: code = InvalidArgument desc = {0}: invalid request")]
    InvalidArgument(String),
    #[error("unknown query path {0}: unknown request")]
    UnknownPath(String),
    #[error("rpc error: code = Unknown desc = {0}: unknown request")]
    Failed(TxError),
    #[error("rpc error: code = Unknown desc = {0}: unknown request")]
    Simulation(String),
}

impl QueryError {
    fn code(&self) -> u32 {
        match self {
            Self::NotFound(_) => 22,
            Self::InvalidArgument(_) => 18,
            Self::UnknownPath(_) | Self::Failed(_) | Self::Simulation(_) => 6,
        }
    }

    pub(crate) fn into_result(self, height: u64) -> QueryResult {
        QueryResult {
            code: self.code(),
            codespace: "sdk".into(),
            log: self.to_string(),
            info: String::new(),
            value: Vec::new(),
            height,
        }
    }
}

/// What the sender of a query wrote is its own fault; anything else is reported as it is.
impl<E: Into<TxError>> From<E> for QueryError {
    fn from(error: E) -> Self {
        match error.into() {
            error @ TxError::Sdk(SdkError::InvalidAddress(_) | SdkError::InvalidCoins(_)) => {
                Self::InvalidArgument(error.to_string())
            }
            error => Self::Failed(error),
        }
    }
}

/// Answers the query at `path`.
pub(crate) fn answer(machine: &mut Machine<'_>, path: &str, data: &[u8]) -> Result<Vec<u8>, QueryError> {
    if let Some(service) = path.strip_prefix("/cosmwasm.wasm.v1.Query/") {
        return wasm::answer(machine, service, path, data);
    }
    if let Some(service) = path.strip_prefix("/supercloud.wasm.v1.Query/") {
        return wasm::answer_own(machine, service, path, data);
    }
    match path {
        "/cosmos.auth.v1beta1.Query/Account" => run(machine, data, auth::query::account),
        "/cosmos.auth.v1beta1.Query/Accounts" => run(machine, data, auth::query::accounts),
        "/cosmos.auth.v1beta1.Query/AccountInfo" => run(machine, data, auth::query::account_info),
        "/cosmos.auth.v1beta1.Query/Params" => run(machine, data, auth::query::params),
        "/cosmos.auth.v1beta1.Query/ModuleAccounts" => run(machine, data, auth::query::module_accounts),
        "/cosmos.auth.v1beta1.Query/ModuleAccountByName" => run(machine, data, auth::query::module_account_by_name),
        "/cosmos.auth.v1beta1.Query/Bech32Prefix" => run(machine, data, auth::query::bech32_prefix),
        "/cosmos.auth.v1beta1.Query/AddressBytesToString" => run(machine, data, auth::query::address_bytes_to_string),
        "/cosmos.auth.v1beta1.Query/AddressStringToBytes" => run(machine, data, auth::query::address_string_to_bytes),
        "/cosmos.auth.v1beta1.Query/AccountAddressByID" => run(machine, data, auth::query::account_address_by_id),
        "/cosmos.bank.v1beta1.Query/SendEnabled" => run(machine, data, bank::query::send_enabled),
        "/cosmos.bank.v1beta1.Query/DenomMetadataByQueryString" => {
            run(machine, data, bank::query::denom_metadata_by_query_string)
        }
        "/cosmos.bank.v1beta1.Query/DenomOwnersByQuery" => run(machine, data, bank::query::denom_owners_by_query),
        "/cosmos.consensus.v1.Query/Params" => run(machine, data, consensus::query::params),
        "/cosmos.distribution.v1beta1.Query/CommunityPool" => run(machine, data, distribution::query::community_pool),
        "/cosmos.distribution.v1beta1.Query/Params" => run(machine, data, distribution::query::params),
        "/cosmos.distribution.v1beta1.Query/DelegationTotalRewards" => {
            run(machine, data, distribution::query::delegation_total_rewards)
        }
        "/supercloud.fees.v1.Query/Params" => run(machine, data, fees::query::params),
        "/supercloud.fees.v1.Query/GasPrices" => run(machine, data, fees::query::gas_prices),
        "/cosmos.bank.v1beta1.Query/Balance" => run(machine, data, bank::query::balance),
        "/cosmos.bank.v1beta1.Query/AllBalances" => run(machine, data, bank::query::all_balances),
        "/cosmos.bank.v1beta1.Query/SpendableBalances" => run(machine, data, bank::query::spendable_balances),
        "/cosmos.bank.v1beta1.Query/SpendableBalanceByDenom" => run(machine, data, bank::query::spendable_balance),
        "/cosmos.bank.v1beta1.Query/TotalSupply" => run(machine, data, bank::query::total_supply),
        "/cosmos.bank.v1beta1.Query/SupplyOf" => run(machine, data, bank::query::supply_of),
        "/cosmos.bank.v1beta1.Query/Params" => run(machine, data, bank::query::params),
        "/cosmos.bank.v1beta1.Query/DenomMetadata" => run(machine, data, bank::query::denom_metadata),
        "/cosmos.bank.v1beta1.Query/DenomsMetadata" => run(machine, data, bank::query::denoms_metadata),
        "/cosmos.bank.v1beta1.Query/DenomOwners" => run(machine, data, bank::query::denom_owners),
        "/supercloud.bank.v1.Query/SendRestriction" => run(machine, data, bank::query::send_restriction),
        "/cosmos.authz.v1beta1.Query/Grants" => run(machine, data, authz::query::grants),
        "/cosmos.authz.v1beta1.Query/GranterGrants" => run(machine, data, authz::query::granter_grants),
        "/cosmos.authz.v1beta1.Query/GranteeGrants" => run(machine, data, authz::query::grantee_grants),
        "/cosmos.feegrant.v1beta1.Query/Allowance" => run(machine, data, feegrant::query::allowance),
        "/cosmos.feegrant.v1beta1.Query/Allowances" => run(machine, data, feegrant::query::allowances),
        "/cosmos.feegrant.v1beta1.Query/AllowancesByGranter" => {
            run(machine, data, feegrant::query::allowances_by_granter)
        }
        "/cosmos.gov.v1.Query/Proposal" => run(machine, data, gov::query::proposal),
        "/cosmos.gov.v1.Query/Proposals" => run(machine, data, gov::query::proposals),
        "/cosmos.gov.v1.Query/Vote" => run(machine, data, gov::query::vote),
        "/cosmos.gov.v1.Query/Votes" => run(machine, data, gov::query::votes),
        "/cosmos.gov.v1.Query/Params" => run(machine, data, gov::query::params),
        "/cosmos.gov.v1.Query/TallyResult" => run(machine, data, gov::query::tally_result),
        "/cosmos.gov.v1.Query/Deposit" => run(machine, data, gov::query::deposit),
        "/cosmos.gov.v1.Query/Deposits" => run(machine, data, gov::query::deposits),
        "/cosmos.gov.v1.Query/Constitution" => run(machine, data, gov::query::constitution),
        "/cosmos.gov.v1beta1.Query/Proposal" => run(machine, data, gov::legacy::query::proposal),
        "/cosmos.gov.v1beta1.Query/Proposals" => run(machine, data, gov::legacy::query::proposals),
        "/cosmos.gov.v1beta1.Query/Vote" => run(machine, data, gov::legacy::query::vote),
        "/cosmos.gov.v1beta1.Query/Votes" => run(machine, data, gov::legacy::query::votes),
        "/cosmos.gov.v1beta1.Query/Params" => run(machine, data, gov::legacy::query::params),
        "/cosmos.gov.v1beta1.Query/Deposit" => run(machine, data, gov::legacy::query::deposit),
        "/cosmos.gov.v1beta1.Query/Deposits" => run(machine, data, gov::legacy::query::deposits),
        "/cosmos.gov.v1beta1.Query/TallyResult" => run(machine, data, gov::legacy::query::tally_result),
        "/supercloud.gov.v1.Query/Council" => run(machine, data, gov::query::council),
        "/osmosis.tokenfactory.v1beta1.Query/Params" => run(machine, data, tokenfactory::query::params),
        "/osmosis.tokenfactory.v1beta1.Query/DenomsFromCreator" => {
            run(machine, data, tokenfactory::query::denoms_from_creator)
        }
        "/osmosis.tokenfactory.v1beta1.Query/DenomAuthorityMetadata" => run(machine, data, tokenfactory::query::admin),
        "/supercloud.cron.v1.Query/Schedule" => run(machine, data, cron::query::schedule),
        "/supercloud.cron.v1.Query/Schedules" => run(machine, data, cron::query::schedules),
        "/supercloud.tokenfactory.v1.Query/MintCap" => run(machine, data, tokenfactory::query::mint_cap),
        "/cosmos.base.node.v1beta1.Service/Config" => run(machine, data, fees::query::node_config),
        "/cosmos.tx.v1beta1.Service/Simulate" => run(machine, data, simulate),
        _ => answer_raw(machine, path, data),
    }
}

/// Decodes a request, answers it, encodes the response.
pub(crate) fn run<Q: Message + Default, R: Message>(
    machine: &mut Machine<'_>,
    data: &[u8],
    answer: fn(&mut Machine<'_>, Q) -> Result<R, QueryError>,
) -> Result<Vec<u8>, QueryError> {
    let request = Q::decode(data).map_err(|error| QueryError::InvalidArgument(error.to_string()))?;
    answer(machine, request).map(|response| response.encode_to_vec())
}

/// `/store/<module>/key` with the raw key as data; an absent key has an empty value.
fn answer_raw(machine: &mut Machine<'_>, path: &str, data: &[u8]) -> Result<Vec<u8>, QueryError> {
    let module = path.strip_prefix("/store/").and_then(|rest| rest.strip_suffix("/key"));
    let module = module
        .filter(|module| !module.contains('/'))
        .ok_or_else(|| QueryError::UnknownPath(path.to_owned()))?;
    let key = [module.as_bytes(), b"/", data].concat();
    Ok(machine.state.get(&key).unwrap_or_default())
}

#[allow(deprecated, reason = "old clients send the decoded transaction in field 1")]
fn simulate(machine: &mut Machine<'_>, request: SimulateRequest) -> Result<SimulateResponse, QueryError> {
    let raw = match request.tx {
        Some(tx) if request.tx_bytes.is_empty() => TxRaw {
            body_bytes: tx.body.unwrap_or_default().encode_to_vec(),
            auth_info_bytes: tx.auth_info.unwrap_or_default().encode_to_vec(),
            signatures: tx.signatures,
        }
        .encode_to_vec(),
        _ => request.tx_bytes,
    };
    if raw.is_empty() {
        return Err(QueryError::InvalidArgument("empty txBytes is not allowed".to_owned()));
    }
    let result = tx::simulate(machine, &raw);
    if !result.info.is_empty() {
        machine.note(|_| result.info.clone());
    }
    if !result.is_ok() {
        let text = format!(
            "{}: With gas wanted: '{}' and gas used: '{}'",
            result.log, result.gas_wanted, result.gas_used
        );
        return Err(QueryError::Simulation(text));
    }
    Ok(to_response(result))
}

#[allow(deprecated, reason = "field 1 of the result must be named to be filled")]
fn to_response(result: TxResult) -> SimulateResponse {
    let TxMsgData { msg_responses, .. } = TxMsgData::decode(&*result.data).unwrap_or_default();
    let gas_info = GasInfo {
        gas_wanted: result.gas_wanted,
        gas_used: result.gas_used,
    };
    let events = result.events.into_iter().map(to_proto_event).collect();
    let data = SimulationData {
        data: result.data,
        log: result.log,
        events,
        msg_responses,
    };
    SimulateResponse {
        gas_info: Some(gas_info),
        result: Some(data),
    }
}

fn to_proto_event(event: Event) -> proto::Event {
    let attributes = event.attributes.into_iter();
    proto::Event {
        r#type: event.kind,
        attributes: attributes
            .map(|attribute| proto::EventAttribute {
                key: attribute.key,
                value: attribute.value,
                index: attribute.index,
            })
            .collect(),
    }
}
