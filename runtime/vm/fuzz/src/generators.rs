//! Inputs, made of the fuzzer's bytes.

pub mod messages;
pub mod modules;
pub mod regions;
pub mod seeds;
