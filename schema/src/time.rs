//! Time as contracts count it: whole seconds of block time.

use cosmwasm_std::BlockInfo;

/// Seconds since the Unix epoch.
pub type Seconds = u64;

/// The block's time in whole seconds, rounded down.
pub fn block_seconds(block: &BlockInfo) -> Seconds {
    block.time.seconds()
}
