//! Lists of byte strings, encoded by the host and sent by a guest.

#![no_main]

use libfuzzer_sys::fuzz_target;
use supercloud_vm_fuzz::oracles::sections::{assert_bytes_decode_by_the_rule, assert_list_survives};

fuzz_target!(|input: (Vec<Vec<u8>>, &[u8])| {
    let (list, bytes) = input;
    assert_list_survives(&list);
    assert_bytes_decode_by_the_rule(bytes);
});
