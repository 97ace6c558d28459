//! Reads a whole state back into the form of a genesis: what begins with it has the same accounts, coins, contracts,
//! grants, votes and rules. Lists are in the order of the keys, so equal states give equal bytes.

use std::collections::BTreeSet;

use supercloud_proto::prost::{Message, Name};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::address::Address;
use crate::auth::Account;
use crate::bank;
use crate::cron;
use crate::error::{SdkError, TxError};
use crate::machine::{Machine, read_u64};
use crate::state_key;
use crate::store::{Direction, Entry};
use crate::wasm::{code_rules, host_params};
use crate::{authz, consensus, fees, gov, tokenfactory};

use super::export_wasm::export_wasm;
use super::proto_json::ProtoJson;
use super::state::{GenesisFactoryDenom, GenesisMinted, GenesisProposals, GenesisState, GenesisTimelock};
use super::{
    Genesis, GenesisBalance, GenesisCoin, GenesisFeeMarket, GenesisFees, GenesisGov, GenesisMinter,
    GenesisSendRestriction, GenesisVoter, GenesisWasm,
};

/// The state as a genesis whose time is that of the last block, and whose first height is the next one.
pub(crate) fn export(machine: &mut Machine<'_>) -> Result<Genesis, TxError> {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(machine.block.time_nanos));
    let time = time.ok().and_then(|time| time.format(&Rfc3339).ok());
    let time = time.ok_or_else(|| SdkError::Logic("block time is out of range".to_owned()))?;
    Ok(Genesis {
        initial_height: machine.block.height + 1,
        chain_id: machine.env.config.chain_id.clone(),
        genesis_time: time,
        bech32_prefix: machine.env.config.bech32_prefix.clone(),
        balances: export_balances(machine)?,
        denoms: Vec::new(),
        send_restrictions: export_restrictions(machine)?,
        tokenfactory: export_minters(machine)?,
        gov: export_gov(machine)?,
        wasm: export_wasm_rules(machine)?,
        fees: export_fees(machine)?,
        state: Some(export_state(machine)?),
    })
}

/// All entries below a prefix, keys without it.
pub(super) fn list(machine: &Machine<'_>, prefix: &[u8]) -> Vec<Entry> {
    let entries = machine.state.prefix(prefix, Direction::Ascending);
    entries
        .map(|(key, value)| (key[prefix.len()..].to_vec(), value))
        .collect()
}

/// All messages below a prefix.
fn list_messages<M: Message + Name + Default>(
    machine: &Machine<'_>,
    prefix: &[u8],
) -> Result<Vec<ProtoJson<M>>, TxError> {
    let decode = |(_, value): Entry| {
        let message = M::decode(&*value).map(ProtoJson);
        message.map_err(|error| SdkError::corrupt(&M::full_name(), &error).into())
    };
    list(machine, prefix).into_iter().map(decode).collect()
}

fn to_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// An address behind its length byte, and what follows.
fn read_prefixed(bytes: &[u8]) -> Result<(Address, &[u8]), TxError> {
    crate::feegrant::read_prefixed(bytes)
}

fn export_balances(machine: &Machine<'_>) -> Result<Vec<GenesisBalance>, TxError> {
    let mut balances: Vec<GenesisBalance> = Vec::new();
    for (key, value) in list(machine, state_key::bank::BALANCES) {
        let (address, denom) = read_prefixed(&key)?;
        let address = machine.text(&address);
        let coin = GenesisCoin {
            denom: to_text(denom),
            amount: bank::read_amount(Some(value))?.to_string(),
        };
        match balances.last_mut() {
            Some(last) if last.address == address => last.coins.push(coin),
            _ => balances.push(GenesisBalance {
                address,
                coins: vec![coin],
            }),
        }
    }
    Ok(balances)
}

fn export_restrictions(machine: &Machine<'_>) -> Result<Vec<GenesisSendRestriction>, TxError> {
    let mut restrictions = Vec::new();
    for (denom, _) in list(machine, state_key::bank::RESTRICTED) {
        let denom = to_text(&denom);
        let mut allowed_addresses = Vec::new();
        for (key, _) in list(machine, &state_key::bank::all_allowed(&denom)) {
            allowed_addresses.push(machine.text(&read_prefixed(&key)?.0));
        }
        restrictions.push(GenesisSendRestriction {
            denom,
            allowed_addresses,
        });
    }
    Ok(restrictions)
}

fn export_minters(machine: &mut Machine<'_>) -> Result<Vec<GenesisMinter>, TxError> {
    let mut denoms = BTreeSet::new();
    for prefix in [state_key::tokenfactory::ADMINS, state_key::tokenfactory::MINT_CAPS] {
        denoms.extend(list(machine, prefix).into_iter().map(|(denom, _)| to_text(&denom)));
    }
    let mut minters = Vec::new();
    for denom in denoms {
        let admin = tokenfactory::load_admin(machine, &denom)?;
        let cap = tokenfactory::load_mint_cap(machine, &denom)?;
        minters.push(GenesisMinter {
            denom,
            admin: admin.map(|admin| machine.text(&admin)).unwrap_or_default(),
            mint_cap_per_day: cap.map(|cap| cap.to_string()).unwrap_or_default(),
        });
    }
    Ok(minters)
}

fn export_gov(machine: &mut Machine<'_>) -> Result<GenesisGov, TxError> {
    let council = gov::load_council(machine)?;
    let voters = council.into_iter().map(|(address, weight)| GenesisVoter {
        address: machine.text(&address),
        weight,
    });
    Ok(GenesisGov {
        voters: voters.collect(),
        ..gov::params::load(machine)?
    })
}

fn export_wasm_rules(machine: &mut Machine<'_>) -> Result<GenesisWasm, TxError> {
    let host = host_params::load(machine)?;
    Ok(GenesisWasm {
        code_rules: code_rules::load(machine)?,
        max_code_bytes: host.max_code_bytes,
        max_gov_code_bytes: host.max_gov_code_bytes,
        query_allow_list: host.query_allow_list,
        reply_gas_used: host.reply_gas_used,
        state: Some(export_wasm(machine)?),
        // Who may do what stands in `state`.
        ..GenesisWasm::default()
    })
}

fn export_fees(machine: &Machine<'_>) -> Result<GenesisFees, TxError> {
    let params = fees::load_proto(machine)?;
    let multiplier_millionths = fees::market::load_multiplier(machine, &params)?;
    let market = params.market.map(|market| GenesisFeeMarket {
        target_block_gas: market.target_block_gas,
        max_change_permille: market.max_change_permille,
        max_multiplier_permille: market.max_multiplier_permille,
        multiplier_millionths,
    });
    let prices = params.min_gas_prices.into_iter().map(|price| GenesisCoin {
        denom: price.denom,
        amount: price.amount,
    });
    Ok(GenesisFees {
        min_gas_prices: prices.collect(),
        max_tx_gas: params.max_tx_gas,
        market,
    })
}

fn export_state(machine: &mut Machine<'_>) -> Result<GenesisState, TxError> {
    let mut accounts = Vec::new();
    for (_, value) in list(machine, state_key::auth::ACCOUNTS) {
        accounts.push(ProtoJson(Account::decode(&value)?.to_any()));
    }
    let rules = list(machine, state_key::bank::SEND_ENABLED);
    let send_enabled = rules.into_iter().map(|(denom, rule)| {
        ProtoJson(supercloud_proto::cosmos::bank::v1beta1::SendEnabled {
            denom: to_text(&denom),
            enabled: rule == [1],
        })
    });
    Ok(GenesisState {
        accounts,
        denom_metadata: list_messages(machine, state_key::bank::METADATA)?,
        send_enabled: send_enabled.collect(),
        default_send_enabled: machine
            .state
            .get(state_key::bank::DEFAULT_SEND_ENABLED)
            .map(|_| bank::load_default_send_enabled(machine)),
        factory_denoms: export_factory_denoms(machine)?,
        minted: export_minted(machine)?,
        tokenfactory_params: match machine.state.get(state_key::tokenfactory::PARAMS) {
            Some(_) => Some(ProtoJson(tokenfactory::load_params(machine)?)),
            None => None,
        },
        consensus_params: match machine.state.get(state_key::consensus::PARAMS) {
            Some(_) => Some(ProtoJson(consensus::load(machine)?)),
            None => None,
        },
        gov: export_proposals(machine)?,
        authz: export_authz(machine)?,
        feegrant: list_messages(machine, state_key::feegrant::GRANTS)?,
        cron: cron::load_all(machine)?.into_iter().map(ProtoJson).collect(),
    })
}

fn export_factory_denoms(machine: &Machine<'_>) -> Result<Vec<GenesisFactoryDenom>, TxError> {
    let mut denoms = Vec::new();
    for (key, _) in list(machine, state_key::tokenfactory::BY_CREATOR) {
        let (creator, denom) = read_prefixed(&key)?;
        denoms.push(GenesisFactoryDenom {
            creator: machine.text(&creator),
            denom: to_text(denom),
        });
    }
    Ok(denoms)
}

fn export_minted(machine: &Machine<'_>) -> Result<Vec<GenesisMinted>, TxError> {
    let mut all = Vec::new();
    for (denom, value) in list(machine, state_key::tokenfactory::MINTED) {
        let minted = tokenfactory::read_minted(&value)?;
        all.push(GenesisMinted {
            denom: to_text(&denom),
            day: minted.day,
            amount: minted.amount.to_string(),
        });
    }
    Ok(all)
}

fn export_proposals(machine: &Machine<'_>) -> Result<GenesisProposals, TxError> {
    let next = machine.state.get(state_key::gov::NEXT_ID);
    let mut timelocked = Vec::new();
    for (entry, _) in list(machine, state_key::gov::TIMELOCKED) {
        let (time, id) = entry.split_at_checked(8).unwrap_or_default();
        timelocked.push(GenesisTimelock {
            proposal_id: read_u64(id)?,
            runs_at_nanos: read_u64(time)?.to_string(),
        });
    }
    Ok(GenesisProposals {
        next_proposal_id: next.map_or(Ok(1), |bytes| read_u64(&bytes))?,
        proposals: list_messages(machine, state_key::gov::PROPOSALS)?,
        votes: list_messages(machine, state_key::gov::VOTES)?,
        deposits: list_messages(machine, state_key::gov::DEPOSITS)?,
        timelocked,
    })
}

fn export_authz(
    machine: &Machine<'_>,
) -> Result<Vec<ProtoJson<supercloud_proto::cosmos::authz::v1beta1::GrantAuthorization>>, TxError> {
    let mut grants = Vec::new();
    for (key, value) in list(machine, state_key::authz::GRANTS) {
        let id = authz::GrantId::read(&key)?;
        grants.push(ProtoJson(authz::with_parties(machine, &id, authz::read_grant(&value)?)));
    }
    Ok(grants)
}
