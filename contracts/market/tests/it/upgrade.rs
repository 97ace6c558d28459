use cosmwasm_std::{DepsMut, Env, Response};
use supercloud_market::contract::{execute, instantiate, query, sudo};
use supercloud_market::{MarketError, migrate_to};
use supercloud_schema::market::{ConfigResponse, ExecuteMsg, LeaseState, MigrateMsg, QueryMsg};
use supercloud_schema::money::Uact;
use supercloud_test_kit::{TypedContract, assert_fails};

use crate::world::*;

fn migrate_to_next(deps: DepsMut<'_>, env: Env, _msg: MigrateMsg) -> Result<Response, MarketError> {
    migrate_to(deps, &env, "0.2.0")
}

fn migrate_to_first(deps: DepsMut<'_>, env: Env, _msg: MigrateMsg) -> Result<Response, MarketError> {
    migrate_to(deps, &env, "0.1.0")
}

fn market_of(migrate: fn(DepsMut<'_>, Env, MigrateMsg) -> Result<Response, MarketError>) -> TypedContract {
    TypedContract::new(instantiate, execute, query)
        .with_migrate(migrate)
        .with_sudo(sudo)
}

#[test]
fn lease_runs_on_through_an_upgrade() {
    let mut w = World::new();
    let provider = w.provider("p");
    let lease = w.lease(&provider);
    let deployment = lease.order().group().deployment();
    w.app.advance(10);
    let before: ConfigResponse = w.ask(&QueryMsg::Config {});
    let code = w.app.store(market_of(migrate_to_next));
    let (governance, market) = (w.governance.clone(), w.market.clone());
    w.app.migrate(&governance, &market, &MigrateMsg {}, code).unwrap();
    let after: ConfigResponse = w.ask(&QueryMsg::Config {});
    assert_eq!(before, after);
    w.app.advance(10);
    assert_eq!(w.lease_of(&lease).state, LeaseState::Active {});
    assert_eq!(w.account(&deployment).account.balance, Uact::new(DEPOSIT - 200));
    w.as_tenant(&ExecuteMsg::CloseLease { lease }).unwrap();
    let bid = w.bid(&provider, &deployment.group(1).order(2), 10);
    w.accept(&bid);
    w.app.advance(10);
    assert_eq!(w.account(&deployment).account.balance, Uact::new(DEPOSIT - 300));
}

#[test]
fn older_code_cannot_take_over() {
    let mut w = World::new();
    let (governance, market) = (w.governance.clone(), w.market.clone());
    let next = w.app.store(market_of(migrate_to_next));
    w.app.migrate(&governance, &market, &MigrateMsg {}, next).unwrap();
    let current = w.app.store(market_of(migrate_to_first));
    let refused = w.app.migrate(&governance, &market, &MigrateMsg {}, current);
    let expected = MarketError::WrongVersion {
        stored: "0.2.0".to_string(),
        target: "0.1.0".to_string(),
    };
    assert_fails(refused, expected);
}
