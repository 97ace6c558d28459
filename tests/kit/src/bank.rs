//! Bank with restricted denoms and a supply counter.
//!
//! Wraps the keeper of cw-multi-test. A transfer of a restricted denom passes only when sender or recipient is on its
//! allow-list; funds attached to messages arrive here as transfers, so they obey the same rule. Supply is counted from
//! mints and burns, so that a test can compare it with the sum of balances.

use cosmwasm_std::{
    Addr, Api, BankMsg, BankQuery, Binary, BlockInfo, Coin, CustomMsg, CustomQuery, Querier, StdResult, Storage,
    Uint128, Uint256,
};
use cw_multi_test::{AppResponse, Bank, BankKeeper, BankSudo, CosmosRouter, Module};
use cw_storage_plus::Map;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::raised::raise;

const ALLOWED: Map<&str, Vec<Addr>> = Map::new("kit_bank_allowed");
const SUPPLY: Map<&str, Uint256> = Map::new("kit_bank_supply");

/// Why the bank refused a transfer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BankRefusal {
    /// Neither side is on the denom's allow-list.
    #[error("{denom} is restricted: neither {from} nor {to} may move it")]
    Restricted {
        /// Denom.
        denom: String,
        /// Sender.
        from: String,
        /// Recipient.
        to: String,
    },
}

/// The bank module of the chain under test.
#[derive(Default)]
pub struct RestrictedBank {
    keeper: BankKeeper,
}

pub(crate) fn restrict(storage: &mut dyn Storage, denom: &str, allowed: &[&Addr]) -> StdResult<()> {
    ALLOWED.save(storage, denom, &allowed.iter().map(|&addr| addr.clone()).collect())
}

pub(crate) fn unrestrict(storage: &mut dyn Storage, denom: &str) -> StdResult<()> {
    ALLOWED.remove(storage, denom);
    Ok(())
}

pub(crate) fn supply(storage: &dyn Storage, denom: &str) -> StdResult<u128> {
    let supply = SUPPLY.may_load(storage, denom)?.unwrap_or_default();
    Ok(Uint128::try_from(supply)?.u128())
}

fn assert_may_move(storage: &dyn Storage, from: &Addr, to: &str, amount: &[Coin]) -> StdResult<()> {
    for coin in amount {
        let Some(allowed) = ALLOWED.may_load(storage, &coin.denom)? else {
            continue;
        };
        if !allowed.iter().any(|addr| addr == from || addr.as_str() == to) {
            let refusal = BankRefusal::Restricted {
                denom: coin.denom.clone(),
                from: from.to_string(),
                to: to.to_string(),
            };
            return Err(raise(refusal));
        }
    }
    Ok(())
}

fn apply_supply(storage: &mut dyn Storage, coins: &[Coin], change: fn(Uint256, Uint256) -> Uint256) -> StdResult<()> {
    for coin in coins {
        let supply = SUPPLY.may_load(storage, &coin.denom)?.unwrap_or_default();
        SUPPLY.save(storage, &coin.denom, &change(supply, coin.amount))?;
    }
    Ok(())
}

impl Bank for RestrictedBank {}

impl Module for RestrictedBank {
    type ExecT = BankMsg;
    type QueryT = BankQuery;
    type SudoT = BankSudo;

    fn execute<ExecC, QueryC>(
        &self,
        api: &dyn Api,
        storage: &mut dyn Storage,
        router: &dyn CosmosRouter<ExecC = ExecC, QueryC = QueryC>,
        block: &BlockInfo,
        sender: Addr,
        msg: BankMsg,
    ) -> StdResult<AppResponse>
    where
        ExecC: CustomMsg + DeserializeOwned + 'static,
        QueryC: CustomQuery + DeserializeOwned + 'static,
    {
        match &msg {
            BankMsg::Send { to_address, amount } => assert_may_move(storage, &sender, to_address, amount)?,
            BankMsg::Burn { amount } => apply_supply(storage, amount, |supply, burned| supply - burned)?,
            _ => {}
        }
        self.keeper.execute(api, storage, router, block, sender, msg)
    }

    fn query(
        &self,
        api: &dyn Api,
        storage: &dyn Storage,
        querier: &dyn Querier,
        block: &BlockInfo,
        request: BankQuery,
    ) -> StdResult<Binary> {
        self.keeper.query(api, storage, querier, block, request)
    }

    fn sudo<ExecC, QueryC>(
        &self,
        api: &dyn Api,
        storage: &mut dyn Storage,
        router: &dyn CosmosRouter<ExecC = ExecC, QueryC = QueryC>,
        block: &BlockInfo,
        msg: BankSudo,
    ) -> StdResult<AppResponse>
    where
        ExecC: CustomMsg + DeserializeOwned + 'static,
        QueryC: CustomQuery + DeserializeOwned + 'static,
    {
        let BankSudo::Mint { amount, .. } = &msg;
        apply_supply(storage, amount, |supply, minted| supply + minted)?;
        self.keeper.sudo(api, storage, router, block, msg)
    }
}
