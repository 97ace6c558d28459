//! Acting for others, and paying for them.

use serde_json::json;
use supercloud_client::{Any, message};
use supercloud_proto::cosmos::authz::v1beta1::{GenericAuthorization, Grant, MsgExec, MsgGrant, MsgRevoke};
use supercloud_proto::cosmos::bank::v1beta1::{MsgSend, SendAuthorization};
use supercloud_proto::cosmos::feegrant::v1beta1::{
    AllowedMsgAllowance, BasicAllowance, MsgGrantAllowance, MsgPruneAllowances, MsgRevokeAllowance, PeriodicAllowance,
};
use supercloud_proto::cosmwasm::wasm::v1::{
    AllowAllMessagesFilter, ContractExecutionAuthorization, ContractGrant, MaxCallsLimit, MsgExecuteContract,
};
use supercloud_proto::prost_types::{Duration, Timestamp};
use supercloud_proto::{pack, type_url};

use crate::scene::{Act, Scene, coin};

/// Few enough for grants to be used.
const GRANTERS: u64 = 2;

pub(crate) fn act(scene: &mut Scene) -> Act {
    let granter = scene.random.below(GRANTERS) as usize;
    let grantee = 5 + scene.random.below(2) as usize;
    let (from, to) = (scene.address(granter), scene.address(grantee));
    match scene.random.below(16) {
        0..=3 => Act::new(granter, grant(scene, from, to)),
        4..=8 => Act::new(grantee, exec(scene, &from, to)),
        9 => Act::new(
            granter,
            pack(&MsgRevoke {
                granter: from,
                grantee: to,
                msg_type_url: authorized(scene),
            }),
        ),
        10..=12 => Act::new(granter, allow(scene, from, to)),
        13 | 14 => Act::new(
            granter,
            pack(&MsgRevokeAllowance {
                granter: from,
                grantee: to,
            }),
        ),
        _ => Act::new(granter, pack(&MsgPruneAllowances { pruner: from })),
    }
}

fn authorized(scene: &mut Scene) -> String {
    match scene.random.below(3) {
        0 => type_url::<MsgSend>(),
        1 => type_url::<MsgExecuteContract>(),
        _ => "/cosmos.gov.v1.MsgVote".to_owned(),
    }
}

/// Some end soon.
fn end(scene: &mut Scene) -> Option<Timestamp> {
    let span = *scene.random.pick(&[0, 5, 60, 100_000]);
    (span > 0).then(|| Timestamp {
        seconds: (scene.now_seconds() + span) as i64,
        nanos: 0,
    })
}

fn grant(scene: &mut Scene, granter: String, grantee: String) -> Any {
    let authorization = match scene.random.below(3) {
        0 => pack(&SendAuthorization {
            spend_limit: vec![coin(scene.random.below(5_000), "uakt")],
            allow_list: vec![],
        }),
        1 => pack(&ContractExecutionAuthorization {
            grants: vec![ContractGrant {
                contract: scene.contract(),
                limit: Some(pack(&MaxCallsLimit {
                    remaining: scene.random.below(4),
                })),
                filter: Some(pack(&AllowAllMessagesFilter {})),
            }],
        }),
        _ => pack(&GenericAuthorization { msg: authorized(scene) }),
    };
    pack(&MsgGrant {
        granter,
        grantee,
        grant: Some(Grant {
            authorization: Some(authorization),
            expiration: end(scene),
        }),
    })
}

fn exec(scene: &mut Scene, granter: &str, grantee: String) -> Any {
    let inner = match scene.random.below(3) {
        0 => pack(&MsgSend {
            from_address: granter.to_owned(),
            to_address: scene.anybody(),
            amount: vec![coin(scene.random.below(2_000) + 1, "uakt")],
        }),
        1 => {
            let contract = scene.contract();
            message::execute(granter, &contract, &json!({ "noop": {} }), vec![]).unwrap()
        }
        _ => message::vote(granter, scene.proposals, message::VoteOption::Yes),
    };
    pack(&MsgExec {
        grantee,
        msgs: vec![inner],
    })
}

fn allow(scene: &mut Scene, granter: String, grantee: String) -> Any {
    let basic = BasicAllowance {
        spend_limit: vec![coin(200_000 + scene.random.below(200_000), "uakt")],
        expiration: end(scene),
    };
    let allowance = match scene.random.below(3) {
        0 => pack(&basic),
        1 => pack(&PeriodicAllowance {
            period: Some(Duration { seconds: 60, nanos: 0 }),
            period_spend_limit: vec![coin(60_000, "uakt")],
            basic: Some(basic),
            ..PeriodicAllowance::default()
        }),
        _ => pack(&AllowedMsgAllowance {
            allowance: Some(pack(&basic)),
            allowed_messages: vec![type_url::<MsgSend>(), type_url::<MsgExec>()],
        }),
    };
    pack(&MsgGrantAllowance {
        granter,
        grantee,
        allowance: Some(allowance),
    })
}
