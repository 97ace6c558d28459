//! The world of cw-multi-test: contracts run natively.

use cosmwasm_std::{Addr, Coin, DepsMut, Env, Event, Response, StdError, StdResult};
use serde_json::Value;
use supercloud_market::MarketError;
use supercloud_schema::market::MigrateMsg;
use supercloud_test_kit::{TestApp, TypedContract};

use crate::world::{Contract, Happening, Outcome, Refusal, World};

/// Contracts native, chain simulated.
#[derive(Default)]
pub struct MultiTest {
    app: TestApp,
}

fn refusal(error: StdError) -> Refusal {
    Refusal(error.to_string())
}

fn happening(event: Event) -> Happening {
    let name = event.ty.strip_prefix("wasm-").unwrap_or(&event.ty).to_string();
    let attributes = event
        .attributes
        .into_iter()
        .map(|attribute| (attribute.key, attribute.value))
        .collect();
    Happening { name, attributes }
}

macro_rules! outcome {
    ($response:expr) => {
        $response.map_err(refusal).map(|response| Outcome {
            data: response.data.map(|data| data.to_vec()),
            events: response.events.into_iter().map(happening).collect(),
        })
    };
}

/// What the market's code does when it is built as version 0.2.0; cargo cannot build one crate both ways at once.
fn migrate_to_next(deps: DepsMut<'_>, env: Env, _msg: MigrateMsg) -> Result<Response, MarketError> {
    supercloud_market::migrate_to(deps, &env, "0.2.0")
}

fn code(contract: Contract) -> TypedContract {
    macro_rules! typed {
        ($of:ident) => {{
            use supercloud_test_kit::TypedContract;
            use $of::contract::{execute, instantiate, query};
            TypedContract::new(instantiate, execute, query)
        }};
    }
    match contract {
        Contract::Registry => typed!(supercloud_registry).with_migrate(supercloud_registry::contract::migrate),
        Contract::Market => typed!(supercloud_market)
            .with_sudo(supercloud_market::contract::sudo)
            .with_migrate(supercloud_market::contract::migrate),
        Contract::MarketNext => typed!(supercloud_market)
            .with_sudo(supercloud_market::contract::sudo)
            .with_migrate(migrate_to_next),
        Contract::Escrow => typed!(supercloud_escrow)
            .with_sudo(supercloud_escrow::contract::sudo)
            .with_reply(supercloud_escrow::contract::reply)
            .with_migrate(supercloud_escrow::contract::migrate),
        Contract::Bme => typed!(supercloud_bme)
            .with_sudo(supercloud_bme::contract::sudo)
            .with_reply(supercloud_bme::contract::reply)
            .with_migrate(supercloud_bme::contract::migrate),
        Contract::Oracle => typed!(supercloud_oracle).with_migrate(supercloud_oracle::contract::migrate),
        Contract::Pyth => typed!(supercloud_pyth).with_migrate(supercloud_pyth::contract::migrate),
        Contract::Attestation => typed!(supercloud_attestation).with_migrate(supercloud_attestation::contract::migrate),
    }
}

impl World for MultiTest {
    fn account(&mut self, name: &str) -> String {
        self.app.addr(name).into_string()
    }

    fn fund(&mut self, account: &str, amount: u128, denom: &str) {
        self.app.fund(&Addr::unchecked(account), amount, denom);
    }

    fn balance(&self, account: &str, denom: &str) -> u128 {
        self.app.balance(&Addr::unchecked(account), denom)
    }

    fn supply(&self, denom: &str) -> u128 {
        self.app.assert_supply_is_conserved(denom);
        self.app.supply(denom)
    }

    fn restrict(&mut self, denom: &str, allowed: &[&str]) {
        let allowed: Vec<Addr> = allowed.iter().map(|address| Addr::unchecked(*address)).collect();
        self.app.restrict(denom, &allowed.iter().collect::<Vec<_>>());
    }

    fn set_mint_admin(&mut self, denom: &str, admin: &str) {
        self.app.set_mint_admin(denom, &Addr::unchecked(admin));
    }

    fn now(&self) -> u64 {
        self.app.now()
    }

    fn advance(&mut self, seconds: u64) {
        self.app.advance(seconds);
    }

    fn store(&mut self, contract: Contract) -> u64 {
        self.app.store(code(contract))
    }

    fn predict(&self, code_id: u64, creator: &str, salt: &str) -> String {
        self.app.predict(code_id, &Addr::unchecked(creator), salt).into_string()
    }

    fn instantiate2(&mut self, code_id: u64, creator: &str, msg: &Value, salt: &str) -> Result<(), Refusal> {
        let address = self
            .app
            .instantiate2(code_id, &Addr::unchecked(creator), msg, salt)
            .map_err(refusal)?;
        assert_eq!(address.as_str(), self.predict(code_id, creator, salt));
        Ok(())
    }

    fn execute(&mut self, sender: &str, contract: &str, msg: &Value, funds: &[Coin]) -> Result<Outcome, Refusal> {
        outcome!(
            self.app
                .execute(&Addr::unchecked(sender), &Addr::unchecked(contract), msg, funds)
        )
    }

    fn sudo(&mut self, contract: &str, msg: &Value) -> Result<Outcome, Refusal> {
        outcome!(self.app.sudo(&Addr::unchecked(contract), msg))
    }

    fn migrate(&mut self, admin: &str, contract: &str, code_id: u64, msg: &Value) -> Result<Outcome, Refusal> {
        outcome!(
            self.app
                .migrate(&Addr::unchecked(admin), &Addr::unchecked(contract), msg, code_id)
        )
    }

    fn query(&self, contract: &str, msg: &Value) -> Result<Value, Refusal> {
        let answer: StdResult<Value> = self.app.query(&Addr::unchecked(contract), msg);
        answer.map_err(refusal)
    }
}
