//! The JSON of contracts and host: read by the host as by the contracts' own library.
//!
//! The first byte chooses: the rest is a text, or what a right message is generated from.

#![no_main]

use libfuzzer_sys::arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::{Corpus, fuzz_target};
use supercloud_chain::fuzzing::Message;
use supercloud_vm_fuzz::generators::messages::MessageCase;
use supercloud_vm_fuzz::oracles::messages::{Understood, assert_text_is_read_as_by_the_library};

const BOTH: Understood = Understood {
    host: true,
    library: true,
};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some((choice, rest)) = data.split_first() else {
        return Corpus::Reject;
    };
    let texts = usize::from(*choice).checked_sub(usize::from(b'0'));
    if let Some(message) = texts.and_then(|index| Message::ALL.get(index)) {
        assert_text_is_read_as_by_the_library(*message, rest);
        return Corpus::Keep;
    }
    let Ok(case) = MessageCase::arbitrary(&mut Unstructured::new(rest)) else {
        return Corpus::Reject;
    };
    let text = case.json.to_string();
    assert_eq!(
        assert_text_is_read_as_by_the_library(case.message, text.as_bytes()),
        BOTH,
        "{text}"
    );
    Corpus::Keep
});
