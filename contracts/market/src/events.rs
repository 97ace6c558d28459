//! Events. Every one carries the id of what happened, field by field, so that subscribers can filter by any part.

use cosmwasm_std::Event;
use supercloud_schema::id::{BidId, DeploymentId, GroupId, OrderId};

pub(crate) fn deployment(ty: &str, id: &DeploymentId) -> Event {
    Event::new(ty)
        .add_attribute("owner", &id.owner)
        .add_attribute("dseq", id.dseq)
}

pub(crate) fn group(ty: &str, id: &GroupId) -> Event {
    deployment(ty, &id.deployment()).add_attribute("gseq", id.gseq.to_string())
}

pub(crate) fn order(ty: &str, id: &OrderId) -> Event {
    group(ty, &id.group()).add_attribute("oseq", id.oseq.to_string())
}

pub(crate) fn bid(ty: &str, id: &BidId) -> Event {
    order(ty, &id.order())
        .add_attribute("provider", &id.provider)
        .add_attribute("bseq", id.bseq.to_string())
}
