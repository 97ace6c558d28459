use cosmwasm_std::coin;
use supercloud_attestation::AttestationError;
use supercloud_schema::attestation::{ConfigResponse, ExecuteMsg, MigrateMsg, QueryMsg, event};
use supercloud_test_kit::{TestApp, assert_fails, events};

use crate::world::*;

#[test]
fn struck_verifiers_records_stay_invalid_when_it_is_listed_again() {
    let mut w = World::new();
    let (verifier, second) = (w.verifier.clone(), w.second.clone());
    w.submit_ok(&verifier, "GPU-1", "p");
    w.submit_ok(&second, "GPU-2", "p");
    w.list(&[&second]);
    assert!(!w.record(1).valid && w.record(2).valid);
    w.submit_ok(&second, "GPU-1", "q");
    w.list(&[&second, &verifier]);
    assert!(!w.record(1).valid && w.record(2).valid && w.record(3).valid);
    let taken = AttestationError::DeviceTaken {
        device: "GPU-1".to_string(),
        provider: w.app.addr("q").to_string(),
        record: 3,
    };
    assert_fails(w.submit(&verifier, "GPU-1", "p"), taken);
}

#[test]
fn only_governance_lists_verifiers_and_hands_over() {
    let mut w = World::new();
    let (verifier, governance, heir) = (w.verifier.clone(), w.governance.clone(), w.app.addr("heir"));
    let hand_over = ExecuteMsg::UpdateGovernance {
        governance: heir.to_string(),
    };
    let refused = |sender: &cosmwasm_std::Addr| AttestationError::NotGovernance {
        sender: sender.to_string(),
    };
    assert_fails(
        w.run(&verifier, &ExecuteMsg::SetVerifiers { verifiers: vec![] }),
        refused(&verifier),
    );
    assert_fails(w.run(&verifier, &hand_over), refused(&verifier));
    let response = w.run(&governance, &hand_over).unwrap();
    assert_eq!(
        events(&response, event::GOVERNANCE_UPDATED)[0]["governance"],
        heir.as_str()
    );
    assert_fails(w.run(&governance, &hand_over), refused(&governance));
    w.run(
        &heir,
        &ExecuteMsg::SetVerifiers {
            verifiers: vec![heir.to_string()],
        },
    )
    .unwrap();
    let config: ConfigResponse = w.app.query(&w.contract, &QueryMsg::Config {}).unwrap();
    assert_eq!(
        (config.governance, config.verifiers),
        (heir.to_string(), vec![heir.to_string()])
    );
    assert_eq!(config.max_validity_seconds, MAX_VALIDITY);
}

#[test]
fn at_most_32_distinct_verifiers_are_listed() {
    let mut w = World::new();
    let governance = w.governance.clone();
    let names = |count: usize| {
        (0..count)
            .map(|index| w.app.addr(&format!("v{index}")).to_string())
            .collect::<Vec<_>>()
    };
    let (most, too_many) = (names(32), names(33));
    w.run(
        &governance,
        &ExecuteMsg::SetVerifiers {
            verifiers: most.clone(),
        },
    )
    .unwrap();
    let refused = w.run(&governance, &ExecuteMsg::SetVerifiers { verifiers: too_many });
    assert_fails(refused, AttestationError::TooManyVerifiers { found: 33, max: 32 });
    let twice = vec![most[0].clone(), most[0].clone()];
    let refused = w.run(&governance, &ExecuteMsg::SetVerifiers { verifiers: twice });
    assert_fails(
        refused,
        AttestationError::RepeatedVerifier {
            verifier: most[0].clone(),
        },
    );
}

#[test]
fn longest_validity_is_within_two_years() {
    let two_years = 730 * DAY;
    for (found, good) in [(0, false), (1, true), (two_years, true), (two_years + 1, false)] {
        let mut app = TestApp::new();
        let (code, governance) = (app.store(contract()), app.addr("governance"));
        let outcome = app.instantiate(code, &governance, &instantiate_msg(&governance, &[], found), &[]);
        assert_eq!(outcome.is_ok(), good, "{found}");
        if !good {
            assert_fails(outcome, AttestationError::MaxValidity { found, max: two_years });
        }
    }
}

#[test]
fn coins_are_refused() {
    let mut w = World::new();
    let (verifier, contract) = (w.verifier.clone(), w.contract.clone());
    w.app.fund(&verifier, 5, "uakt");
    let msg = w.submission("GPU-1", "p");
    let refused = w.app.execute(&verifier, &contract, &msg, &[coin(5, "uakt")]);
    assert_fails(
        refused,
        AttestationError::UnexpectedFunds {
            coin: "5uakt".to_string(),
        },
    );
}

#[test]
fn records_survive_a_migration() {
    let mut w = World::new();
    let (verifier, governance, address) = (w.verifier.clone(), w.governance.clone(), w.contract.clone());
    w.submit_ok(&verifier, "GPU-1", "p");
    let code = w.app.store(contract());
    w.app.migrate(&governance, &address, &MigrateMsg {}, code).unwrap();
    assert!(w.record(1).valid);
}
