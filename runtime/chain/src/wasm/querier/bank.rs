//! Queries about coins.

use supercloud_proto::cosmos::bank::v1beta1::{DenomUnit as ProtoUnit, Metadata, QueryDenomsMetadataRequest};
use supercloud_proto::cosmos::base::query::v1beta1::PageRequest;
use supercloud_proto::prost::Message;

use crate::bank;
use crate::error::SdkError;
use crate::machine::Machine;
use crate::query::QueryError;
use crate::state_key;
use crate::wasm::json::{
    AllBalancesResponse, AllDenomMetadataResponse, AmountResponse, BankQuery, Binary, Coin, DenomMetadata,
    DenomMetadataResponse, DenomUnit, Pagination,
};

use super::{Failure, ok};

/// Most balances that one answer holds: without a page the answer must end somewhere.
const MAX_BALANCES: usize = 1_000;

pub(super) fn answer_bank(machine: &mut Machine<'_>, query: BankQuery) -> Result<Vec<u8>, Failure> {
    let coin = |denom: String, amount: u128| AmountResponse {
        amount: Coin {
            denom,
            amount: amount.to_string(),
        },
    };
    match query {
        BankQuery::Supply { denom } => {
            let amount = bank::load_supply(machine, &denom)?;
            ok(&coin(denom, amount))
        }
        BankQuery::Balance { address, denom } => {
            let address = machine.address(&address)?;
            let amount = bank::load_balance(machine, &address, &denom)?;
            ok(&coin(denom, amount))
        }
        BankQuery::AllBalances { address } => {
            let address = machine.address(&address)?;
            let mut amount = Vec::new();
            for (denom, value) in machine.list(&state_key::bank::balances(&address), MAX_BALANCES)? {
                let denom = String::from_utf8_lossy(&denom).into_owned();
                amount.push(Coin {
                    denom,
                    amount: bank::read_amount(Some(value))?.to_string(),
                });
            }
            ok(&AllBalancesResponse { amount })
        }
        BankQuery::DenomMetadata { denom } => {
            let bytes = machine.read(&state_key::bank::metadata(&denom))?;
            let bytes = bytes.ok_or_else(|| SdkError::NotFound(format!("metadata of {denom}")))?;
            let metadata = Metadata::decode(&*bytes).map_err(|error| SdkError::corrupt("metadata", &error))?;
            ok(&DenomMetadataResponse {
                metadata: to_metadata(metadata),
            })
        }
        BankQuery::AllDenomMetadata { pagination } => answer_all_metadata(machine, pagination.unwrap_or_default()),
    }
}

fn answer_all_metadata(machine: &mut Machine<'_>, page: Pagination) -> Result<Vec<u8>, Failure> {
    let request = QueryDenomsMetadataRequest {
        pagination: Some(PageRequest {
            key: page.key.unwrap_or_default().0,
            limit: page.limit.into(),
            reverse: page.reverse,
            ..PageRequest::default()
        }),
    };
    let response = bank::query::denoms_metadata(machine, request).map_err(|error| match error {
        QueryError::Failed(error) => error,
        error => SdkError::InvalidRequest(error.to_string()).into(),
    })?;
    let next_key = response.pagination.map(|page| page.next_key).unwrap_or_default();
    ok(&AllDenomMetadataResponse {
        metadata: response.metadatas.into_iter().map(to_metadata).collect(),
        next_key: Some(Binary(next_key)).filter(|key| !key.0.is_empty()),
    })
}

fn to_metadata(metadata: Metadata) -> DenomMetadata {
    let to_unit = |unit: ProtoUnit| DenomUnit {
        denom: unit.denom,
        exponent: unit.exponent,
        aliases: unit.aliases,
    };
    DenomMetadata {
        description: metadata.description,
        denom_units: metadata.denom_units.into_iter().map(to_unit).collect(),
        base: metadata.base,
        display: metadata.display,
        name: metadata.name,
        symbol: metadata.symbol,
        uri: metadata.uri,
        uri_hash: metadata.uri_hash,
    }
}
