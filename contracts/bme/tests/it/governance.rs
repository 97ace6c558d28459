//! Roles, pause, configuration and its bounds.

use cosmwasm_std::coin;
use supercloud_bme::BmeError;
use supercloud_schema::bme::{
    ConfigResponse, ExecuteMsg, InstantiateMsg, Params, QueryMsg, RequestStatus, StatusResponse,
};
use supercloud_test_kit::assert_fails;

use crate::support::{ONE, Suite, UACT, UAKT, params, setup, words};

fn nothing() -> ExecuteMsg {
    ExecuteMsg::UpdateConfig {
        governance: None,
        guardian: None,
        oracle: None,
    }
}

fn unauthorized(suite: &Suite, sender: &str) -> BmeError {
    BmeError::Unauthorized {
        sender: suite.app.addr(sender).to_string(),
    }
}

fn invalid(name: &'static str, value: impl ToString, bound: &'static str) -> BmeError {
    BmeError::InvalidConfig {
        name,
        value: value.to_string(),
        bound,
    }
}

#[test]
fn strangers_and_guardians_govern_nothing() {
    let mut suite = Suite::new();
    for sender in ["stranger", "guardian"] {
        for msg in [nothing(), ExecuteMsg::UpdateParams { params: params() }] {
            let refused = unauthorized(&suite, sender);
            assert_fails(suite.execute(sender, &msg, &[]), refused);
        }
    }
}

#[test]
fn a_guardian_pauses_and_governance_resumes() {
    let mut suite = Suite::new();
    let pause = |paused| ExecuteMsg::SetPaused { paused };
    let refused = unauthorized(&suite, "stranger");
    assert_fails(suite.execute("stranger", &pause(true), &[]), refused);
    suite.execute("guardian", &pause(true), &[]).unwrap();
    let refused = unauthorized(&suite, "guardian");
    assert_fails(suite.execute("guardian", &pause(false), &[]), refused);
    let status: StatusResponse = suite.app.query(&suite.bme, &QueryMsg::Status {}).unwrap();
    assert!(status.mint_paused);
    suite.execute("governance", &pause(false), &[]).unwrap();
    suite.mint("alice", 100 * ONE);
}

#[test]
fn a_pause_refuses_new_mints_and_holds_nothing_else() {
    let mut suite = Suite::new();
    suite.minted("alice", 100 * ONE, "1");
    let pending = suite.mint("bob", 100 * ONE);
    suite
        .execute("guardian", &ExecuteMsg::SetPaused { paused: true }, &[])
        .unwrap();
    let msg = ExecuteMsg::RequestMint { min_out: None };
    assert_fails(
        suite.execute("bob", &msg, &[coin(100 * ONE, UAKT)]),
        BmeError::MintPaused {},
    );
    suite.redeem("alice", 10 * ONE);
    suite.publish("1");
    assert_eq!(suite.process(10), words("2", "empty", "empty"));
    assert!(matches!(suite.status_of(pending), RequestStatus::Executed { .. }));
}

#[test]
fn messages_without_a_use_for_funds_refuse_them() {
    let mut suite = Suite::new();
    let messages = [
        ExecuteMsg::CancelRequest { id: 1u64.into() },
        ExecuteMsg::Process { limit: 1 },
        ExecuteMsg::SetPaused { paused: true },
        ExecuteMsg::UpdateParams { params: params() },
        nothing(),
    ];
    for msg in messages {
        let refused = BmeError::UnexpectedFunds {
            coin: "3uakt".to_string(),
        };
        assert_fails(suite.execute("alice", &msg, &[coin(3, UAKT)]), refused);
    }
    let refused = BmeError::WrongFunds {
        denom: UAKT.to_string(),
        found: "none".to_string(),
    };
    assert_fails(suite.execute("alice", &ExecuteMsg::FundVault {}, &[]), refused);
}

#[test]
fn governance_changes_what_it_names() {
    let mut suite = Suite::new();
    let config = |suite: &Suite| -> ConfigResponse { suite.app.query(&suite.bme, &QueryMsg::Config {}).unwrap() };
    let before = config(&suite);
    suite.execute("governance", &nothing(), &[]).unwrap();
    assert_eq!(config(&suite), before);
    let addr = |name: &str| suite.app.addr(name).to_string();
    let (heir, guardian, oracle) = (addr("heir"), addr("watchman"), addr("oracle"));
    let msg = ExecuteMsg::UpdateConfig {
        governance: Some(heir.clone()),
        guardian: Some(guardian.clone()),
        oracle: Some(oracle.clone()),
    };
    suite.execute("governance", &msg, &[]).unwrap();
    let expected = ConfigResponse {
        governance: heir,
        guardian: Some(guardian),
        oracle,
        ..before
    };
    assert_eq!(config(&suite), expected);
}

#[test]
fn parameters_out_of_bounds_are_refused() {
    let mut suite = Suite::new();
    let cases = [
        (
            Params {
                mint_spread_bps: 1_001,
                ..params()
            },
            invalid("mint_spread_bps", 1_001, "at most 1000"),
        ),
        (
            Params {
                redeem_spread_bps: 1_001,
                ..params()
            },
            invalid("redeem_spread_bps", 1_001, "at most 1000"),
        ),
        (
            Params {
                warn_ratio_bps: 10_001,
                ..params()
            },
            invalid("warn_ratio_bps", 10_001, "at most 10000"),
        ),
        (
            Params {
                halt_ratio_bps: 9_500,
                ..params()
            },
            invalid("halt_ratio_bps", 9_500, "below warn_ratio_bps"),
        ),
        (
            Params {
                max_per_process: 0,
                ..params()
            },
            invalid("max_per_process", 0, "1 to 100"),
        ),
        (
            Params {
                max_per_process: 101,
                ..params()
            },
            invalid("max_per_process", 101, "1 to 100"),
        ),
        (
            Params {
                asset: String::new(),
                ..params()
            },
            invalid("asset", "empty", "an asset of the oracle"),
        ),
    ];
    for (params, refused) in cases {
        assert_fails(
            suite.execute("governance", &ExecuteMsg::UpdateParams { params }, &[]),
            refused,
        );
    }
    let edge = Params {
        mint_spread_bps: 1_000,
        redeem_spread_bps: 1_000,
        warn_ratio_bps: 10_000,
        halt_ratio_bps: 9_999,
        max_per_process: 100,
        ..params()
    };
    suite
        .execute("governance", &ExecuteMsg::UpdateParams { params: edge }, &[])
        .unwrap();
}

#[test]
fn instantiation_wants_two_denoms_and_a_type_url() {
    let mut suite = Suite::new();
    let (governance, code_id) = (suite.governance.clone(), suite.code_id);
    let good = setup(&suite.app, &suite.oracle, params());
    let cases = [
        (
            InstantiateMsg {
                act_denom: UAKT.to_string(),
                ..good.clone()
            },
            invalid("denoms", "uakt, uakt", "two different bank denoms"),
        ),
        (
            InstantiateMsg {
                akt_denom: String::new(),
                ..good.clone()
            },
            invalid("denoms", format!(", {UACT}"), "two different bank denoms"),
        ),
        (
            InstantiateMsg {
                mint_type_url: "mint".to_string(),
                ..good
            },
            invalid("mint_type_url", "mint", "starts with a slash"),
        ),
    ];
    for (msg, refused) in cases {
        assert_fails(suite.app.instantiate(code_id, &governance, &msg, &[]), refused);
    }
}
