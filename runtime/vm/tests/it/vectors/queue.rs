//! `queue`: storage in order, and all the ways to walk through it.

use serde_json::json;
use supercloud_chain::vm::VmError;

use super::Contract;
use crate::contract::communication;
use crate::json::{penniless, success, unbase64};

const BUILDS: [&str; 2] = ["wasmd-keeper__queue", "wasmvm__queue"];

fn filled(name: &str, values: &[i32]) -> Option<Contract<'static>> {
    let mut contract = Contract::new(name, penniless())?;
    success(contract.instantiate("{}"));
    for value in values {
        contract
            .execute("creator", &json!({"enqueue": {"value": value}}))
            .unwrap()
            .unwrap();
    }
    Some(contract)
}

#[test]
fn what_goes_in_first_comes_out_first() {
    for name in BUILDS {
        let Some(mut contract) = filled(name, &[25, 17]) else {
            return;
        };
        assert_eq!(contract.query(&json!({"count": {}})), json!({"count": 2}), "{name}");
        assert_eq!(contract.query(&json!({"sum": {}})), json!({"sum": 42}), "{name}");
        let first = contract.execute("creator", &json!({"dequeue": {}})).unwrap().unwrap();
        let first: serde_json::Value = serde_json::from_slice(&unbase64(&first["data"])).unwrap();
        assert_eq!(first, json!({"value": 25}), "{name}");
        assert_eq!(contract.query(&json!({"count": {}})), json!({"count": 1}), "{name}");
    }
}

#[test]
fn walks_inside_of_walks_see_the_same_records() {
    for name in BUILDS {
        let Some(mut contract) = filled(name, &[40, 15, 85, -10]) else {
            return;
        };
        // For each value the sum of those that are larger: the later the walk, the more of them.
        let counters = json!([[40, 85], [15, 125], [85, 0], [-10, 140]]);
        assert_eq!(
            contract.query(&json!({"reducer": {}})),
            json!({ "counters": counters }),
            "{name}"
        );
    }
}

#[test]
fn lists_split_below_and_above_a_key() {
    for name in BUILDS {
        let values: Vec<i32> = (0..0x25).collect();
        let Some(mut contract) = filled(name, &values) else {
            return;
        };
        let lists = contract.query(&json!({"list": {}}));
        let keys = |name: &str| -> Vec<u64> {
            let keys = lists[name].as_array().unwrap();
            keys.iter().map(|key| key.as_u64().unwrap()).collect()
        };
        assert_eq!(keys("empty"), Vec::<u64>::new(), "{name}");
        assert_eq!(keys("early"), Vec::from_iter(0..0x20), "{name}");
        assert_eq!(keys("late"), Vec::from_iter(0x20..0x25), "{name}");
    }
}

#[test]
fn a_migration_puts_three_values_in() {
    for name in BUILDS {
        let Some(mut contract) = filled(name, &[1, 2, 3, 4, 5]) else {
            return;
        };
        contract.migrate(&json!({}), None).unwrap().unwrap();
        assert_eq!(contract.query(&json!({"count": {}})), json!({"count": 3}), "{name}");
        assert_eq!(contract.query(&json!({"sum": {}})), json!({"sum": 303}), "{name}");
    }
}

#[test]
fn iterators_may_be_many_and_not_too_many() {
    for name in BUILDS {
        let Some(mut contract) = filled(name, &[1]) else { return };
        let mut open = |count: u32| {
            contract.call(
                supercloud_chain::vm::EntryPoint::Query,
                &[
                    &crate::json::env(),
                    json!({"open_iterators": {"count": count}}).to_string().as_bytes(),
                ],
            )
        };
        success(open(5_000));
        success(open(32_768));
        let refused: Result<Vec<u8>, VmError> = communication("more than 32768 iterators in one call");
        assert_eq!(open(32_769).result, refused, "{name}");
    }
}
