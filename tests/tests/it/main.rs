//! Every scenario on cw-multi-test.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

supercloud_tests::scenario_tests!(supercloud_tests::MultiTest::default());
