//! The messages of `cosmos.ics23.v1` that we write and read.

/// A proof of either kind.
#[derive(Clone, PartialEq, prost::Message)]
pub struct CommitmentProof {
    /// The proof. Batches and compressed proofs are not among the kinds we know.
    #[prost(oneof = "Proof", tags = "1, 2")]
    pub proof: Option<Proof>,
}

/// Kinds of proofs.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum Proof {
    /// A key has a value.
    #[prost(message, tag = "1")]
    Exist(ExistenceProof),
    /// A key has no value.
    #[prost(message, tag = "2")]
    Nonexist(NonExistenceProof),
}

/// That `key` has `value`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ExistenceProof {
    /// The key.
    #[prost(bytes = "vec", tag = "1")]
    pub key: Vec<u8>,
    /// The value, as [`crate::provable_value`] gives it.
    #[prost(bytes = "vec", tag = "2")]
    pub value: Vec<u8>,
    /// How key and value become a leaf.
    #[prost(message, optional, tag = "3")]
    pub leaf: Option<LeafOp>,
    /// Steps from the leaf to the root.
    #[prost(message, repeated, tag = "4")]
    pub path: Vec<InnerOp>,
}

/// That `key` has no value: its neighbours in the tree have nothing between them.
#[derive(Clone, PartialEq, prost::Message)]
pub struct NonExistenceProof {
    /// The key.
    #[prost(bytes = "vec", tag = "1")]
    pub key: Vec<u8>,
    /// The entry whose key hash is next below; absent at the left end.
    #[prost(message, optional, tag = "2")]
    pub left: Option<ExistenceProof>,
    /// The entry whose key hash is next above; absent at the right end.
    #[prost(message, optional, tag = "3")]
    pub right: Option<ExistenceProof>,
}

/// How a leaf is hashed. Hash 1 is SHA-256, length 0 is "no length prefix".
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct LeafOp {
    /// Hash over the leaf.
    #[prost(int32, tag = "1")]
    pub hash: i32,
    /// Hash over the key before.
    #[prost(int32, tag = "2")]
    pub prehash_key: i32,
    /// Hash over the value before.
    #[prost(int32, tag = "3")]
    pub prehash_value: i32,
    /// Length prefix of both.
    #[prost(int32, tag = "4")]
    pub length: i32,
    /// Bytes in front.
    #[prost(bytes = "vec", tag = "5")]
    pub prefix: Vec<u8>,
}

/// One step towards the root: `hash(prefix ‖ child ‖ suffix)`.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct InnerOp {
    /// Hash of the step.
    #[prost(int32, tag = "1")]
    pub hash: i32,
    /// Bytes before the child.
    #[prost(bytes = "vec", tag = "2")]
    pub prefix: Vec<u8>,
    /// Bytes after the child.
    #[prost(bytes = "vec", tag = "3")]
    pub suffix: Vec<u8>,
}

/// What proofs of a tree look like.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct ProofSpec {
    /// The only leaf operation.
    #[prost(message, optional, tag = "1")]
    pub leaf_spec: Option<LeafOp>,
    /// The only inner operation.
    #[prost(message, optional, tag = "2")]
    pub inner_spec: Option<InnerSpec>,
    /// Most steps.
    #[prost(int32, tag = "3")]
    pub max_depth: i32,
    /// Fewest steps.
    #[prost(int32, tag = "4")]
    pub min_depth: i32,
    /// Whether keys are in the order of their hashes.
    #[prost(bool, tag = "5")]
    pub prehash_key_before_comparison: bool,
}

/// What inner nodes look like.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct InnerSpec {
    /// Order of the children.
    #[prost(int32, repeated, tag = "1")]
    pub child_order: Vec<i32>,
    /// Bytes of a child's hash.
    #[prost(int32, tag = "2")]
    pub child_size: i32,
    /// Fewest bytes before the children.
    #[prost(int32, tag = "3")]
    pub min_prefix_length: i32,
    /// Most bytes before the children.
    #[prost(int32, tag = "4")]
    pub max_prefix_length: i32,
    /// What stands for a child without leaves.
    #[prost(bytes = "vec", tag = "5")]
    pub empty_child: Vec<u8>,
    /// Hash over the node.
    #[prost(int32, tag = "6")]
    pub hash: i32,
}
