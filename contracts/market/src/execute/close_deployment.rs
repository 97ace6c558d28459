//! A tenant closes everything.

use cosmwasm_std::{DepsMut, Env, Event, MessageInfo, Response, Storage};
use supercloud_schema::escrow::{self, BidDepositRelease};
use supercloud_schema::market::{DeploymentState, GroupState, event};
use supercloud_schema::time::{Seconds, block_seconds};

use crate::ending::{Deposits, LeaseEnd, apply_group_end, load_locked_deposits};
use crate::error::MarketError;
use crate::events;
use crate::load::{load_active_deployment, load_group};
use crate::peers::{escrow_msg, release_msgs};
use crate::state::{CONFIG, DEPLOYMENTS, StoredDeployment};

/// Deposits released in the transaction of a close; those of further orders wait for `ReleaseDeposits`. Each is a bank
/// send, and 20 groups with 32 bids each would be 640 of them.
const MAX_RELEASES: usize = 64;

/// Closes a deployment with its groups, orders, bids and leases. Escrow stops all payments and refunds the deposits.
pub(crate) fn close_deployment(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    dseq: u64,
) -> Result<Response, MarketError> {
    let deployment = load_active_deployment(deps.storage, dseq, &info.sender)?;
    let at = block_seconds(&env.block);
    let ended = apply_deployment_end(deps.storage, dseq, deployment, Cause::Owner { at })?;
    let config = CONFIG.load(deps.storage)?;
    let close = escrow_msg(&config, &escrow::ExecuteMsg::CloseAccount { dseq: dseq.into() }, vec![])?;
    let releases = release_msgs(&config, ended.releases)?;
    Ok(Response::new()
        .add_events(ended.events)
        .add_message(close)
        .add_messages(releases))
}

/// Why a deployment ends, and when.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cause {
    /// Its owner closes it.
    Owner { at: Seconds },
    /// Its account ran dry.
    Exhaustion { at: Seconds },
}

impl Cause {
    fn lease_end(self) -> LeaseEnd {
        match self {
            Self::Owner { at } => LeaseEnd::by_owner(at),
            Self::Exhaustion { at } => LeaseEnd::by_exhaustion(at),
        }
    }

    fn group_state(self) -> GroupState {
        match self {
            Self::Owner { .. } => GroupState::Closed {},
            Self::Exhaustion { .. } => GroupState::InsufficientFunds {},
        }
    }

    /// `deposits` counts those of the order at hand and those that are released already.
    fn compute_deposits(self, deposits: usize) -> Deposits {
        match self {
            Self::Owner { .. } if deposits <= MAX_RELEASES => Deposits::Release,
            Self::Owner { .. } => Deposits::Queue,
            Self::Exhaustion { .. } => Deposits::LeaveToEscrow,
        }
    }
}

/// What the end of a deployment leaves to be told.
pub(super) struct DeploymentEnd {
    pub(super) events: Vec<Event>,
    pub(super) releases: Vec<BidDepositRelease>,
}

/// Closes a deployment and ends its groups that are not closed. Of an order either all deposits are queued or none.
pub(super) fn apply_deployment_end(
    storage: &mut dyn Storage,
    dseq: u64,
    mut deployment: StoredDeployment,
    cause: Cause,
) -> Result<DeploymentEnd, MarketError> {
    let id = deployment.id(dseq);
    let mut ended = DeploymentEnd {
        events: vec![],
        releases: vec![],
    };
    for gseq in 1..=deployment.groups {
        let group_id = id.group(gseq);
        let group = load_group(storage, &group_id)?;
        if group.state == (GroupState::Closed {}) {
            continue;
        }
        let locked = load_locked_deposits(storage, &group_id.order(group.last_oseq))?;
        let how = (
            cause.lease_end(),
            cause.compute_deposits(ended.releases.len() + locked as usize),
        );
        let aftermath = apply_group_end(storage, &group_id, group, cause.group_state(), how)?;
        ended.events.extend(aftermath.events);
        ended.releases.extend(aftermath.releases);
    }
    deployment.state = DeploymentState::Closed {};
    DEPLOYMENTS.save(storage, dseq, &deployment)?;
    ended.events.push(events::deployment(event::DEPLOYMENT_CLOSED, &id));
    Ok(ended)
}
