//! Transfers, the pool, and denoms of one's own.

use supercloud_proto::cosmos::bank::v1beta1::{DenomUnit, Input, Metadata, MsgMultiSend, MsgSend, Output};
use supercloud_proto::cosmos::distribution::v1beta1::MsgFundCommunityPool;
use supercloud_proto::osmosis::tokenfactory::v1beta1::{
    MsgBurn, MsgChangeAdmin, MsgCreateDenom, MsgMint, MsgSetDenomMetadata,
};
use supercloud_proto::pack;

use crate::scene::{Act, Scene, coin};

pub(crate) fn act(scene: &mut Scene) -> Act {
    let person = scene.person();
    let from = scene.address(person);
    let denom = *scene.random.pick(&["uakt", "uakt", "uother", "uact", "nothing"]);
    let amount = match scene.random.below(12) {
        0 => 0,
        1 => u64::MAX,
        _ => scene.random.below(1_000_000) + 1,
    };
    let message = match scene.random.below(12) {
        0..=4 => pack(&MsgSend {
            from_address: from,
            to_address: scene.anybody(),
            amount: vec![coin(amount, denom)],
        }),
        5 | 6 => multi_send(scene, from, amount, denom),
        7 => pack(&MsgFundCommunityPool {
            depositor: from,
            amount: vec![coin(amount, denom)],
        }),
        8 => pack(&MsgCreateDenom {
            subdenom: format!("d{}", scene.random.below(40)),
            sender: from,
        }),
        _ => return factory(scene, person, amount),
    };
    Act::new(person, message)
}

fn multi_send(scene: &mut Scene, from: String, amount: u64, denom: &str) -> supercloud_client::Any {
    let (first, second) = (scene.anybody(), scene.anybody());
    // Sometimes the sums differ.
    let total = amount
        .saturating_mul(2)
        .saturating_add(u64::from(scene.random.once_in(8)));
    let output = |address| Output {
        address,
        coins: vec![coin(amount, denom)],
    };
    pack(&MsgMultiSend {
        inputs: vec![Input {
            address: from,
            coins: vec![coin(total, denom)],
        }],
        outputs: vec![output(first), output(second)],
    })
}

fn factory(scene: &mut Scene, stranger: usize, amount: u64) -> Act {
    let denom = scene.random.pick(&scene.denoms).clone();
    // Whose it is may manage it; a stranger is refused.
    let owner = denom.split('/').nth(1).filter(|_| !scene.random.once_in(5));
    let owner = owner.and_then(|owner| scene.recorder.people.iter().position(|person| person.address == owner));
    let person = owner.unwrap_or(stranger);
    let sender = scene.address(person);
    let message = match scene.random.below(6) {
        0..=2 => pack(&MsgMint {
            mint_to_address: sender.clone(),
            sender,
            amount: Some(coin(amount, &denom)),
        }),
        3 => pack(&MsgBurn {
            burn_from_address: sender.clone(),
            sender,
            amount: Some(coin(amount / 3, &denom)),
        }),
        4 => pack(&MsgChangeAdmin {
            new_admin: scene.anybody(),
            sender,
            denom,
        }),
        _ => pack(&MsgSetDenomMetadata {
            sender,
            metadata: Some(Metadata {
                name: "Trace".to_owned(),
                symbol: "TRACE".to_owned(),
                denom_units: vec![DenomUnit {
                    denom: denom.clone(),
                    ..DenomUnit::default()
                }],
                base: denom.clone(),
                display: denom,
                ..Metadata::default()
            }),
        }),
    };
    Act::new(person, message)
}
