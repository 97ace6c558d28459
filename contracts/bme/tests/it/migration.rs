//! Migration keeps to this contract and to rising versions.

use cosmwasm_std::testing::{mock_dependencies, mock_env};
use supercloud_bme::contract::{CONTRACT_NAME, CONTRACT_VERSION, migrate};
use supercloud_schema::bme::MigrateMsg;

use crate::support::Suite;

fn migrate_from(name: &str, version: &str) -> Result<(), String> {
    let mut deps = mock_dependencies();
    cw2::set_contract_version(&mut deps.storage, name, version).unwrap();
    let outcome = migrate(deps.as_mut(), mock_env(), MigrateMsg {});
    outcome.map(|_| ()).map_err(|error| format!("{error:?}"))
}

#[test]
fn older_and_equal_versions_are_taken_over() {
    assert_eq!(migrate_from(CONTRACT_NAME, "0.0.9"), Ok(()));
    assert_eq!(migrate_from(CONTRACT_NAME, CONTRACT_VERSION), Ok(()));
}

#[test]
fn other_contracts_and_newer_versions_are_not() {
    let wrong = r#"WrongContract { stored: "supercloud-market", ours: "supercloud-bme" }"#;
    assert_eq!(migrate_from("supercloud-market", "0.0.9"), Err(wrong.to_string()));
    let newer = format!("Downgrade {{ stored: \"99.0.0\", ours: {CONTRACT_VERSION:?} }}");
    assert_eq!(migrate_from(CONTRACT_NAME, "99.0.0"), Err(newer));
}

#[test]
fn a_deployed_contract_migrates_to_its_own_code() {
    let mut suite = Suite::new();
    suite
        .app
        .migrate(
            &suite.governance.clone(),
            &suite.bme.clone(),
            &MigrateMsg {},
            suite.code_id,
        )
        .unwrap();
}
