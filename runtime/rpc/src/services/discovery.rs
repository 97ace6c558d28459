//! `akash.discovery.v1.Discovery` and the JSON-RPC method `akash`: what Akash's command line and provider ask first, and
//! without which they do not start. Which of Akash's modules there are they learn nothing of: these are contracts here.

use supercloud_proto::akash::discovery::v1 as pb;

use super::{Answered, Call, run};
use crate::dispatch::Dispatcher;

/// The interface of Akash's clients; they refuse a node that names none that they know.
const API_VERSION: &str = "v1beta3";

pub(super) fn answer(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "GetInfo" => run(call, data, |call, _: pb::GetInfoRequest| {
            Ok(pb::GetInfoResponse {
                info: Some(info(call.dispatcher)),
            })
        }),
        _ => None,
    }
}

/// The node in Akash's words.
pub(crate) fn info(dispatcher: &Dispatcher) -> pb::Akash {
    let identity = dispatcher.api().identity();
    pb::Akash {
        client_info: Some(pb::ClientInfo {
            api_version: API_VERSION.into(),
        }),
        supported_versions: vec![pb::VersionInfo {
            api_version: API_VERSION.into(),
            ..pb::VersionInfo::default()
        }],
        chain_id: identity.chain_id,
        node_version: identity.app_version,
        min_client_version: String::new(),
    }
}
