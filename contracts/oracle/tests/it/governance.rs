//! What governance may change, and bounds of the parameters.

use cosmwasm_std::Uint64;
use supercloud_oracle::OracleError;
use supercloud_schema::oracle::{AKT_USD, ConfigResponse, ExecuteMsg, Params, QueryMsg};
use supercloud_test_kit::assert_fails;

use crate::support::{START, Suite, params, seen};

fn with(suite: &Suite, change: impl FnOnce(&mut Params)) -> ExecuteMsg {
    let mut params = params(&suite.app, 1);
    change(&mut params);
    ExecuteMsg::UpdateParams { params }
}

#[test]
fn strangers_govern_nothing() {
    let mut suite = Suite::new(1);
    let sender = suite.app.addr("stranger").to_string();
    let messages = [
        with(&suite, |_| ()),
        ExecuteMsg::SetFrozen {
            asset: AKT_USD.to_string(),
            frozen: true,
        },
        ExecuteMsg::UpdateGovernance {
            governance: sender.clone(),
        },
    ];
    for msg in messages {
        assert_fails(
            suite.execute("stranger", &msg),
            OracleError::Unauthorized { sender: sender.clone() },
        );
    }
}

#[test]
fn governance_hands_itself_over() {
    let mut suite = Suite::new(1);
    let heir = suite.app.addr("heir").to_string();
    suite
        .execute(
            "governance",
            &ExecuteMsg::UpdateGovernance {
                governance: heir.clone(),
            },
        )
        .unwrap();
    let config: ConfigResponse = suite.app.query(&suite.oracle, &QueryMsg::Config {}).unwrap();
    assert_eq!(config.governance, heir);
    let sender = suite.governance.to_string();
    let msg = with(&suite, |_| ());
    assert_fails(suite.execute("governance", &msg), OracleError::Unauthorized { sender });
    suite.execute("heir", &msg).unwrap();
}

#[test]
fn parameters_out_of_bounds_are_refused() {
    let mut suite = Suite::new(1);
    let too_many = suite.app.addr("one").to_string();
    let repeated = too_many.clone();
    let cases = [
        (
            with(&suite, |p| p.min_sources = 0),
            "min_sources",
            "0".to_string(),
            "at least 1",
        ),
        (
            with(&suite, |p| p.max_confidence_bps = 10_001),
            "max_confidence_bps",
            "10001".into(),
            "at most 10000",
        ),
        (
            with(&suite, |p| p.max_source_gap_bps = 10_001),
            "max_source_gap_bps",
            "10001".into(),
            "at most 10000",
        ),
        (
            with(&suite, |p| p.sources = vec![too_many; 17]),
            "sources",
            "17".into(),
            "at most 16 entries",
        ),
        (
            with(&suite, |p| p.sources = vec![repeated.clone(), repeated.clone()]),
            "sources",
            repeated.clone(),
            "each entry once",
        ),
        (
            with(&suite, |p| p.assets = vec!["AKT USD".to_string()]),
            "assets",
            "AKT USD".into(),
            "names have 1 to 32 visible ASCII letters",
        ),
    ];
    for (msg, name, value, bound) in cases {
        assert_fails(
            suite.execute("governance", &msg),
            OracleError::InvalidParam { name, value, bound },
        );
    }
    let msg = with(&suite, |p| {
        p.max_confidence_bps = 10_000;
        p.assets = (0..16).map(|n| format!("A{n}/USD")).collect();
    });
    suite.execute("governance", &msg).unwrap();
}

#[test]
fn a_dropped_source_leaves_nothing_behind() {
    let mut suite = Suite::new(1);
    suite.execute("one", &seen("1", "0", None, START + 5, 1)).unwrap();
    let drop = with(&suite, |p| p.sources.remove(0).clear());
    suite.execute("governance", &drop).unwrap();
    assert_eq!(suite.observations().observations, []);
    let restore = with(&suite, |_| ());
    suite.execute("governance", &restore).unwrap();
    assert_eq!(suite.observations().observations, []);
    suite.execute("one", &seen("1", "0", None, START, 1)).unwrap();
    assert_eq!(suite.observations().observations[0].sequence, Uint64::one());
}

#[test]
fn a_dropped_asset_is_no_longer_frozen() {
    let mut suite = Suite::new(1);
    suite
        .execute(
            "governance",
            &ExecuteMsg::SetFrozen {
                asset: AKT_USD.to_string(),
                frozen: true,
            },
        )
        .unwrap();
    let frozen = |suite: &Suite| {
        let config: ConfigResponse = suite.app.query(&suite.oracle, &QueryMsg::Config {}).unwrap();
        config.frozen
    };
    assert_eq!(frozen(&suite), [AKT_USD]);
    let drop = with(&suite, |p| p.assets = vec![]);
    suite.execute("governance", &drop).unwrap();
    assert_eq!(frozen(&suite), Vec::<String>::new());
    assert_fails(
        suite.execute(
            "governance",
            &ExecuteMsg::SetFrozen {
                asset: AKT_USD.to_string(),
                frozen: true,
            },
        ),
        OracleError::UnknownAsset {
            asset: AKT_USD.to_string(),
        },
    );
}
