//! Denoms that anybody makes.

use supercloud_chain::TxResult;
use supercloud_proto::cosmos::bank::v1beta1::{
    DenomUnit, Metadata, QueryDenomMetadataByQueryStringRequest, QueryDenomMetadataByQueryStringResponse,
};
use supercloud_proto::osmosis::tokenfactory::v1beta1::{
    MsgBurn, MsgChangeAdmin, MsgCreateDenom, MsgCreateDenomResponse, MsgMint, MsgSetDenomMetadata, Params,
    QueryDenomsFromCreatorRequest, QueryDenomsFromCreatorResponse, QueryParamsRequest, QueryParamsResponse,
};
use supercloud_proto::pack;
use supercloud_proto::supercloud::tokenfactory::v1::MsgUpdateParams;

use crate::gov::{execute, pass, proposal, submission};
use crate::world::{FUNDS, Person, World, coin, event, response, send};

fn create(world: &mut World, by: &Person, subdenom: &str) -> TxResult {
    let message = MsgCreateDenom {
        sender: by.address.clone(),
        subdenom: subdenom.into(),
    };
    world.deliver(by, vec![pack(&message)])
}

#[track_caller]
fn created(world: &mut World, by: &Person, subdenom: &str) -> String {
    let result = create(world, by, subdenom);
    assert_eq!(result.log, "");
    let denom = response::<MsgCreateDenomResponse>(&result).new_token_denom;
    assert_eq!(denom, format!("factory/{}/{subdenom}", by.address));
    assert_eq!(
        event(&result.events, "create_denom").get("new_token_denom"),
        Some(denom.as_str())
    );
    denom
}

fn mint(world: &mut World, by: &Person, denom: &str, amount: u128) -> TxResult {
    let message = MsgMint {
        sender: by.address.clone(),
        amount: Some(coin(amount, denom)),
        mint_to_address: String::new(),
    };
    world.deliver(by, vec![pack(&message)])
}

fn set_fee(world: &mut World, amount: u128, gas: u64) {
    let fee = if amount == 0 {
        vec![]
    } else {
        vec![coin(amount, "uakt")]
    };
    let message = MsgUpdateParams {
        authority: world.gov.clone(),
        params: Some(Params {
            denom_creation_fee: fee,
            denom_creation_gas_consume: gas,
        }),
    };
    execute(world, vec![pack(&message)]);
}

#[test]
fn creator_mints_burns_and_sends_its_denom() {
    let mut world = World::new();
    let (bob, carol) = (world.bob.clone(), world.carol.clone());
    let denom = created(&mut world, &bob, "gold");
    assert_eq!(mint(&mut world, &bob, &denom, 100).log, "");
    world.succeed(&bob, vec![send(&bob.address, &carol.address, 30, &denom)]);
    let burn = MsgBurn {
        sender: bob.address.clone(),
        amount: Some(coin(50, &denom)),
        burn_from_address: String::new(),
    };
    world.succeed(&bob, vec![pack(&burn)]);
    assert_eq!(world.supply(&denom), 50);
    assert_eq!(
        (
            world.balance(&bob.address, &denom),
            world.balance(&carol.address, &denom)
        ),
        (20, 30)
    );
    let result = mint(&mut world, &carol, &denom, 1);
    assert_eq!((result.codespace.as_str(), result.code), ("tokenfactory", 3));
    let result = mint(&mut world, &carol, &format!("factory/{}/other", carol.address), 1);
    assert_eq!((result.codespace.as_str(), result.code), ("tokenfactory", 3));
}

#[test]
fn denom_is_made_once_and_listed_with_its_creator() {
    let mut world = World::new();
    let (bob, carol) = (world.bob.clone(), world.carol.clone());
    let silver = created(&mut world, &bob, "silver");
    let gold = created(&mut world, &bob, "gold");
    created(&mut world, &carol, "gold");
    let again = create(&mut world, &bob, "gold");
    assert_eq!((again.codespace.as_str(), again.code), ("tokenfactory", 2));
    let of_bob: QueryDenomsFromCreatorResponse = world.ask(
        "/osmosis.tokenfactory.v1beta1.Query/DenomsFromCreator",
        &QueryDenomsFromCreatorRequest {
            creator: bob.address.clone(),
        },
    );
    assert_eq!(of_bob.denoms, [gold, silver]);
}

#[test]
fn subdenom_has_a_length_and_an_alphabet() {
    let mut world = World::new();
    let bob = world.bob.clone();
    created(&mut world, &bob, &"a".repeat(44));
    // An empty subdenom is a name, too.
    created(&mut world, &bob, "");
    let long = create(&mut world, &bob, &"a".repeat(45));
    assert_eq!((long.codespace.as_str(), long.code), ("tokenfactory", 8));
    for refused in ["a b", "ü", "a\u{0}"] {
        let result = create(&mut world, &bob, refused);
        assert_eq!((result.codespace.as_str(), result.code), ("sdk", 10), "{refused:?}");
    }
}

#[test]
fn new_denom_costs_gas_and_a_fee_that_goes_to_the_pool() {
    let mut world = World::new();
    let bob = world.bob.clone();
    let params: QueryParamsResponse = world.ask(
        "/osmosis.tokenfactory.v1beta1.Query/Params",
        &QueryParamsRequest::default(),
    );
    assert_eq!(params.params.unwrap().denom_creation_gas_consume, 1_000_000);
    let dear = create(&mut world, &bob, "one").gas_used;
    set_fee(&mut world, 0, 0);
    let cheap = create(&mut world, &bob, "two").gas_used;
    assert!((990_000..1_010_000).contains(&(dear - cheap)), "{dear} {cheap}");
    set_fee(&mut world, 500, 0);
    created(&mut world, &bob, "three");
    assert_eq!(
        (world.balance(&world.gov, "uakt"), world.balance(&bob.address, "uakt")),
        (500, FUNDS - 500)
    );
    set_fee(&mut world, 2 * FUNDS, 0);
    let result = create(&mut world, &bob, "four");
    assert_eq!((result.codespace.as_str(), result.code), ("sdk", 5));
    let alice = world.alice.clone();
    let message = MsgUpdateParams {
        authority: world.gov.clone(),
        params: Some(Params {
            denom_creation_fee: vec![],
            denom_creation_gas_consume: 50_000_001,
        }),
    };
    let result = world.deliver(&alice, vec![pack(&submission(&alice.address, vec![pack(&message)]))]);
    assert_eq!((result.codespace.as_str(), result.code), ("gov", 12));
}

fn metadata(denom: &str) -> Metadata {
    let unit = |denom: &str, exponent| DenomUnit {
        denom: denom.into(),
        exponent,
        aliases: Vec::new(),
    };
    Metadata {
        denom_units: vec![unit(denom, 0), unit("mgold", 3), unit("gold", 6)],
        base: denom.into(),
        display: "gold".into(),
        name: "Gold".into(),
        symbol: "GLD".into(),
        ..Metadata::default()
    }
}

#[test]
fn admin_says_what_wallets_show() {
    let mut world = World::new();
    let (bob, carol) = (world.bob.clone(), world.carol.clone());
    let denom = created(&mut world, &bob, "gold");
    let set = |by: &Person, metadata: Metadata| {
        pack(&MsgSetDenomMetadata {
            sender: by.address.clone(),
            metadata: Some(metadata),
        })
    };
    let result = world.deliver(&carol, vec![set(&carol, metadata(&denom))]);
    assert_eq!((result.codespace.as_str(), result.code), ("tokenfactory", 3));
    world.succeed(&bob, vec![set(&bob, metadata(&denom))]);
    let shown: QueryDenomMetadataByQueryStringResponse = world.ask(
        "/cosmos.bank.v1beta1.Query/DenomMetadataByQueryString",
        &QueryDenomMetadataByQueryStringRequest { denom: denom.clone() },
    );
    assert_eq!(shown.metadata, Some(metadata(&denom)));
    let bends: [fn(&mut Metadata); 8] = [
        |it| it.name = " ".into(),
        |it| it.symbol = String::new(),
        |it| it.display = "silver".into(),
        |it| it.denom_units.clear(),
        |it| drop(it.denom_units.remove(0)),
        |it| it.denom_units[1].exponent = 6,
        |it| it.denom_units[2].denom = "mgold".into(),
        |it| it.description = "a".repeat(2_049),
    ];
    for (index, bend) in bends.into_iter().enumerate() {
        let mut bent = metadata(&denom);
        bend(&mut bent);
        let result = world.deliver(&bob, vec![set(&bob, bent)]);
        assert_eq!(
            (result.codespace.as_str(), result.code),
            ("bank", 7),
            "{index}: {}",
            result.log
        );
    }
    // Nobody speaks for a native denom without being its admin.
    let result = world.deliver(&bob, vec![set(&bob, metadata("uakt"))]);
    assert_eq!((result.codespace.as_str(), result.code), ("tokenfactory", 3));
}

#[test]
fn denom_without_an_admin_stays_so_even_for_governance() {
    let mut world = World::new();
    let bob = world.bob.clone();
    let denom = created(&mut world, &bob, "gold");
    let leave = MsgChangeAdmin {
        sender: bob.address.clone(),
        denom: denom.clone(),
        new_admin: String::new(),
    };
    world.succeed(&bob, vec![pack(&leave)]);
    assert_eq!(mint(&mut world, &bob, &denom, 1).code, 3);
    let take = MsgChangeAdmin {
        sender: world.gov.clone(),
        denom: denom.clone(),
        new_admin: world.alice.address.clone(),
    };
    let (id, _) = pass(&mut world, vec![pack(&take)]);
    assert!(proposal(&world, id).failed_reason.contains("is not the admin of"));
    assert_eq!(create(&mut world, &bob, "gold").code, 2);
}
