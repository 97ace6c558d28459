//! Performs one effect of the engine and says how it went.

use std::sync::Arc;

use supercloud_provider_engine::{Effect, Outcome};

use crate::chain::{BidTerms, Chain, TxError};
use crate::cluster::Cluster;
use crate::journal::Journal;

/// Where effects take effect.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) chain: Arc<dyn Chain>,
    pub(crate) cluster: Arc<dyn Cluster>,
    pub(crate) journal: Journal,
}

/// Does it. `None` for effects that nobody waits for.
pub(crate) async fn perform(world: &World, effect: Effect) -> Option<Outcome> {
    Some(match effect {
        Effect::ReportRefusal { order, refusal } => {
            tracing::info!(%order, reason = %refusal, "no bid");
            return None;
        }
        Effect::FindOwnBid { order } => match world.chain.own_bid(&order).await {
            Ok(bid) => Outcome::OwnBid { order, bid },
            Err(error) => {
                tracing::warn!(%order, %error, "own bid not looked up");
                Outcome::OwnBidUnknown { order }
            }
        },
        Effect::FindSpec { lease } => match world.chain.spec(&lease.order()).await {
            Ok(spec) => Outcome::Spec { lease, spec },
            Err(error) => {
                tracing::warn!(%lease, %error, "order of the lease not looked up");
                Outcome::SpecUnknown { lease }
            }
        },
        Effect::SubmitBid {
            order,
            price,
            offer,
            reclamation,
        } => {
            bid(
                world,
                BidTerms {
                    order,
                    price,
                    offer,
                    reclamation,
                },
            )
            .await
        }
        Effect::CloseBid { bid, reason } => match world.chain.close_bid(bid.clone(), reason).await {
            Ok(()) => {
                tracing::info!(%bid, reason, "bid closed");
                Outcome::BidClosed { bid }
            }
            Err(error) => {
                tracing::warn!(%bid, reason, %error, "bid not closed");
                Outcome::BidNotClosed { bid }
            }
        },
        Effect::StartWorkload {
            lease,
            group,
            placement,
        } => match world.cluster.start(&lease, &group, &placement).await {
            Ok(()) => {
                tracing::info!(%lease, services = group.services.len(), "workload started");
                Outcome::WorkloadStarted { lease }
            }
            Err(error) => {
                tracing::warn!(%lease, %error, "workload not started");
                Outcome::WorkloadFailed {
                    lease,
                    error: error.to_string(),
                }
            }
        },
        Effect::StopWorkload { lease } => match world.cluster.stop(&lease).await {
            Ok(()) => {
                tracing::info!(%lease, "workload stopped");
                world.journal.remove(&lease);
                Outcome::WorkloadStopped { lease }
            }
            Err(error) => {
                tracing::warn!(%lease, %error, "workload not stopped");
                Outcome::WorkloadNotStopped { lease }
            }
        },
        Effect::Withdraw { leases, redeem } => match world.chain.withdraw(leases.clone(), redeem).await {
            Ok(withdrawal) => {
                tracing::info!(leases = leases.len(), amount = %withdrawal.amount, redeem, "earnings withdrawn");
                Outcome::Withdrawn { leases }
            }
            Err(error) => {
                tracing::warn!(leases = leases.len(), %error, "earnings not withdrawn");
                Outcome::NotWithdrawn { leases }
            }
        },
    })
}

async fn bid(world: &World, terms: BidTerms) -> Outcome {
    let (order, price) = (terms.order.clone(), terms.price);
    match world.chain.submit_bid(terms).await {
        Ok(bid) => {
            tracing::info!(%bid, %price, "bid placed");
            Outcome::BidPlaced { bid }
        }
        Err(TxError::Refused(error)) => Outcome::BidRefused { order, error },
        Err(error @ (TxError::NotSent(_) | TxError::Unknown(_))) => {
            tracing::warn!(%order, %error, "bid not surely placed");
            Outcome::BidUnknown { order }
        }
    }
}
