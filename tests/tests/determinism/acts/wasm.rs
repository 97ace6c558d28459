//! Codes and contracts: the conformance contract does everything that a contract can do, and fails in every way.

use cosmwasm_std::Binary;
use serde_json::{Value, json};
use supercloud_client::message::{self, Compression, Instantiate};

use crate::recorder::artifact;
use crate::scene::{Act, Scene};

pub(crate) fn act(scene: &mut Scene) -> Act {
    match scene.random.below(60) {
        0..=3 => instantiate(scene),
        4 => instantiate2(scene),
        5 | 6 => migrate(scene),
        7 => admin(scene),
        8 => upload(scene),
        _ => execute(scene),
    }
}

pub(crate) fn instantiate(scene: &mut Scene) -> Act {
    let person = scene.person();
    let sender = scene.address(person);
    let code_id = match scene.random.below(12) {
        0 => 999,
        1 => scene.market_next,
        _ => scene.conformance,
    };
    let contract = Instantiate {
        code_id: if scene.contracts.len() < 2 {
            scene.conformance
        } else {
            code_id
        },
        label: "conformance",
        admin: Some(&sender),
        message: &json!({}),
        funds: &[],
    };
    Act::new(person, message::instantiate(&sender, &contract).unwrap())
}

fn instantiate2(scene: &mut Scene) -> Act {
    let person = scene.person();
    let sender = scene.address(person);
    let contract = Instantiate {
        code_id: scene.conformance,
        label: "predicted",
        admin: None,
        message: &json!({}),
        funds: &[],
    };
    // Salts come again, and are refused then.
    let salt = scene.random.below(6).to_be_bytes();
    Act::new(person, message::instantiate2(&sender, &contract, &salt).unwrap())
}

fn migrate(scene: &mut Scene) -> Act {
    let person = scene.person();
    let sender = scene.address(person);
    let (contract, code_id) = match scene.random.below(6) {
        0 => (scene.suite.market.clone(), scene.market_next),
        1 => (scene.contract(), scene.market_next),
        _ => (scene.contract(), scene.conformance),
    };
    let plan = match scene.random.below(3) {
        0 => json!({ "fail": "no migration" }),
        _ => json!({ "log": "migrated" }),
    };
    Act::new(person, message::migrate(&sender, &contract, code_id, &plan).unwrap())
}

fn admin(scene: &mut Scene) -> Act {
    let person = scene.person();
    let (sender, contract, other) = (scene.address(person), scene.contract(), scene.anybody());
    let message = match scene.random.below(3) {
        0 => message::clear_admin(&sender, &contract),
        _ => message::update_admin(&sender, &contract, &other),
    };
    Act::new(person, message)
}

/// Garbage, a damaged module, and up to six times a module that nobody has seen.
fn upload(scene: &mut Scene) -> Act {
    let person = scene.person();
    let sender = scene.address(person);
    let wasm = match scene.random.below(4) {
        0 => scene.random.bytes(200),
        1 => [b"\0asm\x01\0\0\0".to_vec(), scene.random.bytes(60)].concat(),
        _ if scene.uploads < 6 => {
            scene.uploads += 1;
            // A custom section named "x" of one random byte: another checksum, the same contract.
            let mut wasm = artifact("test/conformance.wasm");
            wasm.extend([0, 3, 1, b'x', scene.random.next() as u8]);
            wasm
        }
        _ => b"\0asm".to_vec(),
    };
    let message = message::store_code(&sender, &wasm, Compression::Gzip);
    Act {
        gas: 150_000_000,
        ..Act::new(person, message)
    }
}

fn execute(scene: &mut Scene) -> Act {
    let person = scene.person();
    let (sender, contract) = (scene.address(person), scene.contract());
    let (msg, gas) = message_to(scene);
    let funds = match scene.random.below(6) {
        0 => vec![supercloud_client::coin(u128::from(scene.random.below(1_000)), "uakt")],
        _ => Vec::new(),
    };
    let message = message::execute(&sender, &contract, &msg, funds).unwrap();
    Act {
        gas,
        ..Act::new(person, message)
    }
}

fn binary(text: &str) -> String {
    Binary::new(text.as_bytes().to_vec()).to_base64()
}

/// A message for a conformance contract, with the gas that it gets.
fn message_to(scene: &mut Scene) -> (Value, u64) {
    let key = binary(&format!("key {}", scene.random.below(30)));
    let random = scene.random.below(1_000);
    let msg = match scene.random.below(22) {
        0 => json!({ "noop": {} }),
        1..=3 => json!({ "set": { "key": key, "value": binary(&format!("value {random}")) } }),
        4 => json!({ "remove": { "key": key } }),
        5 => json!({ "write": { "key_len": 1 + random % 64, "value_len": 1 + random } }),
        6 => json!({ "fail": { "text": format!("asked for {random}") } }),
        7 => json!({ "abort": {} }),
        8 => json!({ "unreachable": {} }),
        9 => json!({ "recurse": { "depth": random * 40 } }),
        10 => json!({ "sha_loop": { "rounds": random % 50 } }),
        11 => return (json!({ "cpu_loop": {} }), 250_000 + random),
        12 => return (json!({ "storage_loop": {} }), 250_000 + random),
        13 => json!({ "mirror_env": {} }),
        14 => json!({ "mirror_info": {} }),
        15 => json!({ "recurse_query": { "depth": random % 12 } }),
        16 => json!({ "debug": { "lines": ["a", "b"] } }),
        17 => return (json!({ "message_loop": {} }), 400_000 + random * 100),
        18 => json!({ "what is this": {} }),
        _ => json!({ "messages": plan(scene, 0) }),
    };
    (msg, 3_000_000)
}

/// Submessages with replies of all kinds, some of which fail.
fn plan(scene: &mut Scene, depth: u64) -> Value {
    let count = if depth > 1 { 0 } else { scene.random.below(3) };
    let steps: Vec<Value> = (0..count).map(|id| step(scene, depth, id)).collect();
    let fail = if scene.random.once_in(5) {
        json!("planned")
    } else {
        Value::Null
    };
    json!({
        "log": format!("depth {depth}"),
        "fail": fail,
        "attributes": [{ "key": "depth", "value": depth.to_string() }],
        "data": binary("data"),
        "messages": steps,
    })
}

fn step(scene: &mut Scene, depth: u64, id: u64) -> Value {
    let msg = match scene.random.below(3) {
        0 => {
            let amount = scene.random.below(3_000).to_string();
            json!({ "bank": { "send": { "to_address": scene.anybody(),
                "amount": [{ "denom": "uakt", "amount": amount }] } } })
        }
        _ => {
            let inner = json!({ "messages": plan(scene, depth + 1) }).to_string();
            json!({ "wasm": { "execute": { "contract_addr": scene.contract(), "msg": binary(&inner), "funds": [] } } })
        }
    };
    let reply = if scene.random.once_in(4) {
        json!({ "fail": "reply fails" })
    } else {
        json!({ "log": "reply" })
    };
    let gas_limit = if scene.random.once_in(4) {
        json!(60_000 + scene.random.below(100_000))
    } else {
        Value::Null
    };
    json!({
        "id": id,
        "payload": binary(&reply.to_string()),
        "msg": msg,
        "gas_limit": gas_limit,
        "reply_on": scene.random.pick(&["always", "error", "success", "never"]),
    })
}
