//! What is called in each contract whose messages the bench knows.

use supercloud_chain::vm::{Checksum, EntryPoint};

use crate::contracts::Contract;
use crate::engine::{Call, Engine};
use crate::world::{Storage, World, address, env, info};

/// The calls of one contract.
pub struct Script {
    /// Makes the contract ready for the others.
    pub setup: Call,
    /// Does as little as the contract can.
    pub smallest: Call,
    /// Answers with a message that sends coins.
    pub bank_send: Option<Call>,
    /// Computes and does nothing else.
    pub cpu: Call,
    /// A small question.
    pub query: Call,
}

impl Script {
    /// The script of `contract`, known by its name.
    pub fn of(contract: &Contract) -> Option<Self> {
        match contract.name.as_str() {
            "conformance" => Some(conformance()),
            "vm__hackatom" => Some(hackatom()),
            "vm__cyberpunk" => Some(cyberpunk()),
            _ => None,
        }
    }

    /// All calls but the setup, with their names.
    pub fn calls(&self) -> impl Iterator<Item = (&'static str, &Call)> {
        let named = [
            ("smallest", Some(&self.smallest)),
            ("bank_send", self.bank_send.as_ref()),
            ("cpu", Some(&self.cpu)),
            ("query", Some(&self.query)),
        ];
        named.into_iter().filter_map(|(name, call)| Some((name, call?)))
    }
}

fn conformance() -> Script {
    let to = address("benefits");
    Script {
        setup: instantiate("{}"),
        smallest: execute("creator", 0, r#"{"noop":{}}"#),
        bank_send: Some(execute(
            "creator",
            15,
            &format!(r#"{{"bank_send":{{"to":"{to}","denom":"earth","amount":"1"}}}}"#),
        )),
        cpu: execute("creator", 0, r#"{"sha_loop":{"rounds":1000}}"#),
        query: query(r#"{"noop":{}}"#),
    }
}

fn hackatom() -> Script {
    let (verifier, beneficiary) = (address("verifies"), address("benefits"));
    Script {
        setup: instantiate(&format!(r#"{{"verifier":"{verifier}","beneficiary":"{beneficiary}"}}"#)),
        smallest: query(r#"{"verifier":{}}"#),
        bank_send: Some(execute("verifies", 15, r#"{"release":{"denom":"earth"}}"#)),
        cpu: query(r#"{"recurse":{"depth":0,"work":1000}}"#),
        query: query(r#"{"verifier":{}}"#),
    }
}

fn cyberpunk() -> Script {
    Script {
        setup: instantiate("{}"),
        smallest: execute("creator", 0, r#"{"noop":{}}"#),
        bank_send: None,
        cpu: execute("creator", 0, r#"{"argon2":{"mem_cost":256,"time_cost":3}}"#),
        query: query(r#"{"mirror_env":{}}"#),
    }
}

pub(crate) fn instantiate(msg: &str) -> Call {
    Call {
        entry_point: EntryPoint::Instantiate,
        args: vec![env(), info("creator", 1_000), msg.into()],
    }
}

pub(crate) fn execute(sender: &str, earth: u128, msg: &str) -> Call {
    Call {
        entry_point: EntryPoint::Execute,
        args: vec![env(), info(sender, earth), msg.into()],
    }
}

pub(crate) fn query(msg: &str) -> Call {
    Call {
        entry_point: EntryPoint::Query,
        args: vec![env(), msg.into()],
    }
}

/// Runs the setup and gives what it stored.
pub fn set_up<E: Engine>(engine: &E, checksum: &Checksum, script: &Script) -> Storage {
    let world = World::with_storage(Storage::new());
    assert_good(&engine.call(checksum, &script.setup, &world).result);
    world.storage()
}

/// Holds the results and the gas of both engines against each other, for every call of the script.
pub fn assert_same<A: Engine, B: Engine>(engines: (&A, &B), checksum: &Checksum, script: &Script, name: &str) {
    let storage = set_up(engines.0, checksum, script);
    assert_eq!(storage, set_up(engines.1, checksum, script), "{name}: storage");
    for (call_name, call) in script.calls() {
        let world = || World::with_storage(storage.clone());
        let ours = engines.0.call(checksum, call, &world());
        let peers = engines.1.call(checksum, call, &world());
        assert_good(&ours.result);
        assert_eq!(ours, peers, "{name}: {call_name}");
    }
}

/// Panics unless the contract answered with success.
pub fn assert_good(result: &Result<Vec<u8>, String>) {
    let answer = result.as_ref().unwrap_or_else(|error| panic!("{error}"));
    assert!(
        answer.starts_with(br#"{"ok":"#),
        "contract failed: {}",
        String::from_utf8_lossy(answer)
    );
}
