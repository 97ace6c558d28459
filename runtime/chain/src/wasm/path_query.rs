//! `grpc` and `stargate` queries of contracts: gRPC methods of this chain by path, as far as the chain's parameters
//! allow them.
//!
//! Only methods of [`ANSWERED`] can be allowed: what they answer is a function of the state, and all of their work is
//! paid for. `grpc` answers with the encoded response, `stargate` with its JSON.

use prost_reflect::{DynamicMessage, MessageDescriptor, SerializeOptions};

use crate::descriptor::pool;
use crate::error::{SdkError, TxError};
use crate::machine::Machine;
use crate::query::{self, QueryError};
use crate::wasm::host_params;
use crate::wasm::json::PathQuery;

/// Methods that a chain may allow. Not here: what calls contracts, what does unpaid work, what a node decides.
pub(crate) const ANSWERED: [&str; 37] = [
    "/cosmos.auth.v1beta1.Query/Account",
    "/cosmos.auth.v1beta1.Query/AccountInfo",
    "/cosmos.auth.v1beta1.Query/Accounts",
    "/cosmos.auth.v1beta1.Query/Bech32Prefix",
    "/cosmos.auth.v1beta1.Query/ModuleAccountByName",
    "/cosmos.auth.v1beta1.Query/ModuleAccounts",
    "/cosmos.auth.v1beta1.Query/Params",
    "/cosmos.bank.v1beta1.Query/AllBalances",
    "/cosmos.bank.v1beta1.Query/Balance",
    "/cosmos.bank.v1beta1.Query/DenomMetadata",
    "/cosmos.bank.v1beta1.Query/DenomsMetadata",
    "/cosmos.bank.v1beta1.Query/Params",
    "/cosmos.bank.v1beta1.Query/SpendableBalanceByDenom",
    "/cosmos.bank.v1beta1.Query/SpendableBalances",
    "/cosmos.bank.v1beta1.Query/SupplyOf",
    "/cosmos.bank.v1beta1.Query/TotalSupply",
    "/cosmos.gov.v1.Query/Params",
    "/cosmos.gov.v1.Query/Proposal",
    "/cosmos.gov.v1.Query/TallyResult",
    "/cosmos.gov.v1.Query/Vote",
    "/cosmos.gov.v1.Query/Votes",
    "/cosmwasm.wasm.v1.Query/AllContractState",
    "/cosmwasm.wasm.v1.Query/BuildAddress",
    "/cosmwasm.wasm.v1.Query/CodeInfo",
    "/cosmwasm.wasm.v1.Query/Codes",
    "/cosmwasm.wasm.v1.Query/ContractHistory",
    "/cosmwasm.wasm.v1.Query/ContractInfo",
    "/cosmwasm.wasm.v1.Query/ContractsByCode",
    "/cosmwasm.wasm.v1.Query/ContractsByCreator",
    "/cosmwasm.wasm.v1.Query/Params",
    "/cosmwasm.wasm.v1.Query/PinnedCodes",
    "/cosmwasm.wasm.v1.Query/RawContractState",
    "/osmosis.tokenfactory.v1beta1.Query/DenomAuthorityMetadata",
    "/supercloud.bank.v1.Query/SendRestriction",
    "/supercloud.gov.v1.Query/Council",
    "/supercloud.tokenfactory.v1.Query/MintCap",
    "/supercloud.wasm.v1.Query/HostParams",
];

/// How the response is encoded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Protobuf,
    Json,
}

/// Why there is no answer.
pub(super) enum Refusal {
    /// The guest is told so.
    Unsupported(String),
    /// As any other failure.
    Failed(TxError),
}

pub(super) fn answer(machine: &mut Machine<'_>, query: &PathQuery, encoding: Encoding) -> Result<Vec<u8>, Refusal> {
    let path = query.path.as_str();
    let allowed = host_params::load(machine).map_err(Refusal::Failed)?.query_allow_list;
    if allowed.is_empty() {
        let kind = match encoding {
            Encoding::Protobuf => "gRPC queries are disabled on this chain",
            Encoding::Json => "Stargate queries are disabled on this chain",
        };
        return Err(Refusal::Unsupported(kind.to_owned()));
    }
    if !allowed.iter().any(|allowed| allowed == path) {
        let kind = format!("'{path}' path is not allowed from the contract");
        return Err(Refusal::Unsupported(kind));
    }
    let response = query::answer(machine, path, &query.data.0).map_err(|error| Refusal::Failed(to_tx_error(error)))?;
    match encoding {
        Encoding::Protobuf => Ok(response),
        Encoding::Json => to_json(path, &response).map_err(|error| Refusal::Failed(error.into())),
    }
}

/// Out of gas stays what it is.
fn to_tx_error(error: QueryError) -> TxError {
    match error {
        QueryError::NotFound(text) => SdkError::NotFound(text).into(),
        QueryError::InvalidArgument(text) => SdkError::InvalidRequest(text).into(),
        QueryError::UnknownPath(text) | QueryError::Simulation(text) => SdkError::UnknownRequest(text).into(),
        QueryError::Failed(error) => error,
    }
}

/// The response as the Cosmos SDK writes it in JSON: names as in the `.proto`, defaults included, 64-bit numbers in text.
fn to_json(path: &str, response: &[u8]) -> Result<Vec<u8>, SdkError> {
    let failed = |reason: String| SdkError::Logic(format!("response of {path} as JSON: {reason}"));
    let descriptor = find_response(path).ok_or_else(|| failed("its type is unknown".to_owned()))?;
    let message = DynamicMessage::decode(descriptor, response).map_err(|error| failed(error.to_string()))?;
    let options = SerializeOptions::new()
        .use_proto_field_name(true)
        .skip_default_fields(false);
    let mut json = serde_json::Serializer::new(Vec::new());
    message
        .serialize_with_options(&mut json, &options)
        .map_err(|error| failed(error.to_string()))?;
    Ok(json.into_inner())
}

fn find_response(path: &str) -> Option<MessageDescriptor> {
    let (service, method) = path.strip_prefix('/')?.split_once('/')?;
    let service = pool().get_service_by_name(service)?;
    service
        .methods()
        .find(|found| found.name() == method)
        .map(|method| method.output())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_that_can_be_allowed_has_a_known_response() {
        for path in ANSWERED {
            assert!(find_response(path).is_some(), "{path}");
        }
    }
}
