//! The pool: fees and gifts lie on the governance account, and only governance spends them. Nothing is distributed.

pub(crate) mod community_pool_spend;
pub(crate) mod fund_community_pool;
pub(crate) mod query;
