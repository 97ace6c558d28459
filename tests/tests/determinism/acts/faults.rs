//! What is wrong with transactions, whatever they say: one in six.

use supercloud_client::coin;

use crate::people::unsigned;
use crate::scene::{Act, Scene};

/// A signed transaction, or what somebody sends instead of it.
pub(crate) fn sign(scene: &mut Scene, act: Act) -> Vec<u8> {
    let Act { person, messages, gas } = act;
    let height = scene.recorder.chain.height();
    if !scene.random.once_in(6) {
        return sign_well(scene, person, messages, gas);
    }
    let random = scene.random.next();
    let fault = scene.random.below(12);
    let mut tx = unsigned(messages, gas);
    let mut state = scene.signer(person).state();
    match fault {
        0 => state.sequence += 1,
        1 => state.sequence = state.sequence.saturating_sub(1),
        2 => state.chain_id = "another".to_owned(),
        3 => state.account_number += 1,
        4 => tx.gas_limit = 20_000 + random % 60_000,
        5 => tx.gas_limit = u64::MAX - random % 2,
        6 => tx.fee = vec![coin(1, "uakt")],
        7 => tx.fee = vec![coin(u128::from(u64::MAX), "uakt")],
        8 => tx.timeout_height = height - random % 3,
        9 => tx.memo = "m".repeat(256 + (random % 2) as usize),
        _ => {}
    }
    let mut raw = tx.sign(&scene.signer(person).key.clone(), &state);
    match fault {
        10 => raw.truncate(raw.len() - 1 - (random % 70) as usize),
        11 => {
            let at = (random % raw.len() as u64) as usize;
            raw[at] ^= 1 << (random >> 61);
        }
        _ => {}
    }
    if random.is_multiple_of(11) {
        raw = scene.random.bytes(random % 300);
    }
    raw
}

/// In order and paid for; now and then somebody else pays.
fn sign_well(scene: &mut Scene, person: usize, messages: Vec<supercloud_client::Any>, gas: u64) -> Vec<u8> {
    let granter = scene.random.below(2) as usize;
    let granter = ((5..7).contains(&person) && scene.random.once_in(3)).then(|| scene.address(granter));
    let Some(granter) = granter else {
        return scene.signer(person).sign(messages, gas);
    };
    let mut tx = unsigned(messages, gas);
    tx.fee_granter = Some(granter);
    let signer = scene.signer(person);
    let raw = tx.sign(&signer.key.clone(), &signer.state());
    signer.sequence += 1;
    raw
}
