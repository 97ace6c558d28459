//! Upgrades: refuses foreign and newer state. There are no steps yet.

use cosmwasm_std::{DepsMut, Response};

use crate::contract::{CONTRACT_NAME, CONTRACT_VERSION};
use crate::error::AttestationError;

/// Brings the stored state to this code's version.
pub(crate) fn migrate(deps: DepsMut<'_>) -> Result<Response, AttestationError> {
    let stored = cw2::get_contract_version(deps.storage)?;
    if stored.contract != CONTRACT_NAME {
        return Err(AttestationError::WrongContract {
            stored: stored.contract,
            expected: CONTRACT_NAME,
        });
    }
    if cw2::ensure_from_older_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION).is_err() {
        return Err(AttestationError::WrongVersion {
            stored: stored.version,
            target: CONTRACT_VERSION,
        });
    }
    Ok(Response::new()
        .add_attribute("from_version", stored.version)
        .add_attribute("to_version", CONTRACT_VERSION))
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::testing::mock_dependencies;

    use super::*;

    fn migrated(name: &str, version: &str) -> Result<Response, AttestationError> {
        let mut deps = mock_dependencies();
        cw2::set_contract_version(&mut deps.storage, name, version).unwrap();
        migrate(deps.as_mut())
    }

    #[test]
    fn same_version_is_taken_over_and_a_newer_or_foreign_one_refused() {
        assert!(migrated(CONTRACT_NAME, CONTRACT_VERSION).is_ok());
        let newer = migrated(CONTRACT_NAME, "99.0.0");
        assert!(matches!(newer, Err(AttestationError::WrongVersion { stored, .. }) if stored == "99.0.0"));
        let foreign = migrated("cw20", CONTRACT_VERSION);
        assert!(matches!(foreign, Err(AttestationError::WrongContract { stored, .. }) if stored == "cw20"));
    }
}
