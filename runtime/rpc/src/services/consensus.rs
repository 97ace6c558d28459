//! `cosmos.consensus.v1.Query`: the block limits, from which some clients take their gas limit.

use supercloud_proto::cosmos::consensus::v1::{QueryParamsRequest, QueryParamsResponse};
use supercloud_proto::prost_types::Duration;
use supercloud_proto::tendermint::types::{
    AbciParams, BlockParams, ConsensusParams, EvidenceParams, ValidatorParams, VersionParams,
};

use super::{Answered, Call, run};
use crate::seal::{
    EVIDENCE_MAX_AGE_BLOCKS, EVIDENCE_MAX_AGE_SECONDS, EVIDENCE_MAX_BYTES, MAX_BLOCK_BYTES, MAX_BLOCK_GAS,
};
use crate::status::Status;

pub(super) fn answer(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "Params" => run(call, data, params),
        _ => None,
    }
}

fn params(_: &Call<'_>, _: QueryParamsRequest) -> Result<QueryParamsResponse, Status> {
    let params = ConsensusParams {
        block: Some(BlockParams {
            max_bytes: MAX_BLOCK_BYTES,
            max_gas: MAX_BLOCK_GAS,
        }),
        evidence: Some(EvidenceParams {
            max_age_num_blocks: EVIDENCE_MAX_AGE_BLOCKS,
            max_age_duration: Some(Duration {
                seconds: EVIDENCE_MAX_AGE_SECONDS,
                nanos: 0,
            }),
            max_bytes: EVIDENCE_MAX_BYTES,
        }),
        validator: Some(ValidatorParams {
            pub_key_types: vec!["ed25519".to_owned()],
        }),
        version: Some(VersionParams::default()),
        abci: Some(AbciParams::default()),
    };
    Ok(QueryParamsResponse { params: Some(params) })
}
