//! Writes what an export has beyond what people write; indexes and queues are built anew.

use std::collections::BTreeSet;
use std::fmt::Display;

use supercloud_proto::cosmos::auth::v1beta1::{BaseAccount, ModuleAccount};
use supercloud_proto::cosmos::authz::v1beta1::{Grant, GrantAuthorization};
use supercloud_proto::cosmos::gov::v1::{Proposal, ProposalStatus};
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::Any;

use crate::address::Address;
use crate::auth::key::PublicKey;
use crate::auth::{self, Account, holds};
use crate::authz::GrantId;
use crate::authz::authorization::Authorization;
use crate::coin::{Coins, assert_denom, parse_amount};
use crate::feegrant::allowance::Allowance;
use crate::machine::Machine;
use crate::state_key;
use crate::tokenfactory::{self, Minted};
use crate::wasm::load_contract;
use crate::{authz, bank, consensus, cron, feegrant, gov};

use super::GenesisError;
use super::proto_json::ProtoJson;
use super::state::{GenesisProposals, GenesisState};

type Checked<T> = Result<T, String>;

fn say(error: impl Display) -> String {
    error.to_string()
}

/// Runs one part and says of a failure where it was.
fn part<T>(place: impl Into<String>, outcome: Checked<T>) -> Result<T, GenesisError> {
    outcome.map_err(|reason| GenesisError::State {
        place: place.into(),
        reason,
    })
}

/// Accounts come before all that makes accounts.
pub(super) fn import_accounts(machine: &mut Machine<'_>, state: &GenesisState) -> Result<(), GenesisError> {
    let mut numbers = BTreeSet::new();
    for (index, ProtoJson(any)) in state.accounts.iter().enumerate() {
        part(
            format!("state.accounts, entry {index}"),
            import_account(machine, any, &mut numbers),
        )?;
    }
    let gov = machine.env.gov.clone();
    match auth::load(machine, &gov).map_err(say) {
        Ok(Some(Account::Base(_))) => part("state.accounts", Err("the gov account must be a module's".to_owned())),
        Ok(_) => Ok(()),
        Err(error) => part("state.accounts", Err(error)),
    }
}

fn import_account(machine: &mut Machine<'_>, any: &Any, numbers: &mut BTreeSet<u64>) -> Checked<()> {
    if !holds::<BaseAccount>(any) && !holds::<ModuleAccount>(any) {
        return Err(format!("{:?} is no account", any.type_url));
    }
    let account = Account::decode(&any.encode_to_vec()).map_err(say)?;
    let base = account.base();
    let address = machine.address(&base.address).map_err(say)?;
    if !numbers.insert(base.account_number) {
        return Err(format!("account number {} is listed twice", base.account_number));
    }
    if auth::load(machine, &address).map_err(say)?.is_some() {
        return Err(format!("{} is listed twice", base.address));
    }
    if let Some(key) = &base.pub_key
        && PublicKey::decode(key).map_err(say)?.address() != address
    {
        return Err(format!("the key is not the one of {}", base.address));
    }
    auth::import(machine, &address, &account).map_err(say)
}

/// Everything else, when coins and contracts are there.
pub(super) fn import_state(machine: &mut Machine<'_>, state: &GenesisState) -> Result<(), GenesisError> {
    import_bank(machine, state)?;
    import_factory(machine, state)?;
    if let Some(ProtoJson(params)) = &state.consensus_params {
        let checked = consensus::assert_valid(params).and_then(|()| consensus::apply(machine, params));
        part("state.consensus_params", checked.map_err(say))?;
    }
    import_gov(machine, &state.gov)?;
    for (index, ProtoJson(grant)) in state.authz.iter().enumerate() {
        part(format!("state.authz, entry {index}"), import_authz(machine, grant))?;
    }
    for (index, ProtoJson(grant)) in state.feegrant.iter().enumerate() {
        part(
            format!("state.feegrant, entry {index}"),
            import_feegrant(machine, grant),
        )?;
    }
    import_cron(machine, state)
}

fn import_bank(machine: &mut Machine<'_>, state: &GenesisState) -> Result<(), GenesisError> {
    for ProtoJson(metadata) in &state.denom_metadata {
        // Metadata that an older rule let pass may stay.
        let checked = assert_denom(&metadata.base).map_err(say);
        let written = checked.and_then(|()| bank::metadata::apply(machine, metadata).map_err(say));
        part(format!("state.denom_metadata of {}", metadata.base), written)?;
    }
    for ProtoJson(rule) in &state.send_enabled {
        let checked = assert_denom(&rule.denom).map_err(say);
        let written =
            checked.and_then(|()| bank::apply_send_enabled(machine, &rule.denom, Some(rule.enabled)).map_err(say));
        part(format!("state.send_enabled of {}", rule.denom), written)?;
    }
    if let Some(enabled) = state.default_send_enabled {
        part(
            "state.default_send_enabled",
            bank::apply_default_send_enabled(machine, enabled).map_err(say),
        )?;
    }
    Ok(())
}

fn import_factory(machine: &mut Machine<'_>, state: &GenesisState) -> Result<(), GenesisError> {
    for factory in &state.factory_denoms {
        let denom = &factory.denom;
        let written = machine.address(&factory.creator).map_err(say).and_then(|creator| {
            if !denom.starts_with(&tokenfactory::to_denom(&factory.creator, "")) {
                return Err(format!("is not below {}", factory.creator));
            }
            assert_denom(denom).map_err(say)?;
            let key = state_key::tokenfactory::by_creator(&creator, denom);
            machine.write(key, Vec::new()).map_err(say)
        });
        part(format!("state.factory_denoms: {denom}"), written)?;
    }
    for minted in &state.minted {
        let written = parse_amount(&minted.denom, &minted.amount)
            .map_err(say)
            .and_then(|amount| {
                let day = minted.day;
                tokenfactory::apply_minted(machine, &minted.denom, Minted { day, amount }).map_err(say)
            });
        part(format!("state.minted of {}", minted.denom), written)?;
    }
    if let Some(ProtoJson(params)) = &state.tokenfactory_params {
        let checked = tokenfactory::update_params::assert_valid(params);
        let written = checked.and_then(|()| tokenfactory::apply_params(machine, params));
        part("state.tokenfactory_params", written.map_err(say))?;
    }
    Ok(())
}

fn import_gov(machine: &mut Machine<'_>, gov: &GenesisProposals) -> Result<(), GenesisError> {
    let mut ids = BTreeSet::new();
    for ProtoJson(proposal) in &gov.proposals {
        let id = proposal.id;
        let checked = if ids.insert(id) && id < gov.next_proposal_id {
            import_proposal(machine, proposal)
        } else {
            Err(format!("id {id} is listed twice or not below next_proposal_id"))
        };
        part(format!("state.gov.proposals, {id}"), checked)?;
    }
    for ProtoJson(vote) in &gov.votes {
        let written = machine.address(&vote.voter).map_err(say).and_then(|voter| {
            let key = state_key::gov::vote(vote.proposal_id, &voter);
            machine.write(key, vote.encode_to_vec()).map_err(say)
        });
        part(format!("state.gov.votes of {}", vote.voter), written)?;
    }
    import_deposits(machine, gov)?;
    for waiting in &gov.timelocked {
        let id = waiting.proposal_id;
        let written = match waiting.runs_at_nanos.parse::<u64>() {
            Ok(time) if ids.contains(&id) => {
                let key = state_key::gov::due(state_key::gov::TIMELOCKED, time, id);
                machine.write(key, Vec::new()).map_err(say)
            }
            _ => Err(format!("no proposal {id}, or {:?} is no time", waiting.runs_at_nanos)),
        };
        part("state.gov.timelocked", written)?;
    }
    if gov.next_proposal_id > 1 {
        let next = gov.next_proposal_id.to_be_bytes().to_vec();
        part(
            "state.gov.next_proposal_id",
            machine.write(state_key::gov::NEXT_ID.to_vec(), next).map_err(say),
        )?;
    }
    Ok(())
}

fn import_proposal(machine: &mut Machine<'_>, proposal: &Proposal) -> Checked<()> {
    let (queue, end) = match proposal.status() {
        ProposalStatus::Unspecified => return Err("has no status".to_owned()),
        ProposalStatus::DepositPeriod => (state_key::gov::DEPOSITING, proposal.deposit_end_time.as_ref()),
        ProposalStatus::VotingPeriod => (state_key::gov::VOTING, proposal.voting_end_time.as_ref()),
        _ => return gov::apply_proposal(machine, proposal).map_err(say),
    };
    let end = gov::read_time(end).map_err(say)?.ok_or("has no end")?;
    let key = state_key::gov::due(queue, end, proposal.id);
    machine.write(key, Vec::new()).map_err(say)?;
    gov::apply_proposal(machine, proposal).map_err(say)
}

/// The deposits' account must hold what is owed.
fn import_deposits(machine: &mut Machine<'_>, gov: &GenesisProposals) -> Result<(), GenesisError> {
    let mut owed = Coins::default();
    for ProtoJson(deposit) in &gov.deposits {
        let place = || format!("state.gov.deposits of {}", deposit.depositor);
        let depositor = part(place(), machine.address(&deposit.depositor).map_err(say))?;
        let coins = part(place(), Coins::from_proto(&deposit.amount).map_err(say))?;
        owed = part(place(), owed.checked_add(&coins).map_err(say))?;
        let key = state_key::gov::deposit(deposit.proposal_id, &depositor);
        part(place(), machine.write(key, deposit.encode_to_vec()).map_err(say))?;
    }
    let account = Address::from_module(gov::DEPOSIT_MODULE);
    for coin in owed.iter() {
        let held = part(
            "state.gov.deposits",
            bank::load_balance(machine, &account, &coin.denom).map_err(say),
        )?;
        if held < coin.amount {
            let reason = format!("{coin} are owed, {held} are there");
            return part("state.gov.deposits", Err(reason));
        }
    }
    Ok(())
}

fn import_authz(machine: &mut Machine<'_>, granted: &GrantAuthorization) -> Checked<()> {
    let authorization = Authorization::decode(granted.authorization.as_ref()).map_err(say)?;
    authorization.assert_valid(&machine.env.codec).map_err(say)?;
    let id = GrantId {
        granter: machine.address(&granted.granter).map_err(say)?,
        grantee: machine.address(&granted.grantee).map_err(say)?,
        type_url: authorization.type_url(),
    };
    let grant = Grant {
        authorization: granted.authorization.clone(),
        expiration: granted.expiration,
    };
    authz::apply_grant(machine, &id, &grant).map_err(say)
}

fn import_feegrant(
    machine: &mut Machine<'_>,
    granted: &supercloud_proto::cosmos::feegrant::v1beta1::Grant,
) -> Checked<()> {
    let (granter, grantee) = (
        machine.address(&granted.granter).map_err(say)?,
        machine.address(&granted.grantee).map_err(say)?,
    );
    let allowance = Allowance::decode(granted.allowance.as_ref()).map_err(say)?;
    allowance.assert_readable().map_err(say)?;
    feegrant::apply_grant(machine, &granter, &grantee, &allowance).map_err(say)
}

fn import_cron(machine: &mut Machine<'_>, state: &GenesisState) -> Result<(), GenesisError> {
    let most = cron::MAX_SCHEDULES;
    if state.cron.len() > most {
        return part(
            "state.cron",
            Err(format!("{} schedules, limit: {most}", state.cron.len())),
        );
    }
    let mut names = BTreeSet::new();
    for ProtoJson(status) in &state.cron {
        let schedule = status.schedule.clone().unwrap_or_default();
        let place = format!("state.cron, {:?}", schedule.name);
        if !names.insert(schedule.name.clone()) {
            return part(place, Err("is listed twice".to_owned()));
        }
        let written = cron::assert_valid(&schedule, &machine.env.codec)
            .and_then(|()| machine.address(&schedule.contract))
            .and_then(|contract| load_contract(machine, &contract))
            .and_then(|_| cron::apply_status(machine, status));
        part(place, written.map_err(say))?;
    }
    Ok(())
}
