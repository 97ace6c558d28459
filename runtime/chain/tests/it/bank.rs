use proptest::prelude::*;
use supercloud_chain::{GenesisMinter, GenesisSendRestriction, TxResult};
use supercloud_proto::cosmos::bank::v1beta1::{
    Input, MsgMultiSend, Output, QueryDenomOwnersRequest, QueryDenomOwnersResponse,
};
use supercloud_proto::cosmos::base::query::v1beta1::PageRequest;
use supercloud_proto::osmosis::tokenfactory::v1beta1::{MsgBurn, MsgMint};
use supercloud_proto::pack;
use supercloud_proto::prost::Message;

use crate::world::{FUNDS, Person, World, coin, execute_msg, send};

/// uact moves only from or to carol.
fn restricted_world() -> World {
    let carol = Person::new("carol").address;
    World::with(|genesis| {
        genesis.send_restrictions = vec![GenesisSendRestriction {
            denom: "uact".into(),
            allowed_addresses: vec![carol],
        }];
    })
}

fn refused_by_restriction(result: &TxResult) -> bool {
    (result.codespace.as_str(), result.code) == ("sdk", 4) && result.log.contains("transfers of uact are restricted")
}

#[test]
fn restricted_denom_moves_only_when_sender_or_receiver_is_listed() {
    let mut world = restricted_world();
    let (alice, bob, carol) = (world.alice.clone(), world.bob.clone(), world.carol.clone());
    let result = world.deliver(&alice, vec![send(&alice.address, &bob.address, 5, "uact")]);
    let text = format!(
        "failed to execute message; message index: 0: transfers of uact are restricted: neither {} nor {} is listed: \
         unauthorized",
        alice.address, bob.address
    );
    assert_eq!((result.code, result.log), (4, text));
    world.succeed(&alice, vec![send(&alice.address, &carol.address, 5, "uact")]);
    world.succeed(&carol, vec![send(&carol.address, &bob.address, 3, "uact")]);
    assert_eq!(
        (
            world.balance(&bob.address, "uact"),
            world.balance(&carol.address, "uact")
        ),
        (3, 2)
    );
    assert!(refused_by_restriction(
        &world.deliver(&bob, vec![send(&bob.address, &alice.address, 1, "uact")])
    ));
    world.succeed(&alice, vec![send(&alice.address, &bob.address, 5, "uakt")]);
}

#[test]
fn funds_attached_to_a_message_are_restricted_too() {
    let mut world = restricted_world();
    let puppet = world.puppet();
    let alice = world.alice.clone();
    let mut message = execute_msg(&alice.address, &puppet, r#"{"set":{"ran":"yes"}}"#);
    message.funds = vec![coin(5, "uact")];
    let result = world.deliver(&alice, vec![pack(&message)]);
    assert!(refused_by_restriction(&result), "{}", result.log);
    assert_eq!(world.stored(&puppet, "ran"), "");
}

#[test]
fn restricted_denom_pays_no_fees_even_for_listed_payers() {
    let mut world = restricted_world();
    let (alice, carol) = (world.alice.clone(), world.carol.clone());
    world.succeed(&alice, vec![send(&alice.address, &carol.address, 50, "uact")]);
    let mut draft = world.draft(&carol, vec![send(&carol.address, &alice.address, 5, "uakt")]);
    draft.auth.fee.as_mut().unwrap().amount = vec![coin(5, "uact")];
    let result = world.deliver_raw(&draft.sign(&[&carol]));
    assert_eq!(
        (result.code, result.log.as_str()),
        (13, "uact is restricted and cannot pay fees: insufficient fee")
    );
}

#[test]
fn multi_send_is_restricted_per_output_and_all_or_nothing() {
    let mut world = restricted_world();
    let (alice, bob, carol) = (world.alice.clone(), world.bob.clone(), world.carol.clone());
    let output = |person: &Person| Output {
        address: person.address.clone(),
        coins: vec![coin(2, "uact")],
    };
    let multi = |outputs: Vec<Output>| {
        let total = 2 * outputs.len() as u128;
        let input = Input {
            address: Person::new("alice").address,
            coins: vec![coin(total, "uact")],
        };
        pack(&MsgMultiSend {
            inputs: vec![input],
            outputs,
        })
    };
    assert!(refused_by_restriction(
        &world.deliver(&alice, vec![multi(vec![output(&carol), output(&bob)])])
    ));
    assert_eq!(world.balance(&carol.address, "uact"), 0);
    world.succeed(&alice, vec![multi(vec![output(&carol), output(&carol)])]);
    assert_eq!(world.balance(&carol.address, "uact"), 4);
}

#[test]
fn multi_send_whose_sums_differ_is_refused() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let input = Input {
        address: alice.address.clone(),
        coins: vec![coin(5, "uakt")],
    };
    let output = Output {
        address: world.bob.address.clone(),
        coins: vec![coin(4, "uakt")],
    };
    for (inputs, outputs, code, text) in [
        (
            vec![input.clone(); 2],
            vec![output.clone()],
            9,
            "multiple senders not allowed",
        ),
        (vec![input.clone()], vec![], 3, "no outputs to send transaction"),
    ] {
        let result = world.deliver(&alice, vec![pack(&MsgMultiSend { inputs, outputs })]);
        assert_eq!((result.codespace.as_str(), result.code), ("bank", code));
        assert_eq!(result.log, text);
    }
    let result = world.deliver(
        &alice,
        vec![pack(&MsgMultiSend {
            inputs: vec![input],
            outputs: vec![output],
        })],
    );
    assert_eq!(result.log, "sum inputs != sum outputs");
    assert_eq!((result.codespace.as_str(), result.code), ("bank", 4));
}

#[test]
fn whole_balance_can_be_sent_and_one_more_cannot() {
    let mut world = World::new();
    let (bob, carol) = (world.bob.clone(), world.carol.clone());
    let result = world.deliver(&bob, vec![send(&bob.address, &carol.address, FUNDS + 1, "uakt")]);
    assert_eq!(result.code, 5);
    world.succeed(&bob, vec![send(&bob.address, &carol.address, FUNDS, "uakt")]);
    assert_eq!(
        (
            world.balance(&bob.address, "uakt"),
            world.balance(&carol.address, "uakt")
        ),
        (0, 2 * FUNDS)
    );
}

#[test]
fn sending_to_oneself_changes_nothing() {
    let mut world = World::new();
    let bob = world.bob.clone();
    world.succeed(&bob, vec![send(&bob.address, &bob.address, FUNDS, "uakt")]);
    assert_eq!(world.balance(&bob.address, "uakt"), FUNDS);
}

#[test]
fn owners_of_a_denom_are_those_with_a_balance() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    world.succeed(&bob, vec![send(&bob.address, &alice.address, FUNDS, "uakt")]);
    let mut request = QueryDenomOwnersRequest {
        denom: "uakt".into(),
        pagination: None,
    };
    let path = "/cosmos.bank.v1beta1.Query/DenomOwners";
    let response: QueryDenomOwnersResponse = world.ask(path, &request);
    let owners: Vec<_> = response.denom_owners.into_iter().map(|owner| owner.address).collect();
    assert_eq!(owners.len(), 2);
    assert!(owners.contains(&alice.address) && !owners.contains(&bob.address));
    request.pagination = Some(PageRequest {
        limit: 1,
        count_total: true,
        ..PageRequest::default()
    });
    let response: QueryDenomOwnersResponse = world.ask(path, &request);
    let page = response.pagination.unwrap();
    assert_eq!(
        (response.denom_owners.len(), page.total, page.next_key.is_empty()),
        (1, 2, false)
    );
}

/// What somebody may try.
#[derive(Clone, Debug)]
enum Action {
    Send { from: usize, to: usize, amount: u128 },
    Mint { by: usize, to: usize, amount: u128 },
    Burn { by: usize, amount: u128 },
    Fee { from: usize, amount: u128 },
}

fn action() -> impl Strategy<Value = Action> {
    let amount = prop_oneof![0..20u128, Just(FUNDS), Just(u128::MAX)];
    (0..4usize, 0..3usize, 0..3usize, amount).prop_map(|(kind, from, to, amount)| match kind {
        0 => Action::Send { from, to, amount },
        1 => Action::Mint { by: from, to, amount },
        2 => Action::Burn { by: from, amount },
        _ => Action::Fee { from, amount },
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn balances_always_sum_to_the_supply(actions in prop::collection::vec(action(), 1..12)) {
        let alice = Person::new("alice").address;
        let mut world = World::with(|genesis| {
            genesis.tokenfactory =
                vec![GenesisMinter { denom: "uakt".into(), admin: alice, mint_cap_per_day: "100000".into() }];
        });
        let people = [world.alice.clone(), world.bob.clone(), world.carol.clone()];
        for action in actions {
            let raw = match action {
                Action::Send { from, to, amount } => {
                    world.signed(&people[from], vec![send(&people[from].address, &people[to].address, amount, "uakt")])
                }
                Action::Mint { by, to, amount } => {
                    let (sender, mint_to_address) = (people[by].address.clone(), people[to].address.clone());
                    let mint = MsgMint { sender, amount: Some(coin(amount, "uakt")), mint_to_address };
                    world.signed(&people[by], vec![pack(&mint)])
                }
                Action::Burn { by, amount } => {
                    let sender = people[by].address.clone();
                    let burn = MsgBurn { sender, amount: Some(coin(amount, "uakt")), burn_from_address: String::new() };
                    world.signed(&people[by], vec![pack(&burn)])
                }
                Action::Fee { from, amount } => {
                    let to = people[0].address.clone();
                    let mut draft = world.draft(&people[from], vec![send(&people[from].address, &to, 1, "uakt")]);
                    draft.auth.fee.as_mut().unwrap().amount = vec![coin(amount, "uakt")];
                    draft.sign(&[&people[from]]).encode_to_vec()
                }
            };
            world.block(vec![raw]);
            let mut sum = world.balance(&world.gov, "uakt");
            for person in &people {
                sum += world.balance(&person.address, "uakt");
            }
            prop_assert_eq!(sum, world.supply("uakt"));
        }
    }
}
