//! Governance replaces code under running leases.

use serde_json::json;
use supercloud_schema::market::{ConfigResponse, ExecuteMsg, LeaseState, QueryMsg};

use crate::suite::{ONE, Suite, group};
use crate::world::{Contract, World};

/// Earnings before, across and after; the old lease ends and a new one begins under the new code.
pub fn lease_accrues_through_a_migration_of_the_market(world: impl World) {
    let mut s = Suite::deploy(world);
    let provider = s.provider("p", vec![]);
    let id = s.create(vec![group("g")], 100 * ONE);
    let lease = s.lease(&provider, &id.group(1).order(1), ONE);
    s.advance(10);
    let before: ConfigResponse = s.ask(&s.at.market, &QueryMsg::Config {});
    let next = s.world.store(Contract::MarketNext);
    let (governance, market) = (s.governance.clone(), s.at.market.clone());
    s.world.migrate(&governance, &market, next, &json!({})).unwrap();
    s.assert_conserved();
    let after: ConfigResponse = s.ask(&s.at.market, &QueryMsg::Config {});
    assert_eq!(before, after);
    s.advance(10);
    assert_eq!(
        (s.lease_of(&lease).state, s.earned(&lease)),
        (LeaseState::Active {}, 20 * ONE)
    );
    s.as_tenant(&ExecuteMsg::CloseLease { lease }).unwrap();
    s.lease(&provider, &id.group(1).order(2), ONE);
    s.advance(5);
    assert_eq!(s.account(&id).balance.u128(), 75 * ONE);
}
