//! Our messages against those of the published crate `cosmos-sdk-proto`, which was made from other files: equal names,
//! and equal bytes for messages whose fields are all filled.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use cosmos_sdk_proto as theirs;
use prost_reflect::{Cardinality, DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};
use supercloud_proto as ours;
use supercloud_proto::FILE_DESCRIPTOR_SET;
use supercloud_proto::prost::Message as _;

/// A message with something in every field, down to the last.
fn fill(descriptor: &MessageDescriptor) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for field in descriptor.fields() {
        let value = fill_field(&field);
        let value = match field.cardinality() {
            Cardinality::Repeated => Value::List(vec![value.clone(), value]),
            Cardinality::Optional | Cardinality::Required => value,
        };
        message.set_field(&field, value);
    }
    message
}

fn fill_field(field: &FieldDescriptor) -> Value {
    let number = field.number();
    match field.kind() {
        Kind::Bool => Value::Bool(true),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(number as i32),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(i64::from(number)),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(number),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(u64::from(number)),
        Kind::String => Value::String(format!("text {number}")),
        Kind::Bytes => Value::Bytes(vec![number as u8, 9].into()),
        Kind::Enum(values) => Value::EnumNumber(values.values().map(|value| value.number()).max().unwrap()),
        Kind::Message(inner) => Value::Message(fill(&inner)),
        other => panic!("{}: no rule for {other:?}", field.full_name()),
    }
}

/// What the published crate reads of our full message, written again, is the same; and it has no field that stayed
/// empty, so none that we do not have.
#[track_caller]
fn assert_same<O, T>()
where
    O: ours::prost::Message + ours::prost::Name + Default,
    T: theirs::prost::Message + theirs::prost::Name + Default,
{
    assert_eq!(O::full_name(), T::full_name());
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
    let full = fill(&pool.get_message_by_name(&O::full_name()).unwrap()).encode_to_vec();
    assert_eq!(O::decode(&*full).unwrap().encode_to_vec(), full, "{}", O::full_name());
    let read = T::decode(&*full).unwrap();
    assert_eq!(theirs::prost::Message::encode_to_vec(&read), full, "{}", O::full_name());
    let shown = format!("{read:?}");
    for empty in [": \"\"", ": 0,", ": 0 ", ": []", "None", "false"] {
        assert!(
            !shown.contains(empty),
            "{} has a field that we lack: {shown}",
            T::full_name()
        );
    }
}

macro_rules! same {
    ($($first:ident :: $second:ident :: $version:ident { $($message:ident),* $(,)? })*) => {
        $($(assert_same::<
            ours::$first::$second::$version::$message,
            theirs::$first::$second::$version::$message,
        >();)*)*
    };
}

#[test]
fn messages_are_encoded_as_by_the_published_crate() {
    same! {
        cosmos::authz::v1beta1 { GenericAuthorization, Grant, GrantAuthorization, MsgGrant, MsgExec, MsgExecResponse, MsgRevoke }
        cosmos::feegrant::v1beta1 {
            BasicAllowance, PeriodicAllowance, AllowedMsgAllowance, Grant, MsgGrantAllowance, MsgRevokeAllowance,
            MsgPruneAllowances,
        }
        cosmos::bank::v1beta1 {
            MsgSend, MsgMultiSend, MsgSetSendEnabled, MsgUpdateParams, SendAuthorization, SendEnabled, Metadata, Params,
        }
        cosmos::distribution::v1beta1 { MsgFundCommunityPool, MsgCommunityPoolSpend }
        cosmos::gov::v1 {
            MsgSubmitProposal, MsgVote, MsgVoteWeighted, MsgDeposit, MsgUpdateParams, MsgCancelProposal,
            MsgCancelProposalResponse, Proposal, Vote, Deposit, Params, TallyResult,
        }
        cosmos::gov::v1beta1 {
            MsgSubmitProposal, MsgVote, MsgVoteWeighted, MsgDeposit, TextProposal, Proposal, Vote, Deposit, TallyResult,
            DepositParams, VotingParams, TallyParams,
        }
        // Pins are left out: the published crate does not pack their numbers, which readers take either way.
        cosmwasm::wasm::v1 {
            MsgStoreCode, MsgInstantiateContract, MsgInstantiateContract2, MsgExecuteContract, MsgMigrateContract,
            MsgUpdateAdmin, MsgClearAdmin, MsgUpdateInstantiateConfig, MsgUpdateContractLabel, MsgUpdateParams,
            MsgSudoContract, MsgStoreAndInstantiateContract, MsgStoreAndMigrateContract,
            StoreCodeAuthorization, ContractExecutionAuthorization, ContractMigrationAuthorization, MaxCallsLimit,
            MaxFundsLimit, CombinedLimit, AcceptedMessageKeysFilter, AcceptedMessagesFilter,
        }
    }
}

#[test]
fn queries_are_encoded_as_by_the_published_crate() {
    same! {
        cosmos::auth::v1beta1 {
            AddressBytesToStringRequest, AddressBytesToStringResponse, AddressStringToBytesRequest,
            AddressStringToBytesResponse, QueryAccountAddressByIdRequest, QueryAccountAddressByIdResponse,
        }
        cosmos::authz::v1beta1 {
            QueryGrantsRequest, QueryGrantsResponse, QueryGranterGrantsRequest, QueryGranterGrantsResponse,
            QueryGranteeGrantsRequest, QueryGranteeGrantsResponse,
        }
        cosmos::feegrant::v1beta1 {
            QueryAllowanceRequest, QueryAllowanceResponse, QueryAllowancesRequest, QueryAllowancesResponse,
            QueryAllowancesByGranterRequest, QueryAllowancesByGranterResponse,
        }
        cosmos::bank::v1beta1 {
            QuerySendEnabledRequest, QuerySendEnabledResponse, QueryDenomMetadataByQueryStringRequest,
            QueryDenomMetadataByQueryStringResponse, QueryDenomOwnersByQueryRequest, QueryDenomOwnersByQueryResponse,
        }
        cosmos::distribution::v1beta1 {
            QueryCommunityPoolResponse, QueryParamsResponse, QueryDelegationTotalRewardsResponse,
            QueryValidatorDistributionInfoRequest, QueryValidatorDistributionInfoResponse,
            QueryValidatorOutstandingRewardsRequest, QueryValidatorOutstandingRewardsResponse,
            QueryValidatorCommissionRequest, QueryValidatorCommissionResponse, QueryValidatorSlashesRequest,
            QueryValidatorSlashesResponse, QueryDelegationRewardsRequest, QueryDelegationRewardsResponse,
            QueryDelegatorValidatorsRequest, QueryDelegatorValidatorsResponse, QueryDelegatorWithdrawAddressRequest,
            QueryDelegatorWithdrawAddressResponse,
        }
        cosmos::evidence::v1beta1 {
            QueryEvidenceRequest, QueryEvidenceResponse, QueryAllEvidenceRequest, QueryAllEvidenceResponse,
        }
        cosmos::params::v1beta1 { QueryParamsRequest, QueryParamsResponse, QuerySubspacesResponse }
        cosmos::slashing::v1beta1 {
            QueryParamsResponse, QuerySigningInfoRequest, QuerySigningInfoResponse, QuerySigningInfosRequest,
            QuerySigningInfosResponse,
        }
        cosmos::staking::v1beta1 {
            QueryValidatorsRequest, QueryValidatorsResponse, QueryValidatorRequest, QueryValidatorResponse,
            QueryValidatorDelegationsRequest, QueryValidatorDelegationsResponse,
            QueryValidatorUnbondingDelegationsRequest, QueryValidatorUnbondingDelegationsResponse,
            QueryDelegationRequest, QueryDelegationResponse, QueryUnbondingDelegationRequest,
            QueryUnbondingDelegationResponse, QueryDelegatorDelegationsRequest, QueryDelegatorDelegationsResponse,
            QueryDelegatorUnbondingDelegationsRequest, QueryDelegatorUnbondingDelegationsResponse,
            QueryRedelegationsRequest, QueryRedelegationsResponse, QueryDelegatorValidatorsRequest,
            QueryDelegatorValidatorsResponse, QueryDelegatorValidatorRequest, QueryDelegatorValidatorResponse,
            QueryHistoricalInfoRequest, QueryHistoricalInfoResponse, QueryPoolResponse, QueryParamsResponse,
        }
        cosmos::tx::v1beta1 {
            TxEncodeAminoRequest, TxEncodeAminoResponse, TxDecodeAminoRequest, TxDecodeAminoResponse,
        }
        cosmos::upgrade::v1beta1 {
            QueryCurrentPlanResponse, QueryAppliedPlanRequest, QueryAppliedPlanResponse, QueryModuleVersionsRequest,
            QueryModuleVersionsResponse,
        }
        cosmos::gov::v1 {
            QueryDepositRequest, QueryDepositResponse, QueryDepositsRequest, QueryDepositsResponse, QueryParamsResponse,
            QueryProposalsRequest, QueryProposalsResponse, QueryConstitutionResponse,
        }
        cosmos::gov::v1beta1 {
            QueryProposalRequest, QueryProposalResponse, QueryProposalsRequest, QueryProposalsResponse, QueryVoteRequest,
            QueryVoteResponse, QueryVotesRequest, QueryVotesResponse, QueryParamsRequest, QueryParamsResponse,
            QueryDepositRequest, QueryDepositResponse, QueryDepositsRequest, QueryDepositsResponse,
            QueryTallyResultRequest, QueryTallyResultResponse,
        }
    }
}
