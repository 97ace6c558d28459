//! Contracts that need a chain around them: uploads, coins, tokens, delegated messages.

use serde_json::{Value, json};
use supercloud_client::Key;
use supercloud_vm::Tiers;

use super::keeper::{Keeper, vector};

const GAS: u64 = 100_000_000;

fn stranger() -> String {
    Key::from_secret(&[21; 32]).unwrap().address("cosmos").unwrap()
}

/// Executes what must fail; the chain's text.
fn refusal(keeper: &mut Keeper, contract: &str, msg: &Value) -> String {
    let message = keeper.execute_msg(contract, msg);
    let result = keeper.deliver_with(vec![message], GAS);
    assert_ne!(result.code, 0);
    result.log
}

fn send(to: &str, amount: &str) -> Value {
    json!({ "bank": { "send": { "to_address": to, "amount": [{ "denom": "denom", "amount": amount }] } } })
}

#[test]
fn gzipped_uploads_are_the_code_itself_and_damaged_ones_leave_nothing() {
    let Some(plain) = vector("wasmd-keeper__hackatom.wasm") else {
        return;
    };
    let mut keeper = Keeper::new(Tiers::Optimized);
    let broken = keeper.store_msg(&vector("wasmd-keeper__broken_crc.gzip").unwrap());
    let result = keeper.deliver_with(vec![broken], GAS);
    assert_eq!((result.codespace.as_str(), result.code), ("wasm", 2), "{}", result.log);
    assert_eq!(keeper.store(&plain), 1);
    let mut id = 1;
    for name in [
        "wasmd-keeper__hackatom",
        "wasmd-e2e__cw20_base",
        "wasmd-e2e__cw20_ics20",
        "wasmd-system__cyberpunk",
        "wasmd-system__hackatom",
        "wasmd-system__reflect",
    ] {
        let [unpacked, packed] = ["wasm", "wasm.gz"].map(|ending| vector(&format!("{name}.{ending}")).unwrap());
        let (first, second) = (keeper.store(&unpacked), keeper.store(&packed));
        assert_eq!((first, second), (id + 1, id + 2), "{name}");
        assert_eq!(keeper.checksum(first), keeper.checksum(second), "{name}");
        id = second;
    }
}

#[test]
fn burner_sends_everything_away_and_deletes_what_was_stored() {
    let Some(burner) = vector("wasmd-keeper__burner.wasm") else {
        return;
    };
    let mut keeper = Keeper::new(Tiers::Optimized);
    let contract = keeper.hackatom(&vector("wasmd-keeper__hackatom.wasm").unwrap());
    assert_eq!(keeper.balance(&contract), "100");
    assert!(!keeper.raw(&contract, b"config").is_empty());
    let burner = keeper.store(&burner);
    let msg = json!({ "payout": stranger(), "delete": 10 });
    let result = keeper.migrate(&contract, burner, &msg);
    assert_eq!(result.log, "");
    assert_eq!(keeper.balance(&contract), "0");
    assert_eq!(keeper.balance(&stranger()), "100");
    assert!(keeper.raw(&contract, b"config").is_empty());
}

#[test]
fn queue_keeps_its_order_on_a_chain() {
    for name in ["wasmd-keeper__queue.wasm", "wasmvm__queue.wasm"] {
        let Some(queue) = vector(name) else { return };
        let mut keeper = Keeper::new(Tiers::Optimized);
        let code = keeper.store(&queue);
        let contract = keeper.instantiate(code, &json!({}));
        for value in [25, 17, -3] {
            keeper.execute(&contract, &json!({ "enqueue": { "value": value } }));
        }
        assert_eq!(
            keeper.smart(&contract, &json!({ "sum": {} })),
            json!({ "sum": 39 }),
            "{name}"
        );
        let data = keeper.execute(&contract, &json!({ "dequeue": {} }));
        let expected: String = br#"{"value":25}"#.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(data, expected, "{name}");
        let counters = json!([[17, 0], [-3, 17]]);
        let reduced = keeper.smart(&contract, &json!({ "reducer": {} }));
        assert_eq!(reduced, json!({ "counters": counters }), "{name}");
    }
}

#[test]
fn reflect_sends_in_its_own_name_for_its_owner_alone() {
    for name in [
        "wasmd-keeper__reflect_1_0.wasm",
        "wasmd-keeper__reflect_1_1.wasm",
        "wasmd-keeper__reflect_1_5.wasm",
        "wasmd-keeper__reflect_2_0.wasm",
        "wasmd-e2e__reflect_2_2.wasm",
        "wasmd-system__reflect.wasm",
        "wasmd-types__reflect.wasm",
        "wasmvm__reflect.wasm",
        "wasmd-integration__reflect_1_5.wasm",
    ] {
        let Some(reflect) = vector(name) else { return };
        let mut keeper = Keeper::new(Tiers::Optimized);
        let code = keeper.store(&reflect);
        let contract = keeper.instantiate(code, &json!({}));
        let owner = json!({ "owner": keeper.creator() });
        assert_eq!(keeper.smart(&contract, &json!({ "owner": {} })), owner, "{name}");
        keeper.execute(
            &contract,
            &json!({ "reflect_msg": { "msgs": [send(&stranger(), "40")] } }),
        );
        assert_eq!(
            (keeper.balance(&contract), keeper.balance(&stranger())),
            ("60".into(), "40".into()),
            "{name}"
        );

        let step = |amount: &str, id: u64| {
            let msg = json!({ "id": id, "msg": send(&stranger(), amount), "gas_limit": null, "reply_on": "always" });
            json!({ "reflect_sub_msg": { "msgs": [msg] } })
        };
        keeper.execute(&contract, &step("10", 1));
        keeper.execute(&contract, &step("51", 2));
        let replied = |id: u64| keeper.smart(&contract, &json!({ "sub_msg_result": { "id": id } }));
        assert_eq!(replied(1)["result"]["ok"]["events"], json!([]), "{name}");
        assert_eq!(replied(2)["result"]["error"], "codespace: sdk, code: 5", "{name}");
        assert_eq!(keeper.balance(&contract), "50", "{name}");

        let balance = json!({ "chain": { "request": { "bank": {
            "balance": { "address": contract, "denom": "denom" } } } } });
        let raw = keeper.smart(&contract, &balance)["data"].as_str().unwrap().to_owned();
        let told = cosmwasm_std::Binary::from_base64(&raw).unwrap();
        let told: Value = serde_json::from_slice(&told).unwrap();
        assert_eq!(told["amount"], json!({ "denom": "denom", "amount": "50" }), "{name}");
        // A question of this contract's own kind: this chain has no such.
        let custom = json!({ "capitalized": { "text": "loud" } });
        let text = keeper.smart_error(&contract, &custom);
        assert!(text.contains("nsupported"), "{name}: {text}");

        keeper.execute(&contract, &json!({ "change_owner": { "owner": stranger() } }));
        let text = refusal(
            &mut keeper,
            &contract,
            &json!({ "reflect_msg": { "msgs": [send(&stranger(), "1")] } }),
        );
        assert!(text.contains("execute wasm contract failed"), "{name}: {text}");
    }
}

#[test]
fn tokens_of_cw20_move() {
    for name in ["wasmd-e2e__cw20_base.wasm", "wasmd-bench__cw20_base.wasm"] {
        let Some(cw20) = vector(name) else { return };
        let mut keeper = Keeper::new(Tiers::Optimized);
        let code = keeper.store(&cw20);
        let contract = keeper.instantiate(
            code,
            &json!({
                "name": "Token", "symbol": "TOKEN", "decimals": 6,
                "initial_balances": [{ "address": keeper.creator(), "amount": "1000" }]
            }),
        );
        let transfer = |amount: &str| json!({ "transfer": { "recipient": stranger(), "amount": amount } });
        keeper.execute(&contract, &transfer("400"));
        let balance = |address: &str| keeper.smart(&contract, &json!({ "balance": { "address": address } }));
        assert_eq!(balance(&stranger()), json!({ "balance": "400" }), "{name}");
        assert_eq!(balance(&keeper.creator()), json!({ "balance": "600" }), "{name}");
        let text = refusal(&mut keeper, &contract, &transfer("601"));
        assert!(text.contains("Cannot Sub with"), "{name}: {text}");
    }
}

#[test]
fn whitelisted_accounts_send_through_cw1() {
    let Some(cw1) = vector("wasmd-bench__cw1_whitelist.wasm") else {
        return;
    };
    let mut keeper = Keeper::new(Tiers::Optimized);
    let code = keeper.store(&cw1);
    let admins = json!([keeper.creator()]);
    let contract = keeper.instantiate(code, &json!({ "admins": admins, "mutable": true }));
    keeper.execute(&contract, &json!({ "execute": { "msgs": [send(&stranger(), "30")] } }));
    assert_eq!(keeper.balance(&stranger()), "30");
    keeper.execute(&contract, &json!({ "update_admins": { "admins": [stranger()] } }));
    let text = refusal(
        &mut keeper,
        &contract,
        &json!({ "execute": { "msgs": [send(&stranger(), "30")] } }),
    );
    assert!(text.contains("Unauthorized"), "{text}");
    assert_eq!(keeper.balance(&stranger()), "30");
}

#[test]
fn staking_is_refused_for_want_of_a_staking_module() {
    let Some(staking) = vector("wasmd-keeper__staking.wasm") else {
        return;
    };
    let mut keeper = Keeper::new(Tiers::Optimized);
    let code = keeper.store(&staking);
    let msg = json!({ "name": "Derivative", "symbol": "DRV", "decimals": 9, "validator": "cosmosvaloper1x",
        "exit_tax": "0.1", "min_withdrawal": "10" });
    let text = keeper.instantiate_error(code, &msg);
    assert!(text.contains("nsupported"), "{text}");
}

#[test]
fn denoms_of_the_chain_are_told_by_cyberpunk() {
    for name in [
        "vm__cyberpunk.wasm",
        "wasmd-keeper__cyberpunk.wasm",
        "wasmd-system__cyberpunk.wasm",
    ] {
        let Some(cyberpunk) = vector(name) else { return };
        let mut keeper = Keeper::new(Tiers::Optimized);
        let code = keeper.store(&cyberpunk);
        let contract = keeper.instantiate(code, &json!({}));
        // None has metadata on this chain: one page, empty.
        assert_eq!(keeper.smart(&contract, &json!({ "denoms": {} })), json!([]), "{name}");
    }
}
