//! Random trees of submessages against a model of twenty lines: who pays whom, what is undone, what is caught.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::{FUNDS, World, send};

const CONTRACTS: usize = 3;
const START: u128 = 20;

/// One call of a contract: it pays others, calls others, and perhaps fails.
#[derive(Clone, Debug)]
struct Call {
    contract: usize,
    fails: bool,
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Pay { to: usize, amount: u128, reply_on: ReplyOn },
    Call { call: Call, reply_on: ReplyOn },
}

#[derive(Clone, Copy, Debug)]
enum ReplyOn {
    Never,
    Success,
    Error,
    Always,
}

impl ReplyOn {
    fn catches(self) -> bool {
        matches!(self, Self::Error | Self::Always)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Success => "success",
            Self::Error => "error",
            Self::Always => "always",
        }
    }
}

type Balances = [u128; CONTRACTS];

/// The model: balances after a call, or nothing when it fails.
fn expected(call: &Call, mut balances: Balances) -> Option<Balances> {
    if call.fails {
        return None;
    }
    for step in &call.steps {
        let (after, reply_on) = match step {
            Step::Pay { to, amount, reply_on } => {
                let mut after = balances;
                // No coins at all is a failure too.
                let rest = after[call.contract].checked_sub(*amount).filter(|_| *amount > 0);
                let paid = rest.map(|rest| {
                    after[call.contract] = rest;
                    after[*to] += amount;
                    after
                });
                (paid, reply_on)
            }
            Step::Call { call, reply_on } => (expected(call, balances), reply_on),
        };
        match after {
            Some(after) => balances = after,
            None if reply_on.catches() => {}
            None => return None,
        }
    }
    Some(balances)
}

fn script(call: &Call, contracts: &[String]) -> Value {
    let messages: Vec<Value> = call
        .steps
        .iter()
        .map(|step| {
            let (message, reply_on) = match step {
                Step::Pay { to, amount, reply_on } => {
                    let amount = json!([{ "denom": "uakt", "amount": amount.to_string() }]);
                    (
                        json!({ "bank": { "send": { "to_address": contracts[*to], "amount": amount } } }),
                        reply_on,
                    )
                }
                Step::Call { call, reply_on } => {
                    let msg = BASE64_STANDARD.encode(script(call, contracts).to_string());
                    let target = &contracts[call.contract];
                    (
                        json!({ "wasm": { "execute": { "contract_addr": target, "msg": msg, "funds": [] } } }),
                        reply_on,
                    )
                }
            };
            json!({ "id": 1, "msg": message, "reply_on": reply_on.name() })
        })
        .collect();
    let mut script = json!({ "set": { "ran": "yes" }, "messages": messages });
    if call.fails {
        script["fail"] = json!("no");
    }
    script
}

fn reply_on() -> impl Strategy<Value = ReplyOn> {
    prop::sample::select(vec![ReplyOn::Never, ReplyOn::Success, ReplyOn::Error, ReplyOn::Always])
}

fn call() -> impl Strategy<Value = Call> {
    let pay = (0..CONTRACTS, 0..30u128, reply_on())
        .prop_map(|(to, amount, reply_on)| Step::Pay { to, amount, reply_on })
        .boxed();
    let leaf = (
        0..CONTRACTS,
        prop::bool::weighted(0.3),
        prop::collection::vec(pay.clone(), 0..3),
    )
        .prop_map(|(contract, fails, steps)| Call { contract, fails, steps });
    leaf.prop_recursive(4, 24, 3, move |inner| {
        let step = prop_oneof![
            pay.clone(),
            (inner, reply_on()).prop_map(|(call, reply_on)| Step::Call { call, reply_on }),
        ];
        (
            0..CONTRACTS,
            prop::bool::weighted(0.15),
            prop::collection::vec(step, 1..4),
        )
            .prop_map(|(contract, fails, steps)| Call { contract, fails, steps })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_tree_of_submessages_moves_what_the_model_says(call in call()) {
        let mut world = World::new();
        let mut contracts = vec![world.puppet()];
        contracts.extend((1..CONTRACTS).map(|_| world.instantiate(1, "{}")));
        let alice = world.alice.clone();
        let gifts = contracts.iter().map(|contract| send(&alice.address, contract, START, "uakt")).collect();
        world.succeed(&alice, gifts);

        let result = world.execute(&contracts[call.contract], &script(&call, &contracts).to_string());

        let model = expected(&call, [START; CONTRACTS]);
        prop_assert_eq!(result.code == 0, model.is_some(), "{}", result.log);
        let balances: Vec<u128> = contracts.iter().map(|contract| world.balance(contract, "uakt")).collect();
        prop_assert_eq!(balances, model.unwrap_or([START; CONTRACTS]).to_vec());
        prop_assert_eq!(world.supply("uakt"), 3 * FUNDS);
        let ran = contracts.iter().any(|contract| world.stored(contract, "ran") == "yes");
        prop_assert_eq!(ran, model.is_some());
    }
}
