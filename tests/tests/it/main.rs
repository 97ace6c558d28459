//! Every scenario in every world: contracts native on cw-multi-test, and the committed Wasm on our own chain.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod chain_facts;
mod chain_world;
mod conformance;
mod vectors;

mod on_multi_test {
    supercloud_tests::scenario_tests!(supercloud_tests::MultiTest::default());
}

/// None is left out.
mod on_chain {
    supercloud_tests::scenario_tests!(crate::chain_world::ChainWorld::new());
}
