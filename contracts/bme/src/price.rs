//! The oracle's price. Any failure to get one is the same to this contract: nothing is converted.

use cosmwasm_std::QuerierWrapper;
use supercloud_schema::oracle::{PriceResponse, QueryMsg, UseCase};

use crate::state::Config;

/// The price for a use, if the oracle gives one.
pub(crate) fn query_price(querier: QuerierWrapper<'_>, config: &Config, use_case: UseCase) -> Option<PriceResponse> {
    let question = QueryMsg::Price {
        asset: config.params.asset.clone(),
        use_case,
    };
    querier.query_wasm_smart(&config.oracle, &question).ok()
}
