//! What must hold, for any input.

pub mod fields;
pub mod recovery;
pub mod requests;
pub mod transactions;
