//! What a grant covers, and what a message takes from it.

use std::collections::BTreeSet;

use supercloud_proto::cosmos::authz::v1beta1::GenericAuthorization;
use supercloud_proto::cosmos::bank::v1beta1::{MsgSend, SendAuthorization};
use supercloud_proto::cosmwasm::wasm::v1::{
    ContractExecutionAuthorization, ContractGrant, ContractMigrationAuthorization, MsgExecuteContract,
    MsgMigrateContract,
};
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::Any;
use supercloud_proto::{pack, type_url};

use crate::address::AddressCodec;
use crate::auth::holds;
use crate::authz::AuthzError;
use crate::authz::contract::{self, Call};
use crate::coin::Coins;
use crate::error::{SdkError, TxError};
use crate::machine::Machine;

/// SDK gas per address on a list that is compared.
const GAS_PER_ADDRESS: u64 = 10;

/// What is granted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Authorization {
    /// Any message of one type.
    Generic(GenericAuthorization),
    /// Coins up to a sum.
    Send(SendAuthorization),
    /// Calls of contracts.
    Execution(Vec<ContractGrant>),
    /// Migrations of contracts.
    Migration(Vec<ContractGrant>),
}

/// What is left of a grant after a message that it covers.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Rest {
    Same,
    Changed(Authorization),
    Nothing,
}

impl Authorization {
    pub(crate) fn decode(any: Option<&Any>) -> Result<Self, TxError> {
        let any = any.ok_or_else(|| SdkError::InvalidRequest("authorization is missing".to_owned()))?;
        let value = &*any.value;
        let decoded = if holds::<GenericAuthorization>(any) {
            GenericAuthorization::decode(value).map(Self::Generic)
        } else if holds::<SendAuthorization>(any) {
            SendAuthorization::decode(value).map(Self::Send)
        } else if holds::<ContractExecutionAuthorization>(any) {
            ContractExecutionAuthorization::decode(value).map(|granted| Self::Execution(granted.grants))
        } else if holds::<ContractMigrationAuthorization>(any) {
            ContractMigrationAuthorization::decode(value).map(|granted| Self::Migration(granted.grants))
        } else {
            let type_url = any.type_url.clone();
            return Err(AuthzError::UnknownType { type_url }.into());
        };
        Ok(decoded.map_err(|error| SdkError::TxParse(format!("{}: {error}", any.type_url)))?)
    }

    pub(super) fn encode(&self) -> Any {
        match self {
            Self::Generic(granted) => pack(granted),
            Self::Send(granted) => pack(granted),
            Self::Execution(grants) => pack(&ContractExecutionAuthorization { grants: grants.clone() }),
            Self::Migration(grants) => pack(&ContractMigrationAuthorization { grants: grants.clone() }),
        }
    }

    /// Type of the messages that it covers.
    pub(crate) fn type_url(&self) -> String {
        match self {
            Self::Generic(granted) => granted.msg.clone(),
            Self::Send(_) => type_url::<MsgSend>(),
            Self::Execution(_) => type_url::<MsgExecuteContract>(),
            Self::Migration(_) => type_url::<MsgMigrateContract>(),
        }
    }

    /// Refuses what contradicts itself.
    pub(crate) fn assert_valid(&self, codec: &AddressCodec) -> Result<(), TxError> {
        match self {
            Self::Generic(_) => Ok(()),
            Self::Send(granted) => assert_send_valid(granted, codec),
            Self::Execution(grants) | Self::Migration(grants) => contract::assert_valid(grants, codec),
        }
    }

    /// What is left after `message`, whose type is the one that this covers.
    pub(super) fn accept(&self, machine: &mut Machine<'_>, message: &Any) -> Result<Rest, TxError> {
        let malformed = |error: prost::DecodeError| SdkError::TxParse(format!("{}: {error}", message.type_url));
        match self {
            Self::Generic(_) => Ok(Rest::Same),
            Self::Send(granted) => {
                let send = MsgSend::decode(&*message.value).map_err(malformed)?;
                accept_send(machine, granted, &send)
            }
            Self::Execution(grants) => {
                let MsgExecuteContract {
                    contract, msg, funds, ..
                } = MsgExecuteContract::decode(&*message.value).map_err(malformed)?;
                let funds = Coins::from_proto(&funds)?;
                let call = Call { contract, msg, funds };
                contract::accept(machine, grants, &call, Self::Execution)
            }
            Self::Migration(grants) => {
                let MsgMigrateContract { contract, msg, .. } =
                    MsgMigrateContract::decode(&*message.value).map_err(malformed)?;
                let funds = Coins::default();
                let call = Call { contract, msg, funds };
                contract::accept(machine, grants, &call, Self::Migration)
            }
        }
    }
}

fn assert_send_valid(granted: &SendAuthorization, codec: &AddressCodec) -> Result<(), TxError> {
    if Coins::from_proto(&granted.spend_limit)?.is_empty() {
        return Err(SdkError::InvalidCoins("spend limit must be positive".to_owned()).into());
    }
    let mut seen = BTreeSet::new();
    for address in &granted.allow_list {
        codec.parse(address)?;
        if !seen.insert(address) {
            return Err(SdkError::InvalidRequest(format!("allow_list: {address} is listed twice")).into());
        }
    }
    Ok(())
}

fn accept_send(machine: &mut Machine<'_>, granted: &SendAuthorization, send: &MsgSend) -> Result<Rest, TxError> {
    let (amount, limit) = (
        Coins::from_proto(&send.amount)?,
        Coins::from_proto(&granted.spend_limit)?,
    );
    let left = limit
        .checked_sub(&amount)
        .ok_or_else(|| SdkError::SpendLimit("requested amount is more than spend limit".to_owned()))?;
    machine.charge(GAS_PER_ADDRESS * granted.allow_list.len() as u64, "send authorization")?;
    if !granted.allow_list.is_empty() && !granted.allow_list.contains(&send.to_address) {
        return Err(SdkError::Unauthorized(format!("cannot send to {} address", send.to_address)).into());
    }
    if left.is_empty() {
        return Ok(Rest::Nothing);
    }
    Ok(Rest::Changed(Authorization::Send(SendAuthorization {
        spend_limit: left.to_proto(),
        allow_list: granted.allow_list.clone(),
    })))
}
