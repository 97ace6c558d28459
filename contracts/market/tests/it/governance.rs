use supercloud_market::{MarketError, Role};
use supercloud_schema::market::{ConfigResponse, ExecuteMsg, Params, QueryMsg, event};
use supercloud_schema::money::Uact;
use supercloud_test_kit::{assert_fails, events};

use crate::world::*;

fn config(w: &World) -> ConfigResponse {
    w.ask(&QueryMsg::Config {})
}

#[test]
fn pause_stops_new_deployments_and_bids_and_nothing_else() {
    let mut w = World::new();
    let (provider, late) = (w.provider("p"), w.provider("late"));
    let order = w.create(vec![group("g")]).group(1).order(1);
    let bid = w.bid(&provider, &order, 10);
    let guardian = w.guardian.clone();
    let response = w.run(&guardian, &ExecuteMsg::SetPaused { paused: true }, 0).unwrap();
    assert_eq!(events(&response, event::INTAKE_PAUSED)[0]["paused"], "true");
    assert!(config(&w).paused);
    assert_fails(
        w.as_tenant(&create_msg(vec![group("g")], None)),
        MarketError::IntakePaused,
    );
    assert_fails(
        w.run(&late, &bid_msg(&order, rate(1), None), BID_DEPOSIT),
        MarketError::IntakePaused,
    );
    w.accept(&bid);
    w.as_tenant(&ExecuteMsg::CloseLease { lease: bid }).unwrap();
    w.as_tenant(&ExecuteMsg::CloseDeployment { dseq: order.dseq }).unwrap();
    assert_eq!(w.act_of(&w.tenant), PURSE);
}

#[test]
fn guardian_pauses_but_only_governance_resumes() {
    let mut w = World::new();
    let (guardian, governance, other) = (w.guardian.clone(), w.governance.clone(), w.app.addr("other"));
    let set = |paused| ExecuteMsg::SetPaused { paused };
    let unauthorized = |sender: &cosmwasm_std::Addr, needed| MarketError::Unauthorized {
        sender: sender.to_string(),
        needed,
    };
    assert_fails(w.run(&other, &set(true), 0), unauthorized(&other, Role::Guardian));
    w.run(&guardian, &set(true), 0).unwrap();
    assert_fails(
        w.run(&guardian, &set(false), 0),
        unauthorized(&guardian, Role::Governance),
    );
    w.run(&governance, &set(false), 0).unwrap();
    w.run(&governance, &set(true), 0).unwrap();
}

#[test]
fn parameters_are_replaced_within_their_ranges_by_governance_only() {
    let mut w = World::new();
    let governance = w.governance.clone();
    let update = |params: Params| ExecuteMsg::UpdateParams { params };
    let unauthorized = MarketError::Unauthorized {
        sender: w.tenant.to_string(),
        needed: Role::Governance,
    };
    assert_fails(w.as_tenant(&update(params())), unauthorized);
    let changed = Params {
        order_max_bids: 1,
        bid_min_deposit: Uact::new(7),
        ..params()
    };
    w.run(&governance, &update(changed.clone()), 0).unwrap();
    assert_eq!(config(&w).params, changed);

    let year = 365 * 86_400;
    let cases: [(Params, &'static str, u128, u128, u128); 9] = [
        (
            Params {
                order_max_bids: 0,
                ..params()
            },
            "order_max_bids",
            0,
            1,
            32,
        ),
        (
            Params {
                order_max_bids: 33,
                ..params()
            },
            "order_max_bids",
            33,
            1,
            32,
        ),
        (
            Params {
                bid_min_deposit: Uact::ZERO,
                ..params()
            },
            "bid_min_deposit",
            0,
            1,
            1_000_000_000_000,
        ),
        (
            Params {
                deployment_min_deposit: Uact::ZERO,
                ..params()
            },
            "deployment_min_deposit",
            0,
            1,
            1_000_000_000_000,
        ),
        (
            Params {
                lease_grace_seconds: 0,
                ..params()
            },
            "lease_grace_seconds",
            0,
            1,
            2_592_000,
        ),
        (
            Params {
                manifest_grace_seconds: 2_592_001,
                ..params()
            },
            "manifest_grace_seconds",
            2_592_001,
            0,
            2_592_000,
        ),
        (
            Params {
                max_reclamation_seconds: 1,
                ..params()
            },
            "max_reclamation_seconds",
            1,
            3_600,
            year,
        ),
        (
            Params {
                max_groups: 21,
                ..params()
            },
            "max_groups",
            21,
            1,
            20,
        ),
        (
            Params {
                max_units: 0,
                ..params()
            },
            "max_units",
            0,
            1,
            20,
        ),
    ];
    for (params, name, found, min, max) in cases {
        let refused = w.run(&governance, &update(params), 0);
        assert_fails(refused, MarketError::ParamOutOfRange { name, found, min, max });
    }
    assert_eq!(config(&w).params, changed);
}

#[test]
fn peers_and_powers_change_by_governance_only() {
    let mut w = World::new();
    let (governance, heir) = (w.governance.clone(), w.app.addr("heir"));
    let update = |to: &str| ExecuteMsg::UpdateConfig {
        governance: Some(to.to_string()),
        guardian: None,
        registry: None,
        escrow: Some(to.to_string()),
    };
    let unauthorized = MarketError::Unauthorized {
        sender: heir.to_string(),
        needed: Role::Governance,
    };
    assert_fails(w.run(&heir, &update(heir.as_str()), 0), unauthorized);
    w.run(&governance, &update(heir.as_str()), 0).unwrap();
    let config = config(&w);
    assert_eq!(
        (config.governance.as_str(), config.escrow.as_str()),
        (heir.as_str(), heir.as_str())
    );
    assert_eq!(
        (config.registry, config.guardian),
        (w.registry.to_string(), Some(w.guardian.to_string()))
    );
    let unauthorized = MarketError::Unauthorized {
        sender: governance.to_string(),
        needed: Role::Governance,
    };
    assert_fails(w.run(&governance, &update(heir.as_str()), 0), unauthorized);
}
