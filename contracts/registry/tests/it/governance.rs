//! Governance and migration.

use cw2::{ContractVersion, set_contract_version};
use supercloud_registry::contract::{CONTRACT_NAME, CONTRACT_VERSION};
use supercloud_registry::error::RegistryError;
use supercloud_schema::registry::{ConfigResponse, ExecuteMsg, MigrateMsg, QueryMsg};
use supercloud_test_kit::assert_fails;

use crate::bench::{Bench, code};

#[test]
fn only_governance_hands_governance_over() {
    let mut bench = Bench::new();
    let next = bench.app.addr("council").into_string();
    let msg = ExecuteMsg::UpdateGovernance {
        governance: next.clone(),
    };
    let sender = bench.app.addr("stranger").into_string();
    assert_fails(bench.execute("stranger", &msg), RegistryError::NotGovernance { sender });
    bench.execute("governance", &msg).unwrap();
    let config: ConfigResponse = bench.app.query(&bench.registry, &QueryMsg::Config {}).unwrap();
    assert_eq!(config, ConfigResponse { governance: next });
}

#[test]
fn migration_refuses_other_contracts_and_newer_versions() {
    let mut bench = Bench::new();
    let code_id = bench.app.store(code());
    let (registry, governance) = (bench.registry.clone(), bench.governance.clone());
    bench
        .app
        .migrate(&governance, &registry, &MigrateMsg {}, code_id)
        .unwrap();

    let mut pretend = |name: &str, version: &str| {
        let mut storage = bench.app.chain().contract_storage_mut(&registry);
        set_contract_version(storage.as_mut(), name, version).unwrap();
        drop(storage);
        bench.app.migrate(&governance, &registry, &MigrateMsg {}, code_id)
    };
    let (expected, found) = (CONTRACT_NAME.to_string(), "other".to_string());
    assert_fails(
        pretend("other", CONTRACT_VERSION),
        RegistryError::WrongContract { expected, found },
    );
    let (stored, offered) = ("9.0.0".to_string(), CONTRACT_VERSION.to_string());
    assert_fails(
        pretend(CONTRACT_NAME, "9.0.0"),
        RegistryError::Downgrade { stored, offered },
    );
    pretend(CONTRACT_NAME, "0.0.1").unwrap();
    let now: ContractVersion =
        cw2::get_contract_version(bench.app.chain().contract_storage(&registry).as_ref()).unwrap();
    assert_eq!(
        (now.contract.as_str(), now.version.as_str()),
        (CONTRACT_NAME, CONTRACT_VERSION)
    );
}
