//! Upgrades: refuses foreign and newer state, then runs the steps between the stored version and the code's.
//!
//! Every step changes configuration only, so no step needs a cursor and no lease notices an upgrade.

use cosmwasm_std::{DepsMut, Env, Response, StdResult, Storage};
use cw2::ContractVersion;
use supercloud_schema::time::{Seconds, block_seconds};

use crate::contract::CONTRACT_NAME;
use crate::error::MarketError;
use crate::state::CONFIG;

type Version = [u64; 3];

/// One step: the version that it leads to and what it does at a block time.
struct Step {
    to: Version,
    run: fn(&mut dyn Storage, Seconds) -> StdResult<()>,
}

/// In order of version.
const STEPS: [Step; 1] = [Step {
    to: [0, 2, 0],
    run: stamp_upgrade,
}];

/// 1: notes when the contract was upgraded to 0.2.0.
fn stamp_upgrade(storage: &mut dyn Storage, now: Seconds) -> StdResult<()> {
    CONFIG.update(storage, |mut config| -> StdResult<_> {
        config.upgraded_at = Some(now);
        Ok(config)
    })?;
    Ok(())
}

fn parse(text: &str) -> Option<Version> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    let version = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(version)
}

/// Brings the stored state to `target`, which is the code's version outside of tests.
pub fn migrate_to(deps: DepsMut<'_>, env: &Env, target: &str) -> Result<Response, MarketError> {
    let ContractVersion { contract, version } = cw2::get_contract_version(deps.storage)?;
    if contract != CONTRACT_NAME {
        return Err(MarketError::WrongContract {
            stored: contract,
            expected: CONTRACT_NAME.to_string(),
        });
    }
    let (Some(from), Some(to)) = (parse(&version), parse(target)) else {
        return Err(MarketError::WrongVersion {
            stored: version,
            target: target.to_string(),
        });
    };
    if from > to {
        return Err(MarketError::WrongVersion {
            stored: version,
            target: target.to_string(),
        });
    }
    for step in STEPS.iter().filter(|step| from < step.to && step.to <= to) {
        (step.run)(deps.storage, block_seconds(&env.block))?;
    }
    cw2::set_contract_version(deps.storage, CONTRACT_NAME, target)?;
    Ok(Response::new()
        .add_attribute("from_version", version)
        .add_attribute("to_version", target))
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::Addr;
    use cosmwasm_std::testing::{mock_dependencies, mock_env};

    use super::*;
    use crate::state::Config;

    fn config() -> Config {
        Config {
            governance: Addr::unchecked("governance"),
            guardian: None,
            registry: Addr::unchecked("registry"),
            escrow: Addr::unchecked("escrow"),
            act_denom: "uact".to_string(),
            upgraded_at: None,
        }
    }

    fn migrated(name: &str, from: &str, to: &str) -> Result<Config, MarketError> {
        let mut deps = mock_dependencies();
        cw2::set_contract_version(&mut deps.storage, name, from).unwrap();
        CONFIG.save(&mut deps.storage, &config()).unwrap();
        migrate_to(deps.as_mut(), &mock_env(), to)?;
        assert_eq!(cw2::get_contract_version(&deps.storage).unwrap().version, to);
        Ok(CONFIG.load(&deps.storage).unwrap())
    }

    #[test]
    fn step_runs_once_on_the_way_to_its_version() {
        let now = block_seconds(&mock_env().block);
        assert_eq!(
            migrated(CONTRACT_NAME, "0.1.0", "0.2.0").unwrap().upgraded_at,
            Some(now)
        );
        assert_eq!(
            migrated(CONTRACT_NAME, "0.1.0", "1.0.0").unwrap().upgraded_at,
            Some(now)
        );
        assert_eq!(migrated(CONTRACT_NAME, "0.2.0", "0.2.0").unwrap().upgraded_at, None);
        assert_eq!(migrated(CONTRACT_NAME, "0.1.0", "0.1.9").unwrap().upgraded_at, None);
    }

    #[test]
    fn foreign_newer_and_unreadable_state_is_refused() {
        let wrong = MarketError::WrongContract {
            stored: "cw20".to_string(),
            expected: CONTRACT_NAME.to_string(),
        };
        assert_eq!(migrated("cw20", "0.1.0", "0.2.0"), Err(wrong));
        for stored in ["0.10.0", "0.2.1", "one", "1.0", "0.1.0.0"] {
            let wrong = MarketError::WrongVersion {
                stored: stored.to_string(),
                target: "0.2.0".to_string(),
            };
            assert_eq!(migrated(CONTRACT_NAME, stored, "0.2.0"), Err(wrong));
        }
    }

    #[test]
    fn older_code_reads_what_newer_code_stored() {
        let mut deps = mock_dependencies();
        let stored = br#"{"governance":"g","guardian":null,"registry":"r","escrow":"e","act_denom":"uact","later":7}"#;
        deps.storage.set(b"config", stored);
        assert_eq!(CONFIG.load(&deps.storage).unwrap().upgraded_at, None);
    }
}
