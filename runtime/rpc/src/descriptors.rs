//! The descriptors of all messages and services, and the methods that a client may call by query.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use prost_reflect::{DescriptorPool, MethodDescriptor};
use supercloud_proto::FILE_DESCRIPTOR_SET;

/// All messages and services of the chain.
pub(crate) static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the embedded descriptors were made by the compiler")
});

/// Path, such as `/cosmos.bank.v1beta1.Query/Balance`, to the method. Services named `Msg` are left out: their methods
/// are reached by transactions only.
static METHODS: LazyLock<BTreeMap<String, MethodDescriptor>> = LazyLock::new(|| {
    POOL.services()
        .filter(|service| service.name() != "Msg")
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .map(|method| (path(&method), method))
        .collect()
});

fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

/// The query method at this path.
pub(crate) fn method(path: &str) -> Option<&'static MethodDescriptor> {
    METHODS.get(path)
}

/// All query methods with their paths, in the order of the paths.
pub(crate) fn methods() -> impl Iterator<Item = (&'static str, &'static MethodDescriptor)> {
    METHODS.iter().map(|(path, method)| (path.as_str(), method))
}

/// Whether a service of this name exists.
pub(crate) fn has_service(name: &str) -> bool {
    POOL.get_service_by_name(name).is_some()
}
