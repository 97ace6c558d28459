//! Stand-ins for the market and the burn-mint contract.

use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult, to_json_binary,
};
use cw_storage_plus::Item;
use supercloud_schema::market::ExhaustedAccount;
use supercloud_schema::money::Uact;
use supercloud_schema::{bme, escrow, market};
use supercloud_test_kit::TypedContract;

use crate::bench::Bench;

const NEWS: Item<Vec<ExhaustedAccount>> = Item::new("news");
const DEAF: Item<bool> = Item::new("deaf");
const REQUESTS: Item<Vec<(String, Uact)>> = Item::new("requests");

fn start(deps: DepsMut<'_>, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    NEWS.save(deps.storage, &vec![])?;
    DEAF.save(deps.storage, &false)?;
    REQUESTS.save(deps.storage, &vec![])?;
    Ok(Response::new())
}

/// Takes notices, unless it was paused: then it refuses them.
fn listen(deps: DepsMut<'_>, _: Env, _: MessageInfo, msg: market::ExecuteMsg) -> StdResult<Response> {
    match msg {
        market::ExecuteMsg::SetPaused { paused } => DEAF.save(deps.storage, &paused)?,
        market::ExecuteMsg::AccountsExhausted { .. } if DEAF.load(deps.storage)? => {
            return Err(StdError::msg("not listening"));
        }
        market::ExecuteMsg::AccountsExhausted { accounts } => {
            let news = [NEWS.load(deps.storage)?, accounts].concat();
            NEWS.save(deps.storage, &news)?;
        }
        other => return Err(StdError::msg(format!("unexpected {other:?}"))),
    }
    Ok(Response::new())
}

/// Takes redeem requests.
fn redeem(deps: DepsMut<'_>, _: Env, info: MessageInfo, msg: bme::ExecuteMsg) -> StdResult<Response> {
    let bme::ExecuteMsg::RequestRedeem {
        beneficiary: Some(beneficiary),
        min_out: None,
    } = msg
    else {
        return Err(StdError::msg(format!("unexpected {msg:?}")));
    };
    let amount = Uact::from_bank(info.funds[0].amount)?;
    let requests = [REQUESTS.load(deps.storage)?, vec![(beneficiary, amount)]].concat();
    REQUESTS.save(deps.storage, &requests)?;
    Ok(Response::new())
}

fn news(deps: Deps<'_>, _: Env, _: Empty) -> StdResult<Binary> {
    to_json_binary(&NEWS.load(deps.storage)?)
}

fn requests(deps: Deps<'_>, _: Env, _: Empty) -> StdResult<Binary> {
    to_json_binary(&REQUESTS.load(deps.storage)?)
}

impl Bench {
    fn deploy_peer(&mut self, contract: TypedContract) -> Addr {
        let code_id = self.app.store(contract);
        let owner = self.app.addr("governance");
        self.app.instantiate(code_id, &owner, &Empty {}, &[]).unwrap()
    }

    fn wire(&mut self, market: Option<&Addr>, bme: Option<&Addr>) {
        let (market, bme) = (market.map(ToString::to_string), bme.map(ToString::to_string));
        self.execute(
            "governance",
            &escrow::ExecuteMsg::UpdateConfig {
                governance: None,
                market,
                bme,
            },
            0,
        )
        .unwrap();
    }

    /// Replaces the market by a contract that takes notices. It can no longer play the market's other parts.
    pub(crate) fn listening_market(&mut self) -> Addr {
        let market = self.deploy_peer(TypedContract::new(start, listen, news));
        self.wire(Some(&market), None);
        market
    }

    pub(crate) fn set_deaf(&mut self, market: &Addr, paused: bool) {
        let sender = self.app.addr("governance");
        self.app
            .execute(&sender, market, &market::ExecuteMsg::SetPaused { paused }, &[])
            .unwrap();
    }

    pub(crate) fn news(&self, market: &Addr) -> Vec<(u64, u64)> {
        let news: Vec<ExhaustedAccount> = self.app.query(market, &Empty {}).unwrap();
        news.iter()
            .map(|account| (account.dseq.u64(), account.exhausted_at - self.genesis))
            .collect()
    }

    /// Replaces the burn-mint contract by one that takes requests.
    pub(crate) fn redeeming_bme(&mut self) -> Addr {
        let bme = self.deploy_peer(TypedContract::new(start, redeem, requests));
        self.wire(None, Some(&bme));
        bme
    }

    pub(crate) fn requests(&self, bme: &Addr) -> Vec<(String, Uact)> {
        self.app.query(bme, &Empty {}).unwrap()
    }
}
