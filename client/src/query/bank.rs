//! Balances and supplies.

use cosmwasm_std::{Coin, Uint256};
use supercloud_proto::cosmos::bank::v1beta1::{
    QueryAllBalancesRequest, QueryAllBalancesResponse, QueryBalanceRequest, QueryBalanceResponse,
    QueryDenomOwnersRequest, QueryDenomOwnersResponse, QuerySupplyOfRequest, QuerySupplyOfResponse,
    QueryTotalSupplyRequest, QueryTotalSupplyResponse,
};
use supercloud_proto::cosmos::base::v1beta1::Coin as ProtoCoin;
use supercloud_proto::osmosis::tokenfactory::v1beta1::{
    QueryDenomAuthorityMetadataRequest, QueryDenomAuthorityMetadataResponse,
};
use supercloud_proto::supercloud::bank::v1::{QuerySendRestrictionRequest, QuerySendRestrictionResponse};
use supercloud_proto::supercloud::tokenfactory::v1::{QueryMintCapRequest, QueryMintCapResponse};

use super::{Client, all_pages};
use crate::error::ClientError;

/// Who holds how much of a denom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DenomOwner {
    /// Address.
    pub address: String,
    /// Amount.
    pub amount: Uint256,
}

impl Client {
    /// Balance of one denom; nothing is 0.
    pub async fn balance(&self, address: &str, denom: &str) -> Result<Uint256, ClientError> {
        let path = "/cosmos.bank.v1beta1.Query/Balance";
        let request = QueryBalanceRequest {
            address: address.to_owned(),
            denom: denom.to_owned(),
        };
        let response: QueryBalanceResponse = self.query(path, &request).await?;
        response
            .balance
            .map_or(Ok(Uint256::zero()), |coin| Ok(read_coin(path, coin)?.amount))
    }

    /// All balances of an address, sorted by denom.
    pub async fn balances(&self, address: &str) -> Result<Vec<Coin>, ClientError> {
        let path = "/cosmos.bank.v1beta1.Query/AllBalances";
        let request = |pagination| QueryAllBalancesRequest {
            address: address.to_owned(),
            pagination,
            resolve_denom: false,
        };
        let split = |page: QueryAllBalancesResponse| (page.balances, page.pagination);
        let coins: Vec<ProtoCoin> = all_pages(self, path, request, split).await?;
        coins.into_iter().map(|coin| read_coin(path, coin)).collect()
    }

    /// Supply of every denom.
    pub async fn total_supply(&self) -> Result<Vec<Coin>, ClientError> {
        let path = "/cosmos.bank.v1beta1.Query/TotalSupply";
        let request = |pagination| QueryTotalSupplyRequest { pagination };
        let split = |page: QueryTotalSupplyResponse| (page.supply, page.pagination);
        let coins: Vec<ProtoCoin> = all_pages(self, path, request, split).await?;
        coins.into_iter().map(|coin| read_coin(path, coin)).collect()
    }

    /// Supply of one denom.
    pub async fn supply(&self, denom: &str) -> Result<Uint256, ClientError> {
        let path = "/cosmos.bank.v1beta1.Query/SupplyOf";
        let response: QuerySupplyOfResponse = self
            .query(
                path,
                &QuerySupplyOfRequest {
                    denom: denom.to_owned(),
                },
            )
            .await?;
        response
            .amount
            .map_or(Ok(Uint256::zero()), |coin| Ok(read_coin(path, coin)?.amount))
    }

    /// Everyone who holds a denom: the amounts add up to its supply.
    pub async fn denom_owners(&self, denom: &str) -> Result<Vec<DenomOwner>, ClientError> {
        let path = "/cosmos.bank.v1beta1.Query/DenomOwners";
        let request = |pagination| QueryDenomOwnersRequest {
            denom: denom.to_owned(),
            pagination,
        };
        let split = |page: QueryDenomOwnersResponse| (page.denom_owners, page.pagination);
        let owners = all_pages(self, path, request, split).await?;
        owners
            .into_iter()
            .map(|owner| {
                let balance = owner
                    .balance
                    .ok_or_else(|| ClientError::malformed(path, "an owner without a balance"))?;
                Ok(DenomOwner {
                    address: owner.address,
                    amount: read_coin(path, balance)?.amount,
                })
            })
            .collect()
    }

    /// Whether a denom may be sent only to and from some addresses, and which.
    pub async fn send_restriction(&self, denom: &str) -> Result<QuerySendRestrictionResponse, ClientError> {
        let request = QuerySendRestrictionRequest {
            denom: denom.to_owned(),
        };
        self.query("/supercloud.bank.v1.Query/SendRestriction", &request).await
    }

    /// Who may mint a denom; empty when nobody may.
    pub async fn denom_admin(&self, denom: &str) -> Result<String, ClientError> {
        let path = "/osmosis.tokenfactory.v1beta1.Query/DenomAuthorityMetadata";
        let request = QueryDenomAuthorityMetadataRequest {
            denom: denom.to_owned(),
        };
        let response: QueryDenomAuthorityMetadataResponse = self.query(path, &request).await?;
        Ok(response
            .authority_metadata
            .map(|metadata| metadata.admin)
            .unwrap_or_default())
    }

    /// How much of a denom may be minted per day, and how much was today.
    pub async fn mint_cap(&self, denom: &str) -> Result<QueryMintCapResponse, ClientError> {
        let request = QueryMintCapRequest {
            denom: denom.to_owned(),
        };
        self.query("/supercloud.tokenfactory.v1.Query/MintCap", &request).await
    }
}

fn read_coin(path: &str, coin: ProtoCoin) -> Result<Coin, ClientError> {
    let amount = coin
        .amount
        .parse()
        .map_err(|error| ClientError::malformed(path, error))?;
    Ok(Coin {
        denom: coin.denom,
        amount,
    })
}
