//! The consensus parameters: limits of blocks and of evidence. Governance moves them; whoever makes blocks keeps to
//! them.

use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::Duration;
use supercloud_proto::tendermint::types::{
    AbciParams, BlockParams, ConsensusParams, EvidenceParams, ValidatorParams, VersionParams,
};

use crate::block::BlockLimits;
use crate::clock::to_span_nanos;
use crate::error::{SdkError, TxError};
use crate::machine::Machine;
use crate::state_key::consensus as key;

pub(crate) mod query;
pub(crate) mod update_params;

/// Most bytes of a block, as in CometBFT.
const MAX_BLOCK_BYTES: i64 = 100 * 1024 * 1024;
/// Least bytes of a block: the largest transaction fits, beside header and commit.
const MIN_BLOCK_BYTES: i64 = crate::tx::MAX_TX_LEN as i64 + 65_536;
/// Least gas of a block that has a limit.
const MIN_BLOCK_GAS: i64 = 1_000_000;

/// CometBFT's own.
pub(crate) fn default_params() -> ConsensusParams {
    ConsensusParams {
        block: Some(BlockParams {
            max_bytes: 22_020_096,
            max_gas: -1,
        }),
        evidence: Some(EvidenceParams {
            max_age_num_blocks: 100_000,
            max_age_duration: Some(Duration {
                seconds: 172_800,
                nanos: 0,
            }),
            max_bytes: 1_048_576,
        }),
        validator: Some(ValidatorParams {
            pub_key_types: vec!["ed25519".to_owned()],
        }),
        version: Some(VersionParams { app: 0 }),
        abci: Some(AbciParams {
            vote_extensions_enable_height: 0,
        }),
    }
}

/// Refuses what no block could keep to.
pub(crate) fn assert_valid(params: &ConsensusParams) -> Result<(), TxError> {
    let invalid = |text: String| Err(TxError::from(SdkError::InvalidRequest(text)));
    let missing = |part: &str| SdkError::InvalidRequest(format!("{part} parameters are missing"));
    let block = params.block.as_ref().ok_or_else(|| missing("block"))?;
    if !(MIN_BLOCK_BYTES..=MAX_BLOCK_BYTES).contains(&block.max_bytes) {
        let text = format!(
            "block.max_bytes: {} is not between {MIN_BLOCK_BYTES} and {MAX_BLOCK_BYTES}",
            block.max_bytes
        );
        return invalid(text);
    }
    if block.max_gas != -1 && block.max_gas < MIN_BLOCK_GAS {
        let text = format!(
            "block.max_gas: {} is neither -1 nor at least {MIN_BLOCK_GAS}",
            block.max_gas
        );
        return invalid(text);
    }
    let evidence = params.evidence.as_ref().ok_or_else(|| missing("evidence"))?;
    let age = evidence.max_age_duration.unwrap_or_default();
    if evidence.max_age_num_blocks <= 0 || to_span_nanos("evidence.max_age_duration", &age)? == 0 {
        return invalid("evidence: ages must be above zero".to_owned());
    }
    if !(0..=block.max_bytes).contains(&evidence.max_bytes) {
        let text = format!(
            "evidence.max_bytes: {} is not between 0 and block.max_bytes, {}",
            evidence.max_bytes, block.max_bytes
        );
        return invalid(text);
    }
    let validator = params.validator.as_ref().ok_or_else(|| missing("validator"))?;
    if validator.pub_key_types.is_empty() || validator.pub_key_types.iter().any(|kind| kind != "ed25519") {
        let text = format!(
            "validator.pub_key_types: {:?}, only ed25519 is possible",
            validator.pub_key_types
        );
        return invalid(text);
    }
    Ok(())
}

/// The parameters as they are stored. Reading them costs no gas.
pub(crate) fn load(machine: &Machine<'_>) -> Result<ConsensusParams, TxError> {
    let Some(bytes) = machine.state.get(key::PARAMS) else {
        return Ok(default_params());
    };
    Ok(ConsensusParams::decode(&*bytes).map_err(|error| SdkError::corrupt("consensus parameters", &error))?)
}

/// What the next block may hold.
pub(crate) fn load_block_limits(machine: &Machine<'_>) -> Result<BlockLimits, TxError> {
    let block = load(machine)?.block.unwrap_or_default();
    Ok(BlockLimits {
        max_bytes: u64::try_from(block.max_bytes).unwrap_or_default(),
        max_gas: u64::try_from(block.max_gas).ok(),
    })
}

/// Writes parameters that were checked; also used by genesis.
pub(crate) fn apply(machine: &mut Machine<'_>, params: &ConsensusParams) -> Result<(), TxError> {
    Ok(machine.write(key::PARAMS.to_vec(), params.encode_to_vec())?)
}
