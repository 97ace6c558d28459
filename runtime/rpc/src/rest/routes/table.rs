//! The lines of the route table: the templates of the SDK's and wasmd's gateways.

use super::Verb::{self, Get, Post};

/// The routes of one service: its name, and verb, template and method of each.
type Group = (&'static str, &'static [(Verb, &'static str, &'static str)]);

#[rustfmt::skip]
pub(super) const TABLE: &[Group] = &[
    ("cosmos.auth.v1beta1.Query", &[
        (Get, "/cosmos/auth/v1beta1/accounts", "Accounts"),
        (Get, "/cosmos/auth/v1beta1/accounts/{address}", "Account"),
        (Get, "/cosmos/auth/v1beta1/account_info/{address}", "AccountInfo"),
        (Get, "/cosmos/auth/v1beta1/params", "Params"),
        (Get, "/cosmos/auth/v1beta1/module_accounts", "ModuleAccounts"),
        (Get, "/cosmos/auth/v1beta1/module_accounts/{name}", "ModuleAccountByName"),
        (Get, "/cosmos/auth/v1beta1/bech32", "Bech32Prefix"),
        // The SDK has AddressBytesToString on the same path, where this one hides it.
        (Get, "/cosmos/auth/v1beta1/bech32/{address_string}", "AddressStringToBytes"),
    ]),
    ("cosmos.authz.v1beta1.Query", &[
        (Get, "/cosmos/authz/v1beta1/grants", "Grants"),
        (Get, "/cosmos/authz/v1beta1/grants/granter/{granter}", "GranterGrants"),
        (Get, "/cosmos/authz/v1beta1/grants/grantee/{grantee}", "GranteeGrants"),
    ]),
    ("cosmos.bank.v1beta1.Query", &[
        (Get, "/cosmos/bank/v1beta1/balances/{address}", "AllBalances"),
        (Get, "/cosmos/bank/v1beta1/balances/{address}/by_denom", "Balance"),
        (Get, "/cosmos/bank/v1beta1/spendable_balances/{address}", "SpendableBalances"),
        (Get, "/cosmos/bank/v1beta1/spendable_balances/{address}/by_denom", "SpendableBalanceByDenom"),
        (Get, "/cosmos/bank/v1beta1/supply", "TotalSupply"),
        (Get, "/cosmos/bank/v1beta1/supply/by_denom", "SupplyOf"),
        (Get, "/cosmos/bank/v1beta1/supply/{denom=**}", "SupplyOf"),
        (Get, "/cosmos/bank/v1beta1/params", "Params"),
        (Get, "/cosmos/bank/v1beta1/denoms_metadata", "DenomsMetadata"),
        (Get, "/cosmos/bank/v1beta1/denoms_metadata/{denom=**}", "DenomMetadata"),
        (Get, "/cosmos/bank/v1beta1/denoms_metadata_by_query_string", "DenomMetadataByQueryString"),
        (Get, "/cosmos/bank/v1beta1/denom_owners/{denom=**}", "DenomOwners"),
        (Get, "/cosmos/bank/v1beta1/denom_owners_by_query", "DenomOwnersByQuery"),
        (Get, "/cosmos/bank/v1beta1/send_enabled", "SendEnabled"),
    ]),
    ("cosmos.base.node.v1beta1.Service", &[
        (Get, "/cosmos/base/node/v1beta1/config", "Config"),
        (Get, "/cosmos/base/node/v1beta1/status", "Status"),
    ]),
    ("cosmos.base.tendermint.v1beta1.Service", &[
        (Get, "/cosmos/base/tendermint/v1beta1/node_info", "GetNodeInfo"),
        (Get, "/cosmos/base/tendermint/v1beta1/syncing", "GetSyncing"),
        (Get, "/cosmos/base/tendermint/v1beta1/blocks/latest", "GetLatestBlock"),
        (Get, "/cosmos/base/tendermint/v1beta1/blocks/{height}", "GetBlockByHeight"),
        (Get, "/cosmos/base/tendermint/v1beta1/validatorsets/latest", "GetLatestValidatorSet"),
        (Get, "/cosmos/base/tendermint/v1beta1/validatorsets/{height}", "GetValidatorSetByHeight"),
        (Get, "/cosmos/base/tendermint/v1beta1/abci_query", "ABCIQuery"),
    ]),
    ("cosmos.consensus.v1.Query", &[
        (Get, "/cosmos/consensus/v1/params", "Params"),
    ]),
    ("cosmos.distribution.v1beta1.Query", &[
        (Get, "/cosmos/distribution/v1beta1/params", "Params"),
        (Get, "/cosmos/distribution/v1beta1/delegators/{delegator_address}/rewards", "DelegationTotalRewards"),
        (Get, "/cosmos/distribution/v1beta1/community_pool", "CommunityPool"),
    ]),
    ("cosmos.feegrant.v1beta1.Query", &[
        (Get, "/cosmos/feegrant/v1beta1/allowance/{granter}/{grantee}", "Allowance"),
        (Get, "/cosmos/feegrant/v1beta1/allowances/{grantee}", "Allowances"),
        (Get, "/cosmos/feegrant/v1beta1/issued/{granter}", "AllowancesByGranter"),
    ]),
    ("cosmos.gov.v1.Query", &[
        (Get, "/cosmos/gov/v1/constitution", "Constitution"),
        (Get, "/cosmos/gov/v1/proposals", "Proposals"),
        (Get, "/cosmos/gov/v1/proposals/{proposal_id}", "Proposal"),
        (Get, "/cosmos/gov/v1/proposals/{proposal_id}/votes", "Votes"),
        (Get, "/cosmos/gov/v1/proposals/{proposal_id}/votes/{voter}", "Vote"),
        (Get, "/cosmos/gov/v1/proposals/{proposal_id}/deposits", "Deposits"),
        (Get, "/cosmos/gov/v1/proposals/{proposal_id}/deposits/{depositor}", "Deposit"),
        (Get, "/cosmos/gov/v1/proposals/{proposal_id}/tally", "TallyResult"),
        (Get, "/cosmos/gov/v1/params", "Params"),
        (Get, "/cosmos/gov/v1/params/{params_type}", "Params"),
    ]),
    ("cosmos.gov.v1beta1.Query", &[
        (Get, "/cosmos/gov/v1beta1/proposals", "Proposals"),
        (Get, "/cosmos/gov/v1beta1/proposals/{proposal_id}", "Proposal"),
        (Get, "/cosmos/gov/v1beta1/proposals/{proposal_id}/votes", "Votes"),
        (Get, "/cosmos/gov/v1beta1/proposals/{proposal_id}/votes/{voter}", "Vote"),
        (Get, "/cosmos/gov/v1beta1/proposals/{proposal_id}/deposits", "Deposits"),
        (Get, "/cosmos/gov/v1beta1/proposals/{proposal_id}/deposits/{depositor}", "Deposit"),
        (Get, "/cosmos/gov/v1beta1/proposals/{proposal_id}/tally", "TallyResult"),
        (Get, "/cosmos/gov/v1beta1/params/{params_type}", "Params"),
    ]),
    ("cosmos.mint.v1beta1.Query", &[
        (Get, "/cosmos/mint/v1beta1/params", "Params"),
        (Get, "/cosmos/mint/v1beta1/inflation", "Inflation"),
        (Get, "/cosmos/mint/v1beta1/annual_provisions", "AnnualProvisions"),
    ]),
    ("cosmos.slashing.v1beta1.Query", &[
        (Get, "/cosmos/slashing/v1beta1/params", "Params"),
        (Get, "/cosmos/slashing/v1beta1/signing_infos", "SigningInfos"),
    ]),
    ("cosmos.staking.v1beta1.Query", &[
        (Get, "/cosmos/staking/v1beta1/params", "Params"),
        (Get, "/cosmos/staking/v1beta1/pool", "Pool"),
        (Get, "/cosmos/staking/v1beta1/validators", "Validators"),
        (Get, "/cosmos/staking/v1beta1/validators/{validator_addr}", "Validator"),
        (Get, "/cosmos/staking/v1beta1/validators/{validator_addr}/delegations/{delegator_addr}", "Delegation"),
        (Get, "/cosmos/staking/v1beta1/delegations/{delegator_addr}", "DelegatorDelegations"),
        (Get, "/cosmos/staking/v1beta1/delegators/{delegator_addr}/unbonding_delegations", "DelegatorUnbondingDelegations"),
    ]),
    ("cosmos.tx.v1beta1.Service", &[
        (Get, "/cosmos/tx/v1beta1/txs", "GetTxsEvent"),
        (Post, "/cosmos/tx/v1beta1/txs", "BroadcastTx"),
        (Get, "/cosmos/tx/v1beta1/txs/{hash}", "GetTx"),
        (Get, "/cosmos/tx/v1beta1/txs/block/{height}", "GetBlockWithTxs"),
        (Post, "/cosmos/tx/v1beta1/simulate", "Simulate"),
        (Post, "/cosmos/tx/v1beta1/decode", "TxDecode"),
        (Post, "/cosmos/tx/v1beta1/encode", "TxEncode"),
    ]),
    ("cosmwasm.wasm.v1.Query", &[
        (Get, "/cosmwasm/wasm/v1/code", "Codes"),
        (Get, "/cosmwasm/wasm/v1/code/{code_id}", "Code"),
        (Get, "/cosmwasm/wasm/v1/code-info/{code_id}", "CodeInfo"),
        (Get, "/cosmwasm/wasm/v1/code/{code_id}/contracts", "ContractsByCode"),
        (Get, "/cosmwasm/wasm/v1/codes/pinned", "PinnedCodes"),
        (Get, "/cosmwasm/wasm/v1/codes/params", "Params"),
        (Get, "/cosmwasm/wasm/v1/contract/{address}", "ContractInfo"),
        (Get, "/cosmwasm/wasm/v1/contract/{address}/history", "ContractHistory"),
        (Get, "/cosmwasm/wasm/v1/contract/{address}/state", "AllContractState"),
        (Get, "/cosmwasm/wasm/v1/contract/{address}/raw/{query_data=**}", "RawContractState"),
        (Get, "/cosmwasm/wasm/v1/contract/{address}/smart/{query_data=**}", "SmartContractState"),
        (Get, "/cosmwasm/wasm/v1/contract/build_address", "BuildAddress"),
        (Get, "/cosmwasm/wasm/v1/contracts/creator/{creator_address}", "ContractsByCreator"),
        (Get, "/cosmwasm/wasm/v1/wasm-limits-config", "WasmLimitsConfig"),
    ]),
    ("osmosis.tokenfactory.v1beta1.Query", &[
        (Get, "/osmosis/tokenfactory/v1beta1/params", "Params"),
        (Get, "/osmosis/tokenfactory/v1beta1/denoms/{denom=**}/authority_metadata", "DenomAuthorityMetadata"),
        (Get, "/osmosis/tokenfactory/v1beta1/denoms_from_creator/{creator}", "DenomsFromCreator"),
    ]),
];
