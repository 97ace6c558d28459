//! `cosmos.base.node.v1beta1.Service`: where the node stands. What it accepts (`Config`) the chain answers.

use supercloud_proto::cosmos::base::node::v1beta1::{StatusRequest, StatusResponse};

use super::{Answered, Call, run};
use crate::status::{Code, Status};
use crate::wire;

pub(super) fn answer(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "Status" => run(call, data, status),
        _ => None,
    }
}

fn status(call: &Call<'_>, _: StatusRequest) -> Result<StatusResponse, Status> {
    let api = call.dispatcher.api();
    let range = api.heights();
    let block = api
        .block(range.latest)
        .ok_or_else(|| Status::new(Code::Unavailable, "there is no block yet"))?;
    Ok(StatusResponse {
        earliest_store_height: range.earliest,
        height: range.latest,
        timestamp: Some(wire::timestamp(block.header.time_nanos)),
        app_hash: block.app_hash.to_vec(),
        validator_hash: block.header.validators_hash.to_vec(),
    })
}
