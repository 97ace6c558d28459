//! Who may configure, and bounds of the configuration.

use cosmwasm_std::coin;
use supercloud_pyth::PythError;
use supercloud_schema::money::Uakt;
use supercloud_schema::pyth::{
    DataSource, ExecuteMsg, FeedConfig, InstantiateMsg, Params, QueryMsg, ValidTimePeriodResponse,
};
use supercloud_test_kit::assert_fails;
use supercloud_verify_pyth::VerifyError;
use supercloud_verify_pyth::network::{AKT_USD, ROUTER_ORIGIN};

use crate::support::{BTC, NOW, Suite, setup, test_set, update_at};

fn nothing() -> ExecuteMsg {
    ExecuteMsg::UpdateConfig {
        governance: None,
        data_sources: None,
        feeds: None,
        oracle: None,
    }
}

fn feeds(feeds: Vec<FeedConfig>) -> ExecuteMsg {
    ExecuteMsg::UpdateConfig {
        governance: None,
        data_sources: None,
        feeds: Some(feeds),
        oracle: None,
    }
}

fn params() -> Params {
    Params {
        max_age: 5,
        max_future: 0,
        fee_per_update: Uakt::ZERO,
    }
}

fn invalid(name: &'static str, value: impl ToString, bound: &'static str) -> PythError {
    PythError::InvalidConfig {
        name,
        value: value.to_string(),
        bound,
    }
}

#[test]
fn strangers_configure_nothing() {
    let mut suite = Suite::new();
    let (relayer, pyth) = (suite.relayer.clone(), suite.pyth.clone());
    let messages = [
        ExecuteMsg::AddSignerSet { set: test_set(2) },
        ExecuteMsg::ExpireSignerSet { index: 1, at: None },
        nothing(),
        ExecuteMsg::UpdateParams { params: params() },
        ExecuteMsg::WithdrawFees {
            to: relayer.to_string(),
        },
    ];
    for msg in messages {
        let outcome = suite.app.execute(&relayer, &pyth, &msg, &[]);
        assert_fails(
            outcome,
            PythError::Unauthorized {
                sender: relayer.to_string(),
            },
        );
        let outcome = suite.app.execute(&relayer, &pyth, &msg, &[coin(2, "uakt")]);
        assert_fails(
            outcome,
            PythError::UnexpectedFunds {
                coin: "2uakt".to_string(),
            },
        );
    }
}

#[test]
fn absent_fields_stay() {
    let mut suite = Suite::new();
    let before = suite.config();
    suite.govern(&nothing()).unwrap();
    assert_eq!(suite.config(), before);
}

#[test]
fn governance_hands_itself_over() {
    let mut suite = Suite::new();
    let heir = suite.app.addr("heir").to_string();
    let msg = ExecuteMsg::UpdateConfig {
        governance: Some(heir.clone()),
        data_sources: None,
        feeds: None,
        oracle: None,
    };
    suite.govern(&msg).unwrap();
    assert_eq!(suite.config().governance, heir);
    let sender = suite.governance.to_string();
    assert_fails(suite.govern(&nothing()), PythError::Unauthorized { sender });
}

#[test]
fn a_dropped_source_is_no_longer_believed() {
    let mut suite = Suite::new();
    let other = DataSource {
        chain: 26,
        emitter: [1; 32].into(),
    };
    let msg = ExecuteMsg::UpdateConfig {
        governance: None,
        data_sources: Some(vec![other]),
        feeds: None,
        oracle: None,
    };
    suite.govern(&msg).unwrap();
    let source = VerifyError::UntrustedOrigin {
        chain: 26,
        emitter: ROUTER_ORIGIN.emitter,
    };
    assert_fails(
        suite.submit(update_at(NOW, 1)),
        PythError::Unproved { position: 0, source },
    );
}

#[test]
fn a_dropped_feed_loses_its_price() {
    let mut suite = Suite::new();
    suite.submit(update_at(NOW, 5)).unwrap();
    suite
        .govern(&feeds(vec![FeedConfig {
            id: BTC.into(),
            asset: None,
        }]))
        .unwrap();
    assert_fails(
        suite.feed(AKT_USD),
        PythError::UnknownFeed {
            feed_id: AKT_USD.into(),
        },
    );
    suite
        .govern(&feeds(vec![FeedConfig {
            id: AKT_USD.into(),
            asset: None,
        }]))
        .unwrap();
    assert_fails(
        suite.feed(AKT_USD),
        PythError::NoPrice {
            feed_id: AKT_USD.into(),
        },
    );
}

#[test]
fn configurations_out_of_bounds_are_refused() {
    let mut suite = Suite::new();
    let feed = |id: Vec<u8>, asset: Option<&str>| FeedConfig {
        id: id.into(),
        asset: asset.map(str::to_string),
    };
    let many = (0..33).map(|id| feed(vec![id; 32], None)).collect();
    let cases = [
        (
            feeds(vec![feed(vec![1; 31], None)]),
            invalid("feed id", "01".repeat(31), "32 bytes"),
        ),
        (
            feeds(vec![feed(vec![1; 32], None); 2]),
            invalid("feed id", "01".repeat(32), "each feed once"),
        ),
        (
            feeds(vec![feed(vec![1; 32], Some("A")), feed(vec![2; 32], Some("A"))]),
            invalid("asset", "A", "each asset once"),
        ),
        (feeds(many), invalid("feeds", 33, "at most 32")),
    ];
    for (msg, refused) in cases {
        assert_fails(suite.govern(&msg), refused);
    }
    let emitters = |len, count| ExecuteMsg::UpdateConfig {
        governance: None,
        data_sources: Some(vec![
            DataSource {
                chain: 1,
                emitter: vec![2; len].into()
            };
            count
        ]),
        feeds: None,
        oracle: None,
    };
    assert_fails(
        suite.govern(&emitters(31, 1)),
        invalid("emitter", "02".repeat(31), "32 bytes"),
    );
    assert_fails(
        suite.govern(&emitters(32, 17)),
        invalid("data sources", 17, "at most 16"),
    );
}

#[test]
fn parameters_take_effect_at_once() {
    let mut suite = Suite::new();
    suite.govern(&ExecuteMsg::UpdateParams { params: params() }).unwrap();
    let period: ValidTimePeriodResponse = suite.app.query(&suite.pyth, &QueryMsg::GetValidTimePeriod).unwrap();
    assert_eq!(period, ValidTimePeriodResponse { secs: 5, nanos: 0 });
    let feed_id = AKT_USD.into();
    let publish_time = NOW as i64 - 6;
    assert_fails(
        suite.submit(update_at(NOW - 6, 1)),
        PythError::TooOld {
            feed_id,
            publish_time,
            now: NOW,
            max_age: 5,
        },
    );
}

#[test]
fn instantiation_keeps_to_the_same_bounds() {
    let mut suite = Suite::new();
    let (governance, code_id) = (suite.governance.clone(), suite.code_id);
    let good = || setup(&governance, None, 0);
    let cases = [
        (
            InstantiateMsg {
                signer_sets: vec![test_set(1), test_set(0)],
                ..good()
            },
            invalid("signer set", 0, "ascending indices"),
        ),
        (
            InstantiateMsg {
                signer_sets: (0..33).map(test_set).collect(),
                ..good()
            },
            invalid("signer sets", 33, "at most 32"),
        ),
        (
            InstantiateMsg {
                fee_denom: String::new(),
                ..good()
            },
            invalid("fee_denom", "empty", "a bank denom"),
        ),
    ];
    for (msg, refused) in cases {
        assert_fails(suite.app.instantiate(code_id, &governance, &msg, &[]), refused);
    }
    suite.app.instantiate(code_id, &governance, &good(), &[]).unwrap();
}
