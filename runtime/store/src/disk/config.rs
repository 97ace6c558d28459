//! How a store on disk is run. Nothing here changes a root.

/// Which past versions stay readable. The last version always does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pruning {
    /// All of them.
    Archive,
    /// The last so many versions; at least one.
    KeepLast(u64),
    /// The last so many versions, and of the older ones those whose height is a multiple of `every`.
    KeepLastAndEvery {
        /// Versions that are all kept; at least one.
        last: u64,
        /// Distance of the kept older heights; at least one.
        every: u64,
    },
}

/// What a commit waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncPolicy {
    /// The block is on the medium (`fdatasync`) before the commit returns: it survives a power failure.
    EveryBlock,
    /// The block is with the operating system: it survives the end of the process, but the last blocks may be lost with
    /// the machine. The store then opens only when told to accept that: see [`LostBlocks`].
    OperatingSystem,
}

/// What to do when committed blocks are gone, which only a damaged or lost file, or a machine failure without
/// [`SyncPolicy::EveryBlock`], can bring about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostBlocks {
    /// Fail to open and say which heights are missing.
    Refuse,
    /// Open at the last height that is whole; whoever asked for it commits the missing blocks again.
    Accept,
}

/// How a store on disk is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskConfig {
    /// Which past versions stay readable. Default: the last 1,000.
    pub pruning: Pruning,
    /// What a commit waits for. Default: every block is on the medium.
    pub sync: SyncPolicy,
    /// What to do about missing blocks. Default: refuse.
    pub lost_blocks: LostBlocks,
    /// Memory for what was read or written lately, in bytes: a half for values, three eighths for tree pages, an eighth
    /// for blocks of files. Default: 512 MiB.
    pub cache_bytes: usize,
    /// Bytes of unwritten changes and tree pages, together, at which they move from the log to the tables in the background.
    /// Commits go on meanwhile, and wait when three times as much is in memory. Trees of the last versions take up to half
    /// as much again, and so do trees that were made for proofs of older ones. So four times this, and the largest block,
    /// must fit into memory besides the caches; and for a moment what a checkpoint has moved, until it is freed. Default:
    /// 256 MiB.
    pub write_buffer_bytes: usize,
    /// Most changed keys that a proof for an old version may have to undo; one such proof is made at a time, and needs up to
    /// a few KiB for each key until it is given. Default: 500,000.
    pub proof_changes: usize,
}

impl Default for DiskConfig {
    fn default() -> Self {
        Self {
            pruning: Pruning::KeepLast(crate::DEFAULT_KEPT_VERSIONS as u64),
            sync: SyncPolicy::EveryBlock,
            lost_blocks: LostBlocks::Refuse,
            cache_bytes: 512 << 20,
            write_buffer_bytes: 256 << 20,
            proof_changes: 500_000,
        }
    }
}
