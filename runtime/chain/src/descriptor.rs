//! The crate's own protobuf descriptors, ready for reflection.

use std::sync::OnceLock;

use prost_reflect::DescriptorPool;
use supercloud_proto::FILE_DESCRIPTOR_SET;

/// All messages, services and options that the node knows.
pub(crate) fn pool() -> &'static DescriptorPool {
    static POOL: OnceLock<DescriptorPool> = OnceLock::new();
    POOL.get_or_init(|| DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the crate's own descriptors decode"))
}
