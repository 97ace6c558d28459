use proptest::prelude::*;
use serde_json::json;
use supercloud_proto::prost::Message;

use crate::fake_vm::puppet;
use crate::world::{FUNDS, World, coin, send};

/// A signed transaction that would succeed.
fn transfer(world: &World) -> Vec<u8> {
    let alice = world.alice.clone();
    let mut draft = world.draft(&alice, vec![send(&alice.address, &world.bob.address, 5, "uakt")]);
    draft.body.memo = "a memo".into();
    draft.auth.fee.as_mut().unwrap().amount = vec![coin(3, "uakt")];
    draft.sign(&[&alice]).encode_to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn changed_transaction_is_refused_and_takes_nothing(at in any::<prop::sample::Index>(), to in any::<u8>(), cut in any::<bool>()) {
        let mut world = World::new();
        let original = transfer(&world);
        let mut bytes = original.clone();
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] = to;
        }
        prop_assume!(bytes != original);
        prop_assert_ne!(world.chain.check_tx(&bytes).code, 0);
        let _ = world.chain.simulate(&bytes);
        let result = world.block(vec![bytes]).tx_results.remove(0);
        prop_assert_ne!(result.code, 0);
        prop_assert_eq!(world.balance(&world.alice.address, "uakt"), FUNDS);
        prop_assert_eq!(world.account(&world.alice.address).sequence, 0);
        prop_assert_eq!(world.block(vec![original]).tx_results[0].code, 0);
    }

    #[test]
    fn random_bytes_are_no_transaction_and_no_query_stops_the_node(bytes in prop::collection::vec(any::<u8>(), 0..64), path in 0..5usize) {
        let mut world = World::new();
        prop_assert_ne!(world.chain.check_tx(&bytes).code, 0);
        let path = [
            "/cosmos.bank.v1beta1.Query/DenomOwners",
            "/cosmos.tx.v1beta1.Service/Simulate",
            "/cosmwasm.wasm.v1.Query/AllContractState",
            "/cosmos.gov.v1.Query/Proposals",
            "/store/bank/key",
        ][path];
        let _ = world.query(path, &bytes);
    }

    #[test]
    fn random_answer_of_a_contract_fails_the_call_and_leaves_nothing(raw in "[\\[\\]{}:,\"a-z0-9]{0,40}") {
        let mut world = World::new();
        let contract = world.puppet();
        let result = world.execute(&contract, &json!({ "set": { "a": "1" }, "raw": raw }).to_string());
        prop_assert_eq!((result.codespace.as_str(), result.code), ("wasm", 29));
        prop_assert_eq!(world.stored(&contract, "a"), "");
    }
}

#[test]
fn answers_that_almost_parse_are_refused() {
    let mut world = World::new();
    world.store_code(puppet("a", None));
    let contract = world.instantiate(1, "{}");
    for raw in [
        r#"{"ok":{"messages":[],"attributes":[]},"error":"x"}"#,
        r#"{"ok":{"messages":[{"id":1,"msg":{"bank":{},"wasm":{}},"reply_on":"never"}],"attributes":[]}}"#,
        r#"{"ok":{"messages":[{"id":-1,"msg":{"bank":{"send":{"to_address":"a","amount":[]}}},"reply_on":"never"}],"attributes":[]}}"#,
        r#"{"ok":{"messages":[{"id":18446744073709551616,"msg":{"custom":{}},"reply_on":"never"}],"attributes":[]}}"#,
        r#"{"ok":{"messages":[],"attributes":[],"data":"not base64"}}"#,
    ] {
        let result = world.execute(&contract, &json!({ "raw": raw }).to_string());
        assert_eq!(
            (result.codespace.as_str(), result.code),
            ("wasm", 29),
            "{raw}: {}",
            result.log
        );
    }
}
