//! Proofs of stores: every key of every version, checked by our verifier and by the `ics23` crate, and tampered with.
