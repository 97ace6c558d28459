//! Who may upload and instantiate code.

use std::collections::BTreeSet;

use supercloud_proto::cosmwasm::wasm::v1::{AccessConfig, AccessType, Params};
use supercloud_proto::prost::Message;

use crate::address::{Address, AddressCodec};
use crate::error::{SdkError, TxError};
use crate::machine::Machine;
use crate::state_key;
use crate::wasm::WasmError;

/// Most addresses of an access rule.
pub(crate) const MAX_ADDRESSES: usize = 50;

pub(crate) fn load_params(machine: &mut Machine<'_>) -> Result<Params, TxError> {
    let bytes = machine.read(state_key::wasm::PARAMS)?.unwrap_or_default();
    Ok(Params::decode(&*bytes).map_err(|error| SdkError::corrupt("wasm parameters", &error))?)
}

/// The rule that a bare type stands for; of a list of addresses remains the creator.
pub(crate) fn of_type(permission: AccessType, creator: &str) -> AccessConfig {
    let addresses = match permission {
        AccessType::AnyOfAddresses => vec![creator.to_owned()],
        _ => Vec::new(),
    };
    AccessConfig {
        permission: permission.into(),
        addresses,
    }
}

/// 1 to [`MAX_ADDRESSES`] different addresses.
pub(crate) fn assert_addresses(addresses: &[String], codec: &AddressCodec) -> Result<(), TxError> {
    let got = addresses.len();
    if got == 0 {
        return Err(WasmError::Empty { field: "addresses" }.into());
    }
    if got > MAX_ADDRESSES {
        return Err(WasmError::Limit {
            field: "addresses",
            got,
            limit: MAX_ADDRESSES,
        }
        .into());
    }
    let unique: BTreeSet<&String> = addresses.iter().collect();
    if unique.len() != got {
        return Err(WasmError::Duplicate {
            what: "addresses".to_owned(),
        }
        .into());
    }
    for address in addresses {
        codec.parse(address)?;
    }
    Ok(())
}

pub(crate) fn assert_rule(rule: &AccessConfig, codec: &AddressCodec) -> Result<(), TxError> {
    let invalid = |reason: String| TxError::from(WasmError::Invalid { reason });
    let permission = AccessType::try_from(rule.permission).unwrap_or_default();
    match permission {
        AccessType::Unspecified => return Err(WasmError::Empty { field: "type" }.into()),
        AccessType::Nobody | AccessType::Everybody if !rule.addresses.is_empty() => {
            return Err(invalid("addresses must be empty for this permission".to_owned()));
        }
        AccessType::Nobody | AccessType::Everybody => return Ok(()),
        AccessType::AnyOfAddresses => {}
    }
    assert_addresses(&rule.addresses, codec)
}

pub(crate) fn is_allowed(rule: &AccessConfig, codec: &AddressCodec, address: &Address) -> bool {
    match rule.permission() {
        AccessType::Everybody => true,
        AccessType::AnyOfAddresses => rule.addresses.contains(&codec.to_text(address)),
        AccessType::Nobody | AccessType::Unspecified => false,
    }
}

/// Whether `rule` lets in nobody whom `wider` keeps out.
pub(crate) fn is_subset(rule: &AccessConfig, wider: &AccessConfig) -> bool {
    match wider.permission() {
        AccessType::Everybody => true,
        AccessType::Nobody | AccessType::Unspecified => rule.permission() == AccessType::Nobody,
        AccessType::AnyOfAddresses => match rule.permission() {
            AccessType::Nobody => true,
            AccessType::AnyOfAddresses => rule.addresses.iter().all(|address| wider.addresses.contains(address)),
            AccessType::Everybody | AccessType::Unspecified => false,
        },
    }
}

/// How events show a permission.
pub(crate) fn to_text(rule: &AccessConfig) -> &'static str {
    match rule.permission() {
        AccessType::Nobody => "Nobody",
        AccessType::Everybody => "Everybody",
        AccessType::AnyOfAddresses => "AnyOfAddresses",
        AccessType::Unspecified => "Unspecified",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any_of(addresses: &[&str]) -> AccessConfig {
        let addresses = addresses.iter().map(|address| (*address).to_owned()).collect();
        AccessConfig {
            permission: AccessType::AnyOfAddresses.into(),
            addresses,
        }
    }

    #[test]
    fn nobody_is_within_a_list_and_a_list_within_everybody() {
        let (nobody, everybody) = (of_type(AccessType::Nobody, "a"), of_type(AccessType::Everybody, "a"));
        assert_eq!(of_type(AccessType::AnyOfAddresses, "a"), any_of(&["a"]));
        assert!(is_subset(&nobody, &any_of(&["a"])) && is_subset(&any_of(&["a"]), &everybody));
        assert!(!is_subset(&everybody, &any_of(&["a"])) && !is_subset(&any_of(&["a"]), &nobody));
        assert!(is_subset(&any_of(&["b"]), &any_of(&["a", "b"])) && !is_subset(&any_of(&["c"]), &any_of(&["a", "b"])));
    }
}
