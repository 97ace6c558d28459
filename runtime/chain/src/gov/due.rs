//! What governance does at the beginning of a block: drop what has no deposit, close votes, run what passed.

use std::mem;

use supercloud_proto::cosmos::gov::v1::{Proposal, ProposalStatus};

use crate::clock::to_timestamp;
use crate::error::TxError;
use crate::event::Event;
use crate::gas::GasMeter;
use crate::genesis::GenesisGov;
use crate::gov::tally::{self, Decision};
use crate::gov::{self, MAX_DUE_PER_BLOCK, deposit, params};
use crate::machine::Machine;
use crate::message::{self, Rights};
use crate::state_key::{self, gov as key};
use crate::store::Direction;

/// Closes votes whose time is over and runs proposals whose timelock is over; with a timelock of zero both at once.
pub(crate) fn apply_due_proposals(machine: &mut Machine<'_>) -> Result<(), TxError> {
    for (due, id) in list_due(machine, key::DEPOSITING) {
        machine.delete(due)?;
        apply_drop(machine, id)?;
    }
    for (due, id) in list_due(machine, key::VOTING) {
        machine.delete(due)?;
        apply_result(machine, id)?;
    }
    for (due, id) in list_due(machine, key::TIMELOCKED) {
        machine.delete(due)?;
        apply_messages(machine, id)?;
    }
    Ok(())
}

/// When something is due next, in nanoseconds since 1970.
pub(crate) fn compute_next_due(machine: &Machine<'_>) -> Option<u64> {
    let first = |queue: &[u8]| {
        let (entry, _) = machine.state.prefix(queue, Direction::Ascending).next()?;
        read_due(queue, &entry).map(|(time, _)| time)
    };
    let queues = [key::DEPOSITING, key::VOTING, key::TIMELOCKED];
    queues.into_iter().filter_map(first).min()
}

fn list_due(machine: &Machine<'_>, queue: &[u8]) -> Vec<(Vec<u8>, u64)> {
    let end = key::due(queue, machine.block.time_nanos.saturating_add(1), 0);
    machine
        .state
        .range(Some(queue), Some(&end), Direction::Ascending)
        .take(MAX_DUE_PER_BLOCK)
        .filter_map(|(entry, _)| read_due(queue, &entry).map(|(_, id)| (entry, id)))
        .collect()
}

/// Time and id out of a queue's key.
fn read_due(queue: &[u8], entry: &[u8]) -> Option<(u64, u64)> {
    let (time, id) = entry.strip_prefix(queue)?.split_at_checked(8)?;
    Some((
        u64::from_be_bytes(time.try_into().ok()?),
        u64::from_be_bytes(id.try_into().ok()?),
    ))
}

/// Drops a proposal whose deposit did not suffice in time.
fn apply_drop(machine: &mut Machine<'_>, id: u64) -> Result<(), TxError> {
    if params::load(machine)?.burn_proposal_deposit_prevote {
        deposit::apply_burn(machine, id)?;
    } else {
        deposit::apply_refund(machine, id)?;
    }
    machine.delete(key::proposal(id))?;
    machine.emit(
        Event::new("inactive_proposal")
            .with("proposal_id", id.to_string())
            .with("proposal_result", "proposal_dropped"),
    );
    Ok(())
}

fn apply_result(machine: &mut Machine<'_>, id: u64) -> Result<(), TxError> {
    let mut proposal = gov::load_proposal(machine, id)?;
    let tally = tally::compute_tally(machine, id)?;
    let config = params::load(machine)?;
    let decision = tally.decide(&config, &proposal);
    let goes_on = proposal.expedited && decision != Decision::Passed;
    match decision {
        // Even a veto leaves the deposits of a proposal that goes on where they are.
        _ if goes_on => {}
        Decision::Rejected { burn: true } => deposit::apply_burn(machine, id)?,
        _ => deposit::apply_refund(machine, id)?,
    }
    let result = if goes_on {
        apply_ordinary(machine, &mut proposal, &config)?;
        "expedited_proposal_rejected"
    } else {
        proposal.final_tally_result = Some(tally.to_proto());
        if decision == Decision::Passed {
            apply_passed(machine, &mut proposal, &config)?;
            "proposal_passed"
        } else {
            proposal.set_status(ProposalStatus::Rejected);
            "proposal_rejected"
        }
    };
    gov::apply_proposal(machine, &proposal)?;
    emit_result(machine, id, result, "");
    Ok(())
}

/// An expedited proposal becomes an ordinary one; its votes stay, its voting period counts from the same beginning.
fn apply_ordinary(machine: &mut Machine<'_>, proposal: &mut Proposal, config: &GenesisGov) -> Result<(), TxError> {
    let start = gov::read_time(proposal.voting_start_time.as_ref())?.unwrap_or(machine.block.time_nanos);
    let end = gov::compute_after(start, config.voting_period_seconds);
    proposal.expedited = false;
    proposal.voting_end_time = Some(to_timestamp(end));
    Ok(machine.write(state_key::gov::due(key::VOTING, end, proposal.id), Vec::new())?)
}

fn apply_passed(machine: &mut Machine<'_>, proposal: &mut Proposal, config: &GenesisGov) -> Result<(), TxError> {
    let seconds = if proposal.expedited {
        config.expedited_timelock_seconds
    } else {
        config.timelock_seconds
    };
    let runs_at = gov::compute_after(machine.block.time_nanos, seconds);
    proposal.set_status(ProposalStatus::Passed);
    Ok(machine.write(state_key::gov::due(key::TIMELOCKED, runs_at, proposal.id), Vec::new())?)
}

fn apply_messages(machine: &mut Machine<'_>, id: u64) -> Result<(), TxError> {
    let mut proposal = gov::load_proposal(machine, id)?;
    let meter = GasMeter::new(params::load(machine)?.execution_gas_limit);
    let unmetered = mem::replace(&mut machine.gas, meter);
    let outcome = machine.atomically(|machine| apply_all(machine, &proposal));
    machine.gas = unmetered;
    match outcome {
        Ok(()) => emit_result(machine, id, "proposal_executed", ""),
        Err((index, error)) => {
            proposal.set_status(ProposalStatus::Failed);
            proposal.failed_reason = format!(
                "message {index} ({}): {}",
                proposal.messages[index].type_url,
                error.stored_text()
            );
            emit_result(machine, id, "proposal_failed", &proposal.failed_reason);
            gov::apply_proposal(machine, &proposal)?;
        }
    }
    Ok(())
}

fn apply_all(machine: &mut Machine<'_>, proposal: &Proposal) -> Result<(), (usize, TxError)> {
    let gov = machine.env.gov.clone();
    for (index, any) in proposal.messages.iter().enumerate() {
        message::apply_as(machine, &gov, any, Rights::Own).map_err(|error| (index, error))?;
    }
    Ok(())
}

fn emit_result(machine: &mut Machine<'_>, id: u64, result: &str, log: &str) {
    machine.emit(
        Event::new("active_proposal")
            .with("proposal_id", id.to_string())
            .with("proposal_result", result)
            .with("proposal_log", log),
    );
}
