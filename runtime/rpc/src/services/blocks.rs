//! `cosmos.base.tendermint.v1beta1.Service`: node, blocks and validators for clients that do not speak CometBFT's RPC.

use bech32::{Bech32, Hrp};
use supercloud_proto::cosmos::base::query::v1beta1::{PageRequest, PageResponse};
use supercloud_proto::cosmos::base::tendermint::v1beta1 as pb;
use supercloud_proto::cosmos::crypto::ed25519;
use supercloud_proto::pack;
use supercloud_proto::tendermint::p2p::{DefaultNodeInfo, DefaultNodeInfoOther, ProtocolVersion};
use supercloud_proto::tendermint::types as tm;

use super::{Answered, Call, page, run};
use crate::block::BlockRecord;
use crate::json::{CHANNELS, COMET_VERSION, LISTEN_ADDRESS};
use crate::status::{Code, Status};
use crate::wire::{self, BLOCK_PROTOCOL, signed};

/// The release of the Cosmos SDK whose interfaces are spoken; explorers and relayers choose by it.
const SDK_VERSION: &str = "v0.53.4";

pub(super) fn answer(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "GetNodeInfo" => run(call, data, node_info),
        "GetSyncing" => run(call, data, |_, _: pb::GetSyncingRequest| {
            Ok(pb::GetSyncingResponse { syncing: false })
        }),
        "GetLatestBlock" => run(call, data, latest_block),
        "GetBlockByHeight" => run(call, data, block_by_height),
        "GetLatestValidatorSet" => run(call, data, latest_validators),
        "GetValidatorSetByHeight" => run(call, data, validators_by_height),
        "ABCIQuery" => run(call, data, abci_query),
        _ => None,
    }
}

fn node_info(call: &Call<'_>, _: pb::GetNodeInfoRequest) -> Result<pb::GetNodeInfoResponse, Status> {
    let identity = call.dispatcher.api().identity();
    let node = DefaultNodeInfo {
        protocol_version: Some(ProtocolVersion {
            p2p: 8,
            block: BLOCK_PROTOCOL,
            app: 0,
        }),
        default_node_id: hex::encode(identity.node_id),
        listen_addr: LISTEN_ADDRESS.into(),
        network: identity.chain_id,
        version: COMET_VERSION.into(),
        channels: hex::decode(CHANNELS).unwrap_or_default(),
        moniker: identity.moniker,
        other: Some(DefaultNodeInfoOther {
            tx_index: "on".into(),
            rpc_address: identity.rpc_address,
        }),
    };
    let application = pb::VersionInfo {
        name: identity.app_name.clone(),
        app_name: identity.app_name,
        version: identity.app_version,
        git_commit: String::new(),
        build_tags: String::new(),
        go_version: String::new(),
        build_deps: vec![pb::Module {
            path: "github.com/cosmos/cosmos-sdk".into(),
            version: SDK_VERSION.into(),
            sum: String::new(),
        }],
        cosmos_sdk_version: SDK_VERSION.into(),
    };
    Ok(pb::GetNodeInfoResponse {
        default_node_info: Some(node),
        application_version: Some(application),
    })
}

/// The block at `height`, or the latest.
pub(super) fn load(call: &Call<'_>, height: Option<u64>) -> Result<std::sync::Arc<BlockRecord>, Status> {
    let api = call.dispatcher.api();
    let range = api.heights();
    let height = height.unwrap_or(range.latest);
    if height > range.latest {
        return Err(Status::invalid(
            "requested block height is bigger then the chain length",
        ));
    }
    api.block(height).ok_or_else(|| {
        let earliest = range.earliest;
        Status::not_found(format!("height {height} is not available, lowest height is {earliest}"))
    })
}

pub(super) fn positive(height: i64) -> Result<u64, Status> {
    u64::try_from(height)
        .ok()
        .filter(|height| *height > 0)
        .ok_or_else(|| Status::invalid(format!("height must be positive, got {height}")))
}

/// A block in both of its forms.
struct Forms {
    id: tm::BlockId,
    block: tm::Block,
    sdk: pb::Block,
}

/// The block as CometBFT writes it.
pub(super) fn to_block(record: &BlockRecord) -> tm::Block {
    tm::Block {
        header: Some(wire::header(&record.header)),
        data: Some(tm::Data {
            txs: record.txs.clone(),
        }),
        evidence: Some(tm::EvidenceList::default()),
        last_commit: Some(wire::commit(&record.last_commit)),
    }
}

fn forms(call: &Call<'_>, record: &BlockRecord) -> Result<Forms, Status> {
    let block = to_block(record);
    let header = block.header.clone().unwrap_or_default();
    let header = pb::Header {
        version: header.version,
        chain_id: header.chain_id,
        height: header.height,
        time: header.time,
        last_block_id: header.last_block_id,
        last_commit_hash: header.last_commit_hash,
        data_hash: header.data_hash,
        validators_hash: header.validators_hash,
        next_validators_hash: header.next_validators_hash,
        consensus_hash: header.consensus_hash,
        app_hash: header.app_hash,
        last_results_hash: header.last_results_hash,
        evidence_hash: header.evidence_hash,
        proposer_address: consensus_address(call, &record.header.proposer)?,
    };
    Ok(Forms {
        id: wire::block_id(Some(&record.id)),
        sdk: pb::Block {
            header: Some(header),
            data: block.data.clone(),
            evidence: block.evidence.clone(),
            last_commit: block.last_commit.clone(),
        },
        block,
    })
}

fn consensus_address(call: &Call<'_>, address: &[u8; 20]) -> Result<String, Status> {
    let internal = |error: String| Status::new(Code::Internal, error);
    let prefix = call.dispatcher.consensus_prefix()?;
    let prefix = Hrp::parse(&prefix).map_err(|error| internal(error.to_string()))?;
    bech32::encode::<Bech32>(prefix, address).map_err(|error| internal(error.to_string()))
}

fn latest_block(call: &Call<'_>, _: pb::GetLatestBlockRequest) -> Result<pb::GetLatestBlockResponse, Status> {
    let Forms { id, block, sdk } = forms(call, &*load(call, None)?)?;
    Ok(pb::GetLatestBlockResponse {
        block_id: Some(id),
        block: Some(block),
        sdk_block: Some(sdk),
    })
}

fn block_by_height(
    call: &Call<'_>,
    request: pb::GetBlockByHeightRequest,
) -> Result<pb::GetBlockByHeightResponse, Status> {
    let Forms { id, block, sdk } = forms(call, &*load(call, Some(positive(request.height)?))?)?;
    Ok(pb::GetBlockByHeightResponse {
        block_id: Some(id),
        block: Some(block),
        sdk_block: Some(sdk),
    })
}

fn latest_validators(
    call: &Call<'_>,
    request: pb::GetLatestValidatorSetRequest,
) -> Result<pb::GetLatestValidatorSetResponse, Status> {
    let record = load(call, None)?;
    let (validators, pagination) = validators(call, request.pagination.as_ref())?;
    Ok(pb::GetLatestValidatorSetResponse {
        block_height: signed(record.header.height),
        validators,
        pagination: Some(pagination),
    })
}

fn validators_by_height(
    call: &Call<'_>,
    request: pb::GetValidatorSetByHeightRequest,
) -> Result<pb::GetValidatorSetByHeightResponse, Status> {
    let record = load(call, Some(positive(request.height)?))?;
    let (validators, pagination) = validators(call, request.pagination.as_ref())?;
    Ok(pb::GetValidatorSetByHeightResponse {
        block_height: signed(record.header.height),
        validators,
        pagination: Some(pagination),
    })
}

fn validators(call: &Call<'_>, request: Option<&PageRequest>) -> Result<(Vec<pb::Validator>, PageResponse), Status> {
    let (shown, pagination) = page(&call.dispatcher.api().validators(), request)?;
    let shown: Result<Vec<pb::Validator>, Status> = shown
        .into_iter()
        .map(|validator| {
            let key = ed25519::PubKey {
                key: validator.public_key.to_vec(),
            };
            Ok(pb::Validator {
                address: consensus_address(call, &validator.address)?,
                pub_key: Some(pack(&key)),
                voting_power: signed(validator.power),
                proposer_priority: 0,
            })
        })
        .collect();
    Ok((shown?, pagination))
}

fn abci_query(call: &Call<'_>, request: pb::AbciQueryRequest) -> Result<pb::AbciQueryResponse, Status> {
    // As in the SDK: raw store reads only; everything else has a method of its own, and a loop back here must not nest.
    if !request.path.starts_with("/store/") {
        return Err(Status::invalid(format!(
            "unsupported ABCI query path {}: only /store/<module>/key is served here",
            request.path
        )));
    }
    if request.prove {
        return Err(Status::invalid("proofs are served by CometBFT's abci_query only"));
    }
    let height = u64::try_from(request.height).ok().filter(|height| *height > 0);
    let result = call.dispatcher.api().abci_query(&request.path, &request.data, height);
    Ok(pb::AbciQueryResponse {
        code: result.code,
        log: result.log,
        info: result.info,
        index: 0,
        key: request.data,
        value: result.value,
        proof_ops: None,
        height: signed(result.height),
        codespace: result.codespace,
    })
}
