//! What wallets ask a chain that distributes rewards, answered by one that does not.

use supercloud_proto::cosmos::base::v1beta1::DecCoin;
use supercloud_proto::cosmos::distribution::v1beta1::{
    Params, QueryCommunityPoolRequest, QueryCommunityPoolResponse, QueryDelegationTotalRewardsRequest,
    QueryDelegationTotalRewardsResponse, QueryParamsRequest, QueryParamsResponse,
};

use crate::bank;
use crate::machine::Machine;
use crate::query::QueryError;
use crate::state_key;
use crate::store::Direction;

/// Decimals of the wire: integers with this many digits behind the point.
const DECIMALS: &str = "000000000000000000";

pub(crate) fn community_pool(
    machine: &mut Machine<'_>,
    _: QueryCommunityPoolRequest,
) -> Result<QueryCommunityPoolResponse, QueryError> {
    let prefix = state_key::bank::balances(&machine.env.gov);
    let mut pool = Vec::new();
    for (key, value) in machine.state.prefix(&prefix, Direction::Ascending) {
        let amount = bank::read_amount(Some(value))?;
        pool.push(DecCoin {
            denom: String::from_utf8_lossy(&key[prefix.len()..]).into_owned(),
            amount: format!("{amount}{DECIMALS}"),
        });
    }
    Ok(QueryCommunityPoolResponse { pool })
}

#[allow(deprecated, reason = "the old fields must be named to be filled")]
pub(crate) fn params(_: &mut Machine<'_>, _: QueryParamsRequest) -> Result<QueryParamsResponse, QueryError> {
    let zero = || "0".to_owned();
    Ok(QueryParamsResponse {
        params: Some(Params {
            community_tax: zero(),
            base_proposer_reward: zero(),
            bonus_proposer_reward: zero(),
            withdraw_addr_enabled: false,
        }),
    })
}

pub(crate) fn delegation_total_rewards(
    machine: &mut Machine<'_>,
    request: QueryDelegationTotalRewardsRequest,
) -> Result<QueryDelegationTotalRewardsResponse, QueryError> {
    machine.address(&request.delegator_address)?;
    Ok(QueryDelegationTotalRewardsResponse::default())
}
