//! Behaviour of the verifier: real updates, every truncation of them, a mutation of every field, random bytes.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod built;
mod hostile;
mod mutations;
mod support;
mod vectors;
