//! A store on disk whose files come to harm between closing and opening.

#![no_main]

use libfuzzer_sys::fuzz_target;
use supercloud_fuzz::oracles::recovery::{Story, assert_recovers};

fuzz_target!(|story: Story| assert_recovers(&story));
