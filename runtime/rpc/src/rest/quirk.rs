//! Fields and enums that the SDK's Go types print in their own way.

/// Where the SDK's JSON is not protobuf's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quirk {
    /// Bytes that hold JSON are written as that JSON.
    InlineJson,
    /// Bytes in upper-case hex.
    Hex,
    /// An integer in units of 10^-18, as text or bytes, is written as a decimal fraction.
    Decimal,
}

/// The quirk of a field, if it has one.
pub(super) fn quirk(message: &str, field: &str) -> Option<Quirk> {
    let (package, name) = message.rsplit_once('.')?;
    match (package, name, field) {
        (
            "cosmwasm.wasm.v1",
            "MsgInstantiateContract"
            | "MsgInstantiateContract2"
            | "MsgExecuteContract"
            | "MsgMigrateContract"
            | "MsgSudoContract"
            | "MsgStoreAndInstantiateContract"
            | "MsgStoreAndMigrateContract"
            | "ContractCodeHistoryEntry"
            | "ContractExecutionAuthorization"
            | "AcceptedMessagesFilter",
            "msg" | "messages",
        )
        | ("cosmwasm.wasm.v1", "QuerySmartContractStateResponse", "data") => Some(Quirk::InlineJson),
        ("cosmwasm.wasm.v1", "CodeInfoResponse", "data_hash")
        | ("cosmwasm.wasm.v1", "QueryCodeInfoResponse", "checksum")
        | ("cosmwasm.wasm.v1", "Model", "key") => Some(Quirk::Hex),
        ("cosmos.base.v1beta1", "DecCoin", "amount")
        | ("cosmos.mint.v1beta1", "QueryInflationResponse", "inflation")
        | ("cosmos.mint.v1beta1", "QueryAnnualProvisionsResponse", "annual_provisions")
        | (
            "cosmos.mint.v1beta1",
            "Params",
            "inflation_rate_change" | "inflation_max" | "inflation_min" | "goal_bonded",
        )
        | (
            "cosmos.slashing.v1beta1",
            "Params",
            "min_signed_per_window" | "slash_fraction_double_sign" | "slash_fraction_downtime",
        )
        | ("cosmos.staking.v1beta1", "Params", "min_commission_rate")
        | (
            "feemarket.feemarket.v1",
            "Params",
            "alpha" | "beta" | "gamma" | "delta" | "min_base_gas_price" | "min_learning_rate" | "max_learning_rate",
        )
        | ("feemarket.feemarket.v1", "State", "base_gas_price" | "learning_rate")
        | (
            "cosmos.distribution.v1beta1",
            "Params",
            "community_tax" | "base_proposer_reward" | "bonus_proposer_reward",
        )
        | ("cosmos.gov.v1beta1", "TallyParams", "quorum" | "threshold" | "veto_threshold")
        | ("cosmos.gov.v1beta1", "WeightedVoteOption", "weight") => Some(Quirk::Decimal),
        _ => None,
    }
}

/// Names that wasmd's access types print in place of the enum's.
pub(super) fn enum_name<'a>(kind: &str, name: &'a str) -> &'a str {
    match (kind, name) {
        ("cosmwasm.wasm.v1.AccessType", "ACCESS_TYPE_UNSPECIFIED") => "Unspecified",
        ("cosmwasm.wasm.v1.AccessType", "ACCESS_TYPE_NOBODY") => "Nobody",
        ("cosmwasm.wasm.v1.AccessType", "ACCESS_TYPE_EVERYBODY") => "Everybody",
        ("cosmwasm.wasm.v1.AccessType", "ACCESS_TYPE_ANY_OF_ADDRESSES") => "AnyOfAddresses",
        _ => name,
    }
}
