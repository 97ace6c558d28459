//! Behaviour of the engine through its public interface, on modules written as text.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod addresses;
mod artifacts;
mod backend;
mod bulk;
mod calls;
mod checks;
mod conformance;
mod contract;
mod crypto;
mod depth;
mod floats;
#[allow(unreachable_pub, reason = "public where the fuzz targets use it")]
#[path = "../../fuzz/src/lib.rs"]
mod fuzz;
mod fuzzed;
mod gas;
mod iterators;
mod json;
mod malicious;
mod memory;
mod nesting;
mod regions;
mod restart;
mod robustness;
mod storage;
mod tiers;
mod vectors;
