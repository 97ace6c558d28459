//! `MsgDeposit`, and what becomes of deposits: held on an account of their own until they are given back or burned.
//!
//! Invariant: that account holds at least the sum of all stored deposits.

use supercloud_proto::cosmos::gov::v1::{Deposit, MsgDeposit, MsgDepositResponse, Proposal, ProposalStatus};
use supercloud_proto::prost::Message as _;

use crate::address::{Address, AddressCodec};
use crate::auth::{self, Account};
use crate::bank;
use crate::clock::to_timestamp;
use crate::coin::Coins;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::fees;
use crate::genesis::GenesisGov;
use crate::gov::{self, DEPOSIT_MODULE, GovError, MAX_DEPOSITORS, params};
use crate::machine::Machine;
use crate::message::{Message, Rights};
use crate::state_key::{self, gov as key};

impl Message for MsgDeposit {
    type Response = MsgDepositResponse;
    const MODULE: &'static str = "governance";

    fn signer(&self) -> &str {
        &self.depositor
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        if Coins::from_proto(&self.amount)?.is_empty() {
            return Err(SdkError::InvalidCoins("no coins to deposit".to_owned()).into());
        }
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgDepositResponse, TxError> {
        let depositor = machine.address(&self.depositor)?;
        let mut proposal = gov::load_proposal(machine, self.proposal_id)?;
        if apply_deposit(machine, &mut proposal, &depositor, &Coins::from_proto(&self.amount)?)? {
            let id = self.proposal_id.to_string();
            machine.emit(Event::new("proposal_deposit").with("voting_period_start", id));
        }
        gov::apply_proposal(machine, &proposal)?;
        Ok(MsgDepositResponse {})
    }
}

/// Adds to the deposit of a proposal, which the caller writes down; tells whether voting begins with it.
pub(super) fn apply_deposit(
    machine: &mut Machine<'_>,
    proposal: &mut Proposal,
    depositor: &Address,
    coins: &Coins,
) -> Result<bool, TxError> {
    let open = [ProposalStatus::DepositPeriod, ProposalStatus::VotingPeriod];
    if !open.contains(&proposal.status()) {
        let proposal_id = proposal.id;
        return Err(GovError::Inactive { proposal_id }.into());
    }
    let config = params::load(machine)?;
    let least = params::min_deposit(&config, proposal.expedited)?;
    assert_deposit(machine, coins, &least, config.min_deposit_bps)?;
    let account = load_account(machine)?;
    bank::assert_send_enabled(machine, coins)?;
    // The one way in: nobody else may send coins there.
    bank::apply_transfer(machine, depositor, &account, coins)?;
    add(machine, proposal.id, depositor, coins)?;
    let sum = Coins::from_proto(&proposal.total_deposit)?.checked_add(coins)?;
    proposal.total_deposit = sum.to_proto();
    let depositor = machine.text(depositor);
    machine.emit(
        Event::new("proposal_deposit")
            .with("depositor", depositor)
            .with("amount", coins.to_string())
            .with("proposal_id", proposal.id.to_string()),
    );
    let begins = proposal.status() == ProposalStatus::DepositPeriod && sum.checked_sub(&least).is_some();
    if begins {
        apply_voting(machine, proposal, &config)?;
    }
    Ok(begins)
}

/// Opens the vote.
pub(super) fn apply_voting(
    machine: &mut Machine<'_>,
    proposal: &mut Proposal,
    config: &GenesisGov,
) -> Result<(), TxError> {
    if let Some(end) = gov::read_time(proposal.deposit_end_time.as_ref())? {
        machine.delete(key::due(key::DEPOSITING, end, proposal.id))?;
    }
    let period = if proposal.expedited {
        config.expedited_voting_period_seconds
    } else {
        config.voting_period_seconds
    };
    let now = machine.block.time_nanos;
    let end = gov::compute_after(now, period);
    proposal.voting_start_time = Some(to_timestamp(now));
    proposal.voting_end_time = Some(to_timestamp(end));
    proposal.set_status(ProposalStatus::VotingPeriod);
    Ok(machine.write(key::due(key::VOTING, end, proposal.id), Vec::new())?)
}

/// Only denoms of the least deposit, and of one of them at least its part. A chain that needs no deposits takes those in
/// denoms that pay for gas.
fn assert_deposit(machine: &Machine<'_>, coins: &Coins, least: &Coins, bps: u64) -> Result<(), TxError> {
    let fees = fees::load_proto(machine)?;
    let denoms: Vec<&str> = if least.is_empty() {
        fees.min_gas_prices.iter().map(|price| &*price.denom).collect()
    } else {
        least.iter().map(|coin| &*coin.denom).collect()
    };
    if denoms.is_empty() {
        return Err(SdkError::NotSupported("proposals take no deposit on this chain".to_owned()).into());
    }
    if let Some(coin) = coins.iter().find(|coin| !denoms.contains(&&*coin.denom)) {
        let (denom, accepted) = (coin.denom.clone(), denoms.join(","));
        return Err(GovError::DepositDenom { denom, accepted }.into());
    }
    let part = params::compute_share(least, bps)?;
    let is_enough = |coin: &crate::coin::Coin| coin.amount >= part.amount_of(&coin.denom);
    if !coins.iter().any(is_enough) {
        let (got, least) = (coins.to_string(), part.to_string());
        return Err(GovError::DepositTooSmall { got, least }.into());
    }
    Ok(())
}

/// The account that holds deposits; made when first needed.
fn load_account(machine: &mut Machine<'_>) -> Result<Address, TxError> {
    let address = Address::from_module(DEPOSIT_MODULE);
    match auth::load(machine, &address)? {
        Some(Account::Module(_)) => {}
        // Somebody sent coins there before.
        Some(Account::Base(base)) => auth::apply_as_module(machine, &address, DEPOSIT_MODULE, base)?,
        None => auth::apply_module_account(machine, &address, DEPOSIT_MODULE)?,
    }
    Ok(address)
}

fn add(machine: &mut Machine<'_>, proposal_id: u64, depositor: &Address, coins: &Coins) -> Result<(), TxError> {
    let entry = key::deposit(proposal_id, depositor);
    let old = match machine.read(&entry)? {
        Some(bytes) => Coins::from_proto(&read_deposit(&bytes)?.amount)?,
        None if load_all(machine, proposal_id)?.len() >= MAX_DEPOSITORS => {
            return Err(GovError::TooManyDepositors.into());
        }
        None => Coins::default(),
    };
    let deposit = Deposit {
        proposal_id,
        depositor: machine.text(depositor),
        amount: old.checked_add(coins)?.to_proto(),
    };
    Ok(machine.write(entry, deposit.encode_to_vec())?)
}

pub(super) fn read_deposit(bytes: &[u8]) -> Result<Deposit, TxError> {
    Ok(Deposit::decode(bytes).map_err(|error| SdkError::corrupt("deposit", &error))?)
}

fn load_all(machine: &mut Machine<'_>, proposal_id: u64) -> Result<Vec<(Address, Coins)>, TxError> {
    let mut deposits = Vec::new();
    for (_, bytes) in machine.list(&key::deposits(proposal_id), MAX_DEPOSITORS)? {
        let deposit = read_deposit(&bytes)?;
        deposits.push((
            machine.address(&deposit.depositor)?,
            Coins::from_proto(&deposit.amount)?,
        ));
    }
    Ok(deposits)
}

/// Gives all deposits of a proposal back, whatever rules their denoms have by now.
pub(super) fn apply_refund(machine: &mut Machine<'_>, proposal_id: u64) -> Result<(), TxError> {
    apply_cancel(machine, proposal_id, 0, None)
}

/// Burns all deposits of a proposal.
pub(super) fn apply_burn(machine: &mut Machine<'_>, proposal_id: u64) -> Result<(), TxError> {
    let account = Address::from_module(DEPOSIT_MODULE);
    for (depositor, coins) in load_all(machine, proposal_id)? {
        machine.delete(state_key::gov::deposit(proposal_id, &depositor))?;
        bank::apply_burn(machine, &account, &coins)?;
    }
    Ok(())
}

/// Gives deposits back but for a part, which goes to `destination` or is burned.
pub(super) fn apply_cancel(
    machine: &mut Machine<'_>,
    proposal_id: u64,
    bps: u64,
    destination: Option<&Address>,
) -> Result<(), TxError> {
    let account = Address::from_module(DEPOSIT_MODULE);
    for (depositor, coins) in load_all(machine, proposal_id)? {
        machine.delete(state_key::gov::deposit(proposal_id, &depositor))?;
        let kept = params::compute_share(&coins, bps)?;
        let back = coins.checked_sub(&kept).unwrap_or_default();
        if !back.is_empty() {
            bank::apply_move(machine, &account, &depositor, &back)?;
        }
        match destination {
            _ if kept.is_empty() => {}
            Some(destination) => bank::apply_move(machine, &account, destination, &kept)?,
            None => bank::apply_burn(machine, &account, &kept)?,
        }
    }
    Ok(())
}
