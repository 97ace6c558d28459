use supercloud_chain::{GenesisMinter, TxResult};
use supercloud_proto::osmosis::tokenfactory::v1beta1::{
    MsgBurn, MsgChangeAdmin, MsgMint, QueryDenomAuthorityMetadataRequest, QueryDenomAuthorityMetadataResponse,
};
use supercloud_proto::pack;
use supercloud_proto::supercloud::tokenfactory::v1::{QueryMintCapRequest, QueryMintCapResponse};

use crate::world::{FUNDS, Person, World, coin, event};

fn world(cap: &str) -> World {
    let admin = Person::new("alice").address;
    let cap = cap.to_owned();
    World::with(|genesis| {
        genesis.tokenfactory = vec![GenesisMinter {
            denom: "uact".into(),
            admin,
            mint_cap_per_day: cap,
        }];
    })
}

fn mint(world: &mut World, by: &Person, to: &str, amount: u128) -> TxResult {
    let message = MsgMint {
        sender: by.address.clone(),
        amount: Some(coin(amount, "uact")),
        mint_to_address: to.to_owned(),
    };
    world.deliver(by, vec![pack(&message)])
}

fn burn(world: &mut World, by: &Person, from: &str, amount: u128) -> TxResult {
    let message = MsgBurn {
        sender: by.address.clone(),
        amount: Some(coin(amount, "uact")),
        burn_from_address: from.to_owned(),
    };
    world.deliver(by, vec![pack(&message)])
}

#[test]
fn admin_mints_to_anybody_and_says_so_in_events() {
    let mut world = world("");
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let result = mint(&mut world, &alice, &bob.address, 70);
    assert_eq!(result.log, "");
    let coinbase = event(&result.events, "coinbase");
    assert_eq!(
        (coinbase.get("minter"), coinbase.get("amount")),
        (Some(alice.address.as_str()), Some("70uact"))
    );
    assert_eq!(
        event(&result.events, "coin_received").get("receiver"),
        Some(bob.address.as_str())
    );
    assert_eq!(
        (world.balance(&bob.address, "uact"), world.supply("uact")),
        (70, FUNDS + 70)
    );
    assert_eq!(mint(&mut world, &alice, "", 1).code, 0);
    assert_eq!(world.balance(&alice.address, "uact"), FUNDS + 1);
}

#[test]
fn burned_coins_leave_the_supply_and_the_event_names_the_burner() {
    let mut world = world("");
    let alice = world.alice.clone();
    let result = burn(&mut world, &alice, "", 30);
    let burned = event(&result.events, "burn");
    assert_eq!(
        (burned.get("burner"), burned.get("amount")),
        (Some(alice.address.as_str()), Some("30uact"))
    );
    assert_eq!(
        (world.balance(&alice.address, "uact"), world.supply("uact")),
        (FUNDS - 30, FUNDS - 30)
    );
}

#[test]
fn nobody_else_mints_or_burns() {
    let mut world = world("");
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let result = mint(&mut world, &bob, "", 1);
    let text = format!(
        "failed to execute message; message index: 0: {} is not the admin of uact: unauthorized account",
        bob.address
    );
    assert_eq!(
        (result.codespace.as_str(), result.code, result.log),
        ("tokenfactory", 3, text)
    );
    assert_eq!(burn(&mut world, &bob, "", 1).code, 3);
    assert_eq!(burn(&mut world, &alice, &bob.address, 1).code, 102);
}

#[test]
fn cap_is_reached_exactly_and_not_passed_and_renews_with_the_day() {
    let mut world = world("100");
    let alice = world.alice.clone();
    assert_eq!(mint(&mut world, &alice, "", 60).code, 0);
    let result = mint(&mut world, &alice, "", 41);
    let text = "failed to execute message; message index: 0: minting 41uact would pass the cap of 100 a day, of which \
                60 are minted: mint cap reached";
    assert_eq!(
        (result.codespace.as_str(), result.code, result.log.as_str()),
        ("tokenfactory", 101, text)
    );
    assert_eq!(mint(&mut world, &alice, "", 40).code, 0);
    assert_eq!(mint(&mut world, &alice, "", 1).code, 101);
    assert_eq!(burn(&mut world, &alice, "", 50).code, 0);
    assert_eq!(mint(&mut world, &alice, "", 1).code, 101);
    let cap: QueryMintCapResponse = world.ask(
        "/supercloud.tokenfactory.v1.Query/MintCap",
        &QueryMintCapRequest { denom: "uact".into() },
    );
    assert_eq!((cap.amount_per_day.as_str(), cap.minted_today.as_str()), ("100", "100"));
    world.block_after(86_400, vec![]);
    assert_eq!(mint(&mut world, &alice, "", 100).code, 0);
    assert_eq!(world.supply("uact"), FUNDS + 150);
}

#[test]
fn admin_hands_the_right_on_and_loses_it() {
    let mut world = world("");
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let change = MsgChangeAdmin {
        sender: alice.address.clone(),
        denom: "uact".into(),
        new_admin: bob.address.clone(),
    };
    assert_eq!(
        world
            .deliver(
                &bob,
                vec![pack(&MsgChangeAdmin {
                    sender: bob.address.clone(),
                    ..change.clone()
                })]
            )
            .code,
        3
    );
    world.succeed(&alice, vec![pack(&change)]);
    assert_eq!(mint(&mut world, &alice, "", 1).code, 3);
    assert_eq!(mint(&mut world, &bob, "", 1).code, 0);
    let path = "/osmosis.tokenfactory.v1beta1.Query/DenomAuthorityMetadata";
    let response: QueryDenomAuthorityMetadataResponse =
        world.ask(path, &QueryDenomAuthorityMetadataRequest { denom: "uact".into() });
    assert_eq!(response.authority_metadata.unwrap().admin, bob.address);
}
