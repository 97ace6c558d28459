//! The fuzz targets' generators and oracles on fixed seeds, so that every test run exercises both.

use arbitrary::Unstructured;
use supercloud_chain::fuzzing::Message;
use supercloud_chain::vm::CodeRules;
use supercloud_vm::fuzzing;

use crate::fuzz::generators::messages::MessageCase;
use crate::fuzz::generators::modules::{damaged_module, module, rules};
use crate::fuzz::generators::regions::RegionCase;
use crate::fuzz::generators::seeds;
use crate::fuzz::oracles::messages::{Understood, assert_text_is_read_as_by_the_library};
use crate::fuzz::oracles::metering::{Summary, Verdict, assert_metering_is_transparent};
use crate::fuzz::oracles::regions::assert_regions_follow_the_model;
use crate::fuzz::oracles::sections::{assert_bytes_decode_by_the_rule, assert_list_survives};

fn each_seed<T>(seeds: u64, len: usize, generate: impl Fn(&mut Unstructured<'_>) -> arbitrary::Result<T>) -> Vec<T> {
    let make = |seed| generate(&mut Unstructured::new(&seeds::bytes(seed, len))).ok();
    (0..seeds).filter_map(make).collect()
}

#[test]
fn regions_of_any_guest_are_read_and_written_by_the_model() {
    let cases: Vec<RegionCase> = each_seed(2_000, 3_000, |u| u.arbitrary());
    assert_eq!(cases.len(), 2_000);
    for case in cases {
        assert_regions_follow_the_model(&case.image, &case.message);
    }
}

#[test]
fn sections_of_any_guest_decode_by_the_rule() {
    let lists: Vec<Vec<Vec<u8>>> = each_seed(500, 300, |u| u.arbitrary());
    for list in lists {
        assert_list_survives(&list);
    }
    for seed in 0..2_000 {
        let mut bytes = seeds::bytes(seed, seed as usize % 64);
        // Small lengths, else hardly anything decodes.
        for byte in bytes.iter_mut().step_by(2) {
            *byte = 0;
        }
        bytes.iter_mut().for_each(|byte| *byte %= 8);
        assert_bytes_decode_by_the_rule(&bytes);
    }
}

fn run(wasm: &[u8], rules: &CodeRules) -> Option<Summary> {
    match assert_metering_is_transparent(wasm, rules) {
        Verdict::Ran(summary) => Some(summary),
        Verdict::Refused(_) => None,
    }
}

fn run_all(modules: &[Vec<u8>]) -> Vec<Summary> {
    let rules = CodeRules::default();
    modules.iter().filter_map(|wasm| run(wasm, &rules)).collect()
}

#[test]
fn generated_modules_do_the_same_with_and_without_metering_on_every_compiler() {
    let modules = each_seed(200, 4_000, module);
    let ran = run_all(&modules);
    let sum = |what: fn(&Summary) -> usize| ran.iter().map(what).sum::<usize>();
    let accepted = format!("{} of {} accepted", ran.len(), modules.len());
    eprintln!(
        "{accepted}; calls: {} returned, {} trapped, {} stopped by a meter",
        sum(|s| s.returned),
        sum(|s| s.trapped),
        sum(|s| s.stopped)
    );
    assert!(ran.len() * 2 > modules.len(), "{accepted}");
    for what in [
        sum(|s| s.returned),
        sum(|s| s.trapped),
        sum(|s| s.stopped),
        sum(|s| s.host_calls),
        sum(|s| s.baseline.into()),
    ] {
        assert!(what >= ran.len() / 2, "{what}");
    }
}

#[test]
fn damaged_modules_are_refused_or_do_the_same_with_and_without_metering() {
    let modules = each_seed(300, 4_000, damaged_module);
    let ran = run_all(&modules).len();
    eprintln!("{} of {} damaged modules were accepted", ran, modules.len());
    assert!(ran >= 10 && ran <= modules.len() - 10);
}

#[test]
fn modules_under_any_rules_are_refused_or_do_the_same_with_and_without_metering() {
    let cases = each_seed(200, 4_000, |u| Ok((rules(u)?, module(u)?)));
    let (mut ran, mut refused_by_the_rules) = (0, 0);
    for (rules, wasm) in &cases {
        assert_eq!(rules.assert_valid(), Ok(()));
        match run(wasm, rules) {
            Some(_) => ran += 1,
            None => refused_by_the_rules += usize::from(fuzzing::inject(wasm, &CodeRules::default()).is_ok()),
        }
    }
    eprintln!(
        "{ran} of {} accepted, {refused_by_the_rules} refused by the rules alone",
        cases.len()
    );
    assert!(ran >= 20 && refused_by_the_rules >= 20);
}

#[test]
fn messages_of_every_kind_are_read_as_by_the_contracts_own_library() {
    let both = Understood {
        host: true,
        library: true,
    };
    let cases: Vec<MessageCase> = each_seed(2_000, 400, |u| u.arbitrary());
    for kind in Message::ALL {
        assert!(
            cases.iter().filter(|case| case.message == kind).count() >= 100,
            "{kind:?}"
        );
    }
    for case in cases {
        let text = case.json.to_string();
        let understood = assert_text_is_read_as_by_the_library(case.message, text.as_bytes());
        assert_eq!(understood, both, "{text}");
    }
}

#[test]
fn damaged_messages_are_refused_or_read_as_by_the_contracts_own_library() {
    let mut host = 0;
    let cases: Vec<MessageCase> = each_seed(2_000, 400, |u| u.arbitrary());
    for (seed, case) in cases.into_iter().enumerate() {
        let mut text = case.json.to_string().into_bytes();
        for damage in seeds::bytes(seed as u64, 16).chunks_exact(8) {
            let at = usize::from(damage[0]) * usize::from(damage[1]) % text.len();
            match damage[2] % 3 {
                0 => drop(text.remove(at)),
                1 => text[at] = b"{}[]\",:0-.e\\n"[usize::from(damage[3]) % 13],
                _ => text.insert(at, b"{}[]\",:0-.e\\n"[usize::from(damage[3]) % 13]),
            }
        }
        host += usize::from(assert_text_is_read_as_by_the_library(case.message, &text).host);
    }
    assert!((1..2_000).contains(&host), "{host}");
}
