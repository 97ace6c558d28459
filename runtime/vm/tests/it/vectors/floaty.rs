//! `floaty`, an oracle of float operators.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use supercloud_chain::vm::{EntryPoint, MeteringVersion, Vm, VmError};
use supercloud_vm::{Tiers, VmConfig, WasmtimeVm};

use super::{Contract, vector};
use crate::backend::MockBackend;
use crate::contract::GAS;
use crate::json::{env, success, unbase64};

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "what counts is how they print")]
enum Value {
    U32(u32),
    U64(u64),
    F32(u32),
    F64(u64),
}

const SEEDS: u64 = 150;

/// SHA-256 over operator, seed and result of every sample, traps included as the peer words them; and the traps.
fn hash_of_all_samples(contract: &mut Contract<'_>) -> (String, [u32; 2]) {
    let env = env();
    let mut ask = |msg: String| contract.call(EntryPoint::Query, &[&env, msg.as_bytes()]);
    let operators = unbase64(&success(ask(r#"{"instructions":{}}"#.into())));
    let operators: Vec<String> = serde_json::from_slice(&operators).unwrap();
    assert_eq!(operators.len(), 70);
    let (mut hasher, mut overflows, mut conversions) = (Sha256::new(), 0, 0);
    for operator in &operators {
        for seed in 0..SEEDS {
            let args = ask(json!({"random_args_for": {"instruction": operator, "seed": seed}}).to_string());
            let args: Vec<Value> = serde_json::from_slice(&unbase64(&success(args))).unwrap();
            let report = ask(json!({"run": {"instruction": operator, "args": args}}).to_string());
            let result = match report.result {
                Ok(_) => {
                    let value: Value = serde_json::from_slice(&unbase64(&success(report))).unwrap();
                    format!("{value:?}")
                }
                Err(VmError::Trap(text)) => {
                    overflows += u32::from(text == "integer overflow");
                    conversions += u32::from(text == "invalid conversion to integer");
                    format!("Wasmer runtime error: RuntimeError: {text}")
                }
                Err(other) => panic!("{operator} {seed}: {other}"),
            };
            hasher.update(format!("{operator}{seed}{result}"));
        }
    }
    (hex::encode(hasher.finalize()), [overflows, conversions])
}

/// On either compiler. The peer's own number differs: it does not canonicalise two operators.
#[test]
fn seventy_operators_with_150_seeds_each_give_the_same_bits_everywhere() {
    let Some(wasm) = vector("vm__floaty_2.0") else { return };
    for tiers in [Tiers::Baseline, Tiers::Optimized] {
        let vm = WasmtimeVm::new(VmConfig {
            tiers,
            ..VmConfig::default()
        });
        let vm = vm.unwrap();
        let code = vm.load(&wasm, MeteringVersion::CURRENT).unwrap().key;
        let mut contract = Contract {
            vm: &vm,
            code,
            backend: MockBackend::default(),
            gas_limit: GAS,
        };
        let (hash, traps) = hash_of_all_samples(&mut contract);
        assert_eq!(
            hash, "43a8c93b15af80cf1eed2aec7609d6ed804e7262da9fc94525927e632fbe3bea",
            "{tiers:?}"
        );
        assert_eq!(traps, [389, 300], "{tiers:?}");
    }
}
