//! A guest with any memory cannot make the host read, write or believe what it must not.

#![no_main]

use libfuzzer_sys::fuzz_target;
use supercloud_vm_fuzz::generators::regions::RegionCase;
use supercloud_vm_fuzz::oracles::regions::assert_regions_follow_the_model;

fuzz_target!(|case: RegionCase| assert_regions_follow_the_model(&case.image, &case.message));
