//! Writes the first state.

use std::collections::BTreeSet;

use supercloud_proto::cosmos::bank::v1beta1::{DenomUnit, Metadata};
use supercloud_proto::cosmwasm::wasm::v1::{AccessConfig, AccessType, Params};
use supercloud_proto::prost::Message;

use crate::address::AddressCodec;
use crate::coin::{Coins, assert_denom, parse_amount};
use crate::config::Config;
use crate::error::TxError;
use crate::machine::{BlockTime, GOV_MODULE, Machine};
use crate::wasm::{code_rules, host_params};
use crate::{auth, bank, fees, gov, state_key, tokenfactory};

use super::import_state::{import_accounts, import_state};
use super::import_wasm::import_wasm;
use super::{Genesis, GenesisAccess, GenesisError, parse_address, parse_coins};

/// Writes a genesis that was checked.
pub(crate) fn apply_genesis(machine: &mut Machine<'_>, genesis: &Genesis) -> Result<(), GenesisError> {
    let codec = machine.env.codec.clone();
    apply_configuration(machine)?;
    let gov_address = machine.env.gov.clone();
    if let Some(state) = &genesis.state {
        import_accounts(machine, state)?;
    }
    if auth::load(machine, &gov_address).map_err(failed)?.is_none() {
        auth::apply_module_account(machine, &gov_address, GOV_MODULE).map_err(failed)?;
    }
    apply_balances(machine, genesis, &codec)?;
    apply_denoms(machine, genesis)?;
    apply_send_restrictions(machine, genesis, &codec)?;
    apply_minters(machine, genesis, &codec)?;
    apply_wasm_params(machine, genesis, &codec)?;
    code_rules::apply(machine, &genesis.wasm.code_rules).map_err(failed)?;
    host_params::apply(machine, &genesis.wasm.host_params()).map_err(failed)?;
    if let Some(state) = &genesis.wasm.state {
        import_wasm(machine, state, &genesis.wasm.code_rules)?;
    }
    let mut voters = Vec::new();
    for voter in &genesis.gov.voters {
        voters.push((parse_address(&codec, "gov.voters", &voter.address)?, voter.weight));
    }
    gov::apply_council(machine, voters).map_err(failed)?;
    gov::params::apply(machine, &genesis.gov).map_err(failed)?;
    fees::apply(machine, &genesis.fees.to_proto()).map_err(failed)?;
    if let Some(market) = &genesis.fees.market {
        fees::market::apply_stored(machine, market.multiplier_millionths);
    }
    match &genesis.state {
        Some(state) => import_state(machine, state),
        None => Ok(()),
    }
}

fn apply_configuration(machine: &mut Machine<'_>) -> Result<(), GenesisError> {
    let config: &Config = &machine.env.config;
    let config = serde_json::to_vec(config).expect("a configuration has only text keys");
    machine.state.set(state_key::chain::CONFIG.to_vec(), config);
    apply_last_block(machine, machine.block);
    Ok(())
}

/// Remembers the block that was run last.
pub(crate) fn apply_last_block(machine: &mut Machine<'_>, block: BlockTime) {
    let value = format!("{{\"height\":{},\"time_nanos\":{}}}", block.height, block.time_nanos);
    machine
        .state
        .set(state_key::chain::LAST_BLOCK.to_vec(), value.into_bytes());
}

fn apply_balances(machine: &mut Machine<'_>, genesis: &Genesis, codec: &AddressCodec) -> Result<(), GenesisError> {
    let mut seen = BTreeSet::new();
    for balance in &genesis.balances {
        let address = parse_address(codec, "balances", &balance.address)?;
        if !seen.insert(address.clone()) {
            return Err(GenesisError::Duplicate {
                place: "balances",
                item: balance.address.clone(),
            });
        }
        let coins: Coins = parse_coins("balances", &balance.coins)?;
        auth::load_or_create(machine, &address).map_err(failed)?;
        for coin in coins.iter() {
            bank::apply_mint(machine, &address, coin).map_err(failed)?;
        }
    }
    Ok(())
}

fn apply_denoms(machine: &mut Machine<'_>, genesis: &Genesis) -> Result<(), GenesisError> {
    for denom in &genesis.denoms {
        assert_denom(&denom.base).map_err(|source| GenesisError::Coin {
            place: "denoms",
            source,
        })?;
        let unit = |denom: &str, exponent| DenomUnit {
            denom: denom.to_owned(),
            exponent,
            aliases: Vec::new(),
        };
        let metadata = Metadata {
            description: denom.description.clone(),
            denom_units: vec![unit(&denom.base, 0), unit(&denom.display, denom.exponent)],
            base: denom.base.clone(),
            display: denom.display.clone(),
            name: denom.name.clone(),
            symbol: denom.symbol.clone(),
            ..Metadata::default()
        };
        machine
            .state
            .set(state_key::bank::metadata(&denom.base), metadata.encode_to_vec());
    }
    Ok(())
}

fn apply_send_restrictions(
    machine: &mut Machine<'_>,
    genesis: &Genesis,
    codec: &AddressCodec,
) -> Result<(), GenesisError> {
    for restriction in &genesis.send_restrictions {
        assert_denom(&restriction.denom).map_err(|source| GenesisError::Coin {
            place: "send_restrictions",
            source,
        })?;
        let mut allowed = BTreeSet::new();
        for text in &restriction.allowed_addresses {
            allowed.insert(parse_address(codec, "send_restrictions", text)?);
        }
        bank::apply_restriction(machine, &restriction.denom, &allowed).map_err(failed)?;
    }
    Ok(())
}

fn apply_minters(machine: &mut Machine<'_>, genesis: &Genesis, codec: &AddressCodec) -> Result<(), GenesisError> {
    const PLACE: &str = "tokenfactory";
    for minter in &genesis.tokenfactory {
        let coin_error = |source| GenesisError::Coin { place: PLACE, source };
        assert_denom(&minter.denom).map_err(coin_error)?;
        if !minter.admin.is_empty() {
            let admin = parse_address(codec, PLACE, &minter.admin)?;
            tokenfactory::apply_admin(machine, &minter.denom, Some(&admin)).map_err(failed)?;
        }
        if !minter.mint_cap_per_day.is_empty() {
            let cap = parse_amount(&minter.denom, &minter.mint_cap_per_day).map_err(coin_error)?;
            tokenfactory::apply_mint_cap(machine, &minter.denom, Some(cap)).map_err(failed)?;
        }
    }
    Ok(())
}

fn apply_wasm_params(machine: &mut Machine<'_>, genesis: &Genesis, codec: &AddressCodec) -> Result<(), GenesisError> {
    let upload = match &genesis.wasm.upload_access {
        GenesisAccess::Nobody => AccessConfig {
            permission: AccessType::Nobody.into(),
            addresses: Vec::new(),
        },
        GenesisAccess::Everybody => AccessConfig {
            permission: AccessType::Everybody.into(),
            addresses: Vec::new(),
        },
        GenesisAccess::Addresses(addresses) => {
            for text in addresses {
                parse_address(codec, "wasm.upload_access", text)?;
            }
            AccessConfig {
                permission: AccessType::AnyOfAddresses.into(),
                addresses: addresses.clone(),
            }
        }
    };
    let default = match genesis.wasm.instantiate_default {
        GenesisAccess::Everybody => AccessType::Everybody,
        _ => AccessType::Nobody,
    };
    let params = Params {
        code_upload_access: Some(upload),
        instantiate_default_permission: default.into(),
    };
    machine
        .state
        .set(state_key::wasm::PARAMS.to_vec(), params.encode_to_vec());
    Ok(())
}

fn failed(error: TxError) -> GenesisError {
    GenesisError::Apply(error.to_string())
}
